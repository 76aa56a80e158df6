//! How a bank answers: the declines there are, with Stripe's codes, words and advice.
//! Which card meets which of them is `card`'s table.

use serde_json::json;

use crate::error::ApiError;

/// A refusal by the bank, or by Stripe on its behalf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decline {
    /// Stripe's `code`.
    pub(crate) code: &'static str,
    /// Stripe's `decline_code`.
    pub(crate) decline_code: &'static str,
    /// What the cardholder may read.
    pub(crate) message: &'static str,
    /// What the merchant should do.
    pub(crate) advice: Option<&'static str>,
    /// The network's own code.
    pub(crate) network: Option<&'static str>,
}

const DECLINED: &str = "Your card was declined.";
const TRY_LATER: Option<&str> = Some("try_again_later");
const CONFIRM_DATA: Option<&str> = Some("confirm_card_data");
const NEVER_AGAIN: Option<&str> = Some("do_not_try_again");

const fn declined(
    decline_code: &'static str,
    message: &'static str,
    advice: Option<&'static str>,
    network: Option<&'static str>,
) -> Decline {
    Decline { code: "card_declined", decline_code, message, advice, network }
}

const fn named(
    code: &'static str,
    message: &'static str,
    advice: Option<&'static str>,
    network: Option<&'static str>,
) -> Decline {
    Decline { code, decline_code: code, message, advice, network }
}

/// Off session, and the bank wants the cardholder.
pub(crate) const AUTHENTICATION_REQUIRED: Decline = named(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    None,
    Some("1A"),
);

/// A number that is nobody's test card.
pub(crate) const LIVE_CARD: Decline = declined(
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid \
     test cards, visit: https://stripe.com/docs/testing.",
    None,
    None,
);

const DECLINES: [Decline; 32] = [
    declined("generic_decline", DECLINED, TRY_LATER, Some("05")),
    declined("insufficient_funds", "Your card has insufficient funds.", TRY_LATER, Some("51")),
    declined("lost_card", DECLINED, NEVER_AGAIN, Some("41")),
    declined("stolen_card", DECLINED, NEVER_AGAIN, Some("43")),
    declined("pickup_card", DECLINED, NEVER_AGAIN, Some("04")),
    declined("fraudulent", DECLINED, NEVER_AGAIN, None),
    declined("call_issuer", DECLINED, TRY_LATER, Some("01")),
    declined("card_not_supported", "Your card does not support this type of purchase.", TRY_LATER, Some("57")),
    declined("currency_not_supported", DECLINED, NEVER_AGAIN, None),
    declined("do_not_honor", DECLINED, TRY_LATER, Some("05")),
    declined("do_not_try_again", DECLINED, NEVER_AGAIN, Some("14")),
    declined("duplicate_transaction", DECLINED, TRY_LATER, Some("94")),
    declined("invalid_account", DECLINED, CONFIRM_DATA, Some("14")),
    declined("invalid_amount", DECLINED, CONFIRM_DATA, Some("13")),
    declined("issuer_not_available", DECLINED, TRY_LATER, Some("91")),
    declined("new_account_information_available", DECLINED, CONFIRM_DATA, None),
    declined("no_action_taken", DECLINED, TRY_LATER, Some("21")),
    declined("not_permitted", DECLINED, NEVER_AGAIN, Some("57")),
    declined("reenter_transaction", DECLINED, TRY_LATER, Some("19")),
    declined("restricted_card", DECLINED, NEVER_AGAIN, Some("62")),
    declined("revocation_of_authorization", DECLINED, NEVER_AGAIN, Some("R1")),
    declined("revocation_of_all_authorizations", DECLINED, NEVER_AGAIN, Some("R3")),
    declined("security_violation", DECLINED, TRY_LATER, Some("63")),
    declined("service_not_allowed", DECLINED, TRY_LATER, Some("57")),
    declined("stop_payment_order", DECLINED, NEVER_AGAIN, Some("R0")),
    declined("try_again_later", DECLINED, TRY_LATER, Some("91")),
    declined("transaction_not_allowed", DECLINED, NEVER_AGAIN, Some("57")),
    declined(
        "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        TRY_LATER,
        Some("61"),
    ),
    named("expired_card", "Your card has expired.", CONFIRM_DATA, Some("54")),
    named("incorrect_cvc", "Your card's security code is incorrect.", CONFIRM_DATA, Some("N7")),
    named(
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
        TRY_LATER,
        None,
    ),
    AUTHENTICATION_REQUIRED,
];

impl Decline {
    /// The decline with this `decline_code`.
    pub(crate) fn named(decline_code: &str) -> Option<Self> {
        DECLINES.into_iter().find(|decline| decline.decline_code == decline_code)
    }

    /// The same decline with other advice, if Stripe gives such; None gives none.
    pub(crate) fn advising(self, advice: Option<&str>) -> Option<Self> {
        let advice = match advice {
            None => None,
            Some(word) => {
                Some([TRY_LATER, CONFIRM_DATA, NEVER_AGAIN].into_iter().flatten().find(|known| *known == word)?)
            }
        };
        Some(Self { advice, ..self })
    }

    /// The error a caller gets; the charge is added by whoever made one.
    pub(crate) fn error(&self) -> ApiError {
        let mut error = ApiError::card(self.code, self.message).with("decline_code", json!(self.decline_code));
        if let Some(advice) = self.advice {
            error = error.with("advice_code", json!(advice));
        }
        if let Some(network) = self.network {
            error = error.with("network_decline_code", json!(network));
        }
        error
    }
}
