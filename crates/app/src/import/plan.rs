//! What a file's rows come to, against what the business has: the same when it is looked at and when it comes in.

use csv::StringRecord;
use zoop_domain::business::Business;
use zoop_domain::customer::{self, Customer};
use zoop_domain::form::FieldErrors;
use zoop_domain::import::customer::{NewCustomer, Standing, TypedRow};
use zoop_domain::import::invoice::{Ledger, OpenInvoice};
use zoop_domain::import::{
    Header, ImportKind, MOST_ROWS, Reading, RowNote, customer as customers, invoice as invoices,
};
use zoop_domain::money::Money;
use zoop_domain::time::Date;

use super::file;
use crate::Error;
use crate::mail::parse_address;

/// As many notes of a kind are shown.
const SHOWN: usize = 50;
/// As many rows are shown as they will be.
const FIRST: usize = 10;

/// What rows are read against.
pub(super) struct Known {
    pub(super) owner: Business,
    pub(super) customers: Vec<Customer>,
    pub(super) references: Vec<String>,
    pub(super) today: Date,
}

/// What a file comes to.
pub(super) struct Planned {
    pub(super) unused: Vec<String>,
    pub(super) rows: Rows,
}

pub(super) enum Rows {
    Customers(Reading<NewCustomer>),
    Invoices(Reading<OpenInvoice>),
}

/// Reads a file. The error is one of the whole file.
pub(super) fn plan(kind: ImportKind, text: &str, known: &Known) -> Result<Planned, String> {
    let columns = match kind {
        ImportKind::Customers => customers::COLUMNS,
        ImportKind::Invoices => invoices::COLUMNS,
    };
    let file::Rows { header, rows } = file::rows(text)?;
    let header = Header::read(&header.iter().collect::<Vec<_>>(), columns)?;
    match kind {
        ImportKind::Customers => customers::check(&header)?,
        ImportKind::Invoices => invoices::check(&header)?,
    }
    match rows.len() {
        0 => return Err("There is nothing below the first row.".to_owned()),
        count if count > MOST_ROWS => {
            return Err(format!("This file has {count} rows. Split it into files of at most {MOST_ROWS}."));
        }
        _ => {}
    }
    let planned = match kind {
        ImportKind::Customers => Rows::Customers(read_customers(&header, &rows, known)),
        ImportKind::Invoices => Rows::Invoices(read_invoices(&header, &rows, known)),
    };
    Ok(Planned { unused: header.unused, rows: planned })
}

/// What is told of a file before it comes in. It is read away from the threads that serve pages, since it may be long.
pub(super) async fn preview(
    kind: ImportKind,
    text: String,
    known: Known,
    (file_name, encoding): (&str, &str),
) -> Result<Result<Preview, String>, Error> {
    let (file_name, encoding) = (file_name.to_owned(), encoding.to_owned());
    let look = move || plan(kind, &text, &known).map(|planned| Preview::of(&planned, &known, &file_name, &encoding));
    tokio::task::spawn_blocking(look).await.map_err(Error::internal)
}

fn read_customers(header: &Header, rows: &[(u64, StringRecord)], known: &Known) -> Reading<NewCustomer> {
    let mut reading = Reading::default();
    let mut here = customers::Known::of(&known.customers);
    for (line, record) in rows {
        let cells: Vec<&str> = record.iter().collect();
        let note = |words: String| RowNote { line: *line, words };
        if let Some(why) = too_wide(header, &cells) {
            reading.problems.push(note(why));
            continue;
        }
        let row = TypedRow::of(header, &cells);
        if row.is_erased {
            reading.left_out.push(note("Erased on request, and not brought back.".to_owned()));
            continue;
        }
        let typed = row.typed();
        let email = match typed.email {
            "" => Ok(None),
            email => parse_address(email).map(Some).map_err(|_| no_address(email)),
        };
        match customer::read(typed, email) {
            Err(errors) => reading.problems.push(note(errors.to_string())),
            Ok(details) => match here.meet(&details) {
                Standing::Here => reading.left_out.push(note(format!("{} is here already.", details.name))),
                standing => {
                    if standing == Standing::SharesEmail {
                        let email = details.email.as_deref().unwrap_or_default();
                        reading.warnings.push(note(format!("{} shares {email} with another customer.", details.name)));
                    }
                    reading.rows.push((*line, NewCustomer { details, is_archived: row.is_archived }));
                }
            },
        }
    }
    reading
}

fn no_address(email: &str) -> String {
    let email: String = email.chars().take(60).collect();
    format!("“{email}” is no email address. Enter one such as dana@example.com, or leave it empty.")
}

