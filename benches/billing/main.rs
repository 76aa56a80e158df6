//! What background work costs: invoices a second of a billing run over many due plans and the memory
//! it takes, jobs a second by some workers, webhooks taken in a second.
//!
//! Each run is a process of its own, so that its memory is its own. `scripts/bench` calls it.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a report for a person"
)]

mod fill;
mod run;

use std::path::Path;
use std::process::Command;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["bill", database] => run::bill(database).await,
        ["jobs", database, workers] => run::jobs(database, workers.parse().unwrap()).await,
        ["webhooks", database] => run::webhooks(database).await,
        [] => report().await,
        other => panic!("no such benchmark: {other:?}"),
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

async fn report() {
    let folder = tempfile::tempdir().unwrap();
    for plans in [setting("ZOOP_BENCH_FEW_PLANS", 10_000), setting("ZOOP_BENCH_PLANS", 100_000)] {
        for (name, address) in databases(folder.path(), &format!("bill_{plans}")).await {
            fill::plans(&address, plans).await;
            print!("{name}, {plans} plans due: ");
            again(&["bill", &address]);
        }
    }
    let jobs = setting("ZOOP_BENCH_JOBS", 20_000);
    for (name, address) in databases(folder.path(), "jobs").await {
        fill::plans(&address, 1).await;
        for workers in ["1", "2", "4"] {
            fill::jobs(&address, jobs).await;
            print!("{name}, {jobs} jobs, {workers} workers: ");
            again(&["jobs", &address, workers]);
        }
        print!("{name}: ");
        again(&["webhooks", &address]);
    }
}

/// An empty database of each kind.
async fn databases(folder: &Path, purpose: &str) -> Vec<(&'static str, String)> {
    let mut databases = vec![("SQLite", format!("sqlite://{}", folder.join(format!("{purpose}.db")).display()))];
    if let Ok(cluster) = std::env::var("ZOOP_TEST_POSTGRES_URL") {
        let mut connection = PgConnection::connect(&cluster).await.unwrap();
        let name = format!("zoop_bench_{purpose}");
        for sql in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        let (server, _) = cluster.rsplit_once('/').unwrap();
        databases.push(("PostgreSQL", format!("{server}/{name}")));
    }
    databases
}

/// This program in a process of its own, which prints the rest of the line.
fn again(arguments: &[&str]) {
    use std::io::Write as _;
    std::io::stdout().flush().unwrap();
    let status = Command::new(std::env::current_exe().unwrap()).args(arguments).status().unwrap();
    assert!(status.success());
}
