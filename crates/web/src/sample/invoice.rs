//! A sample invoice for each banner and each row of the pay block.

use zoop_app::consent::offer::Offer;
use zoop_app::invoice::show::{ComingCharge, InvoiceView, Processing};
use zoop_domain::attempt::AttemptState;
use zoop_domain::consent::disclosure;
use zoop_domain::dunning::Dunning;
use zoop_domain::id::PaymentId;
use zoop_domain::invoice::{
    ClosingDates, DunningStage, Invoice, Ledger, Lifecycle, LineDraft, Snapshot, StatusFacts, Totals,
};
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::payment::{Payment, PaymentKind, PaymentState};
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Instant;

use super::{day, greenline, hartley, id, parsed, today, usd};

const VISA: &str = "Visa •••• 4242";
const BANK: &str = "First Prairie Bank •••• 6789";

/// Every banner and pay block, by the name of its page.
#[must_use]
pub fn all() -> Vec<(&'static str, InvoiceView)> {
    vec![
        ("invoice-due", due()),
        ("invoice-overdue", overdue()),
        ("invoice-dunning", dunning()),
        ("invoice-past-due", past_due()),
        ("invoice-past-due-hard", past_due_at_once()),
        ("invoice-processing-bank", processing(Some(BANK))),
        ("invoice-processing-card", processing(None)),
        ("invoice-paid", paid()),
        ("invoice-partly-refunded", partly_refunded()),
        ("invoice-refunded", refunded()),
        ("invoice-void", void()),
        ("invoice-closed", closed()),
        ("invoice-returned", returned()),
        ("invoice-offline-only", offline_only()),
        ("invoice-contact", contact()),
        ("invoice-awkward", awkward()),
    ]
}

fn line(description: &str, quantity: &str, cents: i64) -> LineDraft {
    LineDraft {
        description: description.into(),
        quantity: parsed::<Quantity>(quantity),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax: Some(0),
    }
}

/// An open invoice of Greenline to Dana Whitfield.
fn open(number: &str, [issued, due]: [&str; 2], lines: Vec<LineDraft>) -> InvoiceView {
    let rate = TaxRate { name: "Texas sales tax".into(), percent: parsed("8.25") };
    let totals = Totals::compute(lines, vec![rate], Currency::Usd).expect("samples add up");
    let business = greenline();
    let invoice = Invoice {
        id: id("inv", number.bytes().fold(0, |sum: u32, byte| sum % 100_000 * 10 + u32::from(byte % 10))),
        business: business.id.clone(),
        customer: id("cus", 1),
        plan: None,
        number: number.into(),
        token: InvoiceToken::parse(&"A".repeat(22)).expect("samples are well-formed"),
        issued_on: day(issued),
        facts: StatusFacts {
            lifecycle: Lifecycle::Open,
            ledger: Ledger::new(totals.total),
            due_on: day(due),
            live_attempt: None,
            dunning: None,
            bank_returned: false,
        },
        totals,
        snapshot: Snapshot {
            customer_name: "Dana Whitfield".into(),
            customer_address: "118 Alder Court\nAustin, TX 78745".into(),
            business_name: business.name.clone(),
            business_address: business.address.clone(),
        },
        plan_title: None,
        memo: String::new(),
        dates: ClosingDates::default(),
        replaced_by: None,
    };
    InvoiceView {
        business,
        invoice,
        payments: Vec::new(),
        refunds: Vec::new(),
        dunning: None,
        processing: None,
        today: today(),
        offer: None,
        methods: Vec::new(),
        auto_pay: None,
        over_cap: None,
    }
}

fn pay(view: &mut InvoiceView, kind: PaymentKind, minor: i64, label: &str, on: &str) -> PaymentId {
    let facts = &mut view.invoice.facts;
    let step = facts.ledger.apply(facts.lifecycle, usd(minor)).expect("samples add up");
    (facts.ledger, facts.lifecycle) = (step.ledger, step.lifecycle);
    let stripe = kind == PaymentKind::Stripe;
    let payment: PaymentId = id("pay", u32::try_from(view.payments.len()).unwrap_or(0));
    view.payments.push(Payment {
        id: payment.clone(),
        business: view.business.id.clone(),
        invoice: view.invoice.id.clone(),
        customer: view.invoice.customer.clone(),
        attempt: None,
        kind,
        state: PaymentState::Succeeded,
        amount: usd(minor),
        applied: step.applied,
        refunded: usd(0),
        method_label: label.into(),
        account: stripe.then(|| "acct_1Greenline".into()),
        payment_intent: stripe.then(|| "pi_3RvK8tLkdIwHu7ix1mQe4aXb".into()),
        charge: stripe.then(|| "ch_3RvK8tLkdIwHu7ix1mQe4aXb".into()),
        received_at: noon(on),
        received_on: day(on),
        dispute: None,
        disputed_on: None,
        returned_on: None,
    });
    if view.invoice.facts.lifecycle == Lifecycle::Paid {
        view.invoice.dates.paid_on = Some(day(on));
    }
    payment
}

