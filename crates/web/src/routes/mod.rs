//! Every path this crate answers: its pattern for the router and the log, and a constructor
//! for whoever links to it. No other file spells a path.
//!
//! A path below `/p`, `/i`, `/q` and `/r` is a secret: the types that hold one print no token.

pub mod office;
mod path;

use zoop_domain::business::Business;

pub use path::{BackPath, InvoicePath, PortalPath, QuotePath};

/// The portal home.
pub const PORTAL: &str = "/p/{token}";
/// An invoice inside the portal.
pub const PORTAL_INVOICE: &str = "/p/{token}/invoices/{invoice}";
/// Pay it.
pub const PORTAL_INVOICE_PAY: &str = "/p/{token}/invoices/{invoice}/pay";
/// Its receipt.
pub const PORTAL_INVOICE_RECEIPT: &str = "/p/{token}/invoices/{invoice}/receipt";
/// It on paper.
pub const PORTAL_INVOICE_PDF: &str = "/p/{token}/invoices/{invoice}/invoice.pdf";
/// Its receipt on paper.
pub const PORTAL_RECEIPT_PDF: &str = "/p/{token}/invoices/{invoice}/receipt.pdf";
/// Save a card.
pub const PAYMENT_METHODS: &str = "/p/{token}/payment-methods";
/// Choose the method that is offered first.
pub const DEFAULT_METHOD: &str = "/p/{token}/payment-methods/default";
/// Remove a method.
pub const REMOVE_METHOD: &str = "/p/{token}/payment-methods/{method}/remove";
/// Turn auto-pay off.
pub const TURN_OFF: &str = "/p/{token}/consents/{consent}/turn-off";
/// Charge auto-pay to another card.
pub const CHANGE_CARD: &str = "/p/{token}/consents/{consent}/change-card";
/// An invoice by its own link.
pub const INVOICE: &str = "/i/{token}";
/// Pay it.
pub const INVOICE_PAY: &str = "/i/{token}/pay";
/// Its receipt.
pub const INVOICE_RECEIPT: &str = "/i/{token}/receipt";
/// It on paper.
pub const INVOICE_PDF: &str = "/i/{token}/invoice.pdf";
/// Its receipt on paper.
pub const RECEIPT_PDF: &str = "/i/{token}/receipt.pdf";
/// A quote by its own link: looked at, and answered.
pub const QUOTE: &str = "/q/{token}";
/// The way back from Stripe.
pub const WAY_BACK: &str = "/r/{code}";
/// A business's stylesheet: `{hash}.css`.
pub const BRAND_CSS: &str = "/brand/{business}/{file}";
/// A business's logo.
pub const BRAND_LOGO: &str = "/brand/{business}/logo/{hash}";
/// An embedded file: `{name}.{hash}.{ext}`.
pub const ASSET: &str = "/assets/{file}";
/// Browsers ask for it unasked.
pub const FAVICON: &str = "/favicon.ico";
/// What crawlers may not follow.
pub const ROBOTS: &str = "/robots.txt";
/// Whether the process is alive.
pub const HEALTHZ: &str = "/healthz";
/// Whether it can serve.
pub const READYZ: &str = "/readyz";
/// Where Stripe's events arrive.
pub const STRIPE_WEBHOOK: &str = "/stripe/webhook";

/// Every route of the customer's side, Stripe's and the machine's: method and pattern. GET answers HEAD too. A test walks this list and fails
/// on a route that has no access case.
pub const ALL: &[(&str, &str)] = &[
    ("GET", PORTAL),
    ("GET", PORTAL_INVOICE),
    ("GET", PORTAL_INVOICE_PAY),
    ("POST", PORTAL_INVOICE_PAY),
    ("GET", PORTAL_INVOICE_RECEIPT),
    ("GET", PORTAL_INVOICE_PDF),
    ("GET", PORTAL_RECEIPT_PDF),
    ("GET", PAYMENT_METHODS),
    ("POST", PAYMENT_METHODS),
    ("GET", DEFAULT_METHOD),
    ("POST", DEFAULT_METHOD),
    ("GET", REMOVE_METHOD),
    ("POST", REMOVE_METHOD),
    ("GET", TURN_OFF),
    ("POST", TURN_OFF),
    ("GET", CHANGE_CARD),
    ("POST", CHANGE_CARD),
    ("GET", INVOICE),
    ("GET", INVOICE_PAY),
    ("POST", INVOICE_PAY),
    ("GET", INVOICE_RECEIPT),
    ("GET", INVOICE_PDF),
    ("GET", RECEIPT_PDF),
    ("GET", QUOTE),
    ("POST", QUOTE),
    ("GET", WAY_BACK),
    ("GET", BRAND_CSS),
    ("GET", BRAND_LOGO),
    ("GET", ASSET),
    ("GET", FAVICON),
    ("GET", ROBOTS),
    ("GET", HEALTHZ),
    ("GET", READYZ),
    ("POST", STRIPE_WEBHOOK),
];

/// The way back from Stripe; also the path of its cookie.
#[must_use]
pub fn way_back(code: &str) -> String {
    format!("/r/{code}")
}

/// The stylesheet of `business`, by its content hash.
#[must_use]
pub fn brand_css(business: &Business, hash: &str) -> String {
    format!("/brand/{}/{hash}.css", business.id)
}

/// The logo of `business`, by its content hash.
#[must_use]
pub fn brand_logo(business: &Business, hash: &str) -> String {
    format!("/brand/{}/logo/{hash}", business.id)
}

/// An embedded file.
#[must_use]
pub fn asset(name: &str, hash: &str, extension: &str) -> String {
    format!("/assets/{name}.{hash}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_route_is_listed_twice() {
        for (index, route) in ALL.iter().enumerate() {
            assert!(!ALL[..index].contains(route), "{route:?}");
        }
    }
}
