//! Card payments, among the settings: the business's Stripe account.

use super::{Route, Who};

/// How it stands.
pub const CARD_PAYMENTS: &str = "/office/settings/card-payments";
/// On to Stripe's pages.
pub const SET_UP: &str = "/office/settings/card-payments/set-up";
/// Where Stripe sends the owner afterwards.
pub const RETURN: &str = "/office/settings/card-payments/return";
/// Where Stripe sends the owner when his link is used up; and ask Stripe how things stand.
pub const REFRESH: &str = "/office/settings/card-payments/refresh";
/// Out of use.
pub const DISCONNECT: &str = "/office/settings/card-payments/disconnect";
/// Back into use.
pub const RECONNECT: &str = "/office/settings/card-payments/reconnect";
/// Charge on the account of the install's own key.
pub const OWN_ACCOUNT: &str = "/office/settings/card-payments/own-account";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", CARD_PAYMENTS, Who::Owner),
    ("POST", SET_UP, Who::Owner),
    ("GET", RETURN, Who::Owner),
    ("GET", REFRESH, Who::Owner),
    ("POST", REFRESH, Who::Owner),
    ("POST", DISCONNECT, Who::Owner),
    ("POST", RECONNECT, Who::Owner),
    ("POST", OWN_ACCOUNT, Who::Owner),
];
