//! The paths that hold a secret: the portal's, an invoice's, a quote's, and the one back from Stripe.
//! None of them prints its token.

use std::fmt;

use zoop_app::invoice::show::InvoiceKey;
use zoop_domain::id::{ConsentId, CustomerId, InvoiceId, PaymentMethodId};
use zoop_domain::secret::{InvoiceToken, PlainToken};

/// A portal link's token, as it came in the URL; it may open nothing. Or a customer whose portal the business's own
/// people look at: that has no token, and what is posted to below it is no route.
#[derive(Clone)]
pub struct PortalPath {
    token: String,
    viewed: Option<CustomerId>,
}

impl PortalPath {
    /// From the token.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: token.into(), viewed: None }
    }

    /// The portal of `customer`, looked at from the owner's application.
    #[must_use]
    pub fn viewed(customer: CustomerId) -> Self {
        Self { token: String::new(), viewed: Some(customer) }
    }

    /// Where who only looks at it goes back to; none for the customer himself.
    #[must_use]
    pub fn viewed_from(&self) -> Option<String> {
        self.viewed.as_ref().map(super::office::customer::show)
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The portal home. Call it only once the token has opened something.
    #[must_use]
    pub fn home(&self) -> String {
        match &self.viewed {
            Some(customer) => super::office::customer::view(customer),
            None => format!("/p/{}", self.token),
        }
    }

    /// The portal home with the dialog that asks whether to turn `consent` off.
    #[must_use]
    pub fn asking_to_turn_off(&self, consent: &ConsentId) -> String {
        format!("{}?turn-off={consent}", self.home())
    }

    /// The portal home with the dialog that asks whether to remove `method`.
    #[must_use]
    pub fn asking_to_remove(&self, method: &PaymentMethodId) -> String {
        format!("{}?remove={method}", self.home())
    }

    /// The portal home with the dialog that asks to which card `consent` is to be charged.
    #[must_use]
    pub fn asking_to_change_card(&self, consent: &ConsentId) -> String {
        format!("{}?change-card={consent}", self.home())
    }

    /// Where "Add a card" posts to.
    #[must_use]
    pub fn payment_methods(&self) -> String {
        format!("{}/payment-methods", self.home())
    }

    /// Where "Make this my default" posts to.
    #[must_use]
    pub fn default_method(&self) -> String {
        format!("{}/payment-methods/default", self.home())
    }

    /// Where removing `method` posts to.
    #[must_use]
    pub fn remove(&self, method: &PaymentMethodId) -> String {
        format!("{}/payment-methods/{method}/remove", self.home())
    }

    /// Where turning `consent` off posts to.
    #[must_use]
    pub fn turn_off(&self, consent: &ConsentId) -> String {
        format!("{}/consents/{consent}/turn-off", self.home())
    }

    /// Where changing the card of `consent` posts to.
    #[must_use]
    pub fn change_card(&self, consent: &ConsentId) -> String {
        format!("{}/consents/{consent}/change-card", self.home())
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
            Self::Portal { portal, invoice } => format!("{}/invoices/{invoice}", portal.home()),
            Self::Public { token } => format!("/i/{token}"),
        }
    }

    /// Where who only looks at it goes back to; none for the customer himself.
    #[must_use]
    pub fn viewed_from(&self) -> Option<String> {
        self.portal()?.viewed_from()
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

    /// The invoice as PDF.
    #[must_use]
    pub fn invoice_pdf(&self) -> String {
        format!("{}/invoice.pdf", self.page())
    }

    /// The receipt as PDF.
    #[must_use]
    pub fn receipt_pdf(&self) -> String {
        format!("{}/receipt.pdf", self.page())
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

/// A quote's link, as it came in the URL; it may open nothing.
#[derive(Clone)]
pub struct QuotePath {
    token: String,
}

impl QuotePath {
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

    /// The quote's page, which its answer is posted to. Call it only once the token has opened something.
    #[must_use]
    pub fn page(&self) -> String {
        format!("/q/{}", self.token)
    }
}

impl fmt::Debug for QuotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(super::QUOTE)
    }
}

/// Where the customer goes when Stripe sends him back: whence he came.
#[derive(Clone)]
pub enum BackPath {
    /// The portal home.
    Portal(PortalPath),
    /// An invoice page.
    Invoice(InvoicePath),
}

impl BackPath {
    /// Reads a path back, as the cookie of the way back holds it. Nothing but a portal home or an
    /// invoice page is accepted, to the letter, so a forged cookie leads nowhere else.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts[..] {
            ["p", token] => {
                PlainToken::parse(token).ok()?;
                Some(Self::Portal(PortalPath::new(token)))
            }
            ["p", token, "invoices", invoice] => {
                PlainToken::parse(token).ok()?;
                let id: InvoiceId = invoice.parse().ok()?;
                Some(Self::Invoice(PortalPath::new(token).invoice(&id)))
            }
            ["i", token] => {
                InvoiceToken::parse(token).ok()?;
                Some(Self::Invoice(InvoicePath::Public { token: token.to_owned() }))
            }
            _ => None,
        }
    }

    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        match self {
            Self::Portal(portal) => portal.home(),
            Self::Invoice(invoice) => invoice.page(),
        }
    }
}

impl fmt::Debug for BackPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Portal(portal) => portal.fmt(f),
            Self::Invoice(invoice) => invoice.fmt(f),
        }
    }
}

impl fmt::Debug for PortalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(super::PORTAL)
    }
}

impl fmt::Debug for InvoicePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.portal().is_some() { super::PORTAL_INVOICE } else { super::INVOICE })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const INVOICE_TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAA";
    const ID: &str = "inv_0123456789abcdefghjkmnpqrs";

    #[test]
    fn the_portal_and_an_invoice_page_read_back() {
        for path in [format!("/p/{TOKEN}"), format!("/p/{TOKEN}/invoices/{ID}"), format!("/i/{INVOICE_TOKEN}")] {
            assert_eq!(BackPath::parse(&path).map(|link| link.page()), Some(path));
        }
    }

    #[test]
    fn nothing_else_is_a_way_back() {
        for path in [
            "".to_owned(),
            "/".to_owned(),
            format!("/p/{TOKEN}/"),
            format!("/p/{TOKEN}?turn-off=x"),
            format!("/p/{TOKEN}/payment-methods"),
            format!("/p/{INVOICE_TOKEN}"),
            format!("/p/{TOKEN}/invoices/{ID}/pay"),
            format!("/i/{INVOICE_TOKEN}/invoice.pdf"),
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
            assert!(BackPath::parse(&path).is_none(), "{path:?}");
        }
    }

    #[test]
    fn nothing_prints_a_token() {
        let link = BackPath::parse(&format!("/p/{TOKEN}/invoices/{ID}")).unwrap();
        let BackPath::Invoice(invoice) = &link else { panic!("{link:?}") };
        assert!(!format!("{link:?} {invoice:?} {:?}", invoice.portal()).contains(TOKEN));
        assert_eq!(format!("{:?}", QuotePath::new(TOKEN)), "/q/{token}");
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_a_local_path_of_a_page(path in "[/pi]{0,4}[A-Za-z0-9_/.:-]{0,100}") {
            if let Some(link) = BackPath::parse(&path) {
                prop_assert_eq!(link.page(), path);
            }
        }
    }
}
