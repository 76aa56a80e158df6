//! How a column's value is written: exact, in plain digits, and the same on every machine.

use zoop_domain::export::Meaning;
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};

use crate::Error;

/// `38.50`, `2.5`, `2026-11-23T14:05:00Z`, `yes`.
pub(super) fn written(cell: Option<String>, meaning: Meaning, currency: Option<&str>) -> Result<Option<String>, Error> {
    let Some(text) = cell else { return Ok(None) };
    let number = || text.parse::<i64>().map_err(Error::internal);
    let currency = || currency.unwrap_or_default().parse::<Currency>().map_err(Error::internal);
    Ok(Some(match meaning {
        Meaning::Text | Meaning::Count => text,
        Meaning::Money => Money::new(number()?, currency()?).typed(),
        Meaning::Price => UnitPrice::from_minor_e4(number()?, currency()?).typed(),
        Meaning::Decimal => Quantity::from_e4(number()?).to_string(),
        Meaning::Moment => jiff::Timestamp::from_microsecond(number()?).map_err(Error::internal)?.to_string(),
        Meaning::Flag => (if text == "1" { "yes" } else { "no" }).to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_exact_and_plain() {
        let say = |text: &str, meaning| written(Some(text.to_owned()), meaning, Some("usd")).unwrap().unwrap();
        assert_eq!(say("-123456789", Meaning::Money), "-1234567.89");
        assert_eq!((say("37500", Meaning::Price), say("25000", Meaning::Decimal)), ("0.0375".into(), "2.5".into()));
        assert_eq!(say("1790172000000000", Meaning::Moment), "2026-09-23T14:00:00Z");
        assert_eq!((say("1", Meaning::Flag), say("0", Meaning::Flag)), ("yes".into(), "no".into()));
        assert_eq!(written(None, Meaning::Money, None).unwrap(), None);
        assert!(written(Some("x".into()), Meaning::Money, Some("usd")).is_err());
    }
}
