//! The notice that comes some days before an automatic charge the customer may not expect.

use url::Url;
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A charge that is to come.
#[derive(Clone, Debug)]
pub struct UpcomingChargeMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The invoice's number and page, once it is made.
    pub invoice: Option<(&'a str, &'a Url)>,
    /// The plan's title.
    pub plan: &'a str,
    /// What will be charged.
    pub amount: Money,
    /// What it is charged to: "Visa •••• 4242".
    pub method: &'a str,
    /// When.
    pub on: Date,
    /// Why it is told in advance.
    pub why: WhyTold,
    /// Opens the dialog that ends the consent.
    pub turn_off: Option<&'a Url>,
}

/// Why a charge is told in advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyTold {
    /// It differs from this consent's last charge.
    Differs {
        /// What was charged last time.
        last: Money,
    },
    /// It is this consent's first.
    First,
    /// The business tells each of this plan's charges.
    Always,
}

impl UpcomingChargeMail<'_> {
    fn why_told(&self) -> String {
        match self.why {
            WhyTold::Differs { last } if last.minor() < self.amount.minor() => {
                format!("We tell you because it is more than last time, when it was {last}.")
            }
            WhyTold::Differs { last } => format!("We tell you because it is less than last time, when it was {last}."),
            WhyTold::First => "We tell you because it is the first charge since auto-pay was turned on.".to_owned(),
            WhyTold::Always => "We tell you before each charge, because the amount can change.".to_owned(),
        }
    }
}

templates!(UpcomingChargeMail, "mail/upcoming_charge.html", "mail/upcoming_charge.txt");

impl Mail for UpcomingChargeMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("{} for {} on {}", self.amount, self.plan, self.on)
    }

    fn preheader(&self) -> String {
        format!("We’ll charge {} by auto-pay. You need do nothing.", self.method)
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl UpcomingChargeMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let (link, turn_off) =
            (url("https://pay.example/i/SECRET"), url("https://pay.example/p/SECRET?turn-off=consent_1"));
        let differs = UpcomingChargeMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            invoice: Some(("INV-1062", &link)),
            plan: "Monthly lawn care",
            amount: usd(18_630),
            method: "Visa •••• 4242",
            on: day("2026-12-01"),
            why: WhyTold::Differs { last: usd(6_495) },
            turn_off: Some(&turn_off),
        };
        let first = UpcomingChargeMail { why: WhyTold::First, turn_off: None, invoice: None, ..differs.clone() };
        vec![
            ("upcoming-charge", sample::drawn(&differs)),
            ("upcoming-charge-first", sample::drawn(&first)),
            ("upcoming-charge-always", sample::drawn(&UpcomingChargeMail { why: WhyTold::Always, ..differs })),
        ]
    }
}
