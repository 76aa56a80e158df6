//! Sample documents: the ordinary ones, and those that strain a page. They are printed by the tests
//! and by `examples/print.rs`, never by the program.

use zoop_domain::invoice::{LineDraft, Totals};
use zoop_domain::money::{Currency, Money, UnitPrice};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;

use crate::{Bill, Error, Figure, InvoiceDocument, Letterhead, MoneyMoved, ReceiptDocument, SettlementLine, Standing};

const LOGO: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#2e8b57"/><g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><path d="M24 37V13"/><path d="M24 37c0-8-2.5-13-8.5-16"/><path d="M24 37c0-8 2.5-13 8.5-16"/><path d="M9.5 37h29"/></g></svg>"##;

fn day(text: &str) -> Date {
    text.parse().expect("samples are well-formed")
}

fn line(description: &str, quantity: &str, cents: i64, currency: Currency) -> LineDraft {
    LineDraft {
        description: description.into(),
        quantity: quantity.parse().expect("samples are well-formed"),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, currency),
        tax: Some(0),
    }
}

/// The totals of `lines` with one tax.
fn totals(lines: Vec<LineDraft>, tax: [&str; 2], currency: Currency) -> Totals {
    let rate = TaxRate { name: tax[0].into(), percent: tax[1].parse().expect("samples are well-formed") };
    Totals::compute(lines, vec![rate], currency).expect("samples add up")
}

/// Greenline asks Dana Whitfield for `totals`.
fn bill(totals: Totals) -> Bill {
    Bill {
        letterhead: Letterhead {
            name: "Greenline Lawn & Garden".into(),
            address: "2210 Menchaca Road\nAustin, TX 78704".into(),
            phone: Some("(512) 555-0148".into()),
            email: Some("billing@greenline.example".into()),
            color: Some("#2e8b57".parse().expect("samples are well-formed")),
            logo: Some(LOGO.to_vec()),
        },
        number: "INV-1051".into(),
        customer_name: "Dana Whitfield".into(),
        customer_address: "118 Alder Court\nAustin, TX 78745".into(),
        plan_title: None,
        issued_on: day("2026-08-17"),
        balance: totals.total,
        totals,
        as_of: day("2026-09-18"),
    }
}

fn unpaid(bill: Bill) -> InvoiceDocument {
    InvoiceDocument {
        due_on: day("2026-08-31"),
        figure: Figure { label: "Amount due".into(), amount: bill.balance, is_struck: false },
        standing: Standing { word: "Due Aug 31, 2026".into(), remark: None },
        settlement: Vec::new(),
        how_to_pay: Vec::new(),
        bill,
    }
}

fn lawn() -> Totals {
    let lines = vec![
        line("Core aeration, front and back lawn", "1", 12_000, Currency::Usd),
        line("Overseeding, by the hour", "2.5", 3_000, Currency::Usd),
        line("Tall fescue seed, per pound", "20", 240, Currency::Usd),
    ];
    totals(lines, ["Texas sales tax", "8.25"], Currency::Usd)
}

/// Partly paid by check, and late.
#[must_use]
pub fn overdue() -> InvoiceDocument {
    let mut document = unpaid(bill(lawn()));
    document.bill.balance = Money::new(16_305, Currency::Usd);
    document.figure = Figure { label: "Balance due".into(), amount: document.bill.balance, is_struck: false };
    document.standing = Standing { word: "Overdue".into(), remark: Some("It was due on Aug 31, 2026.".into()) };
    let label = "Paid Sep 2, 2026, check #1042".into();
    document.settlement = vec![SettlementLine { label, amount: Money::new(-10_000, Currency::Usd) }];
    document.how_to_pay = vec![
        "Online: open the link in the message that brought you this invoice.".into(),
        "Send a check payable to Greenline Lawn & Garden, 2210 Menchaca Road, Austin, TX 78704.".into(),
        "Please name invoice INV-1051 with your payment.".into(),
    ];
    document
}

/// Canceled, and replaced by another.
#[must_use]
pub fn canceled() -> InvoiceDocument {
    let mut document = unpaid(bill(lawn()));
    document.figure = Figure { label: "Total".into(), amount: document.bill.totals.total, is_struck: true };
    let remark = Some("Please don’t pay it. INV-1036 takes its place.".into());
    document.standing = Standing { word: "Canceled on Jul 6, 2026".into(), remark };
    document
}

