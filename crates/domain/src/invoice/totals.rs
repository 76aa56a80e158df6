//! From lines to totals. The server's figures are the only ones: every amount a customer sees
//! was computed here.

use crate::money::{Currency, Money, MoneyError, Quantity, UnitPrice};
use crate::tax::{TaxLine, TaxRate};

/// A line as it is entered. A discount is a line with a negative unit price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// What was done or delivered.
    pub description: String,
    /// How many.
    pub quantity: Quantity,
    /// The price of one.
    pub unit_price: UnitPrice,
    /// Which of the invoice's rates taxes it: an index into `rates`, or `None` if it isn't taxed.
    pub tax: Option<usize>,
}

/// A line with its total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was done or delivered.
    pub description: String,
    /// How many.
    pub quantity: Quantity,
    /// The price of one.
    pub unit_price: UnitPrice,
    /// Which row of [`Totals::taxes`] taxes it.
    pub tax: Option<usize>,
    /// Quantity × unit price, rounded half away from zero.
    pub total: Money,
}

/// An invoice's lines and sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub subtotal: Money,
    /// One row a rate, in the order given.
    pub taxes: Vec<TaxLine>,
    /// Subtotal plus taxes.
    pub total: Money,
}

/// Why lines can't become an invoice.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TotalsError {
    /// Discounts exceed what they discount.
    #[error("the total is below zero: {0}")]
    NegativeTotal(Money),
    /// A line names a tax rate that isn't there.
    #[error("line {line} names a tax rate that isn't on the invoice")]
    UnknownTax {
        /// The line, counted from 1.
        line: usize,
    },
    /// Two currencies, or a sum that is too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Totals {
    /// Computes line totals, one tax row for each of `rates`, and the sums.
    ///
    /// # Errors
    /// A total below zero, an unknown tax rate, mixed currencies or an overflow.
    pub fn compute(drafts: Vec<LineDraft>, rates: Vec<TaxRate>, currency: Currency) -> Result<Self, TotalsError> {
        let mut taxable = vec![Money::zero(currency); rates.len()];
        let mut subtotal = Money::zero(currency);
        let mut lines = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.into_iter().enumerate() {
            let total = draft.unit_price.times(draft.quantity)?;
            subtotal = subtotal.plus(total)?;
            if let Some(rate) = draft.tax {
                let base = taxable.get_mut(rate).ok_or(TotalsError::UnknownTax { line: index + 1 })?;
                *base = base.plus(total)?;
            }
            let LineDraft { description, quantity, unit_price, tax } = draft;
            lines.push(Line { description, quantity, unit_price, tax, total });
        }
        let taxes = rates
            .into_iter()
            .zip(taxable)
            .map(|(rate, taxable)| Ok(TaxLine { amount: rate.percent.of(taxable)?, rate, taxable }))
            .collect::<Result<Vec<_>, MoneyError>>()?;
        let total = taxes.iter().try_fold(subtotal, |sum, tax| sum.plus(tax.amount))?;
        if total.minor() < 0 {
            return Err(TotalsError::NegativeTotal(total));
        }
        Ok(Self { lines, subtotal, taxes, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(quantity: &str, price_cents: i64, tax: Option<usize>) -> LineDraft {
        LineDraft {
            description: "work".into(),
            quantity: quantity.parse().unwrap(),
            unit_price: UnitPrice::from_minor_e4(price_cents * 10_000, Currency::Usd),
            tax,
        }
    }

    fn rate(percent: &str) -> TaxRate {
        TaxRate { name: "Texas sales tax".into(), percent: percent.parse().unwrap() }
    }

    fn totals(lines: Vec<LineDraft>, rates: Vec<TaxRate>) -> Result<Totals, TotalsError> {
        Totals::compute(lines, rates, Currency::Usd)
    }

    #[test]
    fn s16_s17_lines_tax_by_rate_and_total() {
        let lines = vec![line("1", 12_000, Some(0)), line("2.5", 3_000, Some(0)), line("20", 240, Some(0))];
        let totals = totals(lines, vec![rate("8.25")]).unwrap();
        assert_eq!(totals.lines[1].total.to_string(), "$75.00");
        assert_eq!(totals.subtotal.to_string(), "$243.00");
        assert_eq!(totals.taxes[0].amount.to_string(), "$20.05");
        assert_eq!(totals.total.to_string(), "$263.05");
    }

    #[test]
    fn tax_is_rounded_once_a_rate_not_once_a_line() {
        let lines = vec![line("1", 106, Some(0)), line("1", 106, Some(0)), line("1", 100, None)];
        let totals = totals(lines, vec![rate("8.25")]).unwrap();
        assert_eq!(totals.taxes[0].taxable.minor(), 212);
        assert_eq!(totals.taxes[0].amount.minor(), 17); // 17.49, not 9 + 9
    }

    #[test]
    fn a_discount_may_not_turn_the_bill_around() {
        let refused = totals(vec![line("1", 100, None), line("1", -101, None)], vec![]);
        assert!(matches!(refused, Err(TotalsError::NegativeTotal(_))));
        let free = totals(vec![line("1", 100, None), line("1", -100, None)], vec![]).unwrap();
        assert!(free.total.is_zero());
    }

    #[test]
    fn a_line_can_only_name_a_rate_that_is_there() {
        assert_eq!(totals(vec![line("1", 1, Some(1))], vec![rate("5")]), Err(TotalsError::UnknownTax { line: 1 }));
    }

    proptest! {
        #[test]
        fn the_parts_make_the_whole(
            cents in prop::collection::vec((0_i64..1_000_000, 1_i64..100_000, prop::option::of(0_usize..3)), 0..20),
            percents in prop::array::uniform3(0_i64..=999_999),
        ) {
            let lines = cents.into_iter().map(|(price, quantity, tax)| LineDraft {
                description: String::new(),
                quantity: Quantity::from_e4(quantity),
                unit_price: UnitPrice::from_minor_e4(price, Currency::Usd),
                tax,
            }).collect();
            let rates = percents.map(|e4| TaxRate { name: "t".into(), percent: crate::tax::Percent::from_e4(e4).unwrap() });
            let totals = totals(lines, rates.to_vec()).unwrap();
            let lines = Money::sum(totals.lines.iter().map(|line| line.total), Currency::Usd).unwrap();
            let taxes = Money::sum(totals.taxes.iter().map(|tax| tax.amount), Currency::Usd).unwrap();
            prop_assert_eq!(lines, totals.subtotal);
            prop_assert_eq!(lines.plus(taxes).unwrap(), totals.total);
            prop_assert!(totals.total.minor() >= totals.subtotal.minor());
        }
    }
}
