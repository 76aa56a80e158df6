//! Customers: the list, one with his portal link, what is kept of him, and his portal as he sees it.

use zoop_domain::id::{ConsentId, CustomerId};

use super::{Route, Who};

/// The list.
pub const CUSTOMERS: &str = "/office/customers";
/// A new one.
pub const NEW: &str = "/office/customers/new";
/// One of them.
pub const SHOW: &str = "/office/customers/{customer}";
/// What is kept of him.
pub const EDIT: &str = "/office/customers/{customer}/edit";
/// Put him aside.
pub const ARCHIVE: &str = "/office/customers/{customer}/archive";
/// And back.
pub const BRING_BACK: &str = "/office/customers/{customer}/bring-back";
/// Erase his data.
pub const ERASE: &str = "/office/customers/{customer}/erase";
/// Make his portal link.
pub const GENERATE: &str = "/office/customers/{customer}/portal-link/generate";
/// Replace it.
pub const ROTATE: &str = "/office/customers/{customer}/portal-link/rotate";
/// Cut it off.
pub const REVOKE: &str = "/office/customers/{customer}/portal-link/revoke";
/// The evidence of a consent, to keep.
pub const EVIDENCE: &str = "/office/customers/{customer}/consents/{consent}/evidence.json";
/// Turn auto-pay off.
pub const TURN_OFF: &str = "/office/customers/{customer}/consents/{consent}/turn-off";
/// His portal as he sees it.
pub const VIEW: &str = "/office/customers/{customer}/view";
/// An invoice in it.
pub const VIEW_INVOICE: &str = "/office/customers/{customer}/view/invoices/{invoice}";
/// Its receipt.
pub const VIEW_RECEIPT: &str = "/office/customers/{customer}/view/invoices/{invoice}/receipt";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", CUSTOMERS, Who::Member),
    ("GET", NEW, Who::Member),
    ("POST", NEW, Who::Member),
    ("GET", SHOW, Who::Member),
    ("GET", EDIT, Who::Member),
    ("POST", EDIT, Who::Member),
    ("POST", ARCHIVE, Who::Member),
    ("POST", BRING_BACK, Who::Member),
    ("POST", ERASE, Who::Owner),
    ("GET", GENERATE, Who::Member),
    ("POST", GENERATE, Who::Owner),
    ("GET", ROTATE, Who::Member),
    ("POST", ROTATE, Who::Owner),
    ("POST", REVOKE, Who::Owner),
    ("GET", EVIDENCE, Who::Member),
    ("POST", TURN_OFF, Who::Member),
    ("GET", VIEW, Who::Member),
    ("GET", VIEW_INVOICE, Who::Member),
    ("GET", VIEW_RECEIPT, Who::Member),
];

/// The list as a query asks for it, with what isn't empty.
#[must_use]
pub fn list(query: &[(&str, &str)]) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(query.iter().filter(|(_, value)| !value.is_empty()));
    match pairs.finish() {
        query if query.is_empty() => CUSTOMERS.to_owned(),
        query => format!("{CUSTOMERS}?{query}"),
    }
}

/// The page of one customer.
#[must_use]
pub fn show(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}")
}

/// The page of one customer, with a dialog over it: `rotate`, `revoke`.
#[must_use]
pub fn asking_to(customer: &CustomerId, what: &str) -> String {
    format!("{CUSTOMERS}/{customer}?{what}")
}

/// The page of one customer, with a consent's evidence over it.
#[must_use]
pub fn showing_evidence(customer: &CustomerId, consent: &ConsentId) -> String {
    format!("{CUSTOMERS}/{customer}?evidence={consent}")
}

/// The page of one customer, with the question whether to turn auto-pay off.
#[must_use]
pub fn asking_to_turn_off(customer: &CustomerId, consent: &ConsentId) -> String {
    format!("{CUSTOMERS}/{customer}?turn-off={consent}")
}

/// The page of one customer, with so many lines of what happened.
#[must_use]
pub fn with_events(customer: &CustomerId, events: i64) -> String {
    format!("{CUSTOMERS}/{customer}?events={events}#timeline")
}

/// What is kept of him.
#[must_use]
pub fn edit(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/edit")
}

/// Put him aside.
#[must_use]
pub fn archive(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/archive")
}

/// And back.
#[must_use]
pub fn bring_back(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/bring-back")
}

/// Erase his data.
#[must_use]
pub fn erase(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/erase")
}

/// Make his portal link.
#[must_use]
pub fn generate(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/portal-link/generate")
}

/// Replace it.
#[must_use]
pub fn rotate(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/portal-link/rotate")
}

/// Cut it off.
#[must_use]
pub fn revoke(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/portal-link/revoke")
}

/// The evidence of a consent, to keep.
#[must_use]
pub fn evidence(customer: &CustomerId, consent: &ConsentId) -> String {
    format!("{CUSTOMERS}/{customer}/consents/{consent}/evidence.json")
}

/// Turn auto-pay off.
#[must_use]
pub fn turn_off(customer: &CustomerId, consent: &ConsentId) -> String {
    format!("{CUSTOMERS}/{customer}/consents/{consent}/turn-off")
}

/// His portal as he sees it.
#[must_use]
pub fn view(customer: &CustomerId) -> String {
    format!("{CUSTOMERS}/{customer}/view")
}
