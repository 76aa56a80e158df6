//! From data to the values that a template reads. All amounts and days become text here, and all
//! text becomes lines, so that a template only places them.

use serde_json::{Value, json};
use zoop_domain::invoice::Totals;
use zoop_domain::money::Currency;
use zoop_domain::time::Date;

use crate::data::{Bill, InvoiceDocument, MoneyMoved, ReceiptDocument, Standing};

/// What `invoice.typ` reads.
pub(crate) fn invoice(document: &InvoiceDocument) -> Value {
    let InvoiceDocument { bill, due_on, figure, standing, settlement, how_to_pay } = document;
    let rows: Vec<_> = settlement.iter().map(|row| json!([plain(&row.label), row.amount.to_string()])).collect();
    json!({
        "bill": self::bill(bill, "Invoice"),
        "due": due_on.to_string(),
        "figure": { "label": plain(&figure.label), "amount": figure.amount.to_string(), "struck": figure.is_struck },
        "standing": self::standing(standing),
        "settlement": rows,
        "how_to_pay": how_to_pay.iter().map(|paragraph| lines(paragraph)).collect::<Vec<_>>(),
    })
}

/// What `receipt.typ` reads.
pub(crate) fn receipt(document: &ReceiptDocument) -> Value {
    let ReceiptDocument { bill, paid_on, standing, payments, refunds } = document;
    json!({
        "bill": self::bill(bill, "Receipt"),
        "paid": paid_on.map(|on| on.to_string()),
        "standing": self::standing(standing),
        "payments": payments.iter().map(moved).collect::<Vec<_>>(),
        "refunds": refunds.iter().map(moved).collect::<Vec<_>>(),
    })
}

fn bill(bill: &Bill, kind: &str) -> Value {
    let Bill { letterhead, number, customer_name, customer_address, plan_title, issued_on, totals, balance, as_of } =
        bill;
    let contact: Vec<_> = [&letterhead.phone, &letterhead.email].into_iter().flatten().map(|way| plain(way)).collect();
    json!({
        "title": plain(&format!("{kind} {number} from {}", letterhead.name)),
        "paper": paper(balance.currency()),
        "date": date(*as_of),
        "as_of": as_of.to_string(),
        "brand": letterhead.color.map(|color| color.on_light().to_string()),
        "from": {
            "name": plain(&letterhead.name),
            "address": lines(&letterhead.address),
            "contact": contact,
        },
        "to": { "name": lines(customer_name), "address": lines(customer_address) },
        "number": plain(number),
        "plan": plan_title.as_deref().map(plain),
        "issued": issued_on.to_string(),
        "totals": self::totals(totals),
        "balance": balance.to_string(),
    })
}

fn totals(totals: &Totals) -> Value {
    let line = |line: &zoop_domain::invoice::Line| {
        json!({
            "description": lines(&line.description),
            "quantity": line.quantity.to_string(),
            "price": line.unit_price.to_string(),
            "total": line.total.to_string(),
        })
    };
    let tax = |tax: &zoop_domain::tax::TaxLine| {
        json!([plain(&format!("{} ({})", tax.rate.name, tax.rate.percent)), tax.amount.to_string()])
    };
    json!({
        "lines": totals.lines.iter().map(line).collect::<Vec<_>>(),
        "subtotal": totals.subtotal.to_string(),
        "taxes": totals.taxes.iter().map(tax).collect::<Vec<_>>(),
        "total": totals.total.to_string(),
    })
}

fn standing(standing: &Standing) -> Value {
    json!({ "word": plain(&standing.word), "remark": standing.remark.as_deref().map(plain) })
}

fn moved(row: &MoneyMoved) -> Value {
    let details: Vec<_> = row.details.iter().map(|detail| plain(detail)).collect();
    json!({ "what": plain(&row.what), "on": row.on.to_string(), "amount": row.amount.to_string(), "details": details })
}

fn date(day: Date) -> Value {
    json!({ "year": day.year(), "month": day.month(), "day": day.day() })
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(plain).collect()
}

/// Without what has no shape: controls, and those marks that turn around whatever stands after them.
fn plain(text: &str) -> String {
    let shapeless =
        |letter: char| letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|letter| !shapeless(*letter)).collect()
}

/// Letter where it is the paper in the printer, A4 elsewhere.
fn paper(currency: Currency) -> &'static str {
    match currency {
        Currency::Usd | Currency::Cad => "us-letter",
        Currency::Eur | Currency::Gbp | Currency::Aud | Currency::Nzd => "a4",
    }
}
