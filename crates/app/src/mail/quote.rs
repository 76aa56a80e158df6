//! The mail that brings a quote: what the work would cost, until when, and where to say yes or no.

use url::Url;
use zoop_domain::invoice::Totals;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A quote that waits for an answer.
#[derive(Clone, Debug)]
pub struct QuoteMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The quote's number.
    pub number: &'a str,
    /// What it is for; may be empty.
    pub title: &'a str,
    /// Its lines, taxes and total.
    pub totals: &'a Totals,
    /// The last day it can be accepted on.
    pub expires_on: Option<Date>,
    /// What the business adds.
    pub message: Option<&'a str>,
    /// The page where it is answered.
    pub url: &'a Url,
}

templates!(QuoteMail, "mail/quote.html", "mail/quote.txt");

impl Mail for QuoteMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Quote {} from {}", self.number, self.letterhead.name())
    }

    fn preheader(&self) -> String {
        match self.expires_on {
            Some(last) => format!("{} in all. You can accept it until {last}.", self.totals.total),
            None => format!("{} in all.", self.totals.total),
        }
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl QuoteMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url};
        let (business, bare) = (sample::greenline(), sample::bare());
        let totals = sample::totals();
        let link = url("https://pay.example/q/SECRET");
        let usual = QuoteMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            number: "Q-0217",
            title: "French drain along the east fence",
            totals: &totals,
            expires_on: Some(day("2026-12-23")),
            message: Some("As we discussed on Monday.\n\nJo"),
            url: &link,
        };
        vec![
            ("quote", sample::drawn(&usual)),
            (
                "quote-awkward",
                sample::drawn(&QuoteMail {
                    letterhead: Letterhead::new(&bare),
                    customer: "<b>Bold</b> & Sons \"Ltd\"",
                    title: "",
                    expires_on: None,
                    message: Some("</td></table><script>alert(1)</script>"),
                    ..usual
                }),
            ),
        ]
    }
}
