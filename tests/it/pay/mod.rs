//! Paying an invoice on Stripe's page: from "Pay now" to the receipt.

mod now;
