//! A row of a file of invoices that an older system sent and that are still owed. What is owed now is what comes
//! in: one line, and a second one for the tax that is part of it.

use std::collections::{HashMap, HashSet};

use super::{Column, Header};
use crate::customer::{Customer, folded};
use crate::form::{FieldErrors, line, optional_line};
use crate::id::CustomerId;
use crate::invoice::entry::plain_number;
use crate::invoice::writing::{LONGEST_MEMO, TypedInvoice};
use crate::invoice::{LineDraft, Totals};
use crate::money::{Currency, Money, Quantity, UnitPrice};
use crate::plan::LONGEST_DESCRIPTION;
use crate::time::Date;

/// The columns that are read; their places are the constants below.
pub const COLUMNS: &[Column] = &[
    Column { name: "Customer", synonyms: &["customerid", "customername", "name", "client", "clientname", "billto"] },
    Column { name: "Email", synonyms: &["customeremail", "emailaddress", "clientemail"] },
    Column { name: "Number", synonyms: &["invoicenumber", "invoice", "invoiceno", "no", "num", "reference"] },
    Column { name: "Issue date", synonyms: &["issued", "issuedon", "issuedate", "date", "invoicedate"] },
    Column { name: "Due date", synonyms: &["due", "dueon", "duedate"] },
    Column { name: "Description", synonyms: &["memo", "item", "service", "details"] },
    Column {
        name: "Amount",
        synonyms: &["balance", "openbalance", "amountdue", "balancedue", "owed", "outstanding", "total"],
    },
    Column { name: "Tax", synonyms: &["taxamount", "salestax", "vat", "gst"] },
];

const CUSTOMER: usize = 0;
const EMAIL: usize = 1;
const NUMBER: usize = 2;
const ISSUED: usize = 3;
const DUE: usize = 4;
const DESCRIPTION: usize = 5;
const AMOUNT: usize = 6;
const TAX: usize = 7;

const LONGEST_NUMBER: usize = 60;
const ONE: i64 = 10_000;

/// An open invoice that may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInvoice {
    /// Whom it bills.
    pub customer: CustomerId,
    /// The number it had, if it had one.
    pub reference: Option<String>,
    /// The day it bears.
    pub issued_on: Date,
    /// The day it is due.
    pub due_on: Date,
    /// Its lines and sums.
    pub totals: Totals,
}

impl OpenInvoice {
    /// What its customer reads of the number it had.
    #[must_use]
    pub fn memo(&self) -> Option<String> {
        self.reference.as_ref().map(|number| format!("Invoice {number} in our previous system."))
    }
}

/// Refuses a file that doesn't say who owes how much since when.
///
/// # Errors
/// What is missing, in the user's words.
pub fn check(header: &Header) -> Result<(), String> {
    let has_customer = header.has(CUSTOMER) || header.has(EMAIL);
    let missing: Vec<_> =
        [("Customer", has_customer), ("Issue date", header.has(ISSUED)), ("Amount", header.has(AMOUNT))]
            .into_iter()
            .filter(|(_, is_there)| !is_there)
            .map(|(name, _)| format!("“{name}”"))
            .collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(format!("There is no column {one} in the first row.")),
        many => Err(format!("There are no columns {} in the first row.", many.join(" and "))),
    }
}

/// What rows are read against.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    customers: &'a [Customer],
    by_id: HashMap<&'a str, usize>,
    by_email: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    references: HashSet<String>,
    currency: Currency,
    today: Date,
    due_days: i32,
}

impl<'a> Ledger<'a> {
    /// A business's customers, the numbers that came in before, its currency, its day and its terms.
    #[must_use]
    pub fn of(
        customers: &'a [Customer],
        references: impl IntoIterator<Item = String>,
        currency: Currency,
        today: Date,
        due_days: i32,
    ) -> Self {
        let references = references.into_iter().map(|number| folded(&number)).collect();
        let (by_id, by_email, by_name) = Default::default();
        let mut ledger = Self { customers, by_id, by_email, by_name, references, currency, today, due_days };
        for (place, customer) in customers.iter().enumerate().filter(|(_, it)| it.erased_at.is_none()) {
            ledger.by_id.insert(customer.id.as_str(), place);
            if let Some(email) = &customer.email {
                ledger.by_email.entry(email.to_lowercase()).or_default().push(place);
            }
            ledger.by_name.entry(folded(&customer.name)).or_default().push(place);
        }
        ledger
    }

