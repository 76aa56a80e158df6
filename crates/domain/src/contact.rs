//! How somebody is reached: what a business and its customers share.

use crate::form::{lines, optional_line};

const LONGEST_PHONE: usize = 40;
const LONGEST_ADDRESS: usize = 500;
const MOST_ADDRESS_LINES: usize = 8;

/// A telephone number as people write it, with an extension perhaps.
///
/// # Errors
/// A sentence that says how one looks.
pub fn phone(text: &str) -> Result<Option<String>, String> {
    const ADVICE: &str = "Enter a phone number such as (512) 555-0176 or +44 20 7946 0991 ext. 4.";
    let Some(phone) = optional_line(text, "a phone number", LONGEST_PHONE)? else { return Ok(None) };
    let small = phone.to_lowercase();
    let (number, extension) = match small.split_once(['e', 'x', '#']) {
        Some((number, rest)) => (number, Some(rest.trim_start_matches("xt").trim_start_matches(['.', ' ', ':']))),
        None => (small.as_str(), None),
    };
    let is_written = |letter: char| letter.is_ascii_digit() || " +-()./".contains(letter);
    let plus_leads = number.trim_start_matches(['(', ' ']).rfind('+').is_none_or(|at| at == 0);
    let is_number = number.chars().all(is_written)
        && plus_leads
        && (5..=15).contains(&number.chars().filter(char::is_ascii_digit).count());
    let is_extension = |text: &str| (1..=8).contains(&text.len()) && text.chars().all(|it| it.is_ascii_digit());
    if is_number && extension.is_none_or(is_extension) { Ok(Some(phone)) } else { Err(ADVICE.to_owned()) }
}

/// A postal address, one line a row; empty lines are left out.
///
/// # Errors
/// A sentence that says what is too much.
pub fn address(text: &str) -> Result<String, String> {
    let address = lines(text, "an address", LONGEST_ADDRESS)?;
    let address: Vec<_> = address.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if address.len() > MOST_ADDRESS_LINES {
        return Err(format!("Enter an address of at most {MOST_ADDRESS_LINES} lines."));
    }
    Ok(address.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_what_a_phone_dials() {
        for good in
            ["(512) 555-0176", "+44 20 7946 0991", "512.555.0176 ext. 12", "555-0176 x4", "12345", "(+49) 30 1234567"]
        {
            assert_eq!(phone(good), Ok(Some(good.into())), "{good}");
        }
        for bad in
            ["1234", "ask for Jo", "512 555 0176 ext", "5125550176 x1234567890", "512+5550176", "1234567890123456"]
        {
            assert!(phone(bad).is_err(), "{bad}");
        }
        assert_eq!(phone("  "), Ok(None));
    }
}
