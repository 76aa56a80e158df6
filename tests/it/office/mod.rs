//! The owner's application: one file a noun, as its pages are.

mod card_payments;
mod settings;
mod tax_rate;
