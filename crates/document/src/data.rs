//! What a document says, as plain data. Words that stand in every document are the template's.

use zoop_domain::brand::BrandColor;
use zoop_domain::invoice::Totals;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

/// Who asks for the money or thanks for it.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The business's name.
    pub name: String,
    /// Its address, one line a row.
    pub address: String,
    /// Where customers call.
    pub phone: Option<String>,
    /// Where customers write.
    pub email: Option<String>,
    /// Its colour.
    pub color: Option<BrandColor>,
    /// Its logo: PNG, JPEG, GIF, WebP or SVG. One that can't be drawn is left out.
    pub logo: Option<Vec<u8>>,
}

/// What an invoice and its receipt have in common.
#[derive(Clone, Debug)]
pub struct Bill {
    /// Who asks.
    pub letterhead: Letterhead,
    /// `INV-1051`.
    pub number: String,
    /// Who is billed.
    pub customer_name: String,
    /// His address, one line a row.
    pub customer_address: String,
    /// The plan it belongs to, by title.
    pub plan_title: Option<String>,
    /// The day it was sent.
    pub issued_on: Date,
    /// Lines, taxes and sums.
    pub totals: Totals,
    /// What is left to be paid.
    pub balance: Money,
    /// The day the document tells of.
    pub as_of: Date,
}

/// The amount that is printed large.
#[derive(Clone, Debug)]
pub struct Figure {
    /// "Amount due".
    pub label: String,
    /// How much.
    pub amount: Money,
    /// Whether a line goes through it: nobody is to pay it.
    pub is_struck: bool,
}

/// How things stand.
#[derive(Clone, Debug)]
pub struct Standing {
    /// "Overdue", "Paid on Aug 14, 2026".
    pub word: String,
    /// What else the reader should know: "INV-1036 takes its place."
    pub remark: Option<String>,
}

/// A row between the total and the balance.
#[derive(Clone, Debug)]
pub struct SettlementLine {
    /// "Paid Sep 2, 2026, check #1042".
    pub label: String,
    /// What it adds to the balance: negative for a payment.
    pub amount: Money,
}

/// A payment or a refund on a receipt.
#[derive(Clone, Debug)]
pub struct MoneyMoved {
    /// "Visa •••• 4242", "Back to Visa •••• 4242".
    pub what: String,
    /// The day.
    pub on: Date,
    /// How much.
    pub amount: Money,
    /// "Charge ch_…", "Taken back by the bank on Sep 9, 2026".
    pub details: Vec<String>,
}

/// An invoice.
#[derive(Clone, Debug)]
pub struct InvoiceDocument {
    /// Who, whom, and for what.
    pub bill: Bill,
    /// When it is due.
    pub due_on: Date,
    /// The amount that is asked for.
    pub figure: Figure,
    /// How things stand.
    pub standing: Standing,
    /// What was paid and what came back; the rows lead from the total to the balance.
    pub settlement: Vec<SettlementLine>,
    /// How it can be paid, one paragraph each; empty when there is nothing to pay.
    pub how_to_pay: Vec<String>,
}

/// A receipt.
#[derive(Clone, Debug)]
pub struct ReceiptDocument {
    /// Who, whom, and for what.
    pub bill: Bill,
    /// When the balance became zero.
    pub paid_on: Option<Date>,
    /// How things stand.
    pub standing: Standing,
    /// What was paid, oldest first.
    pub payments: Vec<MoneyMoved>,
    /// What went back, oldest first.
    pub refunds: Vec<MoneyMoved>,
}
