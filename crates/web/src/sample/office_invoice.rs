//! Invoices in the office: the list, the editor, one in each state that looks different.

use std::collections::HashMap;

use zoop_app::invoice::list::{Asked, Figures, From, Listed, OfficeRow, Tabs};
use zoop_app::invoice::look::{AuditEvent, Look, Sheet, WrittenLine};
use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms};
use zoop_domain::customer::Customer;
use zoop_domain::dunning::Dunning;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::TaxRateId;
use zoop_domain::invoice::entry::{self, ChosenLine, TaxChoice, TypedLine};
use zoop_domain::invoice::{ClosingDates, DunningStage, Invoice, Ledger, Lifecycle, Snapshot, StatusFacts, Tab};
use zoop_domain::mail::{Mail, MailKind, MailState, NotMailed};
use zoop_domain::money::Currency;
use zoop_domain::payment::{Payment, PaymentKind, PaymentState};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::tax::TaxRate;
use zoop_domain::time::{Date, Instant};

use super::{day, greenline, id, office, parsed, usd};
use crate::office::invoice::dialog::Dialog;
use crate::office::invoice::editor::EditInvoicePage;
use crate::office::invoice::list::InvoicesPage;
use crate::office::invoice::show::SheetPage;
use crate::office::line_editor::LineEditor;
use crate::office::{Entered, Fields, Frame, Place};

pub(super) const ADDED_UP: &str = "samples add up";

fn today() -> Date {
    office::office_today()
}

pub(super) fn noon(text: &str) -> Instant {
    day(text).at_hour(12, &greenline().time_zone)
}

fn rates() -> Vec<(TaxRateId, TaxRate)> {
    let rate =
        |number, name: &str, percent| (id("txr", number), TaxRate { name: name.into(), percent: parsed(percent) });
    vec![rate(1, "Texas sales tax", "8.25"), rate(2, "State only", "6.25")]
}

fn typed() -> Vec<TypedLine> {
    let line = |description: &str, quantity: &str, price: &str, tax: &str, is_discount| TypedLine {
        description: description.into(),
        quantity: quantity.into(),
        price: price.into(),
        tax: tax.into(),
        is_discount,
    };
    vec![
        line("Lawn care visit", "4", "62.50", "default", false),
        line("Leaf removal, front and side yards", "2.5", "48.00", "default", false),
        line("Bagged leaf disposal", "6", "4.25", "none", false),
        line("Loyalty discount", "", "25.00", "default", true),
    ]
}

fn lines() -> Vec<ChosenLine> {
    entry::read(&typed(), Currency::Usd).expect(ADDED_UP)
}

fn rosa() -> Customer {
    Customer {
        email: Some("rosa@delgado.example".into()),
        address: "417 Bluebonnet Lane\nAustin, TX 78704".into(),
        ..Customer::named(id("cus", 7), greenline().id, "Rosa Delgado")
    }
}

fn facts(lifecycle: Lifecycle, paid: i64, due_on: &str) -> StatusFacts {
    let ledger = Ledger { applied: usd(paid), ..Ledger::new(usd(39_896)) };
    StatusFacts { lifecycle, ledger, due_on: day(due_on), live_attempt: None, dunning: None, bank_returned: false }
}

fn look(facts: StatusFacts) -> Look {
    let lines = lines();
    let default = rates()[0].0.clone();
    let totals = entry::total(&lines, Some(&default), &rates(), Currency::Usd).expect(ADDED_UP);
    let is_draft = facts.lifecycle == Lifecycle::Draft;
    let invoice = Invoice {
        id: id("inv", 1_187),
        business: greenline().id,
        customer: rosa().id,
        plan: None,
        number: if is_draft { String::new() } else { "INV-1187".into() },
        token: InvoiceToken::parse(&"A".repeat(22)).expect("a token"),
        issued_on: day("2026-11-14"),
        facts,
        totals,
        snapshot: Snapshot {
            customer_name: "Rosa Delgado".into(),
            customer_address: "417 Bluebonnet Lane\nAustin, TX 78704".into(),
            business_name: greenline().name,
            business_address: greenline().address,
        },
        plan_title: None,
        memo: "Thank you! We’ll be back on Dec 7.".into(),
        dates: ClosingDates::default(),
        replaced_by: None,
    };
    let written = lines.into_iter().map(|line| WrittenLine { line, is_chosen: true, tax: None }).collect();
    Look {
        sheet: Sheet {
            invoice,
            notes: "Side gate code 4417. Rosa asked to leave the hydrangeas alone until March.".into(),
            default_tax: Some(default),
            dated_on: None,
            replaces: None,
            revision: 3,
            created_at: noon("2026-11-14"),
            seen: Some((noon("2026-11-14"), noon("2026-11-20"))),
        },
        lines: written,
        customer: rosa(),
        payments: Vec::new(),
        refunds: Vec::new(),
        attempts: Vec::new(),
        dunning: None,
        auto_pay: None,
        replaces: None,
        quote: None,
        mails: Vec::new(),
        events: Vec::new(),
        people: HashMap::from([("usr_luis".to_owned(), "Luis Ortega".to_owned())]),
        url: format!("https://pay.example/i/{}", "A".repeat(22)),
        today: today(),
    }
}

