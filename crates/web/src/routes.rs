//! Every path this crate answers: its pattern for the router and the log, and a constructor
//! for whoever links to it. No other file spells a path.
//!
//! A path below `/p`, `/i` and `/r` is a secret: the types here that hold one print no token.

use std::fmt;

use zoop_app::invoice::show::InvoiceKey;
use zoop_domain::business::Business;
use zoop_domain::id::InvoiceId;
use zoop_domain::secret::{InvoiceToken, PlainToken};

/// The portal home.
pub const PORTAL: &str = "/p/{token}";
/// An invoice inside the portal.
pub const PORTAL_INVOICE: &str = "/p/{token}/invoices/{invoice}";
/// Pay it.
pub const PORTAL_INVOICE_PAY: &str = "/p/{token}/invoices/{invoice}/pay";
/// Its receipt.
pub const PORTAL_INVOICE_RECEIPT: &str = "/p/{token}/invoices/{invoice}/receipt";
/// An invoice by its own link.
pub const INVOICE: &str = "/i/{token}";
/// Pay it.
pub const INVOICE_PAY: &str = "/i/{token}/pay";
/// Its receipt.
pub const INVOICE_RECEIPT: &str = "/i/{token}/receipt";
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

/// Every route: method and pattern. GET answers HEAD too. A test walks this list and fails
/// on a route that has no access case.
pub const ALL: &[(&str, &str)] = &[
    ("GET", PORTAL),
    ("GET", PORTAL_INVOICE),
    ("GET", PORTAL_INVOICE_PAY),
    ("POST", PORTAL_INVOICE_PAY),
    ("GET", PORTAL_INVOICE_RECEIPT),
    ("GET", INVOICE),
    ("GET", INVOICE_PAY),
    ("POST", INVOICE_PAY),
    ("GET", INVOICE_RECEIPT),
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

/// A portal link's token, as it came in the URL; it may open nothing.
#[derive(Clone)]
pub struct PortalPath {
    token: String,
}

impl PortalPath {
    /// From the token.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: token.into() }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The portal home. Call it only once the token has opened something.
    #[must_use]
    pub fn home(&self) -> String {
        format!("/p/{}", self.token)
    }

    /// An invoice in this portal.
    #[must_use]
    pub fn invoice(&self, id: &InvoiceId) -> InvoicePath {
        InvoicePath::Portal { portal: self.clone(), invoice: id.to_string() }
    }
}

/// By which of the two ways an invoice was reached. What follows from it stays on that way.
#[derive(Clone)]
pub enum InvoicePath {
    /// Below a portal link.
    Portal {
        /// The portal.
        portal: PortalPath,
        /// The invoice's id, as it came in the URL.
        invoice: String,
    },
    /// By the invoice's own link.
    Public {
        /// Its token, as it came in the URL.
        token: String,
    },
}

impl InvoicePath {
    /// Reads a path back, as the cookie of the way back holds it. Nothing but an invoice page
    /// is accepted, to the letter, so a forged cookie leads nowhere else.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts[..] {
            ["p", token, "invoices", invoice] => {
                PlainToken::parse(token).ok()?;
                let id: InvoiceId = invoice.parse().ok()?;
                Some(PortalPath::new(token).invoice(&id))
            }
            ["i", token] => {
                InvoiceToken::parse(token).ok()?;
                Some(Self::Public { token: token.to_owned() })
            }
            _ => None,
        }
    }

    /// What the app opens the invoice by.
    #[must_use]
    pub fn key(&self) -> InvoiceKey<'_> {
        match self {
            Self::Portal { portal, invoice } => InvoiceKey::Portal { token: portal.token(), invoice },
            Self::Public { token } => InvoiceKey::Public { token },
        }
    }

    /// The invoice page. As for the others: call it only once the key has opened something.
    #[must_use]
    pub fn page(&self) -> String {
        match self {
            Self::Portal { portal, invoice } => format!("/p/{}/invoices/{invoice}", portal.token),
            Self::Public { token } => format!("/i/{token}"),
        }
    }

    /// Where "Pay now" posts to.
    #[must_use]
    pub fn pay(&self) -> String {
        format!("{}/pay", self.page())
    }

    /// The receipt.
    #[must_use]
    pub fn receipt(&self) -> String {
        format!("{}/receipt", self.page())
    }

    /// The portal it was reached through; none from the invoice's own link, which must never
    /// lead into the portal.
    #[must_use]
    pub fn portal(&self) -> Option<&PortalPath> {
        match self {
            Self::Portal { portal, .. } => Some(portal),
            Self::Public { .. } => None,
        }
    }
}

impl fmt::Debug for PortalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PORTAL)
    }
}

impl fmt::Debug for InvoicePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.portal().is_some() { PORTAL_INVOICE } else { INVOICE })
    }
}

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
    use proptest::prelude::*;

    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const INVOICE_TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAA";
    const ID: &str = "inv_0123456789abcdefghjkmnpqrs";

    #[test]
    fn an_invoice_page_reads_back() {
        for path in [format!("/p/{TOKEN}/invoices/{ID}"), format!("/i/{INVOICE_TOKEN}")] {
            assert_eq!(InvoicePath::parse(&path).map(|link| link.page()), Some(path));
        }
    }

    #[test]
    fn nothing_else_is_a_way_back() {
        for path in [
            "".to_owned(),
            "/".to_owned(),
            format!("/p/{TOKEN}"),
            format!("/p/{TOKEN}/invoices/{ID}/pay"),
            format!("/p/{TOKEN}/invoices/{ID}/"),
            format!("/p/{TOKEN}/invoices/{ID}?x=1"),
            format!("//evil.example/i/{INVOICE_TOKEN}"),
            format!("https://evil.example/i/{INVOICE_TOKEN}"),
            format!("/i/{INVOICE_TOKEN}#x"),
            format!("/i/{INVOICE_TOKEN}\r\nX: y"),
            format!("/i/{TOKEN}"),
            format!("/p/{INVOICE_TOKEN}/invoices/{ID}"),
            format!("\\\\evil.example/i/{INVOICE_TOKEN}"),
        ] {
            assert!(InvoicePath::parse(&path).is_none(), "{path:?}");
        }
    }

    #[test]
    fn nothing_prints_a_token() {
        let link = InvoicePath::parse(&format!("/p/{TOKEN}/invoices/{ID}")).unwrap();
        assert!(!format!("{link:?} {:?}", link.portal()).contains(TOKEN));
    }

    #[test]
    fn no_route_is_listed_twice() {
        for (index, route) in ALL.iter().enumerate() {
            assert!(!ALL[..index].contains(route), "{route:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_a_local_path_of_a_page(path in "[/pi]{0,4}[A-Za-z0-9_/.:-]{0,100}") {
            if let Some(link) = InvoicePath::parse(&path) {
                prop_assert_eq!(link.page(), path);
            }
        }
    }
}