    /// Reads a row.
    ///
    /// # Errors
    /// Every column of it that can't be used.
    pub fn read(&mut self, header: &Header, cells: &[&str]) -> Result<OpenInvoice, FieldErrors> {
        let cell = |column| header.cell(cells, column);
        let mut errors = FieldErrors::default();
        let customer = errors.take("customer", self.customer(cell(CUSTOMER), cell(EMAIL)));
        let reference = errors.take("number", self.reference(cell(NUMBER)));
        let issued_on = errors.take("issued", day(cell(ISSUED), "the day the invoice bears", self.currency));
        let due_on = errors.take("due", self.due(cell(DUE), issued_on));
        let words = if cell(DESCRIPTION).is_empty() { "Balance brought forward" } else { cell(DESCRIPTION) };
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let description = errors.take("description", line(&words, "what is billed", LONGEST_DESCRIPTION));
        let amount = errors.take("amount", amount(cell(AMOUNT), self.currency));
        let tax = errors.take("tax", tax(cell(TAX), amount, self.currency));
        let (
            Some(customer),
            Some(reference),
            Some(issued_on),
            Some(due_on),
            Some(description),
            Some(amount),
            Some(tax),
        ) = (customer, reference, issued_on, due_on, description, amount, tax)
        else {
            return Err(errors);
        };
        // What holds for an invoice's days holds here.
        let (issued, due) = (issued_on.iso(), due_on.iso());
        let typed = TypedInvoice { customer: customer.as_str(), issued_on: &issued, due_on: &due, memo: "", notes: "" };
        typed.read(self.today)?;
        let totals = totals(description, amount, tax)?;
        self.references.extend(reference.as_deref().map(folded));
        Ok(OpenInvoice { customer, reference, issued_on, due_on, totals })
    }

    /// Whom a customer's id, address for mail or name means.
    fn customer(&self, customer: &str, email: &str) -> Result<CustomerId, String> {
        let (text, found): (_, &[usize]) = match (customer, email) {
            (id, _) if id.parse::<CustomerId>().is_ok() => {
                (id, self.by_id.get(id).map(std::slice::from_ref).unwrap_or_default())
            }
            (_, email) if !email.is_empty() => (email, of(&self.by_email, &email.to_lowercase())),
            ("", _) => return Err("Say whose invoice it is: an email, a name, or an id of the export.".to_owned()),
            (text, _) if text.contains('@') => (text, of(&self.by_email, &text.to_lowercase())),
            (text, _) => (text, of(&self.by_name, &folded(text))),
        };
        match found {
            [] => Err(format!("No customer is “{}”. Import or add the customer first.", short(text))),
            [one] => {
                let customer = &self.customers[*one];
                customer.must_be_billable().map_err(|why| why.to_string())?;
                Ok(customer.id.clone())
            }
            many => Err(format!(
                "{} customers are “{}”. Put the id of the right one in its place; it stands in the export.",
                many.len(),
                short(text)
            )),
        }
    }

    fn reference(&self, text: &str) -> Result<Option<String>, String> {
        let number = optional_line(text, "a number", LONGEST_NUMBER)?;
        match &number {
            Some(number) if self.references.contains(&folded(number)) => {
                Err(format!("Invoice “{number}” is in this file twice, or came in before. Remove this row."))
            }
            _ => Ok(number),
        }
    }

    fn due(&self, text: &str, issued_on: Option<Date>) -> Result<Date, String> {
        match (text, issued_on) {
            ("", issued_on) => Ok(issued_on.unwrap_or(self.today).plus_days(self.due_days)),
            (text, _) => day(text, "the day it is due", self.currency),
        }
    }
}

fn of<'a>(found: &'a HashMap<String, Vec<usize>>, key: &str) -> &'a [usize] {
    found.get(key).map(Vec::as_slice).unwrap_or_default()
}