fn give_back(view: &mut InvoiceView, payment: PaymentId, minor: i64, on: &str) {
    let facts = &mut view.invoice.facts;
    facts.ledger = facts.ledger.refund(facts.lifecycle, usd(minor)).expect("samples add up");
    view.invoice.dates.refunded_on = Some(day(on));
    view.refunds.push(Refund {
        id: id("rfd", 1),
        business: view.business.id.clone(),
        payment,
        amount: usd(minor),
        reason: RefundReason::Requested,
        note: String::new(),
        state: RefundState::Succeeded,
        stripe_refund: Some("re_3RvK8tLkdIwHu7ix1kPz9cQd".into()),
        created_at: noon(on),
    });
}

fn noon(on: &str) -> Instant {
    day(on).at_hour(12, &greenline().time_zone)
}

fn mowing(number: &str, dates: [&str; 2]) -> InvoiceView {
    let lines = vec![line("Mowing and edging", "4", 3_800), line("Green waste disposal, per bag", "3", 670)];
    open(number, dates, lines)
}

fn hedge(number: &str, dates: [&str; 2]) -> InvoiceView {
    open(number, dates, vec![line("Hedge trimming, September", "1", 6_000)])
}

fn irrigation() -> InvoiceView {
    open("INV-1060", ["2026-09-08", "2026-09-22"], vec![line("Irrigation check", "1", 8_500)])
}

/// Due in ten days; cards only.
#[must_use]
pub fn due() -> InvoiceView {
    let mut view = mowing("INV-1062", ["2026-09-14", "2026-09-28"]);
    view.business.payment_instructions = None;
    view
}

/// Partly paid by check, and late; cards and checks.
#[must_use]
pub fn overdue() -> InvoiceView {
    let lines = vec![
        line("Core aeration, front and back lawn", "1", 12_000),
        line("Overseeding, by the hour", "2.5", 3_000),
        line("Tall fescue seed, per pound", "20", 240),
    ];
    let mut view = open("INV-1051", ["2026-08-17", "2026-08-31"], lines);
    pay(&mut view, PaymentKind::Check, 10_000, "Check #1042", "2026-09-02");
    view
}

fn with_dunning(mut view: InvoiceView, tries: i64, code: &str, next: Option<&str>) -> InvoiceView {
    let next_try_on = next.map(day);
    view.invoice.facts.dunning = Some(next_try_on.map_or(DunningStage::UsedUp, DunningStage::NextTry));
    view.dunning = Some(Dunning {
        tries,
        failed_at: noon("2026-09-17"),
        failed_on: day("2026-09-17"),
        first_failed_on: day("2026-09-17"),
        decline_code: code.into(),
        method_label: VISA.into(),
        next_try_on,
        stopped: false,
    });
    view
}

/// An automatic charge failed; the next try is set.
#[must_use]
pub fn dunning() -> InvoiceView {
    with_dunning(hedge("INV-1057", ["2026-09-01", "2026-09-16"]), 1, "insufficient_funds", Some("2026-09-19"))
}

/// All tries are used up.
#[must_use]
pub fn past_due() -> InvoiceView {
    with_dunning(hedge("INV-1039", ["2026-07-01", "2026-07-15"]), 5, "insufficient_funds", None)
}

fn past_due_at_once() -> InvoiceView {
    with_dunning(hedge("INV-1040", ["2026-09-01", "2026-09-16"]), 1, "authentication_required", None)
}

/// A payment is under way.
#[must_use]
pub fn processing(method_label: Option<&str>) -> InvoiceView {
    let mut view = irrigation();
    view.invoice.facts.live_attempt = Some(AttemptState::Processing);
    let method_label = method_label.map(Into::into);
    view.processing = Some(Processing { amount: usd(9_201), method_label, since: day("2026-09-08") });
    view
}

/// Paid by card.
#[must_use]
pub fn paid() -> InvoiceView {
    let mut view = mowing("INV-1046", ["2026-08-14", "2026-08-28"]);
    pay(&mut view, PaymentKind::Stripe, 18_630, VISA, "2026-08-14");
    view
}

/// Paid by check, in cash and by card.
#[must_use]
pub fn paid_in_parts() -> InvoiceView {
    let mut view = mowing("INV-1013", ["2026-05-14", "2026-05-28"]);
    pay(&mut view, PaymentKind::Check, 8_000, "Check #1042", "2026-05-20");
    pay(&mut view, PaymentKind::Cash, 2_000, "Cash", "2026-05-21");
    pay(&mut view, PaymentKind::Stripe, 8_630, VISA, "2026-05-22");
    view
}

/// Paid, and part of it went back.
#[must_use]
pub fn partly_refunded() -> InvoiceView {
    let mut view = open("INV-1033", ["2026-07-09", "2026-07-23"], vec![line("Tree pruning", "1", 22_171)]);
    let payment = pay(&mut view, PaymentKind::Stripe, 24_000, VISA, "2026-07-10");
    give_back(&mut view, payment, 6_000, "2026-07-15");
    view
}

