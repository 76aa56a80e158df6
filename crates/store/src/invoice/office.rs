//! The office's list: tab by tab, newest first, read by key; and what stands under each tab. Which tab an open
//! invoice stands under is decided here as [`zoop_domain::invoice::StatusFacts::status_on`] decides it; a test
//! holds the two together.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId};
use zoop_domain::invoice::{StatusFacts, Tab};
use zoop_domain::mail::NotMailed;
use zoop_domain::time::Date;

use super::{FactsRow, facts_columns, facts_joins};
use crate::db::run;
use crate::row::{parse, parse_optional};
use crate::{Error, Result, Tx};

/// As many are counted under a tab of what is done with.
pub const COUNTED: i64 = 1_000;
/// As many customers may match before the invoices themselves are gone through.
const FEW: i64 = 100;

/// An invoice in the office's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeRow {
    /// Its id, by which the list goes on.
    pub id: InvoiceId,
    /// `INV-1051`; `None` for a draft.
    pub number: Option<String>,
    /// The day it bears, or is to bear.
    pub issued_on: Option<Date>,
    /// The customer's name as it is now.
    pub customer: String,
    /// What its status follows from.
    pub facts: StatusFacts,
    /// Why its customer has no mail with it, if he hasn't.
    pub not_mailed: Option<NotMailed>,
}

/// From where the list is read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// From the newest.
    Newest,
    /// What is older than this one.
    OlderThan(InvoiceId),
    /// What is newer than this one.
    NewerThan(InvoiceId),
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The tab; `None` for all.
    pub tab: Option<Tab>,
    /// One customer's alone, whatever is searched for.
    pub of: Option<CustomerId>,
    /// A part of a customer's name, folded.
    pub customer: String,
    /// How a number begins; empty for none.
    pub number: String,
}

/// What stands under a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TabFigures {
    /// The tab.
    pub tab: Tab,
    /// How many; of what isn't open no more than [`COUNTED`] and one are counted.
    pub count: i64,
    /// What is owed on open ones, what others come to; of those that were counted.
    pub minor: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: Option<String>,
    issued_on: Option<String>,
    customer: String,
    mail_state: Option<String>,
    mail_error: Option<String>,
    has_email: bool,
    #[sqlx(flatten)]
    facts: FactsRow,
}

impl TryFrom<Row> for OfficeRow {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let mail = parse_optional("mails.state", row.mail_state.as_deref())?;
        Ok(Self {
            id: parse("invoices.id", &row.id)?,
            number: row.number,
            issued_on: parse_optional("invoices.issued_on", row.issued_on.as_deref())?,
            customer: row.customer,
            facts: row.facts.try_into()?,
            not_mailed: NotMailed::of(mail.map(|state| (state, row.mail_error.as_deref())), row.has_email),
        })
    }
}

/// The tab of an open invoice `i` beside [`facts_joins`], on the day `$2`.
macro_rules! open_tab {
    () => {
        "CASE WHEN a.state IN ('processing', 'unknown') THEN 'sent' WHEN i.bank_returned THEN 'overdue' \
         WHEN NOT d.stopped AND d.next_try_on IS NOT NULL THEN 'in-dunning' WHEN NOT d.stopped THEN 'overdue' \
         WHEN i.due_on < $2 THEN 'overdue' ELSE 'sent' END"
    };
}

/// A page: `$1` business, `$2` today, `$3` the key, `$4` how many, `$5` tab, `$6` name or customer, `$7` and `$8`
/// numbers. Each
/// statement names all of them, so that all are bound alike.
// Whoever a row belongs to is always there, by its foreign key. LEFT keeps the joins in their order: with statistics SQLite
// would begin with the customers and sort everything they have.
macro_rules! page {
    ($tab:expr, $search:expr, $order:expr) => {
        concat!(
            "SELECT i.id, i.number, COALESCE(i.issued_on, i.dated_on) AS issued_on, c.name AS customer, \
             (SELECT m.state FROM mails m WHERE m.invoice_id = i.id AND m.business_id = i.business_id \
             AND m.kind = 'invoice' ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS mail_state, \
             (SELECT m.error FROM mails m WHERE m.invoice_id = i.id AND m.business_id = i.business_id \
             AND m.kind = 'invoice' ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS mail_error, \
             c.email IS NOT NULL AS has_email, ",
            facts_columns!(),
            " FROM invoices i",
            facts_joins!(),
            "LEFT JOIN customers c ON c.business_id = i.business_id AND c.id = i.customer_id WHERE i.business_id = $1",
            $tab,
            $search,
            $order
        )
    };
}

macro_rules! pages {
    ($tab:expr, $search:expr, $newer:expr) => {
        if $newer {
            page!($tab, $search, " AND i.id > $3 ORDER BY i.id LIMIT $4")
        } else {
            page!($tab, $search, " AND i.id < $3 ORDER BY i.id DESC LIMIT $4")
        }
    };
}

