//! Sample customers of the office: Rosa Delgado with all that a customer can have, and others with less.

use std::collections::HashMap;

use zoop_app::customer::erase::Erasure;
use zoop_app::customer::list::{CustomerList, LinkStanding, Listed, TABS};
use zoop_app::customer::show::{
    Access, ConsentView, CustomerInvoice, CustomerQuote, CustomerView, Event, ListedConsent, Sums,
};
use zoop_app::plan::list::ListedPlan;
use zoop_domain::consent::{Attested, Consent, ConsentSource, ConsentState, Ended, EndedHow, Evidence, disclosure};
use zoop_domain::customer::{Customer, CustomerKind};
use zoop_domain::invoice::{DunningStage, Ledger, Lifecycle, StatusFacts};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::portal_link::{LinkEnd, PortalLink};
use zoop_domain::quote::QuoteState;
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::time::Instant;

use super::office::office_today;
use super::{day, greenline, id, usd};

/// Noon of a day at Greenline.
fn noon(on: &str) -> Instant {
    day(on).at_hour(12, &greenline().time_zone)
}

fn named(number: u32, name: &str, address: &str) -> Customer {
    Customer { address: address.into(), ..Customer::named(id("cus", number), greenline().id, name) }
}

/// Rosa Delgado.
pub(crate) fn rosa() -> Customer {
    Customer {
        email: Some("rosa@delgado.example".into()),
        phone: Some("(512) 555-0176".into()),
        ..named(1, "Rosa Delgado", "1418 Juniper St\nAustin, TX 78702")
    }
}

fn listed(customer: Customer, link: LinkStanding, seen: Option<&str>, plans: i64, owed: i64, due: &str) -> Listed {
    Listed {
        customer,
        link,
        last_seen_at: seen.map(noon),
        auto_pay: plans,
        owed: usd(owed),
        oldest_due_on: due.parse().ok(),
    }
}

fn listing(rows: Vec<Listed>, has_later: bool) -> CustomerList {
    let counts = TABS.into_iter().zip([1_001, 31, 8, 64, 112, 9]).collect();
    CustomerList { rows, has_earlier: false, has_later, counts, today: office_today() }
}

/// The first page.
pub(crate) fn list() -> CustomerList {
    use LinkStanding::{Active, None as NoLink, Revoked};
    let dental = Customer {
        kind: CustomerKind::Company,
        contact: Some("Ada <Okafor>".into()),
        ..named(5, "Okafor Dental", "2210 S Lamar Blvd\nAustin")
    };
    listing(
        vec![
            listed(named(2, "Adaeze Obi", "12 Alder Ct\nAustin"), Active, Some("2026-11-23"), 2, 0, ""),
            listed(named(3, "Bea Marsh", "88 Finch Rd\nAustin"), Revoked, Some("2025-08-30"), 0, 18_000, "2026-08-21"),
            listed(named(4, "Marion Okafor", "903 W 12th St\nAustin"), NoLink, None, 0, 261_238, "2026-12-20"),
            listed(dental, Active, None, 1, 40_000, "2026-11-22"),
            listed(rosa(), Active, Some("2026-11-22"), 2, 29_896, "2026-11-21"),
        ],
        true,
    )
}

/// What a search found.
pub(crate) fn found() -> CustomerList {
    listing(vec![listed(rosa(), LinkStanding::Active, Some("2026-11-22"), 2, 29_896, "2026-11-21")], false)
}

/// A list with nobody in it.
pub(crate) fn nobody() -> CustomerList {
    listing(Vec::new(), false)
}

fn facts(total: i64, paid: i64, lifecycle: Lifecycle, due: &str) -> StatusFacts {
    let mut facts = StatusFacts {
        lifecycle: Lifecycle::Open,
        ledger: Ledger::new(usd(total)),
        due_on: day(due),
        live_attempt: None,
        dunning: None,
        bank_returned: false,
    };
    if paid > 0 {
        let step = facts.ledger.apply(facts.lifecycle, usd(paid)).expect("samples add up");
        facts.ledger = step.ledger;
    }
    facts.lifecycle = lifecycle;
    facts
}

fn invoice(number: u32, what: &str, issued: &str, facts: StatusFacts) -> CustomerInvoice {
    let sent = facts.lifecycle != Lifecycle::Draft;
    CustomerInvoice {
        id: id("inv", number),
        number: sent.then(|| format!("INV-{number}")),
        what: what.into(),
        issued_on: sent.then(|| day(issued)),
        facts,
    }
}

fn invoices() -> Vec<CustomerInvoice> {
    let dunned = StatusFacts {
        dunning: Some(DunningStage::NextTry(day("2026-11-24"))),
        ..facts(39_896, 10_000, Lifecycle::Open, "2026-11-21")
    };
    vec![
        invoice(1195, "", "2026-11-23", facts(4_000, 0, Lifecycle::Draft, "2026-12-23")),
        invoice(1187, "Monthly lawn care", "2026-11-14", dunned),
        invoice(1160, "Monthly lawn care", "2026-10-14", facts(27_063, 27_063, Lifecycle::Paid, "2026-10-28")),
        invoice(1118, "Tree <trimming>", "2026-09-02", facts(32_500, 0, Lifecycle::Void, "2026-09-16")),
    ]
}