fn refunded() -> InvoiceView {
    let mut view = open("INV-1019", ["2026-06-03", "2026-06-17"], vec![line("Gutter cleaning", "1", 6_928)]);
    let payment = pay(&mut view, PaymentKind::Stripe, 7_500, VISA, "2026-06-04");
    give_back(&mut view, payment, 7_500, "2026-06-09");
    view
}

/// Canceled, and replaced by another.
#[must_use]
pub fn void() -> InvoiceView {
    let mut view = mowing("INV-1030", ["2026-07-02", "2026-07-16"]);
    view.invoice.facts.lifecycle = Lifecycle::Void;
    view.invoice.dates.voided_on = Some(day("2026-07-06"));
    view.invoice.replaced_by = Some((id("inv", 1036), "INV-1036".into()));
    view
}

fn closed() -> InvoiceView {
    let mut view = open("INV-1007", ["2026-04-27", "2026-05-11"], vec![line("Call-out, no work done", "1", 3_510)]);
    view.invoice.facts.lifecycle = Lifecycle::Uncollectible;
    view.invoice.dates.written_off_on = Some(day("2026-07-30"));
    view
}

/// The bank took a debit back.
#[must_use]
pub fn returned() -> InvoiceView {
    let mut view = irrigation();
    pay(&mut view, PaymentKind::Stripe, 9_201, BANK, "2026-09-09");
    let facts = &mut view.invoice.facts;
    (facts.ledger, facts.lifecycle) = facts.ledger.take_back(facts.lifecycle, usd(9_201)).expect("samples add up");
    facts.bank_returned = true;
    for payment in &mut view.payments {
        payment.state = PaymentState::Returned;
        payment.returned_on = Some(day("2026-09-11"));
    }
    view
}

/// A business without cards: its instructions.
#[must_use]
pub fn offline_only() -> InvoiceView {
    let lines = vec![
        line("Water heater flush and safety check", "1", 12_900),
        line("Anode rod, magnesium, 42 in", "1", 4_650),
        line("Labor, by the hour", "1.25", 9_600),
    ];
    let mut view = open("4417", ["2026-09-18", "2026-10-02"], lines);
    view.business = hartley();
    view.invoice.snapshot = Snapshot {
        customer_name: "Marcus Oyelaran".into(),
        customer_address: "9 Juniper Trail\nRound Rock, TX 78665".into(),
        business_name: view.business.name.clone(),
        business_address: view.business.address.clone(),
    };
    view
}

/// A business without cards and without instructions.
#[must_use]
pub fn contact() -> InvoiceView {
    let mut view = offline_only();
    view.business.payment_instructions = None;
    view
}

/// All that strains a page: markup in names, long words, a discount, a sub-cent price, no contact.
fn awkward() -> InvoiceView {
    let mut lines = vec![
        line("<b>Bold</b> & \"quoted\" work\nsecond line", "1.5", 123_456_789),
        line("Donaudampfschifffahrtsgesellschaftskapitänskajütenreinigungspauschale", "0.0001", 100),
        line("Discount for a loyal customer", "1", -100_000),
    ];
    lines[1].unit_price = UnitPrice::from_minor_e4(37_500, Currency::Usd);
    let mut view = open("INV-2026-000000000001", ["2026-08-17", "2026-09-17"], lines);
    view.business.name =
        "O’Neil & Sons <Heating>, Ventilation, Air Conditioning and Emergency Plumbing of Greater Austin".into();
    view.business.brand_color = None;
    view.business.logo = None;
    (view.business.phone, view.business.email) = (None, None);
    view.invoice.snapshot.customer_address = String::new();
    view
}

/// Of a plan without auto-pay, which is offered.
#[must_use]
pub fn offered(needs_email: bool) -> InvoiceView {
    let mut view = due();
    let plan = "Monthly lawn care";
    view.offer = Some(Offer {
        plan: id("pln", 1),
        plan_title: plan.into(),
        disclosure: disclosure(&view.business.name, plan, "every month", Some(usd(25_000))),
        every: "every month",
        cap: Some(usd(25_000)),
        agreed: usd(18_630),
        needs_email,
    });
    view
}

/// With two cards on file, from the portal.
#[must_use]
pub fn saved_cards() -> InvoiceView {
    let methods = super::portal().methods.into_iter().take(2).map(|saved| saved.method);
    InvoiceView { methods: methods.collect(), ..offered(false) }
}

/// Auto-pay will charge it.
#[must_use]
pub fn auto_pay_coming() -> InvoiceView {
    let auto_pay = Some(ComingCharge { method_label: VISA.into(), on: day("2026-09-28") });
    InvoiceView { auto_pay, offer: None, ..saved_cards() }
}

/// It is more than auto-pay may take.
#[must_use]
pub fn over_cap() -> InvoiceView {
    InvoiceView { over_cap: Some(usd(15_000)), offer: None, ..saved_cards() }
}
