//! The office's list of payments: filtered, newest first, read by key; and what the filter comes to.

use zoop_domain::id::{BusinessId, PaymentId};
use zoop_domain::payment::{Payment, Which};
use zoop_domain::time::{Date, Instant};

use super::Row;
use crate::db::run;
use crate::{Error, Result, Tx};

/// As many customers may match before the payments themselves are gone through.
const FEW: i64 = 100;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which payments.
    pub which: Which,
    /// Received on that day or later.
    pub from: Option<Date>,
    /// Received on that day or before.
    pub to: Option<Date>,
    /// A part of a customer's name, folded; may be empty.
    pub customer: String,
    /// How an invoice's number begins; may be empty.
    pub number: String,
}

/// Where the list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// From the newest.
    Newest,
    /// What is older than this payment.
    OlderThan(Instant, PaymentId),
    /// What is newer than this one.
    NewerThan(Instant, PaymentId),
}

/// A payment in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficePayment {
    /// The payment.
    pub payment: Payment,
    /// The number of its invoice.
    pub invoice_number: String,
    /// The customer's name as it is now.
    pub customer: String,
}

/// What a filter comes to, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many payments.
    pub count: i64,
    /// What arrived.
    pub amount_minor: i64,
    /// What went back of it.
    pub refunded_minor: i64,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    #[sqlx(flatten)]
    row: Row,
    invoice_number: Option<String>,
    customer: String,
}

impl TryFrom<ListRow> for OfficePayment {
    type Error = Error;
    fn try_from(row: ListRow) -> Result<Self> {
        let ListRow { row, invoice_number, customer } = row;
        Ok(Self { payment: row.try_into()?, invoice_number: invoice_number.unwrap_or_default(), customer })
    }
}

/// `$1` business, `$2` and `$3` days, `$4` which, `$5` name, `$6` and `$7` numbers.
macro_rules! wanted {
    ($days:expr, $search:expr) => {
        concat!(
            "WHERE p.business_id = $1",
            $days,
            " AND ($4 = 'all' OR ($4 = 'card' AND p.kind = 'stripe') OR ($4 = 'hand' AND p.kind <> 'stripe') \
             OR ($4 = 'refunded' AND p.refunded_minor > 0) \
             OR ($4 = 'disputed' AND (p.dispute_state IS NOT NULL OR p.state = 'returned')))",
            $search
        )
    };
}

macro_rules! in_days {
    () => {
        " AND p.received_on >= $2 AND p.received_on <= $3"
    };
}

/// Of all days nothing is asked: the page is then read from the index that has its order, not sorted from that of the days.
macro_rules! any_day {
    () => {
        " AND $2 = '' AND $3 = '~'"
    };
}

macro_rules! found {
    () => {
        " AND p.id IN (SELECT f.id FROM payments f WHERE f.business_id = $1 AND f.customer_id IN \
         (SELECT s.id FROM customers s WHERE s.business_id = $1 AND s.search LIKE $5 ESCAPE '\\') UNION \
         SELECT m.id FROM invoices n JOIN payments m ON m.invoice_id = n.id AND m.business_id = n.business_id \
         WHERE n.business_id = $1 AND n.number >= $6 AND n.number < $7)"
    };
}

macro_rules! gone_through {
    () => {
        " AND (EXISTS (SELECT 1 FROM customers s WHERE s.business_id = p.business_id AND s.id = p.customer_id \
         AND s.search LIKE $5 ESCAPE '\\') OR EXISTS (SELECT 1 FROM invoices n WHERE n.business_id = p.business_id \
         AND n.id = p.invoice_id AND n.number >= $6 AND n.number < $7))"
    };
}

macro_rules! everything {
    () => {
        " AND $5 = '' AND $6 = '' AND $7 = ''"
    };
}

// Whoever a row belongs to is always there, by its foreign key. LEFT keeps the joins in their order: with statistics SQLite
// would begin with the customers and sort everything they have.
macro_rules! page {
    ($days:expr, $search:expr, $newer:expr) => {
        if $newer {
            page!(@ $days, $search, ">", "p.received_at, p.id")
        } else {
            page!(@ $days, $search, "<", "p.received_at DESC, p.id DESC")
        }
    };
    (@ $days:expr, $search:expr, $than:literal, $order:literal) => {
        concat!(
            "SELECT p.id, p.business_id, p.invoice_id, p.customer_id, p.attempt_id, p.kind, p.state, p.amount_minor, \
             p.applied_minor, p.refunded_minor, p.currency, p.method_label, p.account, p.payment_intent, p.charge, \
             p.received_at, p.received_on, p.dispute_state, p.disputed_on, p.returned_on, i.number AS invoice_number, \
             c.name AS customer FROM payments p \
             LEFT JOIN invoices i ON i.business_id = p.business_id AND i.id = p.invoice_id \
             LEFT JOIN customers c ON c.business_id = p.business_id AND c.id = p.customer_id ",
            wanted!($days, $search),
            " AND (p.received_at, p.id) ",
            $than,
            " ($8, $9) ORDER BY ",
            $order,
            " LIMIT $10"
        )
    };
}

