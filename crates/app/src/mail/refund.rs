//! The mail that says that money went back.

use url::Url;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A refund that was sent.
#[derive(Clone, Debug)]
pub struct RefundMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The invoice's number.
    pub number: &'a str,
    /// What went back.
    pub amount: Money,
    /// The card or account it went to: "Visa •••• 4242"; none if it was given back by hand.
    pub method: Option<&'a str>,
    /// The day it was sent.
    pub refunded_on: Date,
    /// Whether more was paid than was owed.
    pub is_surplus: bool,
    /// The invoice's page.
    pub url: &'a Url,
}

impl RefundMail<'_> {
    fn to_whom(&self) -> &str {
        self.method.unwrap_or("you")
    }
}

templates!(RefundMail, "mail/refund.html", "mail/refund.txt");

impl Mail for RefundMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Refund of {} from {}", self.amount, self.letterhead.name())
    }

    fn preheader(&self) -> String {
        format!("We sent it back to {} on {}.", self.to_whom(), self.refunded_on)
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl RefundMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let link = url("https://pay.example/i/SECRET");
        let mail = RefundMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            number: "INV-1062",
            amount: usd(6_000),
            method: Some("Visa •••• 4242"),
            refunded_on: day("2026-07-15"),
            is_surplus: false,
            url: &link,
        };
        vec![
            ("refund", sample::drawn(&mail)),
            ("refund-surplus", sample::drawn(&RefundMail { is_surplus: true, ..mail.clone() })),
            ("refund-by-hand", sample::drawn(&RefundMail { method: None, ..mail.clone() })),
        ]
    }
}
