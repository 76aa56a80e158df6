//! The office's list of plans: by state, searched, page by page by key, newest first; and what a plan billed.

use zoop_domain::consent::ConsentState;
use zoop_domain::id::{BusinessId, InvoiceId, PlanId};
use zoop_domain::invoice::StatusFacts;
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::time::Date;

use super::Row;
use crate::db::run;
use crate::invoice::{FactsRow, From, facts_columns, facts_joins};
use crate::page::Side;
use crate::row::{containing, parse, parse_optional};
use crate::{Error, Result, Tx};

/// Which plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whether they run; `None`: all.
    pub state: Option<PlanState>,
    /// What their title or customer holds, folded; empty: anything.
    pub words: String,
    /// From where on.
    pub side: Side<PlanId>,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The plan.
    pub plan: Plan,
    /// Whom it bills, by name.
    pub customer_name: String,
    /// How auto-pay stands: live or suspended; `None`: off.
    pub auto_pay: Option<ConsentState>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    plan: Row,
    customer_name: String,
    auto_pay: Option<String>,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self> {
        Ok(Self {
            plan: row.plan.try_into()?,
            customer_name: row.customer_name,
            auto_pay: parse_optional("consents.state", row.auto_pay.as_deref())?,
        })
    }
}

// Whoever a row belongs to is always there, by its foreign key. LEFT keeps the joins in their order: with statistics SQLite
// would begin with the customers and sort everything they have.
macro_rules! page {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT p.id, p.business_id, p.customer_id, p.title, p.state, p.frequency, p.rrule, p.starts_on, \
             p.lead_days, p.next_cycle_on, p.cap_minor, p.currency, c.name AS customer_name, \
             (SELECT MIN(n.state) FROM consents n WHERE n.plan_id = p.id AND n.business_id = p.business_id \
             AND n.state IN ('live', 'suspended')) AS auto_pay FROM plans p \
             LEFT JOIN customers c ON c.business_id = p.business_id AND c.id = p.customer_id \
             WHERE p.business_id = $1 AND ",
            $beyond,
            " AND ($3 = '' OR p.state = $3) \
             AND ($4 = '' OR p.search LIKE $5 ESCAPE '\\' OR c.search LIKE $5 ESCAPE '\\') \
             ORDER BY p.business_id ",
            $order,
            ", p.id ",
            $order,
            " LIMIT $6"
        )
    };
}

/// A page of the business's plans, newest first, `limit` of them.
pub async fn list_page(tx: &mut Tx, business: &BusinessId, filter: &Filter, limit: i64) -> Result<Vec<Listed>> {
    let (sql, key) = match &filter.side {
        Side::Start => (page!("p.id > $2", "DESC"), ""),
        Side::Before(plan) => (page!("p.id < $2", "DESC"), plan.as_str()),
        Side::After(plan) => (page!("p.id > $2", "ASC"), plan.as_str()),
    };
    let rows: Vec<ListedRow> = run!(tx, |c| sqlx::query_as(sql)
        .bind(business.as_str())
        .bind(key)
        .bind(filter.state.map_or("", PlanState::as_str))
        .bind(&filter.words)
        .bind(containing(&filter.words))
        .bind(limit)
        .fetch_all(c))?;
    rows.into_iter().map(Listed::try_from).collect::<Result<_>>().map(|listed| filter.side.newest_first(listed))
}

/// How many of the business's plans are in which state.
pub async fn count_by_state(tx: &mut Tx, business: &BusinessId) -> Result<Vec<(PlanState, i64)>> {
    let rows: Vec<(String, i64)> =
        run!(tx, |c| sqlx::query_as("SELECT state, COUNT(*) FROM plans WHERE business_id = $1 GROUP BY state")
            .bind(business.as_str())
            .fetch_all(c))?;
    rows.into_iter().map(|(state, count)| Ok((parse("plans.state", &state)?, count))).collect()
}

/// An invoice that a plan made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its number; a draft has none.
    pub number: Option<String>,
    /// The day of the cycle it bills; none if it was written by hand.
    pub cycle_on: Option<Date>,
    /// What its status follows from.
    pub facts: StatusFacts,
    /// How it was paid last: "Visa •••• 4242".
    pub paid_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct BilledRow {
    id: String,
    number: Option<String>,
    cycle_on: Option<String>,
    paid_by: Option<String>,
    #[sqlx(flatten)]
    facts: FactsRow,
}

impl TryFrom<BilledRow> for BilledInvoice {
    type Error = Error;
    fn try_from(row: BilledRow) -> Result<Self> {
        Ok(Self {
            id: parse("invoices.id", &row.id)?,
            number: row.number,
            cycle_on: parse_optional("invoices.cycle_on", row.cycle_on.as_deref())?,
            facts: row.facts.try_into()?,
            paid_by: row.paid_by,
        })
    }
}

macro_rules! billed {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT i.id, i.number, i.cycle_on, (SELECT y.method_label FROM payments y \
             WHERE y.business_id = i.business_id AND y.invoice_id = i.id AND y.state = 'succeeded' \
             ORDER BY y.received_at DESC, y.id DESC LIMIT 1) AS paid_by, ",
            facts_columns!(),
            " FROM invoices i",
            facts_joins!(),
            "WHERE i.business_id = $1 AND i.plan_id = $2 AND ",
            $beyond,
            " ORDER BY i.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// The invoices of the plan, newest first, `limit` of them.
pub async fn list_billed(
    tx: &mut Tx,
    business: &BusinessId,
    plan: &PlanId,
    from: &From,
    limit: i64,
) -> Result<Vec<BilledInvoice>> {
    let (sql, key) = match from {
        From::Newest => (billed!("i.id > $3", "DESC"), ""),
        From::OlderThan(invoice) => (billed!("i.id < $3", "DESC"), invoice.as_str()),
        From::NewerThan(invoice) => (billed!("i.id > $3", "ASC"), invoice.as_str()),
    };
    let rows: Vec<BilledRow> = run!(tx, |c| sqlx::query_as(sql)
        .bind(business.as_str())
        .bind(plan.as_str())
        .bind(key)
        .bind(limit)
        .fetch_all(c))?;
    let mut billed = rows.into_iter().map(BilledInvoice::try_from).collect::<Result<Vec<_>>>()?;
    if matches!(from, From::NewerThan(_)) {
        billed.reverse();
    }
    Ok(billed)
}

/// How many invoices the plan has, and what was paid on them and not returned, in minor units.
pub async fn count_billed(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<(i64, i64)> {
    Ok(run!(tx, |c| sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(applied_minor - returned_minor), 0) AS BIGINT) FROM invoices \
         WHERE business_id = $1 AND plan_id = $2",
    )
    .bind(business.as_str())
    .bind(plan.as_str())
    .fetch_one(c))?)
}