pub(super) fn check() -> Payment {
    Payment {
        id: id("pay", 1),
        business: greenline().id,
        invoice: id("inv", 1_187),
        customer: rosa().id,
        attempt: None,
        kind: PaymentKind::Check,
        state: PaymentState::Succeeded,
        amount: usd(10_000),
        applied: usd(10_000),
        refunded: usd(0),
        method_label: "Check #1042".into(),
        account: None,
        payment_intent: None,
        charge: None,
        received_at: noon("2026-11-18"),
        received_on: day("2026-11-18"),
        dispute: None,
        disputed_on: None,
        returned_on: None,
    }
}

fn declined() -> Attempt {
    Attempt {
        id: id("att", 1),
        business: greenline().id,
        invoice: id("inv", 1_187),
        customer: rosa().id,
        kind: AttemptKind::AutoPay,
        state: AttemptState::Failed,
        amount: usd(29_896),
        account: "acct_1Greenline".into(),
        terms: AttemptTerms::default(),
        consent: None,
        job: None,
        method: None,
        method_label: Some("Visa •••• 0341".into()),
        session: None,
        payment_intent: None,
        created_at: noon("2026-11-22"),
        expires_at: None,
        checks: 0,
    }
}

fn event(number: u32, on: &str, actor: &str, action: &str, detail: &str) -> AuditEvent {
    AuditEvent {
        id: id("aud", number),
        actor: actor.into(),
        action: action.into(),
        subject: id::<zoop_domain::id::InvoiceId>("inv", 1_187).to_string(),
        detail: detail.into(),
        happened_at: noon(on),
    }
}

/// Partly paid, declined, to be tried again.
fn in_dunning() -> Look {
    let facts = StatusFacts {
        dunning: Some(DunningStage::NextTry(day("2026-11-24"))),
        ..facts(Lifecycle::Open, 10_000, "2026-11-21")
    };
    let mut look = look(facts);
    look.sheet.invoice.plan = Some(id("pln", 1));
    look.sheet.invoice.plan_title = Some("Monthly lawn care".into());
    look.auto_pay = Some(("Visa •••• 0341".into(), Some(usd(40_000))));
    look.dunning = Some(Dunning {
        tries: 2,
        first_failed_on: day("2026-11-21"),
        failed_at: noon("2026-11-22"),
        failed_on: day("2026-11-22"),
        decline_code: "insufficient_funds".into(),
        method_label: "Visa •••• 0341".into(),
        next_try_on: Some(day("2026-11-24")),
        stopped: false,
    });
    (look.payments, look.attempts) = (vec![check()], vec![declined()]);
    look.events = vec![
        event(1, "2026-11-14", "zoop", "invoice.sent", "INV-1187"),
        event(2, "2026-11-18", "usr_luis", "payment.received", "$100.00 by Check #1042"),
        event(3, "2026-11-22", "stripe", "charge.failed", "$298.96 by Visa •••• 0341: insufficient_funds"),
    ];
    look.mails = vec![Mail {
        id: id("mal", 1),
        business: greenline().id,
        customer: Some(rosa().id),
        kind: MailKind::Invoice,
        subject: "inv".into(),
        invoice: None,
        recipient: "rosa@delgado.example".into(),
        message: None,
        state: MailState::Sent,
        error: None,
        created_at: noon("2026-11-14"),
        closed_at: Some(noon("2026-11-14")),
    }];
    look
}