/// What a search is bound to.
struct Bound {
    from: String,
    to: String,
    name: String,
    number: String,
    number_end: String,
}

impl Bound {
    fn of(wanted: &Wanted) -> Self {
        let name = &wanted.customer;
        Self {
            from: wanted.from.map_or_else(String::new, Date::iso),
            to: wanted.to.map_or_else(|| "~".to_owned(), Date::iso),
            name: if name.is_empty() { String::new() } else { crate::row::containing(name) },
            number: wanted.number.clone(),
            number_end: if wanted.number.is_empty() { String::new() } else { format!("{}~", wanted.number) },
        }
    }
}

/// How a search is best answered.
enum Way {
    Everything,
    Found,
    GoneThrough,
}

async fn way(tx: &mut Tx, business: &BusinessId, wanted: &Wanted) -> Result<Way> {
    if wanted.customer.is_empty() && wanted.number.is_empty() {
        return Ok(Way::Everything);
    }
    let matching = crate::customer::count_matching(tx, business, &wanted.customer, FEW + 1).await?;
    Ok(if matching <= FEW { Way::Found } else { Way::GoneThrough })
}

/// Up to `limit` payments, newest first.
pub async fn list_for_office(
    tx: &mut Tx,
    business: &BusinessId,
    wanted: &Wanted,
    key: &Key,
    limit: i64,
) -> Result<Vec<OfficePayment>> {
    let (newer, at, id) = match key {
        Key::Newest => (false, i64::MAX, ""),
        Key::OlderThan(at, id) => (false, at.as_microseconds(), id.as_str()),
        Key::NewerThan(at, id) => (true, at.as_microseconds(), id.as_str()),
    };
    let bound = Bound::of(wanted);
    let any_day = wanted.from.is_none() && wanted.to.is_none();
    let statement = match way(tx, business, wanted).await? {
        Way::Everything if any_day => page!(any_day!(), everything!(), newer),
        Way::Everything => page!(in_days!(), everything!(), newer),
        Way::Found => page!(in_days!(), found!(), newer),
        Way::GoneThrough if any_day => page!(any_day!(), gone_through!(), newer),
        Way::GoneThrough => page!(in_days!(), gone_through!(), newer),
    };
    let rows: Vec<ListRow> = run!(tx, |c| sqlx::query_as(statement)
        .bind(business.as_str())
        .bind(&bound.from)
        .bind(&bound.to)
        .bind(wanted.which.as_str())
        .bind(&bound.name)
        .bind(&bound.number)
        .bind(&bound.number_end)
        .bind(at)
        .bind(id)
        .bind(limit)
        .fetch_all(c))?;
    let mut rows = rows.into_iter().map(OfficePayment::try_from).collect::<Result<Vec<_>>>()?;
    if newer {
        rows.reverse();
    }
    Ok(rows)
}

/// What the filter comes to.
pub async fn count_for_office(tx: &mut Tx, business: &BusinessId, wanted: &Wanted) -> Result<Sums> {
    macro_rules! sums {
        ($search:expr) => {
            concat!(
                "SELECT COUNT(*), CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT), \
                 CAST(COALESCE(SUM(p.refunded_minor), 0) AS BIGINT) FROM payments p ",
                wanted!(in_days!(), $search)
            )
        };
    }
    let bound = Bound::of(wanted);
    let statement = match way(tx, business, wanted).await? {
        Way::Everything => sums!(everything!()),
        Way::Found => sums!(found!()),
        Way::GoneThrough => sums!(gone_through!()),
    };
    let (count, amount_minor, refunded_minor) = run!(tx, |c| sqlx::query_as(statement)
        .bind(business.as_str())
        .bind(&bound.from)
        .bind(&bound.to)
        .bind(wanted.which.as_str())
        .bind(&bound.name)
        .bind(&bound.number)
        .bind(&bound.number_end)
        .fetch_one(c))?;
    Ok(Sums { count, amount_minor, refunded_minor })
}
