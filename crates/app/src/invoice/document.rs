//! An invoice or its receipt as PDF, from the same view as the page, so that the two can't disagree.
//! How it looks is the document crate's.

use zoop_document::{Bill, Figure, InvoiceDocument, Letterhead, MoneyMoved, ReceiptDocument, SettlementLine, Standing};
use zoop_domain::contact;
use zoop_domain::id::{BusinessId, InvoiceId};
use zoop_domain::invoice::{PayBlock, Status};
use zoop_domain::money::MoneyError;
use zoop_domain::payment::{Payment, PaymentState};

use super::settlement::{RefundRow, SettlementRow, refund_rows, settlement_rows};
use super::show::{InvoiceKey, InvoiceView, show, show_of};
use crate::{App, Error, brand};

/// What is to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// What is asked for.
    Invoice,
    /// What was paid; there is one once the invoice is settled.
    Receipt,
}

/// A printed document.
#[derive(Clone, Debug)]
pub struct Document {
    /// `INV-1051.pdf`: letters, digits and hyphens, whatever the number is made of.
    pub file_name: String,
    /// The PDF.
    pub bytes: Vec<u8>,
}

/// The document of the invoice behind `key`; `None` for the receipt of one that isn't paid.
///
/// # Errors
/// As [`show`].
pub async fn document(app: &App, key: InvoiceKey<'_>, kind: DocumentKind) -> Result<Option<Document>, Error> {
    print(app, show(app, key).await?, kind).await
}

/// The document of an invoice of `business`; `None` for the receipt of one that isn't paid. Who asks
/// must belong to the business.
///
/// # Errors
/// As [`show_of`].
pub async fn document_of(
    app: &App,
    business: &BusinessId,
    invoice: &InvoiceId,
    kind: DocumentKind,
) -> Result<Option<Document>, Error> {
    print(app, show_of(app, business, invoice).await?, kind).await
}

async fn print(app: &App, view: InvoiceView, kind: DocumentKind) -> Result<Option<Document>, Error> {
    if kind == DocumentKind::Receipt && !view.status().has_receipt() {
        return Ok(None);
    }
    let logo = match &view.business.logo {
        Some(hash) => match brand::logo(app, view.business.id.as_str(), hash).await {
            Ok(logo) => Some(logo.bytes),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    // Typesetting is work for a core, so no request does it between others, and never on all cores
    // at once. The permit goes along: it is given back when the work ends, whoever still waits for it.
    let permit = app.press.clone().acquire_owned().await.map_err(Error::internal)?;
    let printed = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let file_name = file_name(&view.invoice.number, kind);
        let bytes = match kind {
            DocumentKind::Invoice => zoop_document::invoice(&invoice(view, logo)?),
            DocumentKind::Receipt => zoop_document::receipt(&receipt(view, logo)?),
        };
        Ok(Some(Document { file_name, bytes: bytes.map_err(Error::internal)? }))
    });
    printed.await.map_err(Error::internal)?
}

/// A name that stands in a header as it is, and on every disk.
fn file_name(number: &str, kind: DocumentKind) -> String {
    let safe: String = number.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let safe = match safe.trim_matches('-') {
        "" => "invoice",
        some => some,
    };
    match kind {
        DocumentKind::Invoice => format!("{safe}.pdf"),
        DocumentKind::Receipt => format!("{safe}-receipt.pdf"),
    }
}

fn bill(view: InvoiceView, logo: Option<Vec<u8>>) -> Result<Bill, MoneyError> {
    let InvoiceView { business, invoice, today, .. } = view;
    let balance = invoice.facts.ledger.balance()?;
    Ok(Bill {
        letterhead: Letterhead {
            name: invoice.snapshot.business_name,
            address: invoice.snapshot.business_address,
            phone: business.phone,
            email: business.email,
            color: business.brand_color,
            logo,
        },
        number: invoice.number,
        customer_name: invoice.snapshot.customer_name,
        customer_address: invoice.snapshot.customer_address,
        plan_title: invoice.plan_title,
        issued_on: invoice.issued_on,
        totals: invoice.totals,
        balance,
        as_of: today,
    })
}

fn invoice(view: InvoiceView, logo: Option<Vec<u8>>) -> Result<InvoiceDocument, MoneyError> {
    let headline = view.headline()?;
    Ok(InvoiceDocument {
        due_on: view.invoice.facts.due_on,
        figure: Figure {
            label: headline.label.into(),
            amount: headline.amount,
            is_struck: view.status() == Status::Canceled,
        },
        standing: standing(&view),
        settlement: settlement_rows(&view)?.into_iter().map(settlement_line).collect(),
        how_to_pay: how_to_pay(&view)?,
        bill: bill(view, logo)?,
    })
}

fn receipt(view: InvoiceView, logo: Option<Vec<u8>>) -> Result<ReceiptDocument, MoneyError> {
    let (status, dates) = (view.status(), view.invoice.dates);
    let refunded = view.invoice.facts.ledger.refunded;
    let remark =
        (status != Status::Paid).then(|| format!("{}: {}.", status.word(), dated(refunded, dates.refunded_on)));
    Ok(ReceiptDocument {
        paid_on: dates.paid_on,
        standing: Standing { word: dated(Status::Paid.word(), dates.paid_on), remark },
        payments: view.payments.iter().map(paid).collect(),
        refunds: refund_rows(&view).iter().map(went_back).collect(),
        bill: bill(view, logo)?,
    })
}