fn read_invoices(header: &Header, rows: &[(u64, StringRecord)], known: &Known) -> Reading<OpenInvoice> {
    let mut reading = Reading::default();
    let due_days = i32::try_from(known.owner.due_days).unwrap_or_default();
    let references = known.references.iter().cloned();
    let mut ledger = Ledger::of(&known.customers, references, known.owner.currency, known.today, due_days);
    for (line, record) in rows {
        let cells: Vec<&str> = record.iter().collect();
        let read = match too_wide(header, &cells) {
            Some(why) => Err(FieldErrors::one("row", why)),
            None => ledger.read(header, &cells),
        };
        match read {
            Ok(invoice) => reading.rows.push((*line, invoice)),
            Err(errors) => reading.problems.push(RowNote { line: *line, words: errors.to_string() }),
        }
    }
    reading
}

fn too_wide(header: &Header, cells: &[&str]) -> Option<String> {
    let surplus = cells.get(header.width..).unwrap_or_default();
    surplus.iter().any(|cell| !cell.trim().is_empty()).then(|| {
        format!(
            "This row has {} columns, the first one has {}. Put a text that holds a comma in quotes.",
            cells.len(),
            header.width
        )
    })
}

/// The first notes of a kind, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The first ones.
    pub first: Vec<RowNote>,
    /// How many there are.
    pub count: usize,
}

impl Listed {
    fn of(notes: &[RowNote]) -> Self {
        Self { first: notes.iter().take(SHOWN).cloned().collect(), count: notes.len() }
    }

    /// So many aren't shown.
    #[must_use]
    pub fn rest(&self) -> usize {
        self.count - self.first.len()
    }
}

/// A file as it would come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What the file is called.
    pub file_name: String,
    /// How its letters were read.
    pub encoding: String,
    /// How many rows are good.
    pub good: usize,
    /// What good invoices come to.
    pub total: Option<Money>,
    /// What is shown of a row.
    pub columns: &'static [&'static str],
    /// The first good rows, with their lines.
    pub first: Vec<(u64, Vec<String>)>,
    /// What must be put right first.
    pub problems: Listed,
    /// What is worth knowing.
    pub warnings: Listed,
    /// What is here already.
    pub left_out: Listed,
    /// Columns that nothing is read from.
    pub unused: Vec<String>,
}

impl Preview {
    fn of(planned: &Planned, known: &Known, file_name: &str, encoding: &str) -> Self {
        let (file_name, encoding, unused) = (file_name.to_owned(), encoding.to_owned(), planned.unused.clone());
        match &planned.rows {
            Rows::Customers(reading) => Self {
                total: None,
                columns: &["Name", "Email", "Phone", "Address"],
                first: first(reading, customer_cells),
                ..Self::counted(reading, file_name, encoding, unused)
            },
            Rows::Invoices(reading) => {
                let amounts = reading.rows.iter().map(|(_, invoice)| invoice.totals.total);
                Self {
                    total: Money::sum(amounts, known.owner.currency).ok(),
                    columns: &["Customer", "Number", "Issued", "Due", "For", "Owed"],
                    first: first(reading, |invoice| invoice_cells(invoice, known)),
                    ..Self::counted(reading, file_name, encoding, unused)
                }
            }
        }
    }

    fn counted<R>(reading: &Reading<R>, file_name: String, encoding: String, unused: Vec<String>) -> Self {
        Self {
            file_name,
            encoding,
            good: reading.rows.len(),
            total: None,
            columns: &[],
            first: Vec::new(),
            problems: Listed::of(&reading.problems),
            warnings: Listed::of(&reading.warnings),
            left_out: Listed::of(&reading.left_out),
            unused,
        }
    }

    /// Whether somebody may say yes.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.count == 0 && self.good > 0
    }
}

fn first<R>(reading: &Reading<R>, cells: impl Fn(&R) -> Vec<String>) -> Vec<(u64, Vec<String>)> {
    reading.rows.iter().take(FIRST).map(|(line, row)| (*line, cells(row))).collect()
}

fn customer_cells(new: &NewCustomer) -> Vec<String> {
    let details = &new.details;
    let name = match (&details.contact, new.is_archived) {
        (_, true) => format!("{} (archived)", details.name),
        (Some(contact), _) => format!("{} ({contact})", details.name),
        (None, _) => details.name.clone(),
    };
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![name, optional(&details.email), optional(&details.phone), details.address.replace('\n', ", ")]
}

fn invoice_cells(invoice: &OpenInvoice, known: &Known) -> Vec<String> {
    let customer = known.customers.iter().find(|customer| customer.id == invoice.customer);
    vec![
        customer.map(|customer| customer.name.clone()).unwrap_or_default(),
        invoice.reference.clone().unwrap_or_default(),
        invoice.issued_on.to_string(),
        invoice.due_on.to_string(),
        invoice.totals.lines.first().map(|line| line.description.clone()).unwrap_or_default(),
        invoice.totals.total.to_string(),
    ]
}