fn quote(number: u32, title: &str, sent: Option<&str>, state: QuoteState) -> CustomerQuote {
    CustomerQuote {
        id: id("quo", number),
        number: format!("Q-{number}"),
        title: title.into(),
        sent_on: sent.map(day),
        expires_on: sent.map(|sent| day(sent).plus_days(30)),
        state,
        total: usd(245_000),
    }
}

fn plan(number: u32, title: &str, state: PlanState) -> ListedPlan {
    let starts_on = day("2026-03-21");
    let plan = Plan {
        id: id("pln", number),
        business: greenline().id,
        customer: id("cus", 1),
        title: title.into(),
        state,
        schedule: Schedule::new(Frequency::Monthly, starts_on).expect("samples are well-formed"),
        lead: LeadDays::new(7).expect("samples are well-formed"),
        next_cycle_on: Some(day("2026-12-21")),
        cap: None,
    };
    ListedPlan { plan, price: Some(usd(27_063)) }
}

fn method(number: u32, brand: &str, last4: &str, (month, year): (i64, i64)) -> PaymentMethod {
    PaymentMethod {
        id: id("pmt", number),
        business: greenline().id,
        customer: id("cus", 1),
        account: "acct_1Greenline".into(),
        stripe_payment_method: format!("pm_{number}"),
        kind: MethodType::Card,
        brand: brand.into(),
        last4: last4.into(),
        expiry: CardExpiry::new(month, year),
        fingerprint: None,
        is_default: number == 1,
        state: MethodState::Active,
        added_at: noon("2026-03-09"),
    }
}

fn listed_consent(number: u32, plan_title: &str, source: ConsentSource, cap: Option<i64>) -> ListedConsent {
    ListedConsent {
        id: id("cns", number),
        plan: id("pln", number),
        plan_title: plan_title.into(),
        method: Some(id("pmt", number)),
        method_brand: "Visa".into(),
        method_last4: "0341".into(),
        granted_at: noon("2026-03-09"),
        cap: cap.map(usd),
        source,
        state: ConsentState::Live,
        suspended_why: None,
        ended_at: None,
    }
}

/// Something that happened, with nothing beside it.
pub(crate) fn bare_event() -> Event {
    Event {
        at: noon("2026-11-22"),
        kind: String::new(),
        actor: String::new(),
        actor_name: None,
        detail: String::new(),
        mail: None,
        invoice: None,
        plan: None,
        quote: None,
    }
}

fn events() -> Vec<Event> {
    let invoice = Some((id("inv", 1187), "INV-1187".to_owned()));
    let plan = Some((id("pln", 1), "Monthly lawn care".to_owned()));
    let event = |kind: &str, on: &str, detail: &str| Event {
        kind: kind.into(),
        at: noon(on),
        detail: detail.into(),
        ..bare_event()
    };
    let mailed = |kind: &str, on, state, error: Option<&str>| Event {
        mail: Some(("rosa@delgado.example".into(), error.map(Into::into))),
        invoice: invoice.clone(),
        ..event(kind, on, state)
    };
    let by = |name: &str, event: Event| Event { actor_name: Some(name.into()), ..event };
    let failed = event("charge.failed", "2026-11-22", "$298.96 by Visa •••• 0341: insufficient_funds");
    let check = event("payment.received", "2026-11-18", "$100.00 by Check #1042");
    vec![
        event("portal.seen", "2026-11-22", ""),
        Event { invoice: invoice.clone(), ..failed },
        Event { invoice: invoice.clone(), ..by("Luis Ortega", check) },
        mailed("mail.payment.failed", "2026-11-22", "failed", Some("refused: 550 <no> such user")),
        mailed("mail.invoice", "2026-11-14", "sent", None),
        Event { invoice: invoice.clone(), ..event("invoice.sent", "2026-11-14", "INV-1187") },
        by("Nora Keane", event("portal_link.rotated", "2026-09-14", "replaces plk_1")),
        Event { plan, ..event("consent.granted", "2026-03-09", "") },
        event("payment_method.saved", "2025-03-09", "Visa •••• 4242"),
    ]
}

fn link(seen: Option<&str>, ended: Option<(Instant, LinkEnd)>) -> PortalLink {
    PortalLink {
        id: id("plk", 1),
        business: greenline().id,
        customer: id("cus", 1),
        created_at: noon("2026-09-14"),
        last_seen_at: seen.map(noon),
        ended,
    }
}

fn access(link: Option<PortalLink>) -> Access {
    let nora = || Some("Nora Keane".to_owned());
    let ended_by = link.as_ref().and_then(|link| link.ended).and_then(|_| nora());
    Access { made_by: link.as_ref().and_then(|_| nora()), ended_by, link, auto_pay: Vec::new(), owner: nora() }
}

