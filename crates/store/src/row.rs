//! Reading columns into domain types: whatever doesn't fit is [`Error::Corrupt`], never a guess.

use std::str::FromStr;

use zoop_domain::money::{Currency, Money};

use crate::{Error, Result};

/// A column's text as a `T`.
pub(crate) fn parse<T: FromStr>(column: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::Corrupt { column, value: text.to_owned() })
}

/// The same for a column that may be empty.
pub(crate) fn parse_optional<T: FromStr>(column: &'static str, text: Option<&str>) -> Result<Option<T>> {
    text.map(|text| parse(column, text)).transpose()
}

/// An amount and its currency.
pub(crate) fn money(minor: i64, currency: &str) -> Result<Money> {
    Ok(Money::new(minor, parse::<Currency>("currency", currency)?))
}

/// An error for a number that fits no value.
pub(crate) fn corrupt(column: &'static str, value: &impl ToString) -> Error {
    Error::Corrupt { column, value: value.to_string() }
}

/// The pattern of texts that contain `part`, for `LIKE … ESCAPE '\'`.
pub(crate) fn containing(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
