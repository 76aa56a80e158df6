//! Samples of plans: Rosa's lawn, each month.

use zoop_app::consent::attestation::{Form, Obstacle};
use zoop_app::plan::page::{PlanPage, Row};
use zoop_app::plan::show::{AuditEvent, BilledInvoice, PlanDetail};
use zoop_app::plan::typed::dates_from;
use zoop_domain::consent::{
    Attested, Consent, ConsentSource, ConsentState, DISCLOSURE_VERSION, Ended, EndedHow, Evidence, SuspendedWhy,
    disclosure,
};
use zoop_domain::customer::Customer;
use zoop_domain::id::TaxRateId;
use zoop_domain::invoice::{DunningStage, Ledger, Lifecycle, LineDraft, StatusFacts, Totals};
use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::tax::TaxRate;

use super::office::office_today;
use super::office_invoice::{ADDED_UP, noon};
use super::{day, greenline, id, parsed, usd};

/// Rosa Delgado, whose lawn it is.
pub(crate) fn rosa() -> Customer {
    Customer {
        email: Some("rosa@delgado.example".into()),
        ..Customer::named(id("cus", 7), greenline().id, "Rosa Delgado")
    }
}

fn plan(number: u32, title: &str, state: PlanState, frequency: Frequency) -> Plan {
    let schedule = Schedule::new(frequency, day("2026-03-21")).expect(ADDED_UP);
    Plan {
        id: id("pln", number),
        business: greenline().id,
        customer: rosa().id,
        title: title.into(),
        state,
        next_cycle_on: schedule.first_from(day("2026-12-01")),
        schedule,
        lead: LeadDays::new(7).expect(ADDED_UP),
        cap: Some(usd(40_000)),
    }
}

fn lines() -> Vec<PlanLine> {
    let tax_rate: Option<TaxRateId> = Some(id("txr", 1));
    let line = |description: &str, quantity, cents: i64| PlanLine {
        description: description.into(),
        quantity: Quantity::from_e4(quantity),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax_rate: tax_rate.clone(),
    };
    vec![line("Lawn care visit", 40_000, 6_500), line("Loyalty discount", 10_000, -1_000)]
}

fn totals() -> Totals {
    let rate = TaxRate { name: "Texas sales tax".into(), percent: parsed("8.25") };
    let drafts = lines().into_iter().map(|line| LineDraft {
        description: line.description,
        quantity: line.quantity,
        unit_price: line.unit_price,
        tax: Some(0),
    });
    Totals::compute(drafts.collect(), vec![rate], Currency::Usd).expect(ADDED_UP)
}

fn card(number: u32, brand: &str, last4: &str, expiry: (i64, i64), is_default: bool) -> PaymentMethod {
    PaymentMethod {
        id: id("pmt", number),
        business: greenline().id,
        customer: rosa().id,
        account: "acct_1Greenline".into(),
        stripe_payment_method: format!("pm_{number}"),
        kind: MethodType::Card,
        brand: brand.into(),
        last4: last4.into(),
        expiry: CardExpiry::new(expiry.0, expiry.1),
        fingerprint: None,
        is_default,
        state: MethodState::Active,
        added_at: noon("2026-03-09"),
    }
}

fn words() -> String {
    disclosure(&greenline().name, "Monthly lawn care", "every month", Some(usd(40_000)))
}

fn consent() -> Consent {
    Consent {
        id: id("cns", 1),
        business: greenline().id,
        customer: rosa().id,
        plan: id("pln", 1),
        evidence: Evidence {
            source: ConsentSource::Attested,
            disclosure_text: words(),
            disclosure_version: DISCLOSURE_VERSION,
            cap: Some(usd(40_000)),
            agreed: usd(27_063),
            granted_at: noon("2026-03-09"),
            ip: None,
            user_agent: None,
            attested: Some(Attested {
                by: "Luis Ortega".into(),
                how: "By phone, Mar 9, 2026 at 11:40 AM: Rosa called, I read her the words, she said yes.".into(),
            }),
            attempt: None,
            method_brand: "Visa".into(),
            method_last4: "0341".into(),
        },
        method: Some(id("pmt", 1)),
        state: ConsentState::Live,
        suspended: None,
        ended: None,
    }
}

fn confirmation() -> Mail {
    Mail {
        id: id("mal", 1),
        business: greenline().id,
        customer: Some(rosa().id),
        kind: MailKind::AutoPayOn,
        subject: "cns".into(),
        invoice: None,
        recipient: "rosa@delgado.example".into(),
        message: None,
        state: MailState::Sent,
        error: None,
        created_at: noon("2026-03-09"),
        closed_at: Some(noon("2026-03-09")),
    }
}

fn billed(number: u32, on: &str, minor: i64, is_paid: bool) -> BilledInvoice {
    let total = usd(minor);
    let ledger = Ledger { applied: if is_paid { total } else { usd(0) }, ..Ledger::new(total) };
    let facts = StatusFacts {
        lifecycle: if is_paid { Lifecycle::Paid } else { Lifecycle::Open },
        ledger,
        due_on: day(on),
        live_attempt: None,
        dunning: (!is_paid).then(|| DunningStage::NextTry(day("2026-11-24"))),
        bank_returned: false,
    };
    BilledInvoice {
        id: id("inv", number),
        number: Some(format!("INV-{number}")),
        cycle_on: Some(day(on)),
        facts,
        paid_by: is_paid.then(|| "Visa •••• 0341".to_owned()),
    }
}