macro_rules! tabs {
    ($wanted:expr, $search:expr, $newer:expr) => {
        match $wanted {
            None => pages!(" AND $5 = '' AND $2 <> ''", $search, $newer),
            Some(tab) if tab.is_open() => {
                pages!(concat!(" AND i.lifecycle = 'open' AND ", open_tab!(), " = $5"), $search, $newer)
            }
            Some(_) => pages!(" AND i.lifecycle = $5 AND $2 <> ''", $search, $newer),
        }
    };
}

/// Up to `limit` invoices, newest first.
pub async fn list_for_office(
    tx: &mut Tx,
    business: &BusinessId,
    wanted: &Wanted,
    from: &From,
    today: Date,
    limit: i64,
) -> Result<Vec<OfficeRow>> {
    let (newer, key) = match from {
        From::Newest => (false, "inv_~"),
        From::OlderThan(id) => (false, id.as_str()),
        From::NewerThan(id) => (true, id.as_str()),
    };
    let everything = wanted.customer.is_empty() && wanted.number.is_empty();
    let name = match &wanted.of {
        Some(customer) => customer.to_string(),
        None if wanted.customer.is_empty() => String::new(),
        None => crate::row::containing(&wanted.customer),
    };
    // Few customers: theirs are fetched and sorted. Many: whoever goes through the list soon finds enough.
    let few = everything || crate::customer::count_matching(tx, business, &wanted.customer, FEW + 1).await? <= FEW;
    let statement = if wanted.of.is_some() {
        tabs!(wanted.tab, " AND i.customer_id = $6 AND $7 = $7 AND $8 = $8", newer)
    } else if everything {
        tabs!(wanted.tab, " AND $6 = '' AND $7 = '' AND $8 = ''", newer)
    } else if few {
        tabs!(
            wanted.tab,
            " AND i.id IN (SELECT f.id FROM invoices f WHERE f.business_id = $1 AND f.customer_id IN \
             (SELECT s.id FROM customers s WHERE s.business_id = $1 AND s.search LIKE $6 ESCAPE '\\') UNION \
             SELECT n.id FROM invoices n WHERE n.business_id = $1 AND n.number >= $7 AND n.number < $8)",
            newer
        )
    } else {
        tabs!(wanted.tab, " AND (c.search LIKE $6 ESCAPE '\\' OR (i.number >= $7 AND i.number < $8))", newer)
    };
    let number_end = if wanted.number.is_empty() { String::new() } else { format!("{}~", wanted.number) };
    let rows: Vec<Row> = run!(tx, |c| sqlx::query_as(statement)
        .bind(business.as_str())
        .bind(today.iso())
        .bind(key)
        .bind(limit)
        .bind(wanted.tab.map_or("", Tab::as_str))
        .bind(&name)
        .bind(&wanted.number)
        .bind(&number_end)
        .fetch_all(c))?;
    let mut rows = rows.into_iter().map(OfficeRow::try_from).collect::<Result<Vec<_>>>()?;
    if newer {
        rows.reverse();
    }
    Ok(rows)
}

/// What stands under each tab that has anything.
pub async fn count_for_office(tx: &mut Tx, business: &BusinessId, today: Date) -> Result<Vec<TabFigures>> {
    macro_rules! closed {
        ($lifecycle:literal, $minor:literal) => {
            concat!(
                " UNION ALL SELECT '",
                $lifecycle,
                "', COUNT(*), CAST(COALESCE(SUM(x.minor), 0) AS BIGINT) FROM (SELECT ",
                $minor,
                " AS minor FROM invoices WHERE business_id = $1 AND lifecycle = '",
                $lifecycle,
                "' LIMIT $3) x"
            )
        };
    }
    let rows: Vec<(String, i64, i64)> = run!(tx, |c| {
        sqlx::query_as(concat!(
        "SELECT ",
        open_tab!(),
        " AS tab, COUNT(*), CAST(SUM(i.total_minor - i.applied_minor + i.returned_minor) AS BIGINT) FROM invoices i",
        facts_joins!(),
        "WHERE i.business_id = $1 AND i.lifecycle = 'open' GROUP BY 1",
        closed!("draft", "total_minor"),
        closed!("paid", "total_minor"),
        closed!("uncollectible", "total_minor - applied_minor + returned_minor"),
        closed!("void", "total_minor"),
    ))
    .bind(business.as_str())
    .bind(today.iso())
    .bind(COUNTED + 1)
    .fetch_all(c)
    })?;
    let figures = |(tab, count, minor): (String, i64, i64)| Ok(TabFigures { tab: parse("tab", &tab)?, count, minor });
    rows.into_iter().filter(|(_, count, _)| *count > 0).map(figures).collect()
}
