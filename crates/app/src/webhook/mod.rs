//! Stripe's webhooks: received into an inbox, dealt with by a job that reads the truth from Stripe.

pub mod process;
pub mod receive;
