//! The invoice page and the receipt: what they show, whatever became of the invoice.

mod banner;
mod page;
mod pay_block;