fn page(look: Look) -> SheetPage {
    SheetPage::new(office::frame(Place::Invoices), look).expect(ADDED_UP)
}

fn asking(look: Look, dialog: Dialog) -> SheetPage {
    let entered = dialog.entered(&look).expect(ADDED_UP);
    page(look).asking(Some(dialog), entered)
}

fn without_mail(look: Look, dialog: Dialog) -> SheetPage {
    let frame = Frame { sends_mail: false, ..office::frame(Place::Invoices) };
    SheetPage::new(frame, look).expect(ADDED_UP).asking(Some(dialog), Entered::default())
}

/// One invoice in the office.
pub(crate) fn sheets() -> Vec<(&'static str, SheetPage)> {
    let open = || look(facts(Lifecycle::Open, 0, "2026-12-14"));
    let draft = || look(facts(Lifecycle::Draft, 0, "2026-12-14"));
    let mut nobody = draft();
    nobody.customer.email = None;
    let mut void = look(facts(Lifecycle::Void, 0, "2026-12-14"));
    void.sheet.invoice.replaced_by = Some((id("inv", 1_190), "INV-1190".into()));
    let wrong = Fields::of([("amount", "398.96"), ("received", ""), ("method", "check"), ("reference", "1058")]);
    let mut errors = FieldErrors::one("amount", "That is $100.00 more than is owed. Enter $298.96 or less.");
    errors.push("received", "Enter the day you received it.");
    let refused = page(in_dunning()).asking(Some(Dialog::Record), Entered::refused(wrong, errors));
    let too_long = FieldErrors::one("message", "Enter a message of at most 2000 characters.");
    let too_long = Entered::refused(Fields::of([("message", "Thank you for the long season.")]), too_long);
    let paid = look(facts(Lifecycle::Paid, 39_896, "2026-11-21"));
    let returned = StatusFacts { bank_returned: true, ..facts(Lifecycle::Open, 0, "2026-11-21") };
    let processing =
        StatusFacts { live_attempt: Some(AttemptState::Processing), ..facts(Lifecycle::Open, 0, "2026-11-30") };
    vec![
        ("office-invoice", page(in_dunning())),
        ("office-invoice-sent", page(open())),
        ("office-invoice-draft", page(draft())),
        ("office-invoice-paid", page(paid)),
        ("office-invoice-void", page(void)),
        ("office-invoice-returned", page(look(returned))),
        ("office-invoice-processing", page(look(processing))),
        ("office-invoice-conflict", page(open()).refusing("a payment has just arrived for this invoice")),
        ("office-invoice-send", asking(draft(), Dialog::Send)),
        ("office-invoice-send-by-hand", asking(nobody, Dialog::Send)),
        ("office-invoice-send-no-mail", without_mail(draft(), Dialog::Send)),
        ("office-invoice-send-too-long", asking(draft(), Dialog::Send).asking(Some(Dialog::Send), too_long)),
        ("office-invoice-resend", asking(open(), Dialog::Resend)),
        ("office-invoice-link", asking(open(), Dialog::Link)),
        ("office-invoice-record", asking(in_dunning(), Dialog::Record)),
        ("office-invoice-record-errors", refused),
        ("office-invoice-due", asking(open(), Dialog::Due)),
        ("office-invoice-write-off", asking(open(), Dialog::WriteOff)),
        ("office-invoice-void-dialog", asking(open(), Dialog::Void)),
        ("office-invoice-delete", asking(draft(), Dialog::Delete)),
        ("office-invoice-refund", asking(in_dunning(), Dialog::Refund(id("pay", 1)))),
    ]
}

fn row(number: u32, customer: &str, facts: StatusFacts, mail_failed: bool) -> OfficeRow {
    let is_draft = facts.lifecycle == Lifecycle::Draft;
    OfficeRow {
        id: id("inv", number),
        number: (!is_draft).then(|| format!("INV-{number}")),
        issued_on: (!is_draft).then(|| day("2026-11-14")),
        customer: customer.into(),
        facts,
        not_mailed: mail_failed.then_some(NotMailed::Refused),
    }
}

