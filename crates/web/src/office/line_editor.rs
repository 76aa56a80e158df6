//! The lines of an invoice, a quote or a plan while they are written: rows of fields, live totals, buttons that
//! add and remove a row. The same fields whatever they belong to; the server's figures always win.

use zoop_domain::form::FieldErrors;
use zoop_domain::id::TaxRateId;
use zoop_domain::invoice::Totals;
use zoop_domain::invoice::entry::{self, ChosenLine, TypedLine};
use zoop_domain::money::{Currency, Money};
use zoop_domain::tax::TaxRate;

use super::posted::Fields;

/// The name of the field with the default tax rate.
pub const DEFAULT_TAX: &str = "default_tax";

/// The rows and what they come to.
#[derive(Clone, Debug)]
pub struct LineEditor {
    /// The rows, in order; a row's number is its place, from 1.
    pub rows: Vec<TypedLine>,
    /// What a line that says nothing is taxed by; empty for nothing.
    pub default_tax: String,
    /// What they come to, if they can be read.
    pub totals: Option<Totals>,
    rates: Vec<(TaxRateId, TaxRate)>,
    currency: Currency,
    errors: FieldErrors,
}

/// What somebody pressed besides saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// "Add a line", "Add a discount", "Update totals".
    Edit,
    /// Something else: the form is to be read.
    Other,
}

impl LineEditor {
    /// An empty editor: one row to begin with.
    #[must_use]
    pub fn new(rates: Vec<(TaxRateId, TaxRate)>, default: Option<&TaxRateId>, currency: Currency) -> Self {
        let rows = vec![TypedLine { quantity: "1".into(), tax: "default".into(), ..TypedLine::default() }];
        let default_tax = default.map(ToString::to_string).unwrap_or_default();
        Self { rows, default_tax, totals: None, rates, currency, errors: FieldErrors::default() }
    }

    /// Lines that were stored, to be changed.
    #[must_use]
    pub fn of(mut self, lines: &[ChosenLine]) -> Self {
        self.rows = lines.iter().map(TypedLine::from).collect();
        self.count();
        self
    }

    /// The form as it was sent.
    #[must_use]
    pub fn sent(mut self, fields: &Fields) -> Self {
        self.rows = rows(fields);
        fields.get(DEFAULT_TAX).clone_into(&mut self.default_tax);
        self.count();
        self
    }

    /// Follows "Add a line", "Add a discount", "Remove" and "Update totals".
    pub fn press(&mut self, fields: &Fields) -> Pressed {
        let row = |is_discount| TypedLine {
            quantity: if is_discount { String::new() } else { "1".into() },
            tax: "default".into(),
            is_discount,
            ..TypedLine::default()
        };
        match (fields.find("add"), fields.find("remove")) {
            (Some("item"), _) => self.rows.push(row(false)),
            (Some("discount"), _) => self.rows.push(row(true)),
            (Some(_), _) => {}
            (None, Some(number)) => {
                let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                if let Some(place) = place.filter(|place| *place < self.rows.len()) {
                    self.rows.remove(place);
                }
                if self.rows.is_empty() {
                    self.rows.push(row(false));
                }
            }
            (None, None) => return Pressed::Other,
        }
        self.count();
        Pressed::Edit
    }

    /// Puts what is wrong beside its fields.
    #[must_use]
    pub fn refused(mut self, errors: &FieldErrors) -> Self {
        self.errors = errors.clone();
        self
    }

    /// The lines and the default rate.
    ///
    /// # Errors
    /// What can't be used, by field.
    pub fn read(&self) -> Result<(Vec<ChosenLine>, Option<TaxRateId>), FieldErrors> {
        let lines = entry::read(&self.rows, self.currency)?;
        let default = match self.default_tax.as_str() {
            "" => None,
            rate => Some(rate.parse().map_err(|_| FieldErrors::one(DEFAULT_TAX, "Choose a tax rate of the list."))?),
        };
        entry::total(&lines, default.as_ref(), &self.rates, self.currency)?;
        Ok((lines, default))
    }

    fn count(&mut self) {
        let rates = &self.rates;
        self.totals = entry::read(&self.rows, self.currency).ok().and_then(|lines| {
            let default = self.default_tax.parse().ok();
            entry::total(&lines, default.as_ref(), rates, self.currency).ok()
        });
    }

