//! The form of the onboarding page: what was typed, and what is wrong with it.
//! What it does to the account is `onboarding`'s business.

use crate::onboarding::{Bank, Details};

/// What is wrong with each field; "" when nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Errors {
    pub(crate) name: &'static str,
    pub(crate) product: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) routing: &'static str,
    pub(crate) number: &'static str,
}

impl Errors {
    pub(crate) fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// What was typed, as it is shown again. The account number is checked, and its last four digits are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct OnboardingForm {
    pub(crate) details: Details,
    pub(crate) routing: String,
    pub(crate) errors: Errors,
    /// Whether the owner wants to go on another time.
    pub(crate) later: bool,
}

impl OnboardingForm {
    /// Reads a posted form; the bank account only if every field is right.
    pub(crate) fn read(encoded: &[u8]) -> (Self, Option<Bank>) {
        let mut form = Self::default();
        let mut number = String::new();
        for (key, value) in url::form_urlencoded::parse(encoded) {
            let value: String = value.trim().chars().take(200).collect();
            match key.as_ref() {
                "name" => form.details.name = value,
                "product" => form.details.product = value,
                "phone" => form.details.phone = value,
                "first_name" => form.details.first_name = value,
                "last_name" => form.details.last_name = value,
                "routing" => form.routing = value,
                "number" => number = value,
                "action" => form.later = value == "later",
                _ => {}
            }
        }
        let details = &form.details;
        form.errors = Errors {
            name: wanted(&details.name, "Please enter the business’s name."),
            product: wanted(&details.product, "Please say what the business sells."),
            phone: check_phone(&details.phone),
            first_name: wanted(&details.first_name, "Please enter the first name."),
            last_name: wanted(&details.last_name, "Please enter the last name."),
            routing: check_digits(&form.routing, 6, 9, "Please enter the routing number: 6 to 9 digits."),
            number: check_digits(&number, 4, 17, "Please enter the account number: 4 to 17 digits."),
        };
        let bank = (!form.errors.any()).then(|| {
            let last4 = number.chars().skip(number.chars().count() - 4).collect();
            Bank { routing: form.routing.clone(), last4 }
        });
        (form, bank)
    }
}

fn wanted(text: &str, missing: &'static str) -> &'static str {
    if text.is_empty() { missing } else { "" }
}

fn check_phone(phone: &str) -> &'static str {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if (7..=15).contains(&digits) { "" } else { "Please enter a phone number with its area code." }
}

fn check_digits(text: &str, least: usize, most: usize, wrong: &'static str) -> &'static str {
    let fits = (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { "" } else { wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_form_names_a_bank_account() {
        let typed = b"name=Greenline&product=Mowing&phone=%28512%29+555-0148&first_name=Maya&last_name=Reyes&\
                      routing=110000000&number=000123456789&action=submit";
        let (form, bank) = OnboardingForm::read(typed);
        assert!(!form.errors.any() && !form.later);
        assert_eq!(bank, Some(Bank { routing: "110000000".into(), last4: "6789".into() }));
    }

    #[test]
    fn each_fault_is_named_and_the_rest_is_kept() {
        let (form, bank) = OnboardingForm::read(b"name=Greenline&phone=12&routing=12x&number=1&action=later");
        assert!(bank.is_none() && form.later && form.errors.name.is_empty());
        assert_eq!(form.details.name, "Greenline");
        let errors = form.errors;
        for error in [errors.product, errors.phone, errors.first_name, errors.last_name, errors.routing, errors.number]
        {
            assert!(!error.is_empty());
        }
    }
}
