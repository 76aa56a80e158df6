//! Money in minor units with its currency, quantities and unit prices in ten-thousandths.
//!
//! No float ever touches an amount. Rounding is half away from zero and happens in one place.

mod typed;

use std::fmt;

pub use typed::InvalidAmount;

crate::words! {
    /// A currency Zoop takes. Others are refused until tested against Stripe's table, whose
    /// exponents are not ISO's; all of these have two decimals in both.
    pub enum Currency {
        /// United States dollar.
        Usd = "usd",
        /// Canadian dollar.
        Cad = "cad",
        /// Euro.
        Eur = "eur",
        /// Pound sterling.
        Gbp = "gbp",
        /// Australian dollar.
        Aud = "aud",
        /// New Zealand dollar.
        Nzd = "nzd",
    }
}

impl Currency {
    /// "US dollar".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usd => "US dollar",
            Self::Cad => "Canadian dollar",
            Self::Eur => "Euro",
            Self::Gbp => "Pound sterling",
            Self::Aud => "Australian dollar",
            Self::Nzd => "New Zealand dollar",
        }
    }

    /// What is written before an amount.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Cad => "CA$",
            Self::Eur => "€",
            Self::Gbp => "£",
            Self::Aud => "A$",
            Self::Nzd => "NZ$",
        }
    }

    /// Minor units in one major unit.
    #[must_use]
    pub const fn minor_per_major(self) -> i64 {
        100
    }

    /// The smallest charge Stripe takes, in minor units
    /// (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>).
    #[must_use]
    pub const fn minimum_charge(self) -> Money {
        let minor = match self {
            Self::Gbp => 30,
            Self::Usd | Self::Cad | Self::Eur | Self::Aud | Self::Nzd => 50,
        };
        Money { minor, currency: self }
    }
}

/// An amount of money: minor units (cents) and a currency. May be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why two amounts can't be combined.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("{left} and {right} can't be added")]
    CurrencyMismatch {
        /// One currency.
        left: Currency,
        /// The other.
        right: Currency,
    },
    /// The result is beyond what is kept: ±92 quadrillion.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// `minor` minor units of `currency`.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount in minor units (cents).
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// Two currencies, or an overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// Two currencies, or an overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The smaller of the two.
    ///
    /// # Errors
    /// Two currencies.
    pub fn min(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(Self { minor: self.minor.min(other.minor), ..self })
    }

    /// The sum of all, or nothing in `currency` if there are none.
    ///
    /// # Errors
    /// Two currencies, or an overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }
}

/// Shown with its symbol and thousands: `$1,204.77`, `−$100.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "−" } else { "" };
        let minor = self.minor.unsigned_abs();
        let per_major = self.currency.minor_per_major().unsigned_abs();
        write!(f, "{sign}{}", self.currency.symbol())?;
        thousands(f, minor / per_major)?;
        write!(f, ".{:02}", minor % per_major)
    }
}

fn thousands(f: &mut fmt::Formatter<'_>, value: u64) -> fmt::Result {
    if value < 1000 {
        return write!(f, "{value}");
    }
    thousands(f, value / 1000)?;
    write!(f, ",{:03}", value % 1000)
}

const TEN_THOUSAND: i64 = 10_000;

/// `numerator / denominator`, half away from zero. `denominator` is positive.
pub(crate) fn divide_rounding(numerator: i128, denominator: i128) -> Result<i64, MoneyError> {
    let half = denominator / 2;
    let shifted = if numerator < 0 { numerator - half } else { numerator + half };
    i64::try_from(shifted / denominator).map_err(|_| MoneyError::Overflow)
}

/// How many: up to four decimals, kept in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity(i64);

/// A price for one, in ten-thousandths of a minor unit, so that it may be below a cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    minor_e4: i64,
    currency: Currency,
}

/// A number that isn't one, or has more than four decimals.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a number with at most four decimals")]
pub struct InvalidDecimal;

impl Quantity {
    /// From ten-thousandths: `25_000` is 2.5.
    #[must_use]
    pub const fn from_e4(e4: i64) -> Self {
        Self(e4)
    }

    /// In ten-thousandths.
    #[must_use]
    pub const fn as_e4(self) -> i64 {
        self.0
    }
}

impl std::str::FromStr for Quantity {
    type Err = InvalidDecimal;
    fn from_str(text: &str) -> Result<Self, InvalidDecimal> {
        parse_e4(text).map(Self)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_e4(f, self.0, 0)
    }
}

impl UnitPrice {
    /// From ten-thousandths of a minor unit: `300_000` of USD is $0.30.
    #[must_use]
    pub const fn from_minor_e4(minor_e4: i64, currency: Currency) -> Self {
        Self { minor_e4, currency }
    }

