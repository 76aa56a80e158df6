//! What happens to a charge after it succeeded: refunds and disputes, here or at Stripe.

mod dispute;
pub mod sync;
