//! Tax: exclusive, itemised by rate. Each rate is taken on the sum of its taxable lines and
//! rounded once.

use std::fmt;

use crate::form::{FieldErrors, line};
use crate::money::{InvalidDecimal, Money, MoneyError, divide_rounding, parse_e4, write_e4};

/// A percentage with up to four decimals, 0 to 99.9999, kept in ten-thousandths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent(i64);

/// A percentage outside 0 to 99.9999.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a tax rate lies between 0 and 99.9999 % and has at most four decimals")]
pub struct InvalidPercent;

impl Percent {
    /// From ten-thousandths of a percent: `82_500` is 8.25 %.
    ///
    /// # Errors
    /// Below 0 or above 99.9999 %.
    pub const fn from_e4(e4: i64) -> Result<Self, InvalidPercent> {
        if e4 >= 0 && e4 <= 999_999 { Ok(Self(e4)) } else { Err(InvalidPercent) }
    }

    /// In ten-thousandths of a percent.
    #[must_use]
    pub const fn as_e4(self) -> i64 {
        self.0
    }

    /// This percentage of `amount`, rounded half away from zero to the minor unit.
    ///
    /// # Errors
    /// An overflow.
    pub fn of(self, amount: Money) -> Result<Money, MoneyError> {
        let exact = i128::from(amount.minor()) * i128::from(self.0);
        Ok(Money::new(divide_rounding(exact, 1_000_000)?, amount.currency()))
    }
}

impl std::str::FromStr for Percent {
    type Err = InvalidPercent;
    fn from_str(text: &str) -> Result<Self, InvalidPercent> {
        let e4 = parse_e4(text).map_err(|InvalidDecimal| InvalidPercent)?;
        Self::from_e4(e4)
    }
}

/// Shown as on a bill: `8.25%`, `5%`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_e4(f, self.0, 0)?;
        f.write_str("%")
    }
}

/// A named rate, as copied onto an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRate {
    /// What the customer reads: "Texas sales tax".
    pub name: String,
    /// How much.
    pub percent: Percent,
}

const LONGEST_NAME: usize = 60;

/// Reads a rate as it is typed: a name, and a percentage with or without its sign.
///
/// # Errors
/// Which of the two can't be used.
pub fn read(name: &str, percent: &str) -> Result<TaxRate, FieldErrors> {
    const ADVICE: &str = "Enter a percentage from 0 to 99.9999, with at most 4 decimals.";
    let mut errors = FieldErrors::default();
    let name = errors.take("name", line(name, "the name that stands on the invoice", LONGEST_NAME));
    let percent = percent.trim().trim_end_matches('%').trim_end();
    let percent = errors.take("percent", percent.parse().map_err(|InvalidPercent| ADVICE));
    name.zip(percent).map(|(name, percent)| TaxRate { name, percent }).ok_or(errors)
}

/// One row of tax on an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxLine {
    /// The rate.
    pub rate: TaxRate,
    /// The sum of the lines it is taken on.
    pub taxable: Money,
    /// The tax.
    pub amount: Money,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_percentage_reads_and_shows_as_on_a_bill() {
        for text in ["8.25", "5", "0", "99.9999", "0.0001"] {
            assert_eq!(text.parse::<Percent>().unwrap().to_string(), format!("{text}%"));
        }
        for bad in ["100", "-1", "8.25001", "", "eight"] {
            assert!(bad.parse::<Percent>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rate_is_read_as_it_is_typed() {
        let rate = read(" Texas sales tax ", " 8.25 % ").unwrap();
        assert_eq!((rate.name.as_str(), rate.percent.to_string().as_str()), ("Texas sales tax", "8.25%"));
        let errors = read("", "100").unwrap_err();
        assert!(errors.of("name").is_some() && errors.of("percent").is_some());
        assert!(read("x", "1.23456").is_err() && read("x", "-1").is_err() && read("x", "%").is_err());
        assert!(read(&"x".repeat(61), "1").is_err());
    }

    #[test]
    fn tax_rounds_half_away_from_zero() {
        let rate: Percent = "8.25".parse().unwrap();
        let tax = |minor| rate.of(Money::new(minor, Currency::Usd)).unwrap().minor();
        assert_eq!(tax(24_300), 2_005); // 20.0475
        assert_eq!(tax(200), 17); // 0.165
        assert_eq!(tax(-200), -17);
    }
}
