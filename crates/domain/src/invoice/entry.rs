//! Lines as they are written: typed texts, the choice of a tax, discounts. What an invoice, a quote or a plan
//! bills begins here and becomes [`LineDraft`]s with the rates they name.

use super::{LineDraft, Totals, TotalsError};
use crate::form::{FieldErrors, line};
use crate::id::TaxRateId;
use crate::money::{Currency, Quantity, UnitPrice};
use crate::plan::{LONGEST_DESCRIPTION, MOST_LINES};
use crate::tax::TaxRate;

/// How the writer of a line chose its tax.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TaxChoice {
    /// Whatever the document's default is.
    #[default]
    Default,
    /// Not taxed: a choice, not an empty field.
    None,
    /// This rate.
    Rate(TaxRateId),
}

/// Stored and sent as `default`, `none` or a rate's id.
impl std::fmt::Display for TaxChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::None => f.write_str("none"),
            Self::Rate(rate) => rate.fmt(f),
        }
    }
}

impl std::str::FromStr for TaxChoice {
    type Err = crate::id::InvalidId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "default" => Ok(Self::Default),
            "none" => Ok(Self::None),
            _ => text.parse().map(Self::Rate),
        }
    }
}

/// A line as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedLine {
    /// What is billed.
    pub description: String,
    /// How many; a discount has none.
    pub quantity: String,
    /// The price of one, or what is taken off.
    pub price: String,
    /// How it is taxed, as [`TaxChoice`] is written.
    pub tax: String,
    /// Whether it takes its price off.
    pub is_discount: bool,
}

/// A line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenLine {
    /// What is billed.
    pub description: String,
    /// How many; one for a discount.
    pub quantity: Quantity,
    /// The price of one; below zero for a discount.
    pub unit_price: UnitPrice,
    /// How it is taxed.
    pub tax: TaxChoice,
    /// Whether it takes its price off.
    pub is_discount: bool,
}

impl TypedLine {
    /// Whether nothing was typed: such a line is left out.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.description.trim().is_empty() && self.price.trim().is_empty()
    }

    fn read(&self, number: usize, currency: Currency, errors: &mut FieldErrors) -> Option<ChosenLine> {
        let field = |name: &str| format!("line-{number}-{name}");
        let description = line(&self.description, "what is billed", LONGEST_DESCRIPTION);
        let description = errors.take(&field("description"), description);
        let quantity = if self.is_discount { Ok(Quantity::from_e4(10_000)) } else { quantity(&self.quantity) };
        let quantity = errors.take(&field("quantity"), quantity);
        let price = price(&self.price, currency, self.is_discount);
        let unit_price = errors.take(&field("price"), price);
        let tax = self.tax.parse().map_err(|_| "Choose a tax rate of the list.");
        let tax = errors.take(&field("tax"), tax);
        Some(ChosenLine {
            description: description?,
            quantity: quantity?,
            unit_price: unit_price?,
            tax: tax?,
            is_discount: self.is_discount,
        })
    }
}

/// A line as it is shown for editing.
impl From<&ChosenLine> for TypedLine {
    fn from(line: &ChosenLine) -> Self {
        Self {
            description: line.description.clone(),
            quantity: if line.is_discount { String::new() } else { line.quantity.to_string() },
            price: line.unit_price.typed().trim_start_matches('-').to_owned(),
            tax: line.tax.to_string(),
            is_discount: line.is_discount,
        }
    }
}

fn quantity(typed: &str) -> Result<Quantity, &'static str> {
    const WRONG: &str = "Enter a quantity above zero, such as 1 or 2.5, with at most four decimals.";
    const MOST: i64 = 1_000_000_000_000;
    let quantity: Quantity = plain_number(typed).parse().map_err(|_| WRONG)?;
    if (1..=MOST).contains(&quantity.as_e4()) { Ok(quantity) } else { Err(WRONG) }
}

