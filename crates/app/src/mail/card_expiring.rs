//! The mail before a saved card expires, so that auto-pay doesn't stop unnoticed.

use url::Url;
use zoop_domain::payment_method::CardExpiry;

use super::{Letterhead, Mail, templates};

/// A card that is about to expire.
#[derive(Clone, Debug)]
pub struct CardExpiringMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The card: "Visa •••• 4242".
    pub method: &'a str,
    /// When it expires.
    pub expiry: CardExpiry,
    /// The titles of the plans it pays.
    pub plans: &'a [&'a str],
    /// Where a card can be added, if a link may be sent.
    pub url: Option<&'a Url>,
}

impl CardExpiringMail<'_> {
    /// "Monthly lawn care", "Monthly lawn care and Hedge trimming", "A, B and C".
    fn plans_in_words(&self) -> Option<String> {
        let (last, others) = self.plans.split_last()?;
        Some(if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) })
    }
}

templates!(CardExpiringMail, "mail/card_expiring.html", "mail/card_expiring.txt");

impl Mail for CardExpiringMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("{} expires soon", self.method)
    }

    fn preheader(&self) -> String {
        match self.plans_in_words() {
            Some(plans) => format!("It pays {plans} automatically."),
            None => format!("It expires at the end of {}.", self.expiry),
        }
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl CardExpiringMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, url};
        let business = sample::greenline();
        let link = url("https://pay.example/p/SECRET");
        let mail = CardExpiringMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            method: "Visa •••• 4242",
            expiry: CardExpiry::new(9, 2026).expect("a month"),
            plans: &["Monthly lawn care", "Hedge trimming"],
            url: Some(&link),
        };
        vec![
            ("card-expiring", sample::drawn(&mail)),
            ("card-expiring-unused", sample::drawn(&CardExpiringMail { plans: &[], url: None, ..mail.clone() })),
        ]
    }
}