/// No message quotes a whole page.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A day as it is written where the business is: 2026-11-03 everywhere; 11/3/2026 in the United States; 3/11/2026
/// or 3.11.2026 elsewhere, but in Canada, where both are written.
fn day(text: &str, what: &str, currency: Currency) -> Result<Date, String> {
    let advice = || format!("Enter {what} as year-month-day, such as 2026-11-03.");
    if text.is_empty() {
        return Err(advice());
    }
    // A time behind the day says nothing here.
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    if let Ok(date) = day.parse() {
        return Ok(date);
    }
    let mark = if day.contains('.') { '.' } else { '/' };
    let numbers: Vec<_> = day.split(mark).collect();
    let [first, second, year] = numbers.as_slice() else { return Err(advice()) };
    let (month, of_month) = match (mark, currency) {
        ('.', _) => (second, first),
        (_, Currency::Usd) => (first, second),
        (_, Currency::Cad) => return Err(advice()),
        _ => (second, first),
    };
    let is_whole = year.len() == 4 && [month, of_month].iter().all(|part| (1..=2).contains(&part.len()));
    let read = || Date::new(year.parse().ok()?, month.parse().ok()?, of_month.parse().ok()?);
    read().filter(|_| is_whole).ok_or_else(advice)
}

fn amount(text: &str, currency: Currency) -> Result<Money, &'static str> {
    const WRONG: &str = "Enter what is still owed, such as 1250.00.";
    let amount = money(text, currency).ok_or(WRONG)?;
    if amount.is_positive() { Ok(amount) } else { Err(WRONG) }
}

fn tax(text: &str, amount: Option<Money>, currency: Currency) -> Result<Money, &'static str> {
    const WRONG: &str = "Enter the tax that is part of the amount, such as 95.20, or leave it empty.";
    if text.is_empty() {
        return Ok(Money::zero(currency));
    }
    let tax = money(text, currency).ok_or(WRONG)?;
    let fits = tax.minor() >= 0 && amount.is_none_or(|amount| tax.minor() < amount.minor());
    if fits { Ok(tax) } else { Err(WRONG) }
}

fn money(text: &str, currency: Currency) -> Option<Money> {
    let number = plain_number(text.trim_start_matches(currency.symbol()));
    Money::from_typed(&number, currency).ok()
}

/// The sum is what the file says, to the cent: a percentage could miss it.
fn totals(description: String, amount: Money, tax: Money) -> Result<Totals, FieldErrors> {
    let too_large = |_| FieldErrors::one("amount", "That is more than can be kept.");
    let line = |description, money: Money| {
        let minor_e4 = money.minor().checked_mul(ONE)?;
        let unit_price = UnitPrice::from_minor_e4(minor_e4, money.currency());
        Some(LineDraft { description, quantity: Quantity::from_e4(ONE), unit_price, tax: None })
    };
    let net = amount.minus(tax).map_err(too_large)?;
    let taxed = tax.is_positive().then(|| ("Tax".to_owned(), tax));
    let lines = std::iter::once((description, net)).chain(taxed).map(|(words, money)| line(words, money));
    let lines: Option<Vec<_>> = lines.collect();
    let lines = lines.ok_or_else(|| FieldErrors::one("amount", "That is more than can be kept."))?;
    Totals::compute(lines, Vec::new(), amount.currency())
        .map_err(|_| FieldErrors::one("amount", "That is more than can be kept."))
}

