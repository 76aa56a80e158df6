//! The business itself, among the settings: who it is, how it is paid without a card, of what its owners are told.

use super::{Route, Who};

/// Who it is, how it looks, how it bills.
pub const BUSINESS: &str = "/office/settings/business";
/// How it is paid without a card.
pub const PAYMENT_INSTRUCTIONS: &str = "/office/settings/payment-instructions";
/// Of what its owners are told by mail.
pub const NOTIFICATIONS: &str = "/office/settings/notifications";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", BUSINESS, Who::Owner),
    ("POST", BUSINESS, Who::Owner),
    ("GET", PAYMENT_INSTRUCTIONS, Who::Owner),
    ("POST", PAYMENT_INSTRUCTIONS, Who::Owner),
    ("GET", NOTIFICATIONS, Who::Owner),
    ("POST", NOTIFICATIONS, Who::Owner),
];