/// "Canceled on Jul 6, 2026".
fn dated(what: impl std::fmt::Display, on: Option<zoop_domain::time::Date>) -> String {
    on.map_or_else(|| what.to_string(), |on| format!("{what} on {on}"))
}

/// How the invoice stands, in the words that its page has. Nothing is said of cards on file: paper is
/// handed on.
fn standing(view: &InvoiceView) -> Standing {
    let (status, dates, facts) = (view.status(), view.invoice.dates, &view.invoice.facts);
    let call_us = contact::call_us(&view.business);
    let (word, remark) = match status {
        Status::Paid => (dated(status.word(), dates.paid_on), None),
        Status::PartlyRefunded | Status::Refunded => {
            let back = dated(format!("We sent {} back", facts.ledger.refunded), dates.refunded_on);
            (status.word().into(), Some(format!("{}. {back}.", dated("Paid", dates.paid_on))))
        }
        Status::Canceled => {
            let instead = view.invoice.replaced_by.as_ref().map(|(_, number)| format!(" {number} takes its place."));
            let remark = format!("Please don’t pay it.{}", instead.unwrap_or_default());
            (dated(status.word(), dates.voided_on), Some(remark))
        }
        Status::Closed => {
            let remark = format!("Please {call_us} if you’d like to settle it.");
            (dated(status.word(), dates.written_off_on), Some(remark))
        }
        Status::Processing => {
            let remark = view.processing.as_ref().map(|processing| format!("It was sent on {}.", processing.since));
            (status.word().into(), remark)
        }
        Status::Returned => (status.word().into(), Some(format!("Please pay again, or {call_us}."))),
        Status::DidNotGoThrough(next_try) => (status.word().into(), Some(format!("We’ll try again on {next_try}."))),
        Status::PastDue => (status.word().into(), Some("We won’t try it again, so please pay it yourself.".into())),
        Status::Overdue(_) => (status.word().into(), Some(format!("It was due on {}.", facts.due_on))),
        // Paper outlives the day, so no "today" on it.
        Status::Due(_) => (format!("Due on {}", facts.due_on), None),
        Status::Draft => (status.word().into(), None),
    };
    Standing { word, remark }
}

/// The pay block's rows, as far as they work on paper.
fn how_to_pay(view: &InvoiceView) -> Result<Vec<String>, MoneyError> {
    let block = PayBlock::of(&view.business, &view.invoice.facts, view.today)?;
    if block == PayBlock::Nothing {
        return Ok(Vec::new());
    }
    let mut paragraphs = Vec::new();
    if let Some(coming) = &view.auto_pay {
        paragraphs.push(format!("Auto-pay will charge this on {}. You don’t need to do anything.", coming.on));
        return Ok(paragraphs);
    }
    if let Some(cap) = view.over_cap {
        paragraphs.push(format!("Auto-pay leaves this one to you: it is more than the {cap} you allowed per payment."));
    }
    if block.is_online() {
        paragraphs.push("Online: open the link in the message that brought you this invoice.".into());
    }
    match (&view.business.payment_instructions, block) {
        (Some(instructions), PayBlock::OnlineAndOffline | PayBlock::OfflineOnly) => {
            paragraphs.push(instructions.clone());
            paragraphs.push(format!("Your invoice number is {}.", view.invoice.number));
        }
        (_, PayBlock::Contact) => {
            paragraphs.push(format!("Please contact {} to arrange payment.", view.business.name));
        }
        _ => {}
    }
    Ok(paragraphs)
}

fn settlement_line(row: SettlementRow) -> SettlementLine {
    let SettlementRow { what, on, method, amount } = row;
    let mut label = on.map_or_else(|| what.to_owned(), |on| format!("{what} {on}"));
    if !method.is_empty() {
        label = format!("{label}, {method}");
    }
    SettlementLine { label, amount }
}

fn paid(payment: &Payment) -> MoneyMoved {
    let charge = payment.charge.as_ref().map(|charge| format!("Charge {charge}"));
    let returned = (payment.state == PaymentState::Returned)
        .then(|| format!("{}.", dated("Taken back by the bank", payment.returned_on)));
    MoneyMoved {
        what: payment.method_label.clone(),
        on: payment.received_on,
        amount: payment.amount,
        details: charge.into_iter().chain(returned).collect(),
    }
}

fn went_back(row: &RefundRow<'_>) -> MoneyMoved {
    let surplus = row.is_surplus().then(|| "More than was owed.".to_owned());
    let pending = row.is_pending().then(|| "On its way.".to_owned());
    let refund = row.refund.stripe_refund.as_ref().map(|refund| format!("Refund {refund}"));
    MoneyMoved {
        what: row.method().map_or_else(|| "Given back".to_owned(), |label| format!("Back to {label}")),
        on: row.on,
        amount: row.refund.amount,
        details: surplus.into_iter().chain(pending).chain(refund).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_safe_whatever_the_number_is() {
        let name = |number| file_name(number, DocumentKind::Invoice);
        assert_eq!(name("INV-1051"), "INV-1051.pdf");
        assert_eq!(file_name("INV-1051", DocumentKind::Receipt), "INV-1051-receipt.pdf");
        assert_eq!(name("2026/№ \"7\"\r\nX: y"), "2026----7---X--y.pdf");
        assert_eq!(name("../../etc"), "etc.pdf");
        assert_eq!(name("№"), "invoice.pdf");
    }
}
