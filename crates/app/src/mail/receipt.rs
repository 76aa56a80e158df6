//! The mail that thanks for a payment and says where its receipt is.

use url::Url;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A payment that arrived.
#[derive(Clone, Debug)]
pub struct ReceiptMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The invoice's number.
    pub number: &'a str,
    /// The plan it belongs to, by title.
    pub plan: Option<&'a str>,
    /// What was paid.
    pub amount: Money,
    /// "Visa •••• 4242", "Check #1042".
    pub method: &'a str,
    /// The day it arrived.
    pub paid_on: Date,
    /// Stripe's charge: `ch_…`.
    pub charge: Option<&'a str>,
    /// The invoice's total.
    pub total: Money,
    /// What is left to be paid.
    pub balance: Money,
    /// Whether auto-pay took it.
    pub is_automatic: bool,
    /// The receipt's page; the invoice's while something is left to be paid.
    pub url: &'a Url,
    /// The same as PDF.
    pub pdf: &'a Url,
}

impl ReceiptMail<'_> {
    fn verb(&self) -> &'static str {
        if self.balance.is_positive() { "View invoice" } else { "View receipt" }
    }
}

templates!(ReceiptMail, "mail/receipt.html", "mail/receipt.txt");

impl Mail for ReceiptMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Receipt from {} for invoice {}", self.letterhead.name(), self.number)
    }

    fn preheader(&self) -> String {
        format!("{} was paid on {}.", self.amount, self.paid_on)
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl ReceiptMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let link = url("https://pay.example/i/SECRET/receipt");
        let pdf = url("https://pay.example/i/SECRET/receipt.pdf");
        let paid = ReceiptMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            number: "INV-1062",
            plan: None,
            amount: usd(18_630),
            method: "Visa •••• 4242",
            paid_on: day("2026-09-18"),
            charge: Some("ch_3RvK8tLkdIwHu7ix1mQe4aXb"),
            total: usd(18_630),
            balance: usd(0),
            is_automatic: false,
            url: &link,
            pdf: &pdf,
        };
        let automatic = ReceiptMail { plan: Some("Monthly lawn care"), is_automatic: true, ..paid.clone() };
        let part = ReceiptMail {
            amount: usd(10_000),
            method: "Check #1042",
            charge: None,
            balance: usd(8_630),
            ..paid.clone()
        };
        vec![
            ("receipt", sample::drawn(&paid)),
            ("receipt-automatic", sample::drawn(&automatic)),
            ("receipt-part", sample::drawn(&part)),
        ]
    }
}
