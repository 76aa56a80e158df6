//! The card form of the Checkout page: what was typed, and what is wrong with it.
//! It knows nothing of sessions, and whether a card pays is the card's business.

use crate::calendar::month_of;
use crate::card::passes_luhn;

/// What is wrong with each field; "" when nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Errors {
    pub(crate) number: &'static str,
    pub(crate) exp: &'static str,
    pub(crate) cvc: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) zip: &'static str,
}

impl Errors {
    pub(crate) fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// What was typed, as it is shown again. The CVC is checked and forgotten.
#[derive(Debug, Clone, Default)]
pub(crate) struct CardForm {
    pub(crate) number: String,
    pub(crate) exp: String,
    pub(crate) holder: String,
    pub(crate) zip: String,
    pub(crate) errors: Errors,
}

/// A form without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) number: String,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) holder: String,
    pub(crate) zip: String,
}

impl CardForm {
    /// Reads a posted form at `now`; the card only if every field is right.
    pub(crate) fn read(encoded: &[u8], now: i64) -> (Self, Option<Card>) {
        let mut form = Self::default();
        let mut cvc = String::new();
        for (key, value) in url::form_urlencoded::parse(encoded) {
            let value = value.trim().to_owned();
            match key.as_ref() {
                "number" => form.number = value,
                "exp" => form.exp = value,
                "cvc" => cvc = value,
                "holder" => form.holder = value,
                "zip" => form.zip = value,
                _ => {}
            }
        }
        let number: String = form.number.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
        let exp = read_expiry(&form.exp);
        form.errors = Errors {
            number: check_number(&number),
            exp: check_expiry(exp, now),
            cvc: check_cvc(&cvc, &number),
            holder: if form.holder.is_empty() { "Please enter the name on the card." } else { "" },
            zip: check_zip(&form.zip),
        };
        let card = match exp {
            Some((exp_month, exp_year)) if !form.errors.any() => {
                Some(Card { number, exp_month, exp_year, holder: form.holder.clone(), zip: form.zip.clone() })
            }
            _ => None,
        };
        (form, card)
    }
}

fn check_number(number: &str) -> &'static str {
    if number.is_empty() {
        "Please enter the card number."
    } else if !passes_luhn(number) {
        "This card number isn’t valid. Please check its digits."
    } else {
        ""
    }
}

/// `MM/YY` or `MM/YYYY`, also with spaces or without the stroke.
fn read_expiry(text: &str) -> Option<(i64, i64)> {
    let digits: String =
        text.chars().filter(|letter| !letter.is_whitespace() && *letter != '/' && *letter != '-').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 4 | 6) {
        return None;
    }
    let (month, year) = digits.split_at(2);
    let month: i64 = month.parse().ok()?;
    let year: i64 = year.parse().ok()?;
    if !(1..=12).contains(&month) {
        return None;
    }
    Some((month, if year < 100 { 2000 + year } else { year }))
}

fn check_expiry(expiry: Option<(i64, i64)>, now: i64) -> &'static str {
    let (this_year, this_month) = month_of(now);
    match expiry {
        None => "Please enter the expiry as MM/YY.",
        Some((month, year)) if (year, month) < (this_year, this_month) => "This card has expired.",
        Some((_, year)) if year > this_year + 50 => "Please enter the expiry as MM/YY.",
        Some(_) => "",
    }
}

fn check_cvc(cvc: &str, number: &str) -> &'static str {
    let american_express = number.starts_with("34") || number.starts_with("37");
    let length = if american_express { 4 } else { 3 };
    if cvc.len() == length && cvc.bytes().all(|byte| byte.is_ascii_digit()) {
        ""
    } else if american_express {
        "Please enter the 4 digits on the front of the card."
    } else {
        "Please enter the 3 digits on the back of the card."
    }
}

fn check_zip(zip: &str) -> &'static str {
    let plausible = zip.chars().all(|letter| letter.is_ascii_alphanumeric() || " -".contains(letter));
    if plausible && (3..=10).contains(&zip.len()) { "" } else { "Please enter the card’s ZIP code." }
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-11-15
    const NOW: i64 = 1_794_700_800;

    #[test]
    fn a_right_form_is_a_card() {
        let typed = b"number=4242+4242-4242+4242&exp=11+/+26&cvc=123&holder=Ann&zip=55401";
        let (form, card) = CardForm::read(typed, NOW);
        assert!(!form.errors.any());
        let card = card.unwrap();
        assert_eq!(card.number, "4242424242424242");
        assert_eq!((card.exp_month, card.exp_year), (11, 2026));
    }

    #[test]
    fn each_fault_is_named_and_the_rest_is_kept() {
        let (form, card) = CardForm::read(b"number=4242424242424241&exp=10/26&cvc=12&holder=&zip=<", NOW);
        assert_eq!(card, None);
        assert_eq!(form.number, "4242424242424241");
        assert_eq!(form.errors.exp, "This card has expired.");
        for error in [form.errors.number, form.errors.cvc, form.errors.holder, form.errors.zip] {
            assert!(!error.is_empty());
        }
    }

    #[test]
    fn american_express_has_a_longer_code() {
        let form = |cvc: &str| {
            let typed = format!("number=378282246310005&exp=12/2030&cvc={cvc}&holder=A&zip=K1A+0B1");
            CardForm::read(typed.as_bytes(), NOW).1
        };
        assert!(form("1234").is_some());
        assert!(form("123").is_none());
    }
}