    /// The sign before an amount.
    #[must_use]
    pub fn sign(&self) -> &'static str {
        self.currency.symbol()
    }

    /// Minor units in a major one, for the script.
    #[must_use]
    pub fn minor_per_major(&self) -> i64 {
        self.currency.minor_per_major()
    }

    /// The rates to choose from.
    #[must_use]
    pub fn rates(&self) -> &[(TaxRateId, TaxRate)] {
        &self.rates
    }

    /// "Use default (Texas sales tax 8.25%)", or that there is none.
    #[must_use]
    pub fn default_words(&self) -> String {
        let rate = self.rates.iter().find(|(rate, _)| rate.as_str() == self.default_tax);
        match rate {
            Some((_, rate)) => format!("Use default ({} {})", rate.name, rate.percent),
            None => "Use default (no tax)".to_owned(),
        }
    }

    /// What a row comes to by itself, or a dash.
    #[must_use]
    pub fn line_total(&self, row: &TypedLine) -> String {
        let line = entry::read(std::slice::from_ref(row), self.currency).ok();
        let total = line.as_deref().and_then(|lines| lines.first()).map(|line| line.unit_price.times(line.quantity));
        total.and_then(Result::ok).map_or_else(|| "–".to_owned(), |total: Money| total.to_string())
    }

    /// What is wrong with a field of row `number`.
    #[must_use]
    pub fn error(&self, number: &usize, name: &str) -> Option<&str> {
        self.errors.of(&format!("line-{number}-{name}"))
    }

    /// What is wrong with the default rate.
    #[must_use]
    pub fn default_error(&self) -> Option<&str> {
        self.errors.of(DEFAULT_TAX)
    }

    /// How a row is called out loud.
    #[must_use]
    pub fn name_of(&self, row: &TypedLine, number: &usize) -> String {
        match row.description.trim() {
            "" => format!("line {number}"),
            name => name.to_owned(),
        }
    }
}

/// The rows of a form: `line-1-description` and so on, without a gap.
fn rows(fields: &Fields) -> Vec<TypedLine> {
    let value = |number: usize, name: &str| fields.find(&format!("line-{number}-{name}")).map(str::to_owned);
    (1..=entry_limit())
        .map_while(|number| {
            Some(TypedLine {
                description: value(number, "description")?,
                quantity: value(number, "quantity").unwrap_or_default(),
                price: value(number, "price").unwrap_or_default(),
                tax: value(number, "tax").unwrap_or_else(|| "default".into()),
                is_discount: value(number, "kind").as_deref() == Some("discount"),
            })
        })
        .collect()
}

/// One row more than may be sent, so that too many are told apart from enough.
const fn entry_limit() -> usize {
    zoop_domain::plan::MOST_LINES + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates() -> Vec<(TaxRateId, TaxRate)> {
        let rate = TaxRate { name: "Texas sales tax".into(), percent: "8.25".parse().unwrap() };
        vec![(format!("txr_{:026}", 1).parse().unwrap(), rate)]
    }

    fn editor() -> LineEditor {
        let rates = rates();
        let default = rates[0].0.clone();
        LineEditor::new(rates, Some(&default), Currency::Usd)
    }

    fn form(extra: &[(&str, &str)]) -> Fields {
        let rate = rates()[0].0.to_string();
        let mut fields = vec![
            ("default_tax", rate.as_str()),
            ("line-1-kind", "item"),
            ("line-1-description", "Visit"),
            ("line-1-quantity", "4"),
            ("line-1-price", "62.50"),
            ("line-1-tax", "default"),
            ("line-2-kind", "discount"),
            ("line-2-description", "Loyalty"),
            ("line-2-price", "25"),
            ("line-2-tax", "default"),
        ];
        fields.extend_from_slice(extra);
        Fields::of(fields)
    }

    #[test]
    fn a_form_reads_as_it_was_drawn() {
        let editor = editor().sent(&form(&[]));
        assert_eq!(editor.totals.as_ref().unwrap().total.to_string(), "$243.56");
        let (lines, default) = editor.read().unwrap();
        assert_eq!((lines.len(), default.is_some()), (2, true));
        assert!(lines[1].is_discount);
    }

    #[test]
    fn rows_come_and_go_and_keep_what_was_typed() {
        let add = form(&[("add", "discount")]);
        let mut more = editor().sent(&add);
        assert_eq!(more.press(&add), Pressed::Edit);
        assert_eq!((more.rows.len(), more.rows[2].is_discount), (3, true));
        let remove = form(&[("remove", "1")]);
        let mut less = editor().sent(&remove);
        less.press(&remove);
        assert_eq!((less.rows.len(), less.rows[0].description.as_str()), (1, "Loyalty"));
        assert!(less.totals.is_none(), "a discount of nothing");
        let mut same = editor().sent(&form(&[("remove", "9")]));
        same.press(&form(&[("remove", "9")]));
        assert_eq!(same.rows.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_found_by_row() {
        let fields = Fields::of([("line-1-description", "x"), ("line-1-price", "much"), ("default_tax", "")]);
        let editor = editor().sent(&fields);
        let errors = editor.read().unwrap_err();
        let editor = editor.refused(&errors);
        assert!(editor.error(&1, "price").is_some() && editor.error(&1, "quantity").is_some());
        assert_eq!(editor.line_total(&editor.rows[0]), "–");
    }
}