/// In pounds, on A4: three hundred lines, no logo, no colour.
#[must_use]
pub fn long() -> InvoiceDocument {
    let lines = (1..=300).map(|visit| line(&format!("Visit {visit}, window cleaning"), "1", 1_850, Currency::Gbp));
    let mut document = unpaid(bill(totals(lines.collect(), ["VAT", "20"], Currency::Gbp)));
    let letterhead = &mut document.bill.letterhead;
    (letterhead.logo, letterhead.color) = (None, None);
    letterhead.name = "Ashby Window Cleaning".into();
    letterhead.address = "4 Mill Lane\nLeeds LS1 4AP".into();
    (letterhead.phone, letterhead.email) = (Some("+44 113 496 0991".into()), None);
    document
}

/// All that could be taken for markup, words that are longer than their column, scripts that the
/// fonts have and some that they have not, and amounts as large as they get.
#[must_use]
pub fn awkward() -> InvoiceDocument {
    let mut lines = vec![
        line(
            "*bold* _italic_ `code` $x^2$ #set page(width: 1cm) // @ref <label> [x] \\ ~ --- \"quoted\"",
            "1",
            100,
            Currency::Usd,
        ),
        line("#panic(\"no\")\n#image(\"/etc/passwd\")\n= Heading\n- item", "1.5", 123_456_789_012, Currency::Usd),
        line(
            "Donaudampfschifffahrtsgesellschaftskapitänskajütenreinigungspauschaleneinhebungsstelle",
            "0.0001",
            100,
            Currency::Usd,
        ),
        line("Café Ωμέγα Жук tiếng Việt עברית العربية 漢字 ไทย 😀 \u{202e}abc\u{0}\u{7}", "1", -100, Currency::Usd),
    ];
    lines[2].unit_price = UnitPrice::from_minor_e4(37_500, Currency::Usd);
    let mut document =
        unpaid(bill(totals(lines, ["Sales tax of the County of *Travis* and its #districts", "8.25"], Currency::Usd)));
    let bill = &mut document.bill;
    bill.letterhead.name =
        "O’Neil & Sons <Heating>, Ventilation, #Air_Conditioning_ and Emergency Plumbing of Greater Austin".into();
    bill.letterhead.logo = Some(b"<svg>no".to_vec());
    bill.letterhead.address = String::new();
    (bill.letterhead.phone, bill.letterhead.email) = (None, Some(format!("{}@billing.example", "office".repeat(12))));
    bill.customer_name = "#set *x*".into();
    bill.number = "INV-2026-000000000001".into();
    bill.plan_title = Some("#plan *title* of forty characters and more, which has to wrap".into());
    document.how_to_pay = vec!["#eval(\"1\") *now*\n\nAt https://pay.example/a/very/long/address/that/goes/on/and/on/without/a/single/space/in/it/at/all?and=a&query=too".into()];
    document
}

/// Paid in parts, and part of it went back.
#[must_use]
pub fn receipt() -> ReceiptDocument {
    let usd = |minor| Money::new(minor, Currency::Usd);
    let mut bill = bill(lawn());
    bill.balance = usd(0);
    bill.plan_title = Some("Monthly lawn care".into());
    ReceiptDocument {
        bill,
        paid_on: Some(day("2026-09-04")),
        standing: Standing {
            word: "Paid on Sep 4, 2026".into(),
            remark: Some("Partly refunded: $60.00 on Sep 15, 2026.".into()),
        },
        payments: vec![
            MoneyMoved { what: "Check #1042".into(), on: day("2026-09-02"), amount: usd(10_000), details: Vec::new() },
            MoneyMoved {
                what: "Visa •••• 4242".into(),
                on: day("2026-09-04"),
                amount: usd(16_305),
                details: vec!["Charge ch_3RvK8tLkdIwHu7ix1mQe4aXb".into()],
            },
        ],
        refunds: vec![MoneyMoved {
            what: "Back to Visa •••• 4242".into(),
            on: day("2026-09-15"),
            amount: usd(6_000),
            details: vec!["Refund re_3RvK8tLkdIwHu7ix1kPz9cQd".into()],
        }],
    }
}

fn invoice(mut document: InvoiceDocument, number: &str) -> Result<Vec<u8>, Error> {
    document.bill.number = number.into();
    crate::invoice(&document)
}

fn paid(mut document: ReceiptDocument, number: &str) -> Result<Vec<u8>, Error> {
    document.bill.number = number.into();
    crate::receipt(&document)
}

/// A document's name, and what prints it under a number.
pub type Sample = (&'static str, fn(&str) -> Result<Vec<u8>, Error>);

/// Every sample.
pub const ALL: [Sample; 5] = [
    ("invoice-overdue", |number| invoice(overdue(), number)),
    ("invoice-canceled", |number| invoice(canceled(), number)),
    ("invoice-long", |number| invoice(long(), number)),
    ("invoice-awkward", |number| invoice(awkward(), number)),
    ("receipt", |number| paid(receipt(), number)),
];
