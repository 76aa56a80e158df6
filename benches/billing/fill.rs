//! Fills a database with a business whose plans are all due, each of its own customer and with two
//! taxed lines; and with jobs that do next to nothing.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use zoop_store::Db;

const AT_ONCE: u64 = 500;

enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    async fn open(address: &str) -> Self {
        match address.starts_with("sqlite://") {
            true => Self::Sqlite(SqliteConnection::connect(address).await.unwrap()),
            false => Self::Postgres(PgConnection::connect(address).await.unwrap()),
        }
    }

    async fn run(&mut self, sql: String) {
        match self {
            Self::Sqlite(c) => drop(sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.unwrap()),
            Self::Postgres(c) => drop(sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.unwrap()),
        }
    }
}

fn id(prefix: &str, number: u64) -> String {
    format!("{prefix}_{number:026}")
}

pub(crate) async fn plans(address: &str, count: u64) {
    Db::open(address).await.unwrap().migrate().await.unwrap();
    let mut raw = Raw::open(address).await;
    let (business, rate) = (id("biz", 1), id("txr", 1));
    raw.run("BEGIN".into()).await;
    raw.run(format!(
        "INSERT INTO businesses (id, name, address, time_zone, currency, stripe_account, charges_enabled, \
         invoice_prefix, next_invoice_number, version, created_at) VALUES ('{business}', 'Greenline', \
         '2210 Menchaca Road', 'America/Chicago', 'usd', 'acct_bench', TRUE, 'INV-', 1, 1, 0); \
         INSERT INTO tax_rates (id, business_id, name, percent_e4, created_at) \
         VALUES ('{rate}', '{business}', 'Texas sales tax', 82500, 0)"
    ))
    .await;
    for first in (0..count).step_by(AT_ONCE as usize) {
        let [mut customers, mut plans, mut lines] = [const { String::new() }; 3];
        for n in first..count.min(first + AT_ONCE) {
            let (customer, plan, comma) = (id("cus", n), id("pln", n), if n == first { "" } else { "," });
            write!(
                customers,
                "{comma}('{customer}','{business}','Customer {n}','c{n}@example.com','118 Alder Court','c',1,0)"
            )
            .unwrap();
            write!(plans, "{comma}('{plan}','{business}','{customer}','Lawn care','active','monthly','2026-10-01',0,'2026-10-01',{n},'usd','lawn care',1,0)").unwrap();
            write!(lines, "{comma}('{plan}',0,'{business}','Mowing and edging',40000,38000000,'{rate}'),('{plan}',1,'{business}','Green waste, per bag',30000,6700000,'{rate}')").unwrap();
        }
        raw.run(format!("INSERT INTO customers (id, business_id, name, email, address, search, version, created_at) VALUES {customers}")).await;
        raw.run(format!("INSERT INTO plans (id, business_id, customer_id, title, state, frequency, starts_on, lead_days, next_cycle_on, next_run_at, currency, search, version, created_at) VALUES {plans}")).await;
        raw.run(format!("INSERT INTO plan_lines (plan_id, position, business_id, description, quantity_e4, unit_price_minor_e4, tax_rate_id) VALUES {lines}")).await;
    }
    raw.run("COMMIT".into()).await;
    last_month(&mut raw).await;
    raw.run("ANALYZE".into()).await;
}

/// Each plan was billed before: PostgreSQL keeps the plans of its key checks, and made on empty tables
/// they would read full ones.
async fn last_month(raw: &mut Raw) {
    raw.run(
        "INSERT INTO invoices (id, business_id, customer_id, plan_id, lifecycle, number, token, currency, issued_on, \
         due_on, subtotal_minor, total_minor, applied_minor, returned_minor, refunded_minor, bank_returned, \
         customer_name, customer_address, business_name, business_address, made_late, cycle_on, version, created_at) \
         SELECT 'inv_' || SUBSTR(id, 5), business_id, customer_id, id, 'paid', 'OLD-' || id, 'old' || id, 'usd', \
         '2026-09-01', '2026-09-01', 1, 1, 1, 0, 0, FALSE, '', '', '', '', FALSE, '2026-09-01', 1, 0 FROM plans; \
         INSERT INTO invoice_lines (invoice_id, position, business_id, description, quantity_e4, unit_price_minor_e4, \
         total_minor) SELECT 'inv_' || SUBSTR(plan_id, 5), position, business_id, description, quantity_e4, \
         unit_price_minor_e4, 1 FROM plan_lines"
            .into(),
    )
    .await;
}

/// Jobs for a mail that was sent already: what is left is to claim them, look, and take them off.
pub(crate) async fn jobs(address: &str, count: u64) {
    let mut raw = Raw::open(address).await;
    let (business, mail) = (id("biz", 1), id("mal", 1));
    raw.run(format!(
        "INSERT INTO mails (id, business_id, customer_id, kind, subject, recipient, state, created_at) \
         VALUES ('{mail}', '{business}', '{}', 'receipt', 'x', 'c@example.com', 'sent', 0) ON CONFLICT DO NOTHING",
        id("cus", 0)
    ))
    .await;
    for first in (0..count).step_by(AT_ONCE as usize) {
        let mut rows = String::new();
        for n in first..count.min(first + AT_ONCE) {
            let comma = if n == first { "" } else { "," };
            write!(rows, "{comma}('{}','{business}','mail.send','{mail}','queued',3,0,0,0)", id("job", n)).unwrap();
        }
        raw.run(format!("INSERT INTO jobs (id, business_id, kind, payload, state, priority, run_at, tries, created_at) VALUES {rows}")).await;
    }
    raw.run("ANALYZE".into()).await;
}