fn listed(rows: Vec<OfficeRow>) -> Listed {
    let tabs = Tab::ALL.iter().copied().map(Some).chain([None]).map(|tab| Figures {
        tab,
        count: if tab.is_none_or(|tab| tab == Tab::Paid) { 1_001 } else { 22 },
        sum: Some(usd(1_284_575)),
        open: 31,
    });
    Listed { rows, has_newer: false, has_older: true, tabs: Tabs::of(tabs.collect()), today: today(), of: None }
}

/// The list.
pub(crate) fn lists() -> Vec<(&'static str, InvoicesPage)> {
    let open = |due| facts(Lifecycle::Open, 0, due);
    let retried = StatusFacts { dunning: Some(DunningStage::NextTry(day("2026-11-24"))), ..open("2026-11-21") };
    let past_due = StatusFacts { dunning: Some(DunningStage::UsedUp), ..open("2026-11-20") };
    let processing = StatusFacts { live_attempt: Some(AttemptState::Processing), ..open("2026-11-30") };
    let rows = vec![
        row(1_195, "Janet Wu", facts(Lifecycle::Draft, 0, "2026-12-07"), false),
        row(1_194, "Marion Okafor", open("2026-12-20"), false),
        row(1_193, "Adaeze Obi", facts(Lifecycle::Paid, 39_896, "2026-12-04"), false),
        row(1_192, "Hollis Property Management", open("2026-12-19"), true),
        row(1_189, "Bellweather HOA", processing, false),
        row(1_187, "Rosa Delgado", retried, false),
        row(1_179, "Theo Lindqvist", past_due, false),
        row(1_163, "Hollis <Property> & Sons", open("2026-10-16"), false),
        row(1_118, "Rosa Delgado", facts(Lifecycle::Void, 0, "2026-09-16"), false),
        row(1_104, "Okafor Dental", facts(Lifecycle::Uncollectible, 0, "2026-09-13"), false),
    ];
    let asked = |tab, words: &str| Asked { tab, of: None, words: words.into(), from: From::Newest };
    let page = |asked, rows| InvoicesPage::new(office::frame(Place::Invoices), asked, listed(rows)).expect(ADDED_UP);
    vec![
        ("office-invoices", page(asked(None, ""), rows)),
        ("office-invoices-empty", page(asked(Some(Tab::InDunning), ""), Vec::new())),
        ("office-invoices-not-found", page(asked(None, "<Nobody> & Sons"), Vec::new())),
    ]
}

fn editor() -> LineEditor {
    LineEditor::new(rates(), Some(&rates()[0].0), Currency::Usd)
}

fn form(customer: &str) -> Vec<(&'static str, String)> {
    vec![
        ("customer", customer.to_owned()),
        ("issued", "2026-11-23".into()),
        ("due", "2026-12-23".into()),
        ("memo", "Thank you! We’ll be back on Dec 7.".into()),
        ("notes", "Side gate code 4417.".into()),
        ("revision", "3".into()),
    ]
}

/// The editor.
pub(crate) fn editors() -> Vec<(&'static str, EditInvoicePage)> {
    let page = |entered, editor, searches| EditInvoicePage {
        frame: office::office_frame(Place::Invoices),
        invoice: None,
        entered,
        editor,
        customers: vec![rosa()],
        searches,
        newer: None,
    };
    let rosa = rosa().id.to_string();
    let written = || editor().of(&lines());
    let mut odd = lines();
    odd[0].tax = TaxChoice::Rate(rates()[1].0.clone());
    let mut errors = FieldErrors::one("customer", "Choose a customer.");
    errors.push("due", "Enter Nov 23, 2026, its issue date, or a later day.");
    errors.push("line-1-price", "Enter a price such as 62.50.");
    let refused = page(Entered::refused(Fields::of(form("")), errors.clone()), written().refused(&errors), false);
    let mut stale = page(Entered::of(form(&rosa)), editor().of(&odd), false);
    (stale.invoice, stale.newer) =
        (Some(id("inv", 1_187)), Some(Box::new(look(facts(Lifecycle::Draft, 0, "2026-12-14")))));
    vec![
        ("office-invoice-new", page(Entered::of(form("")), editor(), false)),
        ("office-invoice-edit", page(Entered::of(form(&rosa)), written(), false)),
        ("office-invoice-edit-search", page(Entered::of(form(&rosa)), written(), true)),
        ("office-invoice-edit-errors", refused),
        ("office-invoice-edit-stale", stale),
    ]
}
