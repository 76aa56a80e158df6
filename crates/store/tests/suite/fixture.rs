//! Small honest rows for tests: valid as they are, changed where a test cares.

use std::sync::atomic::{AtomicU64, Ordering};

use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms, ConsentDraft};
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::card_setup::{CardSetup, CardSetupState};
use zoop_domain::consent::{Consent, ConsentSource, ConsentState, Evidence};
use zoop_domain::customer::Customer;
use zoop_domain::dunning::Dunning;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{LineDraft, Snapshot, Totals};
use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};
use zoop_domain::payment::{Payment, PaymentKind, PaymentState};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::portal_link::PortalLink;
use zoop_domain::random::Random;
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::secret::{InvoiceToken, PlainToken};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::{Date, Instant};
use zoop_store::invoice::Draft;
use zoop_store::job::NewJob;
use zoop_store::plan::Due;
use zoop_store::{business, customer, invoice, plan};

use crate::harness::Store;

static DRAWN: AtomicU64 = AtomicU64::new(0);

/// Never the same twice in a run, and the same in every run.
pub struct Counting;

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64: consecutive seeds, unrelated bytes.
            let mut word = DRAWN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let word = (word ^ (word >> 31)).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// A new id of any kind.
macro_rules! id {
    ($kind:ident) => {
        zoop_domain::id::$kind::generate($crate::fixture::at(0), &$crate::fixture::Counting)
    };
}
pub(crate) use id;

