//! Sample portals: full, empty, with one invoice, of a business without cards.

use zoop_app::consent::change_card::CardChoice;
use zoop_app::payment_method::remove::Removal;
use zoop_app::portal::{ActiveConsent, Portal, SavedMethod};
use zoop_domain::attempt::AttemptState;
use zoop_domain::business::Business;
use zoop_domain::consent::{ConsentSource, SuspendedWhy, disclosure};
use zoop_domain::customer::Customer;
use zoop_domain::invoice::{DunningStage, InvoiceSummary, Ledger, Lifecycle, StatusFacts};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_domain::quote::QuoteSummary;
use zoop_domain::time::Instant;

use super::{day, greenline, hartley, id, today, usd};

/// How a sample invoice stands.
#[derive(Clone, Copy)]
enum Stands {
    Open,
    PartlyPaid(i64),
    Processing,
    NextTry(&'static str),
    PastDue,
    Paid,
    Refunded(i64),
    Void,
    Closed,
}

fn summary(number: u32, issued: &str, due: &str, total: i64, stands: Stands) -> InvoiceSummary {
    let mut facts = StatusFacts {
        lifecycle: Lifecycle::Open,
        ledger: Ledger::new(usd(total)),
        due_on: day(due),
        live_attempt: None,
        dunning: None,
        bank_returned: false,
    };
    let pay = |facts: &mut StatusFacts, minor| {
        let step = facts.ledger.apply(facts.lifecycle, usd(minor)).expect("samples add up");
        (facts.ledger, facts.lifecycle) = (step.ledger, step.lifecycle);
    };
    match stands {
        Stands::Open => {}
        Stands::PartlyPaid(minor) => pay(&mut facts, minor),
        Stands::Processing => facts.live_attempt = Some(AttemptState::Processing),
        Stands::NextTry(on) => facts.dunning = Some(DunningStage::NextTry(day(on))),
        Stands::PastDue => facts.dunning = Some(DunningStage::UsedUp),
        Stands::Paid => pay(&mut facts, total),
        Stands::Refunded(minor) => {
            pay(&mut facts, total);
            facts.ledger = facts.ledger.refund(facts.lifecycle, usd(minor)).expect("samples add up");
        }
        Stands::Void => facts.lifecycle = Lifecycle::Void,
        Stands::Closed => facts.lifecycle = Lifecycle::Uncollectible,
    }
    InvoiceSummary { id: id("inv", number), number: format!("INV-{number:04}"), issued_on: day(issued), facts }
}

fn bare(business: Business, name: &str) -> Portal {
    let takes_cards = business.charging_account().is_some();
    Portal {
        customer: Customer::named(id("cus", 1), business.id.clone(), name),
        business,
        link: Some(id("plk", 1)),
        today: today(),
        quotes: Vec::new(),
        invoices: Vec::new(),
        older_unpaid: Vec::new(),
        methods: Vec::new(),
        consents: Vec::new(),
        takes_cards,
    }
}

fn quote(number: u32, title: &str, sent: &str, total: i64) -> QuoteSummary {
    let (id, number) = (id("quo", number), format!("Q-{number:04}"));
    QuoteSummary { id, number, title: title.into(), sent_on: day(sent), total: usd(total) }
}

fn method(
    number: u32,
    brand: &str,
    last4: &str,
    expiry: Option<(i64, i64)>,
    added: &str,
    plans: &[&str],
) -> SavedMethod {
    let business = greenline();
    let kind = if expiry.is_some() { MethodType::Card } else { MethodType::UsBankAccount };
    let method = PaymentMethod {
        id: id("pmt", number),
        customer: id("cus", 1),
        account: "acct_1Greenline".into(),
        stripe_payment_method: format!("pm_{number}"),
        kind,
        brand: brand.into(),
        last4: last4.into(),
        expiry: expiry.and_then(|(month, year)| CardExpiry::new(month, year)),
        fingerprint: None,
        is_default: number == 1,
        state: MethodState::Active,
        added_at: Instant::from_unix_seconds(0),
        business: business.id,
    };
    SavedMethod { method, added_on: day(added), plans: plans.iter().map(|plan| (*plan).into()).collect() }
}

fn consent(number: u32, plan: &str, [brand, last4]: [&str; 2], granted: &str, cap: Option<i64>) -> ActiveConsent {
    ActiveConsent {
        id: id("cns", number),
        plan_title: plan.into(),
        method_brand: brand.into(),
        method_last4: last4.into(),
        granted_on: day(granted),
        cap: cap.map(usd),
        source: if number == 2 { ConsentSource::Attested } else { ConsentSource::Inline },
        suspended: None,
        method: Some(id("pmt", if last4 == "6789" { 4 } else { 1 })),
    }
}

/// Everything at once.
#[must_use]
pub fn portal() -> Portal {
    let mut invoices = vec![
        summary(1062, "2026-09-14", "2026-09-28", 18_630, Stands::Open),
        summary(1060, "2026-09-08", "2026-09-22", 9_201, Stands::Processing),
        summary(1057, "2026-09-01", "2026-09-16", 6_495, Stands::NextTry("2026-09-19")),
        summary(1051, "2026-08-17", "2026-08-31", 26_305, Stands::PartlyPaid(10_000)),
        summary(1046, "2026-08-14", "2026-08-28", 18_630, Stands::Paid),
        summary(1044, "2026-08-10", "2026-08-24", 9_201, Stands::Paid),
        summary(1041, "2026-08-01", "2026-08-15", 6_495, Stands::Paid),
        summary(1036, "2026-07-14", "2026-07-28", 18_630, Stands::Paid),
        summary(1033, "2026-07-09", "2026-07-23", 24_000, Stands::Refunded(6_000)),
        summary(1030, "2026-07-02", "2026-07-16", 18_630, Stands::Void),
        summary(1039, "2026-07-01", "2026-07-15", 6_495, Stands::PastDue),
        summary(1024, "2026-06-14", "2026-06-28", 18_630, Stands::Paid),
        summary(1019, "2026-06-03", "2026-06-17", 7_500, Stands::Refunded(7_500)),
        summary(1013, "2026-05-14", "2026-05-28", 18_630, Stands::Paid),
        summary(1007, "2026-04-27", "2026-05-11", 3_800, Stands::Closed),
        summary(1002, "2026-04-14", "2026-04-28", 18_630, Stands::Paid),
    ];
    // The list at its longest: fifty.
    let first = day("2026-03-30");
    let fill = 50 - u32::try_from(invoices.len()).unwrap_or(50);
    invoices.extend((0..fill).map(|n| {
        let issued = first.plus_days(-7 * i32::try_from(n).unwrap_or(0));
        let total = if n == 0 { 120_477 } else { 18_630 };
        summary(996 - n, &issued.iso(), &issued.plus_days(14).iso(), total, Stands::Paid)
    }));
    Portal {
        quotes: vec![
            quote(217, "French drain along the east fence", "2026-09-15", 185_000),
            quote(214, "Fall leaf cleanup, 3 visits", "2026-09-10", 42_000),
        ],
        invoices,
        older_unpaid: vec![summary(871, "2025-06-12", "2025-06-26", 5_413, Stands::Open)],
        methods: vec![
            method(1, "Visa", "4242", Some((4, 2028)), "2026-04-14", &["Hedge trimming", "Spring and fall cleanup"]),
            method(2, "Mastercard", "5454", Some((9, 2026)), "2024-10-02", &[]),
            method(3, "Discover", "1117", Some((6, 2026)), "2022-07-11", &[]),
            method(4, "First Prairie Bank", "6789", None, "2026-06-08", &["Irrigation check"]),
        ],
        consents: vec![
            consent(1, "Hedge trimming", ["Visa", "4242"], "2026-05-02", None),
            consent(2, "Spring and fall cleanup", ["Visa", "4242"], "2026-03-09", Some(30_000)),
            consent(3, "Irrigation check", ["First Prairie Bank", "6789"], "2026-06-08", Some(12_000)),
        ],
        ..bare(greenline(), "Dana Whitfield")
    }
}

/// A new customer's.
#[must_use]
pub fn empty_portal() -> Portal {
    bare(greenline(), "Priya Raman")
}

/// One invoice, due today.
#[must_use]
pub fn one_invoice_portal() -> Portal {
    let invoices = vec![summary(1062, "2026-09-04", "2026-09-18", 18_630, Stands::Open)];
    Portal { invoices, quotes: vec![quote(218, "", "2026-09-17", 9_900)], ..bare(greenline(), "Dana Whitfield") }
}

/// Of a business that takes no cards.
#[must_use]
pub fn offline_portal() -> Portal {
    let invoices = vec![
        summary(4417, "2026-09-18", "2026-10-02", 29_934, Stands::Open),
        summary(4390, "2026-08-18", "2026-09-01", 8_900, Stands::Processing),
        summary(4371, "2026-07-18", "2026-08-01", 12_000, Stands::PartlyPaid(2_000)),
    ];
    Portal { invoices, ..bare(hartley(), "Marcus Oyelaran") }
}

/// With auto-pay that needs a new card, for one reason and the other.
#[must_use]
pub fn suspended_portal() -> Portal {
    let mut portal = Portal { invoices: Vec::new(), older_unpaid: Vec::new(), ..portal() };
    let why = [SuspendedWhy::Declined, SuspendedWhy::CardExpired];
    for (consent, why) in portal.consents.iter_mut().zip(why) {
        consent.suspended = Some(why);
    }
    portal
}

/// What is asked before a card that pays two plans is removed.
#[must_use]
pub fn removal(plans: &[&str]) -> Removal {
    let methods = portal().methods;
    Removal {
        method: methods[0].method.clone(),
        plans: plans.iter().map(|plan| (*plan).into()).collect(),
        next_default: Some(methods[1].method.clone()),
    }
}

/// Which cards can be charged instead.
#[must_use]
pub fn card_choice() -> CardChoice {
    let methods = portal().methods.into_iter().take(2).map(|saved| saved.method);
    CardChoice {
        consent: id("cns", 1),
        plan_title: "Hedge trimming".into(),
        current: Some(id("pmt", 1)),
        methods: methods.collect(),
        disclosure: disclosure("Greenline Lawn & Garden", "Hedge trimming", "every month", None),
    }
}
