//! The owner's application, in the order of its navigation.

mod card_payments;
mod notifications;
mod quote;
mod settings;
mod tax_rate;
