//! The mail that tells an owner what a customer, or his bank, did.

use url::Url;
use zoop_domain::money::Money;
use zoop_domain::payment::DisputeState;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// What happened.
#[derive(Clone, Debug)]
pub enum News<'a> {
    /// A customer paid online.
    Paid {
        /// How much.
        amount: Money,
        /// By what.
        method: &'a str,
        /// For which invoice.
        number: &'a str,
        /// What is left to be paid on it.
        balance: Money,
    },
    /// An automatic charge failed.
    ChargeFailed {
        /// How much was to be charged.
        amount: Money,
        /// On what.
        method: &'a str,
        /// For which invoice.
        number: &'a str,
        /// Why, in plain words.
        reason: &'a str,
        /// When it is tried again.
        next_try_on: Option<Date>,
    },
    /// A payment that a customer had made failed days later.
    PaymentFailed {
        /// How much he had paid.
        amount: Money,
        /// By what.
        method: &'a str,
        /// For which invoice.
        number: &'a str,
        /// Why, in plain words.
        reason: &'a str,
    },
    /// A customer turned auto-pay off.
    AutoPayOff {
        /// For which plan.
        plan: &'a str,
    },
    /// A customer removed a card or a bank account.
    CardRemoved {
        /// Which.
        method: &'a str,
    },
    /// A payment is disputed, or no longer.
    Dispute {
        /// How much was paid.
        amount: Money,
        /// By what.
        method: &'a str,
        /// For which invoice.
        number: &'a str,
        /// How the dispute stands.
        state: DisputeState,
    },
    /// A customer answered a quote.
    QuoteAnswered {
        /// Whether he accepted it.
        accepted: bool,
        /// What it comes to.
        total: Money,
        /// Which.
        number: &'a str,
        /// What he said; may be empty.
        comment: &'a str,
    },
}

/// News for an owner.
#[derive(Clone, Debug)]
pub struct OwnerNoticeMail<'a> {
    /// His business.
    pub letterhead: Letterhead<'a>,
    /// How he is greeted.
    pub owner: &'a str,
    /// Whose doing it is.
    pub customer: &'a str,
    /// What happened.
    pub news: News<'a>,
    /// Where it is shown in the office.
    pub url: &'a Url,
    /// Where he turns such mails off.
    pub settings: &'a Url,
}

