//! One of everything that a business can have, stored, and the ids it has.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::card_setup::{CardChange, CardSetup};
use zoop_domain::consent::{Consent, ConsentEvent, ConsentEventKind, ConsentState, Ended, EndedHow};
use zoop_domain::id::{
    AttemptId, BusinessId, CardSetupId, ConsentId, CustomerId, ImportId, InvitationId, InvoiceId, JobId, MailId,
    PaymentId, PaymentMethodId, PlanId, PortalLinkId, QuoteId, RefundId, TaxRateId, UserId,
};
use zoop_domain::import::{Import, ImportState};
use zoop_domain::invitation::Invitation;
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::money::Currency;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::quote::Quote;
use zoop_domain::tax::TaxRate;
use zoop_domain::user::{Role, User};
use zoop_store::alert::{self, About, Alert};
use zoop_store::attempt::Progress;
use zoop_store::audit_event::{self, AuditEvent};
use zoop_store::invoice::Draft;
use zoop_store::plan::Due;
use zoop_store::{
    Result, Tx, attempt, business, card_setup, consent, dunning, import, invitation, invoice, mail, membership,
    payment, payment_method, plan, portal_link, quote, quote_link, refund, stripe_customer, tax_rate, turn_off_link,
    user,
};

use crate::fixture::{self, Counting, Home, at, day, home, id};
use crate::harness::Store;

/// What names the rows of one business.
#[derive(Clone, Debug)]
pub struct Ids {
    pub business: BusinessId,
    pub customer: CustomerId,
    pub link: PortalLinkId,
    pub plan: PlanId,
    pub method: PaymentMethodId,
    pub consent: ConsentId,
    pub quote: QuoteId,
    pub quote_draft: QuoteId,
    /// Another draft.
    pub quote_spare: QuoteId,
    /// An accepted one, of which `draft` was made.
    pub quote_done: QuoteId,
    pub setup: CardSetupId,
    pub mail: MailId,
    pub tax_rate: TaxRateId,
    /// Its owner.
    pub user: UserId,
    /// Open, to an address made of it.
    pub invitation: InvitationId,
    /// A file that nobody has said yes to, and one that is on its way in.
    pub import: ImportId,
    pub import_running: ImportId,
    /// An open invoice of the plan with lines, attempts, dunning, a payment and a refund.
    pub invoice: InvoiceId,
    pub draft: InvoiceId,
    pub attempt: AttemptId,
    /// Another attempt on it, which `job` made and which failed.
    pub failed: AttemptId,
    pub job: JobId,
    pub payment: PaymentId,
    pub refund: RefundId,
    pub account: String,
    pub stripe_payment_method: String,
    pub payment_intent: String,
    pub logo: String,
}

impl Ids {
    /// Ids that nothing has.
    pub fn unknown() -> Self {
        Self {
            business: id!(BusinessId),
            customer: id!(CustomerId),
            link: id!(PortalLinkId),
            plan: id!(PlanId),
            method: id!(PaymentMethodId),
            consent: id!(ConsentId),
            quote: id!(QuoteId),
            quote_draft: id!(QuoteId),
            quote_spare: id!(QuoteId),
            quote_done: id!(QuoteId),
            setup: id!(CardSetupId),
            mail: id!(MailId),
            tax_rate: id!(TaxRateId),
            user: id!(UserId),
            invitation: id!(InvitationId),
            import: id!(ImportId),
            import_running: id!(ImportId),
            invoice: id!(InvoiceId),
            draft: id!(InvoiceId),
            attempt: id!(AttemptId),
            failed: id!(AttemptId),
            job: id!(JobId),
            payment: id!(PaymentId),
            refund: id!(RefundId),
            account: "acct_unknown".into(),
            stripe_payment_method: "pm_unknown".into(),
            payment_intent: "pi_unknown".into(),
            logo: "unknown".into(),
        }
    }
}