    /// In ten-thousandths of a minor unit.
    #[must_use]
    pub const fn as_minor_e4(self) -> i64 {
        self.minor_e4
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The price of `quantity`, rounded half away from zero to the minor unit.
    ///
    /// # Errors
    /// An overflow.
    pub fn times(self, quantity: Quantity) -> Result<Money, MoneyError> {
        let exact = i128::from(self.minor_e4) * i128::from(quantity.0);
        let scale = i128::from(TEN_THOUSAND) * i128::from(TEN_THOUSAND);
        Ok(Money::new(divide_rounding(exact, scale)?, self.currency))
    }
}

/// Shown like money, with further decimals only where it has them: `$2.40`, `$0.0375`.
impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = TEN_THOUSAND * self.currency.minor_per_major();
        let sign = if self.minor_e4 < 0 { "−" } else { "" };
        let value = self.minor_e4.unsigned_abs();
        let scale = scale.unsigned_abs();
        write!(f, "{sign}{}", self.currency.symbol())?;
        thousands(f, value / scale)?;
        let decimals = format!("{:06}", value % scale);
        let (shown, rest) = decimals.split_at(2);
        write!(f, ".{shown}{}", rest.trim_end_matches('0'))
    }
}

/// Parses a decimal with at most four places into ten-thousandths.
pub(crate) fn parse_e4(text: &str) -> Result<i64, InvalidDecimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > 4 {
        return Err(InvalidDecimal);
    }
    if digits.ends_with('.') {
        return Err(InvalidDecimal);
    }
    let text = format!("{whole}{fraction:0<4}");
    let value: i64 = text.parse().map_err(|_| InvalidDecimal)?;
    Ok(if negative { -value } else { value })
}

/// Writes ten-thousandths with at least `least` decimals and no trailing zeros beyond.
pub(crate) fn write_e4(f: &mut fmt::Formatter<'_>, e4: i64, least: usize) -> fmt::Result {
    let sign = if e4 < 0 { "−" } else { "" };
    let value = e4.unsigned_abs();
    write!(f, "{sign}{}", value / 10_000)?;
    let decimals = format!("{:04}", value % 10_000);
    let kept = decimals.trim_end_matches('0').len().max(least);
    if kept > 0 { write!(f, ".{}", &decimals[..kept]) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    #[test]
    fn money_is_shown_with_symbol_and_thousands() {
        assert_eq!(usd(120_477).to_string(), "$1,204.77");
        assert_eq!(usd(-10_000).to_string(), "−$100.00");
        assert_eq!(usd(5).to_string(), "$0.05");
        assert_eq!(usd(123_456_789_012).to_string(), "$1,234,567,890.12");
        assert_eq!(Money::new(100_000, Currency::Eur).to_string(), "€1,000.00");
        assert_eq!(usd(i64::MIN).to_string(), "−$92,233,720,368,547,758.08");
    }

    #[test]
    fn a_line_rounds_half_away_from_zero() {
        let price = |minor_e4| UnitPrice::from_minor_e4(minor_e4, Currency::Usd);
        assert_eq!(price(5_000).times(Quantity::from_e4(10_000)).unwrap(), usd(1));
        assert_eq!(price(4_999).times(Quantity::from_e4(10_000)).unwrap(), usd(0));
        assert_eq!(price(-5_000).times(Quantity::from_e4(10_000)).unwrap(), usd(-1));
        assert_eq!(price(2_400_000).times(Quantity::from_e4(200_000)).unwrap(), usd(4_800));
    }

    #[test]
    fn two_currencies_never_mix() {
        let euro = Money::new(1, Currency::Eur);
        assert!(matches!(usd(1).plus(euro), Err(MoneyError::CurrencyMismatch { .. })));
        assert_eq!(usd(i64::MAX).plus(usd(1)), Err(MoneyError::Overflow));
    }

    #[test]
    fn decimals_read_and_show_as_typed() {
        for (text, e4) in [("2.5", 25_000), ("0.0001", 1), ("-3", -30_000), ("1.25", 12_500)] {
            let quantity: Quantity = text.parse().unwrap();
            assert_eq!(quantity.as_e4(), e4);
            assert_eq!(quantity.to_string(), text.replace('-', "−"));
        }
        for bad in ["", ".", "1.", ".5", "1.23456", "1e3", "1,5", "--1", "99999999999999999999"] {
            assert!(bad.parse::<Quantity>().is_err(), "{bad}");
        }
        let price = UnitPrice::from_minor_e4(37_500, Currency::Usd);
        assert_eq!(price.to_string(), "$0.0375");
    }

    proptest! {
        #[test]
        fn a_line_is_off_by_at_most_half_a_cent(price in -10_i64.pow(11)..10_i64.pow(11), quantity in -10_i64.pow(8)..10_i64.pow(8)) {
            let line = UnitPrice::from_minor_e4(price, Currency::Usd).times(Quantity::from_e4(quantity)).unwrap();
            let exact = i128::from(price) * i128::from(quantity);
            let rounded = i128::from(line.minor()) * 100_000_000;
            prop_assert!((exact - rounded).abs() * 2 <= 100_000_000);
            let mirrored = UnitPrice::from_minor_e4(-price, Currency::Usd).times(Quantity::from_e4(quantity)).unwrap();
            prop_assert_eq!(mirrored.minor(), -line.minor());
        }

        #[test]
        fn minus_undoes_plus(a in any::<i32>(), b in any::<i32>()) {
            let (a, b) = (usd(i64::from(a)), usd(i64::from(b)));
            prop_assert_eq!(a.plus(b).unwrap().minus(b).unwrap(), a);
        }

        #[test]
        fn a_quantity_reads_what_it_shows(e4 in 0..i64::MAX) {
            let quantity = Quantity::from_e4(e4);
            prop_assert_eq!(quantity.to_string().parse::<Quantity>().unwrap(), quantity);
        }
    }
}
