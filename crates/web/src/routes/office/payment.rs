//! Payments.

use zoop_domain::id::PaymentId;

use super::{Route, Who};

/// The list.
pub const PAYMENTS: &str = "/office/payments";
/// The list as a file.
pub const EXPORT: &str = "/office/payments/export.csv";
/// One of them.
pub const PAYMENT: &str = "/office/payments/{payment}";
/// Give one back.
pub const REFUND: &str = "/office/payments/{payment}/refund";

/// Take one by hand back: it bounced, or was a mistake.
pub const TAKE_BACK: &str = "/office/payments/{payment}/take-back";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", PAYMENTS, Who::Member),
    ("GET", EXPORT, Who::Member),
    ("GET", PAYMENT, Who::Member),
    ("POST", REFUND, Who::Owner),
    ("POST", TAKE_BACK, Who::Member),
];

/// A payment.
#[must_use]
pub fn show(payment: &PaymentId) -> String {
    format!("{PAYMENTS}/{payment}")
}

/// Where giving it back posts to.
#[must_use]
pub fn refund(payment: &PaymentId) -> String {
    format!("{PAYMENTS}/{payment}/refund")
}

/// Where taking it back posts to.
#[must_use]
pub fn take_back(payment: &PaymentId) -> String {
    format!("{PAYMENTS}/{payment}/take-back")
}

/// The list as it was asked for.
#[must_use]
pub fn list(query: &[(&str, &str)]) -> String {
    super::with_query(PAYMENTS, query)
}

/// The same as a file.
#[must_use]
pub fn export(query: &[(&str, &str)]) -> String {
    super::with_query(EXPORT, query)
}
