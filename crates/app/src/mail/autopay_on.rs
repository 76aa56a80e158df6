//! The confirmation of auto-pay: what was agreed to, in the words that were agreed to, and the way
//! out of it.

use url::Url;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A consent that became live.
#[derive(Clone, Debug)]
pub struct AutopayOnMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The plan's title.
    pub plan: &'a str,
    /// What is charged: "Visa •••• 4242".
    pub method: &'a str,
    /// The day it was granted.
    pub granted_on: Date,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// The words that were agreed to.
    pub disclosure: &'a str,
    /// Where they were agreed to.
    pub agreed: Agreed<'a>,
    /// Opens the dialog that ends this consent.
    pub turn_off: &'a Url,
}

/// Where a customer agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed<'a> {
    /// By ticking the box beside a payment.
    WhilePaying {
        /// The invoice's number.
        invoice: &'a str,
    },
    /// In his portal, by changing the card.
    InPortal,
    /// With somebody of the business, who attests it.
    Attested {
        /// How, as it follows "with us": "by phone"; may be empty.
        how: &'a str,
    },
}

impl AutopayOnMail<'_> {
    /// What stands before the quoted words.
    fn agreed_how(&self) -> String {
        match self.agreed {
            Agreed::WhilePaying { invoice } => format!("You agreed to this while paying invoice {invoice}"),
            Agreed::InPortal => format!("You agreed to this on {}, when you changed the card", self.granted_on),
            Agreed::Attested { how: "" } => format!("You agreed to this with us on {}", self.granted_on),
            Agreed::Attested { how } => format!("You agreed to this with us {how} on {}", self.granted_on),
        }
    }
}

templates!(AutopayOnMail, "mail/autopay_on.html", "mail/autopay_on.txt");

impl Mail for AutopayOnMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Auto-pay is on for {}", self.plan)
    }

    fn preheader(&self) -> String {
        format!("We’ll charge {} for each invoice. You can turn it off any time.", self.method)
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl AutopayOnMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let (business, hartley) = (sample::greenline(), sample::hartley());
        let turn_off = url("https://pay.example/p/SECRET?turn-off=consent_1");
        let paying = AutopayOnMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            plan: "Monthly lawn care",
            method: "Visa •••• 4242",
            granted_on: day("2026-09-18"),
            cap: Some(usd(25_000)),
            disclosure: "I authorize Greenline Lawn & Garden to charge the card I pay with the total of each Monthly \
                         lawn care invoice, every month, on its due date, never more than $250.00, until I turn it off.",
            agreed: Agreed::WhilePaying { invoice: "INV-1062" },
            turn_off: &turn_off,
        };
        let attested = AutopayOnMail {
            letterhead: Letterhead::new(&hartley),
            cap: None,
            agreed: Agreed::Attested { how: "by phone" },
            ..paying.clone()
        };
        vec![
            ("autopay-on", sample::drawn(&paying)),
            ("autopay-on-attested", sample::drawn(&attested)),
            ("autopay-on-card-changed", sample::drawn(&AutopayOnMail { agreed: Agreed::InPortal, ..paying })),
        ]
    }
}
