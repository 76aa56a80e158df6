//! What an owner says of his business: who it is, how it looks, and how it bills.

use crate::brand::BrandColor;
use crate::contact;
use crate::form::{FieldErrors, line, optional_line};
use crate::money::Currency;
use crate::time::TimeZone;

/// The longest time an invoice may take to be due, in days.
pub const LONGEST_TERMS: i64 = 365;
/// The earliest an automatic charge is announced, in days before it.
pub const LONGEST_NOTICE: i64 = 60;
const LONGEST_NAME: usize = 120;
const LONGEST_PREFIX: usize = 12;

/// What of a business its owner changes on one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessInfo {
    /// Its name, as on its van.
    pub name: String,
    /// Where customers call.
    pub phone: Option<String>,
    /// Where customers write.
    pub email: Option<String>,
    /// Its postal address, one line a row.
    pub address: String,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// What it bills in.
    pub currency: Currency,
    /// The colour of its buttons and links.
    pub brand_color: Option<BrandColor>,
    /// What stands before an invoice's number.
    pub invoice_prefix: String,
    /// So many days after its issue date an invoice is due.
    pub due_days: i64,
    /// So many days before each automatic charge the customer is told of it.
    pub notice_days: Option<i64>,
}

/// The same as it was typed. An empty colour, phone, address or notice is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// The name.
    pub name: &'a str,
    /// The phone.
    pub phone: &'a str,
    /// The address.
    pub address: &'a str,
    /// The time zone's name.
    pub time_zone: &'a str,
    /// The currency's code.
    pub currency: &'a str,
    /// The colour.
    pub brand_color: &'a str,
    /// The prefix.
    pub invoice_prefix: &'a str,
    /// The terms.
    pub due_days: &'a str,
    /// The notice.
    pub notice_days: &'a str,
}

/// Reads what was typed. An address for mail is checked by whoever sends mail.
///
/// # Errors
/// Every field that can't be used.
pub fn read(typed: Typed<'_>, email: Result<Option<String>, String>) -> Result<BusinessInfo, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.take("name", line(typed.name, "the name of your business", LONGEST_NAME));
    let brand_color = errors.take("brand_color", color(typed.brand_color));
    let phone = errors.take("phone", contact::phone(typed.phone));
    let email = errors.take("email", email);
    let address = errors.take("address", contact::address(typed.address));
    let time_zone = errors.take("time_zone", typed.time_zone.parse::<TimeZone>().map_err(|_| "Choose a time zone."));
    let currency =
        errors.take("currency", typed.currency.to_lowercase().parse::<Currency>().map_err(|_| "Choose a currency."));
    let invoice_prefix = errors.take("invoice_prefix", prefix(typed.invoice_prefix));
    let due_days = errors.take("due_days", days(typed.due_days, LONGEST_TERMS));
    let notice_days = errors.take("notice_days", optional_days(typed.notice_days));
    let read = || {
        Some(BusinessInfo {
            name: name?,
            phone: phone?,
            email: email?,
            address: address?,
            time_zone: time_zone?,
            currency: currency?,
            brand_color: brand_color?,
            invoice_prefix: invoice_prefix?,
            due_days: due_days?,
            notice_days: notice_days?,
        })
    };
    read().ok_or(errors)
}

fn color(text: &str) -> Result<Option<BrandColor>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "Enter a color such as #2e8b57."),
    }
}

/// A prefix that ended in a digit could make one number of two: `INV-1` and 5, `INV-` and 15.
fn prefix(text: &str) -> Result<String, String> {
    let prefix = optional_line(text, "a prefix", LONGEST_PREFIX)?.unwrap_or_default();
    match prefix.ends_with(|letter: char| letter.is_numeric()) {
        true => Err("End the prefix with a letter or a mark, such as INV-, so that no two numbers look alike.".into()),
        false => Ok(prefix),
    }
}

fn days(text: &str, most: i64) -> Result<i64, String> {
    let days = text.trim().parse().ok().filter(|days| (0..=most).contains(days));
    days.ok_or_else(|| format!("Enter a number of days from 0 to {most}."))
}

fn optional_days(text: &str) -> Result<Option<i64>, String> {
    if text.trim().is_empty() { Ok(None) } else { days(text, LONGEST_NOTICE).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TYPED: Typed<'static> = Typed {
        name: " Greenline ",
        phone: " (512) 555-0148 ",
        address: "2210 Menchaca Road\r\n\r\n  Austin, TX 78704 ",
        time_zone: "America/Chicago",
        currency: "USD",
        brand_color: "#2e8b57",
        invoice_prefix: "INV-",
        due_days: " 14 ",
        notice_days: "",
    };

    #[test]
    fn what_is_typed_is_trimmed_and_kept() {
        let info = read(TYPED, Ok(None)).unwrap();
        assert_eq!((info.name.as_str(), info.phone.as_deref()), ("Greenline", Some("(512) 555-0148")));
        assert_eq!(info.address, "2210 Menchaca Road\nAustin, TX 78704");
        assert_eq!((info.due_days, info.notice_days, info.currency), (14, None, Currency::Usd));
        let bare = Typed { phone: "", address: "", brand_color: "", invoice_prefix: "", notice_days: "0", ..TYPED };
        let info = read(bare, Ok(None)).unwrap();
        assert_eq!((info.phone, info.brand_color, info.notice_days), (None, None, Some(0)));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let lines = "line\n".repeat(9);
        let typed = Typed {
            name: " ",
            phone: "call",
            address: &lines,
            time_zone: "Mars/Olympus",
            currency: "XXX",
            brand_color: "green",
            invoice_prefix: "INV-1",
            due_days: "366",
            notice_days: "-1",
        };
        let errors = read(typed, Err("Enter an email address.".into())).unwrap_err();
        let wrong: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        let all = ["name", "brand_color", "phone", "email", "address", "time_zone", "currency", "invoice_prefix"];
        assert_eq!(wrong, [&all[..], &["due_days", "notice_days"]].concat());
    }

    #[test]
    fn terms_are_a_number_of_days() {
        for bad in ["", "-1", "1.5", "366", "two", "9999999999999999999999"] {
            assert!(days(bad, LONGEST_TERMS).is_err(), "{bad}");
        }
        assert_eq!((days("0", LONGEST_TERMS), days("365", LONGEST_TERMS)), (Ok(0), Ok(365)));
    }

    proptest! {
        #[test]
        fn two_prefixes_never_make_one_number(
            one in "[A-Z0-9-]{0,4}", other in "[A-Z0-9-]{0,4}", number in 1_i64..2_000, later in 1_i64..2_000,
        ) {
            if let (Ok(one), Ok(other)) = (prefix(&one), prefix(&other)) {
                let differ = format!("{one}{number}") != format!("{other}{later}");
                prop_assert!(number == later || differ);
            }
        }
    }
}