fn bare(customer: Customer) -> CustomerView {
    let sums = Sums { owed: usd(0), overdue: usd(0), oldest_due_on: None, paid: usd(0) };
    CustomerView {
        business: greenline(),
        customer,
        since: day("2026-06-11"),
        now: noon("2026-11-23"),
        today: office_today(),
        access: access(None),
        sums,
        invoices: Vec::new(),
        invoice_count: 0,
        quotes: Vec::new(),
        plans: Vec::new(),
        methods: Vec::new(),
        consents: Vec::new(),
        ended_consents: Vec::new(),
        events: Vec::new(),
        has_more_events: false,
    }
}

/// Rosa with a live link and all else.
pub(crate) fn active() -> CustomerView {
    let plans = ["Monthly lawn care", "Irrigation check"];
    CustomerView {
        since: day("2025-03-09"),
        access: Access { auto_pay: plans.map(str::to_owned).to_vec(), ..access(Some(link(Some("2026-11-22"), None))) },
        sums: Sums {
            owed: usd(29_896),
            overdue: usd(29_896),
            oldest_due_on: Some(day("2026-11-21")),
            paid: usd(481_240),
        },
        invoices: invoices(),
        invoice_count: 38,
        quotes: vec![
            quote(208, "French drain, back yard", Some("2026-11-16"), QuoteState::Sent),
            quote(191, "Sprinkler repair", Some("2026-09-21"), QuoteState::Accepted),
            quote(188, "", None, QuoteState::Draft),
            quote(150, "Old fence", Some("2026-01-21"), QuoteState::Sent),
        ],
        plans: vec![plan(1, plans[0], PlanState::Active), plan(2, plans[1], PlanState::Paused)],
        methods: vec![
            method(1, "Visa", "0341", (4, 2027)),
            method(2, "Mastercard", "8210", (11, 2026)),
            method(3, "Visa", "4242", (8, 2025)),
        ],
        consents: vec![
            listed_consent(1, plans[0], ConsentSource::Attested, Some(40_000)),
            listed_consent(2, plans[1], ConsentSource::Inline, None),
        ],
        ended_consents: vec![ListedConsent {
            state: ConsentState::Ended,
            ended_at: Some(noon("2026-06-02")),
            ..listed_consent(3, plans[0], ConsentSource::Inline, None)
        }],
        events: events(),
        has_more_events: true,
        ..bare(rosa())
    }
}

/// Marion, who never had a link.
pub(crate) fn no_link() -> CustomerView {
    bare(named(4, "Marion Okafor", "903 W 12th St\nAustin, TX 78703"))
}

/// A link that nobody has opened.
pub(crate) fn never_opened() -> CustomerView {
    CustomerView { access: access(Some(link(None, None))), ..bare(rosa()) }
}

/// A link that was cut off.
pub(crate) fn revoked() -> CustomerView {
    let ended = Some((noon("2026-11-23"), LinkEnd::Revoked));
    CustomerView { access: access(Some(link(Some("2026-11-22"), ended))), ..active() }
}

/// A company.
pub(crate) fn company() -> CustomerView {
    let dental = Customer {
        kind: CustomerKind::Company,
        contact: Some("Ada Okafor".into()),
        ..named(5, "Okafor Dental & <Sons>", "2210 S Lamar Blvd\nAustin")
    };
    bare(dental)
}

/// Somebody who is billed no more.
pub(crate) fn archived() -> CustomerView {
    CustomerView { customer: Customer { archived_at: Some(noon("2026-11-01")), ..rosa() }, ..active() }
}

/// Somebody whose data was erased.
pub(crate) fn erased() -> CustomerView {
    CustomerView { invoices: invoices(), invoice_count: 4, ..bare(rosa().erased(noon("2026-11-01"))) }
}

/// An attested consent that is over.
pub(crate) fn consent() -> ConsentView {
    let cap = Some(usd(40_000));
    let evidence = Evidence {
        source: ConsentSource::Attested,
        disclosure_text: disclosure("Greenline Lawn & Garden", "Monthly lawn care", "every month", cap),
        disclosure_version: 2,
        cap,
        agreed: usd(27_063),
        granted_at: noon("2026-03-09"),
        ip: Some("203.0.113.24".into()),
        user_agent: Some("Mozilla/5.0".into()),
        attested: Some(Attested { by: "usr_1".into(), how: "Rosa called, and said yes to the words.".into() }),
        attempt: None,
        method_brand: "Visa".into(),
        method_last4: "0341".into(),
    };
    let consent = Consent {
        id: id("cns", 1),
        business: greenline().id,
        customer: id("cus", 1),
        plan: id("pln", 1),
        evidence,
        method: None,
        state: ConsentState::Ended,
        suspended: None,
        ended: Some(Ended { at: noon("2026-11-20"), by: "customer".into(), how: EndedHow::Portal, on_its_way: None }),
    };
    let names = HashMap::from([("usr_1".to_owned(), "Luis Ortega".to_owned())]);
    ConsentView { consent, plan_title: "Monthly lawn care".into(), names }
}

/// What erasing Rosa's data comes to.
pub(crate) fn erasure(hindrance: Option<&str>) -> Erasure {
    Erasure { customer: rosa(), methods: 3, hindrance: hindrance.map(str::to_owned) }
}