/// `seconds` after noon of 21 Sep 2026, UTC.
pub fn at(seconds: i64) -> Instant {
    Instant::from_unix_seconds(1_789_992_000).plus_seconds(seconds)
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

pub fn token() -> PlainToken {
    PlainToken::generate(&Counting)
}

pub fn business() -> Business {
    let id = id!(BusinessId);
    Business {
        name: "Prairie Lawn & Snow".into(),
        phone: Some("+1 512 555 0100".into()),
        email: Some("office@prairie.example".into()),
        address: "12 Main St\nAustin, TX".into(),
        time_zone: "America/Chicago".parse().expect("a time zone"),
        currency: Currency::Usd,
        brand_color: Some("#2e8b57".parse().expect("a colour")),
        logo: None,
        payment_instructions: Some("Send a check".into()),
        stripe: Some(StripeAccount { id: format!("acct_{}", &id.as_str()[20..]), charges_enabled: true }),
        invoice_prefix: "INV-".into(),
        notice_days: None,
        id,
    }
}

pub fn customer(business: &BusinessId) -> Customer {
    Customer {
        id: id!(CustomerId),
        business: business.clone(),
        name: "Ada Byron".into(),
        email: Some("ada@example.org".into()),
        phone: None,
        address: String::new(),
    }
}

pub fn plan(customer: &Customer) -> Plan {
    Plan {
        id: id!(PlanId),
        business: customer.business.clone(),
        customer: customer.id.clone(),
        title: "Monthly lawn care".into(),
        state: PlanState::Active,
        schedule: Schedule::new(Frequency::Monthly, day("2026-10-01")).expect("a schedule"),
        lead: LeadDays::new(7).expect("a lead time"),
        next_cycle_on: Some(day("2026-10-01")),
        cap: Some(usd(25_000)),
    }
}

/// A line of a plan: $45.00, untaxed.
pub fn plan_line() -> PlanLine {
    PlanLine {
        description: "Mowing".into(),
        quantity: Quantity::from_e4(10_000),
        unit_price: UnitPrice::from_minor_e4(45_000_000, Currency::Usd),
        tax_rate: None,
    }
}

pub fn link(customer: &Customer) -> PortalLink {
    PortalLink {
        id: id!(PortalLinkId),
        business: customer.business.clone(),
        customer: customer.id.clone(),
        created_at: at(0),
        last_seen_at: None,
        ended: None,
    }
}

/// Two lines, one of them taxed: $104.13.
pub fn totals() -> Totals {
    let line = |description: &str, quantity, cents: i64, tax| LineDraft {
        description: description.into(),
        quantity: Quantity::from_e4(quantity),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax,
    };
    let rate = TaxRate { name: "Texas sales tax".into(), percent: "8.25".parse().expect("a percentage") };
    let lines = vec![line("Mowing", 25_000, 2_000, Some(0)), line("Advice", 10_000, 5_000, None)];
    Totals::compute(lines, vec![rate], Currency::Usd).expect("totals")
}

pub fn draft(customer: &Customer) -> Draft {
    Draft {
        id: id!(InvoiceId),
        business: customer.business.clone(),
        customer: customer.id.clone(),
        plan: None,
        token: InvoiceToken::generate(&Counting),
        due_on: day("2026-10-05"),
        totals: totals(),
        plan_title: None,
    }
}

pub fn snapshot() -> Snapshot {
    Snapshot {
        customer_name: "Ada Byron".into(),
        customer_address: "1 Loop Rd".into(),
        business_name: "Prairie Lawn & Snow".into(),
        business_address: "12 Main St".into(),
    }
}

pub fn method(customer: &Customer, account: &str) -> PaymentMethod {
    let id = id!(PaymentMethodId);
    PaymentMethod {
        business: customer.business.clone(),
        customer: customer.id.clone(),
        account: account.into(),
        stripe_payment_method: format!("pm_{}", id.as_str()),
        kind: MethodType::Card,
        brand: "Visa".into(),
        last4: "4242".into(),
        expiry: CardExpiry::new(4, 2028),
        fingerprint: Some("fp_1".into()),
        is_default: false,
        state: MethodState::Active,
        added_at: at(0),
        id,
    }
}

pub fn consent(plan: &Plan) -> Consent {
    Consent {
        id: id!(ConsentId),
        business: plan.business.clone(),
        customer: plan.customer.clone(),
        plan: plan.id.clone(),
        evidence: evidence(),
        method: None,
        state: ConsentState::Live,
        suspended: None,
        ended: None,
    }
}

pub fn evidence() -> Evidence {
    Evidence {
        source: ConsentSource::Inline,
        disclosure_text: "I authorize Prairie …".into(),
        disclosure_version: 1,
        cap: Some(usd(25_000)),
        agreed: usd(4_500),
        granted_at: at(0),
        ip: Some("203.0.113.7".into()),
        user_agent: Some("Safari".into()),
        attested: None,
        attempt: None,
        method_brand: "Visa".into(),
        method_last4: "4242".into(),
    }
}

/// What would become a consent for the plan.
pub fn consent_draft(plan: &Plan) -> ConsentDraft {
    ConsentDraft {
        plan: plan.id.clone(),
        disclosure_text: "I \"authorize\" … ✓\n{}".into(),
        disclosure_version: 3,
        cap: Some(usd(25_000)),
        agreed: usd(4_500),
        email: Some("ada@example.org".into()),
        granted_at: at(5),
        ip: Some("203.0.113.7".into()),
        user_agent: None,
    }
}

pub fn card_setup(customer: &Customer, account: &str) -> CardSetup {
    CardSetup {
        id: id!(CardSetupId),
        business: customer.business.clone(),
        customer: customer.id.clone(),
        account: account.into(),
        state: CardSetupState::Creating,
        change: None,
        method: None,
        session: None,
        created_at: at(0),
        expires_at: at(1_800),
        checks: 0,
    }
}

/// A mail that waits.
pub fn mail(customer: &Customer, kind: MailKind, subject: &str, invoice: Option<&InvoiceId>) -> Mail {
    Mail {
        id: id!(MailId),
        business: customer.business.clone(),
        customer: customer.id.clone(),
        kind,
        subject: subject.into(),
        invoice: invoice.cloned(),
        recipient: "ada@example.org".into(),
        message: None,
        state: MailState::Queued,
        error: None,
        created_at: at(0),
        closed_at: None,
    }
}

/// The install's own job, of no haste and never the same as another.
pub fn job(payload: &str) -> NewJob {
    NewJob {
        id: id!(JobId),
        business: None,
        kind: "webhook".into(),
        payload: payload.into(),
        priority: 5,
        dedupe_key: None,
    }
}

/// A first failure, tried again tomorrow.
pub fn dunning() -> Dunning {
    Dunning {
        tries: 1,
        first_failed_on: day("2026-09-21"),
        failed_at: at(0),
        failed_on: day("2026-09-21"),
        decline_code: "insufficient_funds".into(),
        method_label: "Visa •••• 4242".into(),
        next_try_on: Some(day("2026-09-22")),
        stopped: false,
    }
}

pub fn attempt(draft: &Draft, account: &str) -> Attempt {
    Attempt {
        id: id!(AttemptId),
        business: draft.business.clone(),
        invoice: draft.id.clone(),
        customer: draft.customer.clone(),
        kind: AttemptKind::Checkout,
        state: AttemptState::Creating,
        amount: draft.totals.total,
        account: account.into(),
        terms: AttemptTerms::default(),
        consent: None,
        job: None,
        method: None,
        method_label: None,
        session: None,
        payment_intent: None,
        created_at: at(0),
        expires_at: Some(at(1_800)),
        checks: 0,
    }
}

/// A card payment with a payment intent of its own.
pub fn payment(draft: &Draft, account: &str) -> Payment {
    let id = id!(PaymentId);
    Payment {
        business: draft.business.clone(),
        invoice: draft.id.clone(),
        customer: draft.customer.clone(),
        attempt: None,
        kind: PaymentKind::Stripe,
        state: PaymentState::Succeeded,
        amount: draft.totals.total,
        applied: draft.totals.total,
        refunded: usd(0),
        method_label: "Visa •••• 4242".into(),
        account: Some(account.into()),
        payment_intent: Some(format!("pi_{}", id.as_str())),
        charge: Some("ch_1".into()),
        received_at: at(0),
        received_on: day("2026-09-21"),
        dispute: None,
        returned_on: None,
        id,
    }
}

pub fn refund(payment: &Payment) -> Refund {
    Refund {
        id: id!(RefundId),
        business: payment.business.clone(),
        payment: payment.id.clone(),
        amount: usd(100),
        reason: RefundReason::Requested,
        state: RefundState::Pending,
        stripe_refund: None,
        created_at: at(0),
    }
}

/// A stored business with one customer.
pub struct Home {
    pub business: Business,
    pub customer: Customer,
    /// Its Stripe account.
    pub account: String,
}

pub async fn home(store: &Store) -> Home {
    let business = business();
    let customer = customer(&business.id);
    let account = business.charging_account().expect("an account").to_owned();
    commit!(store, |tx| async {
        business::insert(tx, &business, 1, at(0)).await?;
        customer::insert(tx, &customer, at(0)).await
    });
    Home { business, customer, account }
}

impl Home {
    /// A stored draft.
    pub async fn draft(&self, store: &Store) -> Draft {
        let draft = draft(&self.customer);
        commit!(store, |tx| invoice::insert_draft(tx, &draft, at(0)));
        draft
    }

    /// An invoice that was sent on `day` under `number`.
    pub async fn sent(&self, store: &Store, number: &str, on: &str) -> Draft {
        let draft = draft(&self.customer);
        commit!(store, |tx| async {
            invoice::insert_draft(tx, &draft, at(0)).await?;
            let (business, id) = (&draft.business, &draft.id);
            invoice::update_number_and_snapshot(tx, business, id, number, day(on), &snapshot()).await
        });
        draft
    }

    /// A stored plan of the customer's, without lines and never due.
    pub async fn plan(&self, store: &Store, title: &str) -> Plan {
        let plan = Plan { title: title.into(), ..plan(&self.customer) };
        commit!(store, |tx| plan::insert(tx, &plan, &[], Currency::Usd, Due::default(), at(0)));
        plan
    }
}
