//! Payments that didn't come through Stripe.

pub mod record;
