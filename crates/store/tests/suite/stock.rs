//! One of everything that a business can have, stored, and the ids it has.

use zoop_domain::attempt::Attempt;
use zoop_domain::consent::Consent;
use zoop_domain::dunning::Dunning;
use zoop_domain::id::{
    AttemptId, BusinessId, ConsentId, CustomerId, InvoiceId, PaymentId, PaymentMethodId, PlanId, PortalLinkId, QuoteId,
    RefundId,
};
use zoop_domain::money::Currency;
use zoop_domain::payment_method::PaymentMethod;
use zoop_domain::quote::QuoteSummary;
use zoop_domain::tax::TaxRate;
use zoop_store::alert::{self, Alert};
use zoop_store::audit_event::{self, AuditEvent};
use zoop_store::{
    Result, Tx, attempt, business, consent, dunning, payment, payment_method, plan, portal_link, quote, refund,
    stripe_customer, tax_rate,
};

use crate::fixture::{self, Counting, Home, at, day, home, id, usd};
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
    /// An open invoice with lines, a live attempt, dunning, a payment and a refund.
    pub invoice: InvoiceId,
    pub draft: InvoiceId,
    pub attempt: AttemptId,
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
            invoice: id!(InvoiceId),
            draft: id!(InvoiceId),
            attempt: id!(AttemptId),
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
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let draft = home.draft(store).await;
    let plan = fixture::plan(&home.customer);
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
        invoice: sent.id.clone(),
        draft: draft.id,
        attempt: id!(AttemptId),
        payment: payment.id.clone(),
        refund: id!(RefundId),
        account: home.account.clone(),
        stripe_payment_method: method.stripe_payment_method.clone(),
        payment_intent: payment.payment_intent.clone().expect("an intent"),
        logo: format!("logo of {}", home.business.id),
    };
    let attempt = Attempt { id: ids.attempt.clone(), ..fixture::attempt(&sent, &home.account) };
    let refund = zoop_domain::refund::Refund { id: ids.refund.clone(), ..fixture::refund(&payment) };
    let consent = Consent { id: ids.consent.clone(), method: Some(method.id.clone()), ..fixture::consent(&plan) };
    commit!(store, |tx| async {
        plan::insert(tx, &plan, Currency::Usd, at(0)).await?;
        assert!(payment_method::insert(tx, &method).await?);
        assert!(consent::insert(tx, &consent, Currency::Usd).await?);
        assert!(attempt::insert(tx, &attempt, None, Some(at(0))).await?);
        assert!(payment::insert(tx, &payment).await?);
        assert!(refund::insert(tx, &refund, &sent.id, Some(&home.account), "key").await?);
        rest(tx, &home, &ids).await
    });
    ids
}

async fn rest(tx: &mut Tx, home: &Home, ids: &Ids) -> Result<()> {
    let link = zoop_domain::portal_link::PortalLink { id: ids.link.clone(), ..fixture::link(&home.customer) };
    assert!(portal_link::insert(tx, &link, fixture::token().hash()).await?);
    let quote = QuoteSummary {
        id: ids.quote.clone(),
        number: "Q-1".into(),
        title: "Fence".into(),
        sent_on: day("2026-09-01"),
        total: usd(5_000),
    };
    quote::insert(tx, &ids.business, &ids.customer, &quote, None, at(0)).await?;
    let dunning = Dunning {
        tries: 1,
        failed_at: at(0),
        failed_on: day("2026-09-21"),
        decline_code: "generic_decline".into(),
        method_label: "Visa •••• 4242".into(),
        next_try_on: Some(day("2026-09-22")),
        stopped: false,
    };
    dunning::insert(tx, &ids.business, &ids.invoice, &dunning).await?;
    let rate = TaxRate { name: "VAT".into(), percent: "5".parse().expect("a percentage") };
    tax_rate::insert(tx, &ids.business, &id!(TaxRateId), &rate, at(0)).await?;
    let stripe = format!("cus_{}", ids.customer);
    stripe_customer::insert(tx, &ids.business, &ids.customer, &ids.account, &stripe).await?;
    business::insert_logo(tx, &ids.business, &ids.logo, "image/png", "AAAA").await?;
    let subject = ids.invoice.to_string();
    let alert = Alert {
        id: zoop_domain::id::AlertId::generate(at(0), &Counting),
        kind: "payment.surplus".into(),
        subject: subject.clone(),
        message: String::new(),
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
