//! Fills a database with a business of many customers: sixty invoices each, written month by
//! month, so that one customer's rows lie as far apart as in life.

use std::fmt::Write as _;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use zoop_domain::secret::PlainToken;
use zoop_store::Db;

const EACH: u64 = 60;
const AT_ONCE: u64 = 400;
/// As many customers are visited in turn.
const VISITED: u64 = 500;

enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    async fn run(&mut self, sql: String) {
        match self {
            Self::Sqlite(c) => drop(sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.unwrap()),
            Self::Postgres(c) => drop(sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.unwrap()),
        }
    }
}

/// A database of its own in the cluster at `address`.
pub(crate) async fn create_database(address: &str, count: u64) -> String {
    let mut connection = PgConnection::connect(address).await.unwrap();
    let name = format!("zoop_bench_{count}");
    for sql in [
        format!("DROP DATABASE IF EXISTS {name}"),
        format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

fn id(prefix: &str, number: u64) -> String {
    format!("{prefix}_{number:026}")
}

/// The portal token of a customer: made up, but of the right shape.
fn token(customer: u64) -> PlainToken {
    struct Number(u64);
    impl zoop_domain::random::Random for Number {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
            bytes[..8].copy_from_slice(&self.0.to_le_bytes());
        }
    }
    PlainToken::generate(&Number(customer))
}

/// Writes about `count` invoices, and the paths to visit into `links`: a portal and an invoice a line.
pub(crate) async fn fill(address: &str, count: u64, links: &Path) {
    Db::open(address).await.unwrap().migrate().await.unwrap();
    let mut raw = match address.strip_prefix("sqlite://") {
        Some(path) => Raw::Sqlite(SqliteConnection::connect(&format!("sqlite://{path}")).await.unwrap()),
        None => Raw::Postgres(PgConnection::connect(address).await.unwrap()),
    };
    let customers = count / EACH;
    raw.run("BEGIN".into()).await;
    business(&mut raw).await;
    people(&mut raw, customers).await;
    for month in 0..EACH {
        // PostgreSQL keeps the plans of its key checks: made on empty tables, they would scan full ones.
        if month < 2 {
            raw.run("COMMIT".into()).await;
            raw.run("ANALYZE".into()).await;
            raw.run("BEGIN".into()).await;
        }
        for first in (0..customers).step_by(AT_ONCE as usize) {
            invoices(&mut raw, month, first, customers.min(first + AT_ONCE), customers).await;
        }
    }
    raw.run("COMMIT".into()).await;
    raw.run("ANALYZE".into()).await;
    if let Raw::Postgres(_) = raw {
        raw.run("VACUUM (ANALYZE)".into()).await;
    } else {
        raw.run("PRAGMA wal_checkpoint(TRUNCATE)".into()).await;
    }
    let step = (customers / VISITED).max(1);
    let lines = (0..customers).step_by(step as usize).map(|customer| {
        let portal = format!("/p/{}", token(customer).expose());
        let invoice = id("inv", (EACH - 3) * customers + customer);
        format!("{portal} {portal}/invoices/{invoice}\n")
    });
    std::fs::write(links, lines.collect::<String>()).unwrap();
}

async fn business(raw: &mut Raw) {
    raw.run(format!(
        "INSERT INTO businesses VALUES ('{}', 'Greenline Lawn & Garden', '(512) 555-0148', 'billing@greenline.example', \
         '2210 Menchaca Road', 'America/Chicago', 'usd', '#2e8b57', NULL, 'Send a check to 2210 Menchaca Road.', \
         'acct_bench', TRUE, 'INV-', 9000000, 1, 0)",
        id("biz", 1)
    ))
    .await;
}

async fn people(raw: &mut Raw, customers: u64) {
    let business = id("biz", 1);
    for first in (0..customers).step_by(AT_ONCE as usize) {
        let mut rows: [String; 5] = Default::default();
        for n in first..customers.min(first + AT_ONCE) {
            let (customer, comma) = (id("cus", n), if n == first { "" } else { "," });
            let hash = token(n).hash().to_hex();
            write!(rows[0], "{comma}('{customer}','{business}','Customer {n}',NULL,NULL,'118 Alder Court','c',1,0)")
                .unwrap();
            write!(rows[1], "{comma}('{}','{business}','{customer}','{hash}',0,NULL,NULL,NULL)", id("plk", n)).unwrap();
            for card in 0..3 {
                let comma = if n == first && card == 0 { "" } else { "," };
                let (method, default) = (id("pmt", n * 3 + card), if card == 0 { "TRUE" } else { "FALSE" });
                write!(rows[2], "{comma}('{method}','{business}','{customer}','acct_bench','pm_{n}_{card}','card','Visa','424{card}',4,2029,'fp{n}{card}',{default},'active',0)").unwrap();
            }
            for plan in 0..2 {
                let comma = if n == first && plan == 0 { "" } else { "," };
                let name = id("pln", n * 2 + plan);
                write!(rows[3], "{comma}('{name}','{business}','{customer}','Plan {plan}','active',NULL,'usd',1,0)")
                    .unwrap();
                let (consent, method) = (id("cns", n * 2 + plan), id("pmt", n * 3));
                write!(rows[4], "{comma}('{consent}','{business}','{customer}','{name}','{method}',NULL,'usd','inline','live','I authorize','1',0,NULL,NULL,'Visa','4240',NULL)").unwrap();
            }
        }
        for (table, rows) in ["customers", "portal_links", "payment_methods", "plans", "consents"].iter().zip(rows) {
            raw.run(format!("INSERT INTO {table} VALUES {rows}")).await;
        }
    }
}

async fn invoices(raw: &mut Raw, month: u64, first: u64, end: u64, customers: u64) {
    let business = id("biz", 1);
    let (year, in_year) = (2021 + month / 12, month % 12 + 1);
    let mut rows: [String; 4] = Default::default();
    for n in first..end {
        let number = month * customers + n;
        let (invoice, customer, comma) = (id("inv", number), id("cus", n), if n == first { "" } else { "," });
        let (day, open) = (n % 28 + 1, month + 3 >= EACH);
        let (lifecycle, applied) = if open { ("open", 0) } else { ("paid", 18_630) };
        let issued = format!("{year}-{in_year:02}-{day:02}");
        write!(rows[0], "{comma}('{invoice}','{business}','{customer}',NULL,'{lifecycle}','INV-{number}','{number:021}A','usd','{issued}','{issued}',17210,18630,{applied},0,0,FALSE,'Customer {n}','118 Alder Court','Greenline','2210 Menchaca Road',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,0)").unwrap();
        write!(rows[1], "{comma}('{invoice}',0,'{business}','Mowing and edging',40000,38000000,0,15200),('{invoice}',1,'{business}','Green waste disposal, per bag',30000,6700000,0,2010)").unwrap();
        write!(rows[2], "{comma}('{invoice}',0,'{business}','Texas sales tax',82500,17210,1420)").unwrap();
        if !open {
            let comma = if rows[3].is_empty() { "" } else { "," };
            write!(rows[3], "{comma}('{}','{business}','{invoice}','{customer}',NULL,'stripe','succeeded',18630,18630,0,'usd','Visa •••• 4242','acct_bench','pi_{number}','ch_{number}',0,'{issued}',NULL,NULL)", id("pay", number)).unwrap();
        }
    }
    for (table, rows) in ["invoices", "invoice_lines", "invoice_taxes", "payments"].iter().zip(rows) {
        if !rows.is_empty() {
            raw.run(format!("INSERT INTO {table} VALUES {rows}")).await;
        }
    }
}
