//! The invoice page, the receipt and both as PDF: what they show, whatever became of the invoice.

mod banner;
mod document;
mod page;
mod pay_block;
