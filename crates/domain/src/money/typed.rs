//! Amounts as people type them: `250`, `38.50`, `-5.00`.

use super::{Currency, Money, UnitPrice, parse_e4};

const TEN_THOUSAND: i64 = 10_000;

/// A text that is no amount.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an amount such as 38.50")]
pub struct InvalidAmount;

impl Money {
    /// From digits with a point and without a sign of the currency; no part of a minor unit.
    ///
    /// # Errors
    /// Anything else, or too much.
    pub fn from_typed(typed: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let minor_e4 = UnitPrice::from_typed(typed, currency)?.as_minor_e4();
        if minor_e4 % TEN_THOUSAND == 0 { Ok(Self::new(minor_e4 / TEN_THOUSAND, currency)) } else { Err(InvalidAmount) }
    }

    /// As it is typed: `38.50`.
    #[must_use]
    pub fn typed(self) -> String {
        UnitPrice::from_minor_e4(self.minor().saturating_mul(TEN_THOUSAND), self.currency()).typed()
    }
}

impl UnitPrice {
    /// The same, with up to four decimals.
    ///
    /// # Errors
    /// Anything else, or too much.
    pub fn from_typed(typed: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let major_e4 = parse_e4(typed.trim()).map_err(|_| InvalidAmount)?;
        let minor_e4 = major_e4.checked_mul(currency.minor_per_major()).ok_or(InvalidAmount)?;
        Ok(Self::from_minor_e4(minor_e4, currency))
    }

    /// As it is typed: `38.50`, `0.0375`, `-5.00`.
    #[must_use]
    pub fn typed(self) -> String {
        let (sign, shown) = (if self.as_minor_e4() < 0 { "-" } else { "" }, self.to_string());
        let digits: String = shown.chars().filter(|letter| letter.is_ascii_digit() || *letter == '.').collect();
        format!("{sign}{digits}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        let money = |typed: &str| Money::from_typed(typed, Currency::Usd).map(Money::minor);
        assert_eq!((money("250"), money(" 38.5 "), money("-5.00")), (Ok(25_000), Ok(3_850), Ok(-500)));
        let price = |typed: &str| UnitPrice::from_typed(typed, Currency::Usd).map(UnitPrice::as_minor_e4);
        assert_eq!((price("0.0375"), price("38")), (Ok(37_500), Ok(38_000_000)));
        for wrong in ["", "$5", "1,000", "5.", ".5", "1.005", "1e3", "922337203685477.58", "١"] {
            assert_eq!(money(wrong), Err(InvalidAmount), "{wrong}");
        }
    }
}
