//! What an import costs: a file of customers and one of their open invoices, looked at, shown and taken over, on each
//! database. `scripts/bench import` calls it.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a report for a person"
)]

use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant as Now;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use zoop_app::import::check::{Checked, check};
use zoop_app::import::show::show;
use zoop_app::import::{run, start};
use zoop_app::{Actor, App};
use zoop_domain::business::Business;
use zoop_domain::id::BusinessId;
use zoop_domain::import::{ImportKind, ImportState};
use zoop_domain::money::Currency;
use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};
use zoop_store::Db;

/// A morning in November.
struct Morning;

impl Clock for Morning {
    fn now(&self) -> Instant {
        Instant::from_microseconds(1_795_446_000_000_000)
    }
}

/// Never the same twice.
struct Chance(AtomicU64, RandomState);

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut hasher = self.1.build_hasher();
            hasher.write_u64(self.0.fetch_add(1, Ordering::Relaxed));
            chunk.copy_from_slice(&hasher.finish().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[tokio::main]
async fn main() {
    let rows = std::env::var("ZOOP_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().unwrap();
    for (name, address) in databases(folder.path()).await {
        let (app, business) = app(&address).await;
        for (kind, file) in [(ImportKind::Customers, customers(rows)), (ImportKind::Invoices, invoices(rows))] {
            print!("{name}: ");
            import(&app, &business, kind, file.as_bytes()).await;
        }
    }
}

async fn import(app: &App, business: &BusinessId, kind: ImportKind, file: &[u8]) {
    let began = Now::now();
    let checked = check(app, Actor::Operator, business, kind, "list.csv", Some(file)).await.unwrap();
    let Checked::Ready(import) = checked else { panic!("a good file") };
    let looked = began.elapsed();
    show(app, Actor::Operator, business, &import).await.unwrap();
    let shown = began.elapsed();
    start::start(app, Actor::Operator, business, &import).await.unwrap();
    run::run(app, business, &import).await.unwrap();
    let all = began.elapsed();
    let done = show(app, Actor::Operator, business, &import).await.unwrap().import;
    assert_eq!(done.state, ImportState::Done);
    println!(
        "{} {kind}, {} kB: looked at in {:.2} s, shown in {:.2} s, taken over in {:.2} s: {:.0} rows a second",
        done.row_count,
        file.len() / 1024,
        looked.as_secs_f64(),
        (shown - looked).as_secs_f64(),
        (all - shown).as_secs_f64(),
        done.row_count as f64 / (all - shown).as_secs_f64(),
    );
}

fn customers(rows: usize) -> String {
    let mut file = "Name,Email,Phone,Street,City,State,Zip\r\n".to_owned();
    for n in 0..rows {
        write!(file, "Customer {n},c{n}@example.com,(512) 555-{:04},{n} Alder Court,Austin,TX,78704\r\n", n % 10_000)
            .unwrap();
    }
    file
}

fn invoices(rows: usize) -> String {
    let mut file = "Email,Number,Issue date,Due date,Description,Amount,Tax\r\n".to_owned();
    for n in 0..rows {
        write!(file, "c{n}@example.com,A-{n},2026-10-01,2026-10-31,Lawn care,{}.50,8.25\r\n", 100 + n % 900).unwrap();
    }
    file
}

async fn app(address: &str) -> (App, BusinessId) {
    let db = Db::open(address).await.unwrap();
    db.migrate().await.unwrap();
    let config = zoop_app::Config {
        base_url: "http://127.0.0.1:8080/".parse().unwrap(),
        checkout_origin: "https://checkout.stripe.com".into(),
        mail_from: "billing@example.com".into(),
    };
    let chance = Chance(AtomicU64::new(0), RandomState::new());
    let app = App::new(db, Arc::new(Morning), Arc::new(chance), None, None, config);
    let id = BusinessId::generate(app.now(), app.random.as_ref());
    let business = Business {
        id: id.clone(),
        name: "Greenline".into(),
        phone: None,
        email: None,
        address: "2210 Menchaca Road".into(),
        time_zone: "America/Chicago".parse().unwrap(),
        currency: Currency::Usd,
        brand_color: None,
        logo: None,
        payment_instructions: None,
        stripe: None,
        invoice_prefix: "INV-".into(),
        notice_days: None,
        due_days: 30,
        default_tax_rate: None,
    };
    let mut tx = app.db.begin().await.unwrap();
    zoop_store::business::insert(&mut tx, &business, 1, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    (app, id)
}

/// An empty database of each kind.
async fn databases(folder: &Path) -> Vec<(&'static str, String)> {
    let mut databases = vec![("SQLite", format!("sqlite://{}", folder.join("import.db").display()))];
    if let Ok(cluster) = std::env::var("ZOOP_TEST_POSTGRES_URL") {
        let mut connection = PgConnection::connect(&cluster).await.unwrap();
        for sql in [
            "DROP DATABASE IF EXISTS zoop_bench_import",
            "CREATE DATABASE zoop_bench_import TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        }
        let (server, _) = cluster.rsplit_once('/').unwrap();
        databases.push(("PostgreSQL", format!("{server}/zoop_bench_import")));
    }
    databases
}