/// Stores a business with one of everything.
pub async fn stock(store: &Store) -> Ids {
    let home = home(store).await;
    let plan = fixture::plan(&home.customer);
    let sent = Draft { plan: Some(plan.id.clone()), ..fixture::draft(&home.customer) };
    let method = PaymentMethod { is_default: true, ..fixture::method(&home.customer, &home.account) };
    let payment = fixture::payment(&sent, &home.account);
    let ids = Ids {
        business: home.business.id.clone(),
        customer: home.customer.id.clone(),
        link: id!(PortalLinkId),
        plan: plan.id.clone(),
        method: method.id.clone(),
        consent: id!(ConsentId),
        quote: id!(QuoteId),
        quote_draft: id!(QuoteId),
        quote_spare: id!(QuoteId),
        quote_done: id!(QuoteId),
        setup: id!(CardSetupId),
        mail: id!(MailId),
        tax_rate: id!(TaxRateId),
        user: id!(UserId),
        invitation: id!(InvitationId),
        import: id!(ImportId),
        import_running: id!(ImportId),
        invoice: sent.id.clone(),
        draft: home.draft(store).await.id,
        attempt: id!(AttemptId),
        failed: id!(AttemptId),
        job: id!(JobId),
        payment: payment.id.clone(),
        refund: id!(RefundId),
        account: home.account.clone(),
        stripe_payment_method: method.stripe_payment_method.clone(),
        payment_intent: payment.payment_intent.clone().expect("an intent"),
        logo: format!("logo of {}", home.business.id),
    };
    let refund = zoop_domain::refund::Refund { id: ids.refund.clone(), ..fixture::refund(&payment) };
    commit!(store, |tx| async {
        recurring(tx, &home, &ids, &plan, &method).await?;
        invoice::insert_draft(tx, &sent, at(0)).await?;
        let snapshot = fixture::snapshot();
        invoice::update_number_and_snapshot(tx, &ids.business, &sent.id, "INV-1", day("2026-09-21"), &snapshot).await?;
        invoice::update_charge_at(tx, &ids.business, &sent.id, Some(at(0))).await?;
        attempts(tx, &sent, &ids).await?;
        assert!(payment::insert(tx, &payment).await?);
        assert!(refund::insert(tx, &refund, &sent.id, Some(&home.account), "key").await?);
        rest(tx, &home, &ids).await
    });
    ids
}

/// A plan, its card, the consent to charge it, and what hangs on that.
async fn recurring(tx: &mut Tx, home: &Home, ids: &Ids, plan: &Plan, method: &PaymentMethod) -> Result<()> {
    let rate = TaxRate { name: "VAT".into(), percent: "5".parse().expect("a percentage") };
    tax_rate::insert(tx, &ids.business, &ids.tax_rate, &rate, at(0)).await?;
    let line = PlanLine { tax_rate: Some(ids.tax_rate.clone()), ..fixture::plan_line() };
    let due = Due { run_at: Some(at(0)), notice_at: Some(at(0)) };
    plan::insert(tx, plan, &[line], Currency::Usd, due, at(0)).await?;
    assert!(payment_method::insert(tx, method).await?);
    let consent = Consent { id: ids.consent.clone(), method: Some(method.id.clone()), ..fixture::consent(plan) };
    assert!(consent::insert(tx, &consent).await?);
    let before = Consent { id: id!(ConsentId), ..consent.clone() };
    let ended = Ended { at: at(0), by: "customer".into(), how: EndedHow::CardRemoved, on_its_way: None };
    assert!(consent::insert(tx, &Consent { state: ConsentState::Suspended, ..before.clone() }).await?);
    assert!(consent::update_ended(tx, &ids.business, &before.id, &ended).await?);
    let event = ConsentEvent {
        id: id!(ConsentEventId),
        consent: consent.id.clone(),
        kind: ConsentEventKind::Granted,
        actor: "customer".into(),
        detail: String::new(),
        happened_at: at(0),
    };
    consent::insert_event(tx, &ids.business, &event).await?;
    let link = zoop_domain::portal_link::PortalLink { id: ids.link.clone(), ..fixture::link(&home.customer) };
    assert!(portal_link::insert(tx, &link, fixture::token().hash()).await?);
    let (turn_off, secret) = (id!(TurnOffLinkId), fixture::token());
    turn_off_link::insert(tx, &ids.business, &turn_off, &consent.id, Some(&ids.link), secret.hash(), at(0)).await?;
    let setup = CardSetup {
        id: ids.setup.clone(),
        change: Some(CardChange { consent: consent.id, draft: fixture::consent_draft(plan) }),
        method: Some(method.id.clone()),
        ..fixture::card_setup(&home.customer, &home.account)
    };
    card_setup::insert(tx, &setup, fixture::token().hash(), at(0)).await
}

