//! The mail after an automatic charge that failed: the plain reason, what follows, the way to pay.

use url::Url;
use zoop_domain::dunning::plain_reason;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// An automatic charge that failed.
#[derive(Clone, Debug)]
pub struct PaymentFailedMail<'a> {
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
    /// The day it failed.
    pub failed_on: Date,
    /// Stripe's decline code.
    pub decline_code: &'a str,
    /// How often it was tried by now.
    pub tries: i64,
    /// What follows.
    pub next_try: NextTry,
    /// The invoice's page.
    pub url: &'a Url,
}

/// What follows a failed charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTry {
    /// It is tried again on that day.
    On(Date),
    /// It was the last try.
    None,
    /// This card is not tried again: auto-pay waits for another one.
    NeedsNewCard,
}

impl PaymentFailedMail<'_> {
    /// One sentence that follows "Hello Dana, ".
    fn what_happened(&self) -> String {
        let Self { method, failed_on, tries, .. } = self;
        if self.next_try == NextTry::None && *tries > 1 {
            return format!("we tried {method} {tries} times and couldn’t collect this payment.");
        }
        let words = plain_reason(self.decline_code);
        let reason = if words == plain_reason("") { String::new() } else { format!(": {words}") };
        format!("on {failed_on} your bank declined {method}{reason}.")
    }

    fn what_follows(&self) -> String {
        match (self.next_try, self.plan) {
            (NextTry::On(day), _) => format!("We’ll try again on {day}, or you can pay now with any card."),
            (NextTry::None, _) => "We won’t try it again, so please pay now with any card.".to_owned(),
            (NextTry::NeedsNewCard, Some(plan)) => format!(
                "We won’t try this card again, so auto-pay for {plan} needs a new card. Please pay now with another \
                 card; tick auto-pay as you do, and it goes on with that one."
            ),
            (NextTry::NeedsNewCard, None) => {
                "We won’t try this card again, so please pay now with another one.".to_owned()
            }
        }
    }
}

templates!(PaymentFailedMail, "mail/payment_failed.html", "mail/payment_failed.txt");

impl Mail for PaymentFailedMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Your payment for invoice {} didn’t go through", self.number)
    }

    fn preheader(&self) -> String {
        self.what_follows()
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl PaymentFailedMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let link = url("https://pay.example/i/SECRET");
        let retried = PaymentFailedMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            number: "INV-1062",
            plan: Some("Monthly lawn care"),
            amount: usd(18_630),
            method: "Visa •••• 4242",
            failed_on: day("2026-09-17"),
            decline_code: "insufficient_funds",
            tries: 1,
            next_try: NextTry::On(day("2026-09-19")),
            url: &link,
        };
        let last = PaymentFailedMail { tries: 5, next_try: NextTry::None, ..retried.clone() };
        let expired =
            PaymentFailedMail { decline_code: "expired_card", next_try: NextTry::NeedsNewCard, ..retried.clone() };
        let lost = PaymentFailedMail { decline_code: "lost_card", ..expired.clone() };
        vec![
            ("payment-failed", sample::drawn(&retried)),
            ("payment-failed-last", sample::drawn(&last)),
            ("payment-failed-expired", sample::drawn(&expired)),
            ("payment-failed-lost", sample::drawn(&lost)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_card_is_never_named_so() {
        let samples = PaymentFailedMail::samples();
        let (_, lost) = samples.iter().find(|(name, _)| *name == "payment-failed-lost").unwrap();
        assert!(lost.text.contains("your bank declined Visa •••• 4242."), "{}", lost.text);
        assert!(!lost.text.contains("lost") && !lost.html.contains("lost"));
    }
}
