//! Stripe's test cards and what each does. No card number is kept: a method remembers only the name of
//! its card here, and a fingerprint.

use crate::outcome::Decline;

/// When the bank wants to see the cardholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// Never.
    Never,
    /// On session always; off session only until it was set up once.
    UntilSetUp,
    /// On session always; off session never.
    OnSession,
    /// Each time, set up or not.
    Always,
}

/// What happens once the money has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    Nothing,
    /// A dispute with this reason.
    Dispute(&'static str),
    /// An inquiry, which takes no money.
    Inquiry,
    /// A refund succeeds, then fails.
    RefundFails,
    /// A refund is pending, then succeeds.
    RefundIsPending,
}

/// A test card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TestCard {
    /// What follows `pm_card_` and `tok_` in Stripe's ready-made ids.
    pub(crate) name: &'static str,
    /// The number, without spaces.
    pub(crate) number: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) funding: &'static str,
    /// The decline when it is attached or set up.
    on_setup: Option<&'static str>,
    /// The decline when it is charged.
    on_charge: Option<&'static str>,
    pub(crate) authentication: Authentication,
    pub(crate) afterwards: Afterwards,
}

const fn pays(name: &'static str, number: &'static str, brand: &'static str) -> TestCard {
    TestCard {
        name,
        number,
        brand,
        funding: "credit",
        on_setup: None,
        on_charge: None,
        authentication: Authentication::Never,
        afterwards: Afterwards::Nothing,
    }
}

const fn debit(name: &'static str, number: &'static str, brand: &'static str) -> TestCard {
    TestCard { funding: "debit", ..pays(name, number, brand) }
}

const fn declines(name: &'static str, number: &'static str, code: &'static str) -> TestCard {
    TestCard { on_setup: Some(code), on_charge: Some(code), ..pays(name, number, "visa") }
}

const fn asks(name: &'static str, number: &'static str, when: Authentication) -> TestCard {
    TestCard { authentication: when, ..pays(name, number, "visa") }
}

const fn asks_then_declines(name: &'static str, number: &'static str, code: &'static str) -> TestCard {
    TestCard { on_charge: Some(code), ..asks(name, number, Authentication::Always) }
}

const fn then(name: &'static str, number: &'static str, afterwards: Afterwards) -> TestCard {
    TestCard { afterwards, ..pays(name, number, "visa") }
}

const CARDS: [TestCard; 34] = [
    pays("visa", "4242424242424242", "visa"),
    debit("visa_debit", "4000056655665556", "visa"),
    pays("mastercard", "5555555555554444", "mastercard"),
    debit("mastercard_debit", "5200828282828210", "mastercard"),
    pays("amex", "378282246310005", "amex"),
    pays("discover", "6011111111111117", "discover"),
    pays("diners", "3056930009020004", "diners"),
    pays("jcb", "3566002020360505", "jcb"),
    pays("unionpay", "6200000000000005", "unionpay"),
    then("bypassPending", "4000000000000077", Afterwards::Nothing),
    declines("chargeDeclined", "4000000000000002", "generic_decline"),
    declines("chargeDeclinedInsufficientFunds", "4000000000009995", "insufficient_funds"),
    declines("chargeDeclinedLostCard", "4000000000009987", "lost_card"),
    declines("chargeDeclinedStolenCard", "4000000000009979", "stolen_card"),
    declines("chargeDeclinedExpiredCard", "4000000000000069", "expired_card"),
    declines("chargeDeclinedIncorrectCvc", "4000000000000127", "incorrect_cvc"),
    declines("chargeDeclinedProcessingError", "4000000000000119", "processing_error"),
    declines("chargeDeclinedVelocityLimitExceeded", "4000000000006975", "card_velocity_exceeded"),
    declines("chargeDeclinedFraudulent", "4100000000000019", "fraudulent"),
    TestCard { on_charge: Some("generic_decline"), ..pays("chargeCustomerFail", "4000000000000341", "visa") },
    asks("authenticationRequiredOnSetup", "4000002500003155", Authentication::UntilSetUp),
    asks("authenticationRequired", "4000002760003184", Authentication::Always),
    asks("authenticationRequiredSetupForOffSession", "4000003800000446", Authentication::OnSession),
    asks_then_declines(
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        "insufficient_funds",
    ),
    asks("threeDSecureRequired", "4000000000003220", Authentication::Always),
    asks("threeDSecure2Required", "4000000000003063", Authentication::Always),
    pays("threeDSecureOptional", "4000000000003055", "visa"),
    asks_then_declines("threeDSecureRequiredChargeDeclined", "4000008400001629", "generic_decline"),
    then("createDispute", "4000000000000259", Afterwards::Dispute("fraudulent")),
    then("createDisputeProductNotReceived", "4000000000002685", Afterwards::Dispute("product_not_received")),
    then("createDisputeInquiry", "4000000000001976", Afterwards::Inquiry),
    then("refundFail", "4000000000005126", Afterwards::RefundFails),
    then("pendingRefund", "4000000000007726", Afterwards::RefundIsPending),
    pays("us", "4000000000000010", "visa"),
];

impl TestCard {
    pub(crate) fn by_number(number: &str) -> Option<Self> {
        CARDS.into_iter().find(|card| card.number == number)
    }

    /// By the name in `pm_card_…` or `tok_…`; Stripe also writes some with the brand in front.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let short = name.strip_prefix("visa_").unwrap_or(name);
        CARDS.into_iter().find(|card| card.name == name).or_else(|| CARDS.into_iter().find(|card| card.name == short))
    }

    pub(crate) fn setup_decline(&self) -> Option<Decline> {
        self.on_setup.and_then(Decline::named)
    }

    pub(crate) fn charge_decline(&self) -> Option<Decline> {
        self.on_charge.and_then(Decline::named)
    }
}

/// Whether a number of 12 to 19 digits has a right check digit.
pub(crate) fn passes_luhn(number: &str) -> bool {
    if !(12..=19).contains(&number.len()) {
        return false;
    }
    let mut sum = 0;
    for (index, digit) in number.chars().rev().enumerate() {
        let Some(digit) = digit.to_digit(10) else {
            return false;
        };
        sum += match (index % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        };
    }
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_is_a_card_and_every_decline_is_known() {
        for card in CARDS {
            assert!(passes_luhn(card.number), "{}", card.name);
            for code in [card.on_setup, card.on_charge].into_iter().flatten() {
                assert!(Decline::named(code).is_some(), "{code}");
            }
        }
    }

    #[test]
    fn names_are_found_with_and_without_the_brand() {
        let card = TestCard::by_name("visa_chargeDeclined").unwrap();
        assert_eq!(card.number, "4000000000000002");
        assert_eq!(TestCard::by_name("visa_debit").unwrap().funding, "debit");
        assert!(TestCard::by_name("nonsense").is_none());
        assert!(!passes_luhn("4242424242424241"));
        assert!(!passes_luhn("4242"));
    }
}
