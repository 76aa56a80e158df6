//! The mail after an automatic charge that the bank wants the customer to confirm in person.

use url::Url;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A charge that needs the customer.
#[derive(Clone, Debug)]
pub struct ActionNeededMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The invoice's number.
    pub number: &'a str,
    /// The plan it belongs to, by title.
    pub plan: Option<&'a str>,
    /// What is left to be paid.
    pub amount: Money,
    /// What was charged: "Visa •••• 4242".
    pub method: &'a str,
    /// The day it was tried.
    pub tried_on: Date,
    /// The invoice's page.
    pub url: &'a Url,
}

templates!(ActionNeededMail, "mail/action_needed.html", "mail/action_needed.txt");

impl Mail for ActionNeededMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Please confirm your payment for invoice {}", self.number)
    }

    fn preheader(&self) -> String {
        format!("Your bank wants you to confirm {} yourself.", self.amount)
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl ActionNeededMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let mail = ActionNeededMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            number: "INV-1062",
            plan: Some("Monthly lawn care"),
            amount: usd(18_630),
            method: "Visa •••• 4242",
            tried_on: day("2026-09-17"),
            url: &url("https://pay.example/i/SECRET"),
        };
        vec![("action-needed", sample::drawn(&mail))]
    }
}
