//! The mail that says that auto-pay ended: why, what is still under way, how invoices come now.

use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// A consent that ended.
#[derive(Clone, Debug)]
pub struct AutopayOffMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The plan's title.
    pub plan: &'a str,
    /// What was charged: "Visa •••• 4242".
    pub method: &'a str,
    /// The day it ended.
    pub ended_on: Date,
    /// What ended it.
    pub because: OffBecause,
    /// A payment that was claimed before and couldn't be stopped.
    pub on_its_way: Option<Money>,
}

/// What ended a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffBecause {
    /// The customer turned it off, in his portal or by a mail's link.
    Customer,
    /// The customer removed the card.
    CardRemoved,
    /// The business turned it off.
    Business,
    /// The business canceled the plan.
    PlanCanceled,
}

impl AutopayOffMail<'_> {
    /// One sentence that follows "Hello Dana, ".
    fn what_happened(&self) -> String {
        let Self { plan, method, ended_on, .. } = self;
        match self.because {
            OffBecause::Customer => format!("you turned off auto-pay for {plan} on {ended_on}."),
            OffBecause::CardRemoved => format!("you removed {method} on {ended_on}, so auto-pay for {plan} ended."),
            OffBecause::Business => format!("we turned off auto-pay for {plan} on {ended_on}."),
            OffBecause::PlanCanceled => format!("we canceled {plan} on {ended_on}, and auto-pay ended with it."),
        }
    }

    fn when_it_ended(&self) -> &'static str {
        match self.because {
            OffBecause::Customer => "you turned this off",
            OffBecause::CardRemoved => "you removed it",
            _ => "this was turned off",
        }
    }

    fn what_follows(&self) -> &'static str {
        match self.because {
            OffBecause::PlanCanceled => {
                "We won’t charge your card for it again. Invoices that you have already can still be paid by their links."
            }
            _ => {
                "We won’t charge your card for it again. We’ll keep sending you its invoices, and each says how to pay it."
            }
        }
    }
}

templates!(AutopayOffMail, "mail/autopay_off.html", "mail/autopay_off.txt");

impl Mail for AutopayOffMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Auto-pay is off for {}", self.plan)
    }

    fn preheader(&self) -> String {
        match self.on_its_way {
            Some(amount) => format!("A payment of {amount} was already on its way."),
            None => self.what_follows().to_owned(),
        }
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl AutopayOffMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, usd};
        let business = sample::greenline();
        let off = AutopayOffMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            plan: "Monthly lawn care",
            method: "Visa •••• 4242",
            ended_on: day("2026-09-18"),
            because: OffBecause::Customer,
            on_its_way: None,
        };
        let because = |because| sample::drawn(&AutopayOffMail { because, ..off.clone() });
        vec![
            ("autopay-off", because(OffBecause::Customer)),
            ("autopay-off-on-its-way", sample::drawn(&AutopayOffMail { on_its_way: Some(usd(6_495)), ..off.clone() })),
            ("autopay-off-card-removed", because(OffBecause::CardRemoved)),
            ("autopay-off-business", because(OffBecause::Business)),
            ("autopay-off-plan-canceled", because(OffBecause::PlanCanceled)),
        ]
    }
}
