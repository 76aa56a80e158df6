//! How a business signs and is reached, on pages and in mails: its initial, links a telephone dials
//! and a mail program opens, the words for whichever of the two there is, and how both are read from a form.

use crate::business::Business;
use crate::form::{lines, optional_line};
use crate::money::Currency;

const LONGEST_PHONE: usize = 40;
const LONGEST_ADDRESS: usize = 500;
const MOST_ADDRESS_LINES: usize = 8;

/// What a telephone dials to reach the business.
#[must_use]
pub fn tel(business: &Business) -> Option<String> {
    tel_of(business.phone.as_deref()?, business.currency)
}

/// `tel:+15125550148` for "(512) 555-0148", with the extension after a pause; `currency` tells the country of a
/// number without one.
#[must_use]
pub fn tel_of(phone: &str, currency: Currency) -> Option<String> {
    let (number, extension) = phone.split_once(['x', 'X', '#', 'e', 'E']).unwrap_or((phone, ""));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (number_digits, extension) = (digits(number), digits(extension));
    let prefix = match number_digits.len() {
        _ if number.trim_start().starts_with('+') => "+",
        10 if matches!(currency, Currency::Usd | Currency::Cad) => "+1",
        _ => "",
    };
    let pause = if extension.is_empty() { "" } else { "," };
    (!number_digits.is_empty()).then(|| format!("tel:{prefix}{number_digits}{pause}{extension}"))
}

/// `mailto:billing@greenline.example`, with a subject if one is given.
#[must_use]
pub fn mailto(business: &Business, subject: Option<&str>) -> Option<String> {
    let mailto = mailto_of(business.email.as_deref()?);
    Some(match subject {
        Some(subject) => format!("{mailto}?subject={}", percent_encoded(subject)),
        None => mailto,
    })
}

/// What a mail program opens to write to `email`.
#[must_use]
pub fn mailto_of(email: &str) -> String {
    format!("mailto:{}", percent_encoded(email))
}

/// "call us", or whatever the business can be reached by.
#[must_use]
pub fn call_us(business: &Business) -> &'static str {
    match (&business.phone, &business.email) {
        (Some(_), _) => "call us",
        (None, Some(_)) => "write to us",
        (None, None) => "contact us",
    }
}

/// What stands in for a missing logo: the first letter or digit of the name.
#[must_use]
pub fn monogram(name: &str) -> String {
    let initial = name.chars().find(|letter| letter.is_alphanumeric());
    initial.map_or_else(|| "•".to_owned(), |letter| letter.to_uppercase().collect())
}

/// RFC 6068 leaves letters, digits and a few marks; a space is `%20` there, never a plus.
fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    let encode = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

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

    fn business() -> Business {
        Business {
            id: format!("biz_{:026}", 1).parse().unwrap(),
            name: "Greenline Lawn & Garden".into(),
            phone: None,
            email: None,
            address: String::new(),
            time_zone: crate::time::TimeZone::UTC,
            currency: Currency::Usd,
            brand_color: None,
            logo: None,
            payment_instructions: None,
            stripe: None,
            invoice_prefix: String::new(),
            notice_days: None,
            due_days: 30,
            default_tax_rate: None,
        }
    }

    #[test]
    fn s13_a_telephone_dials_what_is_written() {
        let dialled = |phone: &str, currency| tel(&Business { phone: Some(phone.into()), currency, ..business() });
        assert_eq!(dialled("(512) 555-0148", Currency::Usd).as_deref(), Some("tel:+15125550148"));
        assert_eq!(dialled("+44 20 7946 0991", Currency::Gbp).as_deref(), Some("tel:+442079460991"));
        assert_eq!(dialled("020 7946 0991", Currency::Gbp).as_deref(), Some("tel:02079460991"));
        assert_eq!(dialled("512.555.0148 ext. 12", Currency::Usd).as_deref(), Some("tel:+15125550148,12"));
        assert_eq!(dialled("ask for Jo", Currency::Usd), None);
    }

    #[test]
    fn s13_a_mail_has_its_subject() {
        let business = Business { email: Some("a b&c@d.example".into()), ..business() };
        assert_eq!(
            mailto(&business, Some("Invoice 4417 & more")).as_deref(),
            Some("mailto:a%20b%26c@d.example?subject=Invoice%204417%20%26%20more")
        );
        assert_eq!(mailto(&Business { email: None, ..business }, None), None);
    }

    #[test]
    fn a_monogram_is_one_initial() {
        for (name, initial) in
            [("hartley & Sons", "H"), ("“Ace” Plumbing", "A"), ("école", "É"), ("7 Trees", "7"), ("", "•")]
        {
            assert_eq!(monogram(name), initial);
        }
    }

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