const _: () = assert!(LONGEST_NUMBER + 40 < LONGEST_MEMO);

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: [&str; 8] = ["Customer", "Email", "No.", "Date", "Due", "Description", "Balance", "Tax"];

    fn customers() -> Vec<Customer> {
        let customer = |number: u32, name: &str, email: Option<&str>| Customer {
            email: email.map(str::to_owned),
            ..Customer::named(
                format!("cus_{number:026}").parse().unwrap(),
                format!("biz_{:026}", 1).parse().unwrap(),
                name,
            )
        };
        vec![
            customer(1, "Rosa Delgado", Some("Rosa@Delgado.example")),
            customer(2, "Sam Lee", Some("lee@x.example")),
            customer(3, "Kim Lee", Some("lee@x.example")),
        ]
    }

    fn read(currency: Currency, rows: &[[&str; 8]]) -> Vec<Result<OpenInvoice, String>> {
        let customers = customers();
        let today = "2026-11-23".parse().unwrap();
        let mut ledger = Ledger::of(&customers, ["A-9".to_owned()], currency, today, 30);
        let header = Header::read(&HEAD, COLUMNS).unwrap();
        check(&header).unwrap();
        rows.iter().map(|row| ledger.read(&header, row).map_err(|errors| errors.to_string())).collect()
    }

    fn one(row: [&str; 8]) -> Result<OpenInvoice, String> {
        read(Currency::Usd, &[row]).remove(0)
    }

    const FINE: [&str; 8] = ["Rosa Delgado", "", "1042", "2026-11-03", "", "Spring cleanup", "$1,234.56", "34.56"];

    #[test]
    fn what_is_owed_comes_in_to_the_cent() {
        let invoice = one(FINE).unwrap();
        assert_eq!((invoice.totals.total.minor(), invoice.totals.lines.len()), (123_456, 2));
        assert_eq!((invoice.totals.lines[0].total.minor(), invoice.totals.lines[1].total.minor()), (120_000, 3_456));
        assert_eq!(invoice.due_on.iso(), "2026-12-03");
        assert_eq!(invoice.memo().as_deref(), Some("Invoice 1042 in our previous system."));
    }

    #[test]
    fn a_customer_is_named_by_id_email_or_name_and_never_guessed() {
        let id = customers()[1].id.to_string();
        for (customer, email) in [("sam  LEE", ""), (id.as_str(), "nobody@x.example"), ("x", "rosa@delgado.example")] {
            let mut row = FINE;
            (row[0], row[1]) = (customer, email);
            assert!(one(row).is_ok(), "{customer} {email}");
        }
        for (customer, why) in [("lee@x.example", "2 customers"), ("Nobody", "No customer"), ("", "whose invoice")] {
            let mut row = FINE;
            row[0] = customer;
            assert!(one(row).unwrap_err().contains(why), "{customer}");
        }
    }

    #[test]
    fn a_number_comes_in_once() {
        let mut before = FINE;
        before[2] = "a-9";
        let rows = read(Currency::Usd, &[FINE, FINE, before]);
        assert!(rows[0].is_ok() && rows[1].is_err() && rows[2].is_err());
    }

    #[test]
    fn days_are_read_as_they_are_written_where_the_business_is() {
        let issued = |currency, text| {
            let mut row = FINE;
            (row[3], row[6]) = (text, "5.00");
            row[7] = "";
            read(currency, &[row]).remove(0).map(|invoice| invoice.issued_on.iso()).ok()
        };
        assert_eq!(issued(Currency::Usd, "11/03/2026").as_deref(), Some("2026-11-03"));
        assert_eq!(issued(Currency::Gbp, "3/11/2026").as_deref(), Some("2026-11-03"));
        assert_eq!(issued(Currency::Eur, "03.11.2026").as_deref(), Some("2026-11-03"));
        assert_eq!(issued(Currency::Usd, "2026-11-03T08:00:00Z").as_deref(), Some("2026-11-03"));
        for wrong in ["", "soon", "11/03/26", "13/13/2026", "2026-02-30", "2026-11-24", "2006-01-01"] {
            assert_eq!(issued(Currency::Usd, wrong), None, "{wrong}");
        }
        assert_eq!(issued(Currency::Cad, "11/03/2026"), None);
    }

    #[test]
    fn each_column_says_what_is_wrong_with_it() {
        let why = one(["Rosa Delgado", "", "", "2026-11-03", "2026-11-02", "", "0", "x"]).unwrap_err();
        assert!(why.contains("still owed") && why.contains("tax that is part"), "{why}");
        let why = one(["Rosa Delgado", "", "", "2026-11-03", "2026-11-02", "", "5", ""]).unwrap_err();
        assert!(why.contains("or a later day"), "{why}");
        for amount in ["-5", "1.005", "1e3", "99999999999999999999", "92233720368547758"] {
            assert!(one(["Rosa Delgado", "", "", "2026-11-03", "", "", amount, ""]).is_err(), "{amount}");
        }
    }
}