/// A charge that failed, one that succeeded, and one that is under way.
async fn attempts(tx: &mut Tx, sent: &Draft, ids: &Ids) -> Result<()> {
    let attempt = |id: &AttemptId, state| Attempt {
        id: id.clone(),
        state,
        consent: Some(ids.consent.clone()),
        method: Some(ids.method.clone()),
        ..fixture::attempt(sent, &ids.account)
    };
    let failed = Attempt { job: Some(ids.job.clone()), ..attempt(&ids.failed, AttemptState::Creating) };
    assert!(attempt::insert(tx, &failed, None, None).await?);
    let declined = Progress { failure_code: Some("insufficient_funds"), ..Progress::default() };
    assert!(attempt::update_state(tx, &ids.business, &failed.id, AttemptState::Failed, declined, at(0)).await?);
    assert!(attempt::insert(tx, &attempt(&id!(AttemptId), AttemptState::Succeeded), None, None).await?);
    assert!(attempt::insert(tx, &attempt(&ids.attempt, AttemptState::Creating), None, Some(at(0))).await?);
    Ok(())
}

async fn rest(tx: &mut Tx, home: &Home, ids: &Ids) -> Result<()> {
    let sent = fixture::quote(&home.customer);
    let draft = fixture::quote_draft(&home.customer);
    quote::insert(tx, &Quote { id: ids.quote.clone(), number: Some("Q-1".into()), ..sent.clone() }).await?;
    quote::insert(tx, &Quote { id: ids.quote_done.clone(), ..sent }).await?;
    quote::insert(tx, &Quote { id: ids.quote_draft.clone(), ..draft.clone() }).await?;
    quote::insert(tx, &Quote { id: ids.quote_spare.clone(), ..draft }).await?;
    quote::update_answered(tx, &ids.business, &ids.quote_done, &fixture::answer(true)).await?;
    quote::update_invoiced(tx, &ids.business, &ids.quote_done, &ids.draft).await?;
    quote_link::insert(tx, &ids.business, &id!(QuoteLinkId), &ids.quote_done, fixture::token().hash(), at(0)).await?;
    dunning::insert(tx, &ids.business, &ids.invoice, &fixture::dunning()).await?;
    let stripe = format!("cus_{}", ids.customer);
    stripe_customer::insert(tx, &ids.business, &ids.customer, &ids.account, &stripe).await?;
    let owner = User { id: ids.user, ..fixture::user(&format!("{}@prairie.example", ids.user)) };
    assert!(user::insert(tx, &owner, "", at(0)).await?);
    assert!(membership::insert(tx, &ids.business, ids.user, Role::Owner, at(0)).await?);
    let invited = Invitation {
        id: ids.invitation.clone(),
        email: format!("{}@prairie.example", ids.invitation),
        ..fixture::invitation(&ids.business, ids.user)
    };
    assert!(invitation::insert(tx, &invited).await?);
    let by_user =
        Invitation { email: format!("{}@prairie.example", ids.user), ..fixture::invitation(&ids.business, ids.user) };
    assert!(invitation::insert(tx, &by_user).await?);
    let file = fixture::import(&ids.business);
    import::insert(tx, &Import { id: ids.import.clone(), ..file.clone() }, "Name").await?;
    let running = Import { id: ids.import_running.clone(), state: ImportState::Running, ..file };
    import::insert(tx, &running, "Name").await?;
    business::insert_logo(tx, &ids.business, &ids.logo, "image/png", "AAAA").await?;
    let subject = ids.invoice.to_string();
    let invoice = fixture::mail(&home.customer, MailKind::Invoice, &subject, Some(&ids.invoice));
    assert!(mail::insert(tx, &Mail { id: ids.mail.clone(), ..invoice }).await?);
    let alert = Alert {
        id: zoop_domain::id::AlertId::generate(at(0), &Counting),
        kind: "payment.surplus".into(),
        subject: subject.clone(),
        message: String::new(),
        about: About { invoice: Some(ids.invoice.clone()), ..About::default() },
        raised_at: at(0),
    };
    alert::insert(tx, Some(&ids.business), &alert).await?;
    let line = AuditEvent {
        id: id!(AuditId),
        actor: "zoop".into(),
        action: "invoice.sent".into(),
        subject,
        detail: String::new(),
        happened_at: at(0),
    };
    audit_event::insert(tx, &ids.business, &line).await
}