fn event(number: u32, on: &str, action: &str, detail: &str) -> (AuditEvent, Option<String>) {
    let event = AuditEvent {
        id: id("aud", number),
        actor: "usr_luis".into(),
        action: action.into(),
        subject: "pln".into(),
        detail: detail.into(),
        happened_at: noon(on),
    };
    (event, Some("Luis Ortega".to_owned()))
}

/// Rosa's plan in a state, charged to her Visa unless it is over.
pub(crate) fn plan_detail(state: PlanState) -> PlanDetail {
    let plan = plan(1, "Monthly lawn care", state, Frequency::Monthly);
    let is_over = state == PlanState::Cancelled;
    let ended = Ended { at: noon("2026-11-02"), by: "customer".into(), how: EndedHow::PlanCancelled, on_its_way: None };
    let next = if state == PlanState::Active { plan.next_cycle_on } else { None };
    PlanDetail {
        revision: 2,
        customer: rosa(),
        lines: lines(),
        totals: Some(totals()),
        last_cycle: Some(day("2026-11-21")),
        next: dates_from(&plan.schedule, next),
        consent: (!is_over).then(consent),
        ended: is_over.then(|| Consent { state: ConsentState::Ended, ended: Some(ended), ..consent() }),
        confirmation: (!is_over).then(confirmation),
        method: (!is_over).then(|| card(1, "Visa", "0341", (4, 2027), true)),
        billed: vec![
            billed(1187, "2026-11-21", 39_896, false),
            billed(1160, "2026-10-21", 27_063, true),
            billed(1131, "2026-09-21", 27_063, true),
            billed(1089, "2026-07-21", 27_063, true),
        ],
        sums: (9, usd(199_441)),
        has_newer: false,
        has_older: true,
        events: vec![
            event(3, "2026-08-03", "plan.skipped", "2026-08-21"),
            event(2, "2026-05-11", "plan.edited", "Monthly lawn care"),
            event(1, "2026-03-05", "plan.created", "Monthly lawn care"),
        ],
        today: office_today(),
        plan,
    }
}

/// The same, new and paid by hand.
pub(crate) fn by_hand() -> PlanDetail {
    PlanDetail {
        consent: None,
        confirmation: None,
        method: None,
        billed: Vec::new(),
        sums: (0, usd(0)),
        has_older: false,
        ..plan_detail(PlanState::Active)
    }
}

/// The same with a card that was declined for good.
pub(crate) fn suspended() -> PlanDetail {
    let suspended = Some((noon("2026-11-22"), SuspendedWhy::Declined));
    let consent = Consent { state: ConsentState::Suspended, suspended, ..consent() };
    PlanDetail { consent: Some(consent), ..plan_detail(PlanState::Active) }
}

/// The same with lines that make no invoice.
pub(crate) fn unbillable() -> PlanDetail {
    PlanDetail { totals: None, ..plan_detail(PlanState::Active) }
}

/// Four plans of a page.
pub(crate) fn plans() -> PlanPage {
    let row = |plan, customer_name: &str, auto_pay, price: i64| Row {
        plan,
        customer_name: customer_name.into(),
        auto_pay,
        price: (price > 0).then(|| usd(price)),
    };
    let rule = Frequency::read("rrule", Some("FREQ=YEARLY;BYMONTH=4,10;BYMONTHDAY=15")).expect(ADDED_UP);
    PlanPage {
        plans: vec![
            row(plan(4, "Spring and fall cleanup", PlanState::Active, rule), "Bellweather HOA", None, 172_000),
            row(
                plan(3, "Irrigation check", PlanState::Active, Frequency::Quarterly),
                "Janet Wu",
                Some(ConsentState::Suspended),
                0,
            ),
            row(plan(2, "Pool service", PlanState::Paused, Frequency::EveryTwoWeeks), "Theo Lindqvist", None, 9_500),
            row(
                plan(1, "Monthly lawn care", PlanState::Active, Frequency::Monthly),
                "Rosa Delgado",
                Some(ConsentState::Live),
                27_063,
            ),
        ],
        counts: vec![(PlanState::Active, 38), (PlanState::Paused, 2), (PlanState::Cancelled, 5)],
        has_newer: false,
        has_older: true,
    }
}

/// The form in which Rosa's consent is recorded.
pub(crate) fn attestation(obstacle: Option<Obstacle>) -> Form {
    Form {
        plan: plan(1, "Monthly lawn care", PlanState::Active, Frequency::Monthly),
        customer: rosa(),
        methods: vec![
            card(1, "Visa", "0341", (4, 2027), false),
            card(2, "Visa", "4242", (8, 2028), true),
            card(3, "Mastercard", "8210", (11, 2026), false),
        ],
        price: Some(usd(27_063)),
        disclosure: words(),
        version: DISCLOSURE_VERSION,
        obstacle,
        now: noon("2026-11-23"),
        today: office_today(),
    }
}
