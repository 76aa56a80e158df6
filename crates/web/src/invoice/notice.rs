//! The one line above an invoice: what came of the customer's last step. What a URL may ask for
//! is a closed set, so that nobody can put words on a business's page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use url::form_urlencoded;
use zoop_domain::money::Money;

use super::banner::reason;

/// What is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Back from Stripe without paying.
    NotCharged,
    /// The balance is no longer what the page showed.
    BalanceChanged(Money),
    /// The amount that was sent is none.
    AmountUnreadable,
    /// Stripe didn't answer.
    Unavailable,
    /// The bank declined a card on file.
    Declined {
        /// "Visa •••• 4242".
        method_label: String,
        /// Why, by Stripe's code.
        decline_code: String,
    },
    /// The card on file that was chosen is gone.
    MethodGone,
    /// The address for the copy of the agreement is missing or none.
    EmailNeeded,
}

impl Notice {
    const NOT_CHARGED: &str = "not-charged";

    /// The query that makes the invoice page say "Nothing was charged".
    #[must_use]
    pub fn not_charged_query() -> String {
        format!("?notice={}", Self::NOT_CHARGED)
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NotCharged => "Nothing was charged. You can pay whenever you’re ready.".to_owned(),
            Self::BalanceChanged(balance) => {
                format!("The balance changed to {balance} while this page was open. Please check it and pay again.")
            }
            Self::AmountUnreadable => {
                "We couldn’t read the amount that was sent, and nothing was charged. Please pay again.".to_owned()
            }
            Self::Unavailable => {
                "The payment page isn’t answering, and nothing was charged. Please try again in a minute.".to_owned()
            }
            Self::Declined { method_label, decline_code } => {
                let why = match reason(decline_code) {
                    Some(reason) => format!(": {reason}"),
                    None => " and gave no reason".to_owned(),
                };
                format!("Your bank declined {method_label}{why}. Nothing was charged. Please pay with another card.")
            }
            Self::MethodGone => {
                "That card is no longer on file, and nothing was charged. Please choose how to pay.".to_owned()
            }
            Self::EmailNeeded => {
                "Nothing was charged yet. To turn on auto-pay, please give an email address below.".to_owned()
            }
        }
    }

    /// Whether something is wrong, so that a screen reader says it at once.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        *self != Self::NotCharged
    }
}

/// The notice a URL asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeQuery(pub Option<Notice>);

impl<S: Send + Sync> FromRequestParts<S> for NoticeQuery {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let asked = form_urlencoded::parse(query).any(|(name, value)| name == "notice" && value == Notice::NOT_CHARGED);
        Ok(Self(asked.then_some(Notice::NotCharged)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decline_says_which_card_and_why() {
        let declined =
            |code: &str| Notice::Declined { method_label: "Visa •••• 4242".into(), decline_code: code.into() };
        assert_eq!(
            declined("insufficient_funds").words(),
            "Your bank declined Visa •••• 4242: not enough money was available. Nothing was charged. Please pay with \
             another card."
        );
        assert!(declined("stolen_card").words().starts_with("Your bank declined Visa •••• 4242 and gave no reason."));
    }
}
