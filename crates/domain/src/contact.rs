//! How a business signs and is reached, on pages and in mails: its initial, links a telephone dials
//! and a mail program opens, and the words for whichever of the two there is.

use crate::business::Business;
use crate::money::Currency;

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
}
