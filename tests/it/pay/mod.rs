//! Paying an invoice on Stripe's page: from "Pay now" to the receipt, and all that is refused.

mod currency;
mod now;
mod refused;
mod save_card;
mod saved_card;
mod way_back;
