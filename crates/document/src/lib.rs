//! Invoices and receipts as PDF: plain data in, bytes out. The same data makes the same bytes.
//!
//! How a document looks stands in `templates`. What it says comes as data beside the template,
//! never as markup, so a customer named `*x*` is printed as that. Nothing is read from the
//! machine: the fonts are part of the program. What is true of an invoice is decided elsewhere.

mod data;
mod press;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
mod values;

#[cfg(test)]
mod print_test;

pub use data::{Bill, Figure, InvoiceDocument, Letterhead, MoneyMoved, ReceiptDocument, SettlementLine, Standing};

use press::Template;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[error("the document can't be set: {0}")]
pub struct Error(String);

/// An invoice as PDF. It keeps a core busy meanwhile: call it from a blocking thread.
///
/// # Errors
/// A fault in the template: there is no data that it refuses.
pub fn invoice(document: &InvoiceDocument) -> Result<Vec<u8>, Error> {
    press::print(Template::Invoice, &values::invoice(document), document.bill.letterhead.logo.as_deref())
}

/// A receipt as PDF. It keeps a core busy meanwhile: call it from a blocking thread.
///
/// # Errors
/// A fault in the template: there is no data that it refuses.
pub fn receipt(document: &ReceiptDocument) -> Result<Vec<u8>, Error> {
    press::print(Template::Receipt, &values::receipt(document), document.bill.letterhead.logo.as_deref())
}
