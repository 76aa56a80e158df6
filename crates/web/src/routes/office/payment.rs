//! Payments.

use zoop_domain::id::PaymentId;

use super::Route;

/// The list.
pub const PAYMENTS: &str = "/office/payments";

/// Who gets in.
pub const ROUTES: &[Route] = &[];

/// A payment.
#[must_use]
pub fn show(payment: &PaymentId) -> String {
    format!("{PAYMENTS}/{payment}")
}