impl OwnerNoticeMail<'_> {
    fn title(&self) -> String {
        let customer = self.customer;
        match &self.news {
            News::Paid { amount, .. } => format!("{customer} paid {amount}"),
            News::ChargeFailed { amount, .. } => format!("A charge of {amount} to {customer} failed"),
            News::PaymentFailed { amount, .. } => format!("A payment of {amount} from {customer} failed"),
            News::AutoPayOff { plan } => format!("{customer} turned off auto-pay for {plan}"),
            News::CardRemoved { method } => format!("{customer} removed {method}"),
            News::Dispute { amount, state, .. } => match state {
                DisputeState::Open => format!("{customer} disputes {amount}"),
                DisputeState::Won => format!("You won the dispute of {amount} with {customer}"),
                DisputeState::Lost => format!("You lost the dispute of {amount} with {customer}"),
            },
            News::QuoteAnswered { accepted: true, total, .. } => format!("{customer} accepted your quote of {total}"),
            News::QuoteAnswered { total, .. } => format!("{customer} declined your quote of {total}"),
        }
    }

    fn story(&self) -> String {
        match &self.news {
            News::Paid { method, number, balance, .. } => match balance.is_positive() {
                true => format!("{number} was paid by {method}. {balance} is still to be paid."),
                false => format!("{number} was paid by {method}. There is nothing left to pay."),
            },
            News::ChargeFailed { method, number, reason, next_try_on, .. } => {
                let next = match next_try_on {
                    Some(day) => format!("It is tried again on {day}."),
                    None => "It won’t be tried again: the customer has to pay another way.".to_owned(),
                };
                format!("The automatic charge for {number} to {method} failed: {reason}. {next} The customer was told.")
            }
            News::PaymentFailed { method, number, reason, .. } => format!(
                "The payment for {number} by {method} was under way and failed after all: {reason}. {number} is owed \
                 again, and the customer can pay it another way."
            ),
            News::AutoPayOff { .. } => {
                "Invoices of this plan are no longer charged by themselves. The customer gets them by mail and can pay \
                 them by hand."
                    .to_owned()
            }
            News::CardRemoved { .. } => {
                "It can’t be charged any more. Auto-pay that used it is off, and you are told of that apart.".to_owned()
            }
            News::Dispute { method, number, state, .. } => match state {
                DisputeState::Open => format!(
                    "The bank of {method} asked the payment of {number} back. Answer in Stripe’s dashboard before its \
                     deadline. Auto-pay on that card waits."
                ),
                DisputeState::Won => format!("The payment of {number} by {method} stays yours."),
                DisputeState::Lost => format!("The payment by {method} went back, and {number} is owed again."),
            },
            News::QuoteAnswered { accepted, number, comment, .. } => {
                let next = match accepted {
                    true => format!("{number} can be turned into an invoice now."),
                    false => format!("{number} is closed; duplicate it to make another offer."),
                };
                match *comment {
                    "" => next,
                    said => format!("“{said}” {next}"),
                }
            }
        }
    }

    const fn verb(&self) -> &'static str {
        match self.news {
            News::Paid { .. } | News::ChargeFailed { .. } | News::PaymentFailed { .. } | News::Dispute { .. } => {
                "Open the invoice"
            }
            News::AutoPayOff { .. } | News::CardRemoved { .. } => "Open the customer",
            News::QuoteAnswered { .. } => "Open the quote",
        }
    }
}

templates!(OwnerNoticeMail, "mail/owner_notice.html", "mail/owner_notice.txt");

impl Mail for OwnerNoticeMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        self.title()
    }

    fn preheader(&self) -> String {
        self.story()
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl OwnerNoticeMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let (link, settings) =
            (url("https://pay.example/office/invoices/1"), url("https://pay.example/office/settings"));
        let mail = |news| OwnerNoticeMail {
            letterhead: Letterhead::new(&business),
            owner: "Nora Keane",
            customer: "Rosa Delgado",
            news,
            url: &link,
            settings: &settings,
        };
        let (amount, method, number) = (usd(16_238), "Visa •••• 4242", "INV-1042");
        let reason = "not enough money was available";
        let dispute = |state| News::Dispute { amount, method, number, state };
        let answered = |accepted, comment| News::QuoteAnswered { accepted, total: amount, number: "Q-0007", comment };
        let failed = |next_try_on| News::ChargeFailed { amount, method, number, reason, next_try_on };
        [
            ("owner-paid", News::Paid { amount, method, number, balance: usd(0) }),
            ("owner-paid-part", News::Paid { amount, method, number, balance: usd(100) }),
            ("owner-failed", failed(Some(day("2026-11-24")))),
            ("owner-failed-last", failed(None)),
            (
                "owner-payment-failed",
                News::PaymentFailed { amount, method: "Bank of America •••• 6789", number, reason },
            ),
            ("owner-autopay-off", News::AutoPayOff { plan: "Monthly lawn care" }),
            ("owner-card-removed", News::CardRemoved { method }),
            ("owner-dispute", dispute(DisputeState::Open)),
            ("owner-dispute-won", dispute(DisputeState::Won)),
            ("owner-dispute-lost", dispute(DisputeState::Lost)),
            ("owner-quote-accepted", answered(true, "")),
            ("owner-quote-declined", answered(false, "We’ll wait until spring.")),
        ]
        .map(|(name, news)| (name, sample::drawn(&mail(news))))
        .into()
    }
}