fn price(typed: &str, currency: Currency, is_discount: bool) -> Result<UnitPrice, &'static str> {
    const WRONG: &str = "Enter a price such as 62.50.";
    let typed = plain_number(typed);
    let typed = typed.trim().trim_start_matches(currency.symbol());
    let price = UnitPrice::from_typed(typed, currency).map_err(|_| WRONG)?;
    if price.as_minor_e4() < 0 {
        return Err(if is_discount { "Enter what is taken off, without a minus." } else { "Add a discount instead." });
    }
    if price.as_minor_e4() == 0 && is_discount {
        return Err("Enter what is taken off.");
    }
    Ok(if is_discount { UnitPrice::from_minor_e4(-price.as_minor_e4(), currency) } else { price })
}

/// The number without the commas between its thousands; anything else stays, and is refused by whoever reads it.
#[must_use]
pub fn plain_number(typed: &str) -> String {
    let typed = typed.trim();
    let (whole, fraction) = typed.split_once('.').map_or((typed, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default().trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let grouped = whole.contains(',')
        && (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    match (grouped, fraction) {
        (false, _) => typed.to_owned(),
        (true, None) => whole.replace(',', ""),
        (true, Some(fraction)) => format!("{}.{fraction}", whole.replace(',', "")),
    }
}

/// Reads the lines; blank ones are left out. Errors stand under `line-1-price` and the like, counted from 1 in
/// the order given.
///
/// # Errors
/// Whatever can't be used, line by line; or that there is no line, or too many.
pub fn read(typed: &[TypedLine], currency: Currency) -> Result<Vec<ChosenLine>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let written = typed.iter().enumerate().filter(|(_, line)| !line.is_blank());
    let lines: Vec<_> = written.filter_map(|(index, line)| line.read(index + 1, currency, &mut errors)).collect();
    if errors.is_empty() && lines.is_empty() {
        errors.push("line-1-description", "Enter what is billed: at least one line.");
    }
    if lines.len() > MOST_LINES {
        errors.push("line-1-description", format!("Enter at most {MOST_LINES} lines."));
    }
    if errors.is_empty() { Ok(lines) } else { Err(errors) }
}

/// The lines with the rates they come to, each rate once, in the order of the lines.
///
/// # Errors
/// A line, or the default, that names a rate that isn't there.
pub fn resolve(
    lines: &[ChosenLine],
    default: Option<&TaxRateId>,
    rates: &[(TaxRateId, TaxRate)],
) -> Result<(Vec<LineDraft>, Vec<TaxRate>), FieldErrors> {
    let (mut used, mut drafts): (Vec<&(TaxRateId, TaxRate)>, _) = (Vec::new(), Vec::with_capacity(lines.len()));
    for (index, line) in lines.iter().enumerate() {
        let wanted = match &line.tax {
            TaxChoice::Default => default,
            TaxChoice::None => None,
            TaxChoice::Rate(rate) => Some(rate),
        };
        let tax = match wanted {
            None => None,
            Some(wanted) => {
                let found = rates.iter().find(|(rate, _)| rate == wanted).ok_or_else(|| {
                    FieldErrors::one(format!("line-{}-tax", index + 1), "Choose a tax rate of the list.")
                })?;
                let place = used.iter().position(|(rate, _)| *rate == found.0);
                Some(place.unwrap_or_else(|| {
                    used.push(found);
                    used.len() - 1
                }))
            }
        };
        drafts.push(LineDraft {
            description: line.description.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            tax,
        });
    }
    Ok((drafts, used.into_iter().map(|(_, rate)| rate.clone()).collect()))
}

/// What the lines come to.
///
/// # Errors
/// A rate that isn't there, or discounts beyond the rest, under `line-1-price`.
pub fn total(
    lines: &[ChosenLine],
    default: Option<&TaxRateId>,
    rates: &[(TaxRateId, TaxRate)],
    currency: Currency,
) -> Result<Totals, FieldErrors> {
    let (drafts, rates) = resolve(lines, default, rates)?;
    Totals::compute(drafts, rates, currency).map_err(|error| {
        let words = match error {
            TotalsError::NegativeTotal(total) => {
                format!("The discounts take off too much: the total would be {total}.")
            }
            _ => "These amounts are too large.".to_owned(),
        };
        FieldErrors::one("line-1-price", words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(description: &str, quantity: &str, price: &str, tax: &str) -> TypedLine {
        let [description, quantity, price, tax] = [description, quantity, price, tax].map(str::to_owned);
        TypedLine { description, quantity, price, tax, is_discount: false }
    }

    fn rates() -> Vec<(TaxRateId, TaxRate)> {
        let rate = |number: u8, name: &str, percent: &str| {
            let id = format!("txr_{number:026}").parse().unwrap();
            (id, TaxRate { name: name.into(), percent: percent.parse().unwrap() })
        };
        vec![rate(1, "Texas sales tax", "8.25"), rate(2, "State only", "6.25")]
    }

    #[test]
    fn lines_are_read_and_taxed_as_chosen() {
        let rates = rates();
        let off = TypedLine { is_discount: true, ..typed("Loyalty discount", "", "25.00", "default") };
        let lines = [
            typed("Lawn care visit", "4", "62.50", "default"),
            typed("", "1", "", "default"),
            typed("Leaf removal", "2.5", "$48.00", rates[0].0.as_str()),
            typed("Bagged leaf disposal", "6", "4.25", "none"),
            off,
        ];
        let lines = read(&lines, Currency::Usd).unwrap();
        assert_eq!(lines.len(), 4);
        let totals = total(&lines, Some(&rates[0].0), &rates, Currency::Usd).unwrap();
        assert_eq!((totals.subtotal.to_string(), totals.total.to_string()), ("$370.50".into(), "$398.96".into()));
        assert_eq!(totals.taxes.len(), 1);
        let shown: Vec<_> = lines.iter().map(TypedLine::from).collect();
        assert_eq!(read(&shown, Currency::Usd).unwrap(), lines);
        assert_eq!((shown[3].price.as_str(), shown[3].quantity.as_str()), ("25.00", ""));
    }

    #[test]
    fn what_is_wrong_stands_at_its_field() {
        let off = TypedLine { is_discount: true, ..typed("Off", "", "-5", "none") };
        let lines = [typed("", "0", "x", "none"), typed("Visit", "1", "-5", "txr_x"), off];
        let errors = read(&lines, Currency::Usd).unwrap_err();
        for field in
            ["line-1-description", "line-1-quantity", "line-1-price", "line-2-price", "line-2-tax", "line-3-price"]
        {
            assert!(errors.of(field).is_some(), "{field}: {errors}");
        }
        assert!(read(&[TypedLine::default()], Currency::Usd).unwrap_err().of("line-1-description").is_some());
        let gone: TaxRateId = format!("txr_{:026}", 9).parse().unwrap();
        let lines = read(&[typed("Visit", "1", "5", gone.as_str())], Currency::Usd).unwrap();
        assert!(resolve(&lines, None, &rates()).unwrap_err().of("line-1-tax").is_some());
    }

    #[test]
    fn discounts_may_not_turn_the_bill_around() {
        let off = TypedLine { is_discount: true, ..typed("Off", "", "6", "none") };
        let lines = read(&[typed("Visit", "1", "5", "none"), off], Currency::Usd).unwrap();
        assert!(total(&lines, None, &[], Currency::Usd).unwrap_err().of("line-1-price").is_some());
    }

    #[test]
    fn commas_between_thousands_are_read() {
        for (typed, plain) in [("1,000", "1000"), ("12,345.67", "12345.67"), ("1,00", "1,00"), ("1,0000", "1,0000")] {
            assert_eq!(plain_number(typed), plain);
        }
        assert_eq!(plain_number("$1,000.50"), "$1000.50");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(quantity in 1_i64..10_000_000, price in 0_i64..1_000_000_000) {
            let line = ChosenLine {
                description: "work".into(),
                quantity: Quantity::from_e4(quantity),
                unit_price: UnitPrice::from_minor_e4(price * 100, Currency::Usd),
                tax: TaxChoice::None,
                is_discount: false,
            };
            prop_assert_eq!(read(&[TypedLine::from(&line)], Currency::Usd).unwrap(), vec![line]);
        }

        #[test]
        fn nothing_that_is_typed_breaks_it(text in ".*", other in ".*") {
            let line = TypedLine { description: text.clone(), quantity: other, price: text.clone(), tax: text, is_discount: false };
            let _ = read(&[line], Currency::Usd);
        }
    }
}
