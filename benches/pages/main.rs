//! What the pages cost: CPU a request, requests a second and the slowest hundredth, for the portal home and the
//! invoice page, against a constant page of the same size and the same page rendered from memory; and the lists of
//! the owner's application, against the portal home in the same run.
//!
//! Figures are ratios within one run; the machine's own speed cancels out. `scripts/bench` calls it.
#![allow(clippy::print_stdout, clippy::float_arithmetic, clippy::unwrap_used, reason = "a report for a person")]

mod fill;
#[path = "../../src/demo/large.rs"]
mod large;
mod measure;
mod server;

use std::path::{Path, PathBuf};

use fill::Count;
use measure::{Load, Served};

const CONNECTIONS: u32 = 64;

#[tokio::main]
async fn main() {
    // Plain http only, but the client wants a provider for TLS all the same.
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", database, listen, links] => server::serve(database, listen, Path::new(links)).await,
        [] => report().await,
        other => panic!("no such benchmark: {other:?}"),
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// What the owner opens: each with its address.
const OFFICE: [(&str, &str); 8] = [
    ("home", "/office"),
    ("customers", "/office/customers"),
    ("customers, searched", "/office/customers?q=delgado"),
    ("customers, owing", "/office/customers?tab=owing"),
    ("invoices", "/office/invoices"),
    ("invoices, overdue", "/office/invoices?tab=overdue"),
    ("invoices, paid", "/office/invoices?tab=paid"),
    ("payments", "/office/payments"),
];

async fn report() {
    let folder = tempfile::tempdir().unwrap();
    let seconds = setting("ZOOP_BENCH_SECONDS", 8);
    let each = 60;
    let of = |name, usual| Count { customers: (setting(name, usual) / each) as usize, each: each as i32 };
    let office = setting("ZOOP_BENCH_OFFICE", 100_000) / 20;
    let office = Count { customers: office as usize, each: 20 };
    let counts = [of("ZOOP_BENCH_SMALL", 12_000), office, of("ZOOP_BENCH_LARGE", 1_200_000)];
    println!(
        "{CONNECTIONS} connections, {seconds} s a case; CPU of the server process, and of the database beside it\n"
    );
    for count in counts.into_iter().filter(|count| count.customers > 0) {
        let file = folder.path().join(format!("{}.db", count.invoices()));
        let mut addresses = vec![("SQLite", format!("sqlite://{}", file.display()))];
        if let Ok(postgres) = std::env::var("ZOOP_TEST_POSTGRES_URL") {
            addresses.push(("PostgreSQL", fill::create_database(&postgres, count.invoices()).await));
        }
        for (name, address) in addresses {
            let links = folder.path().join(format!("{}-{name}.links", count.invoices()));
            fill::fill(&address, count, &links).await;
            cases(name, &address, count, &links, seconds, folder.path()).await;
        }
    }
    start_up(folder.path(), counts[0].invoices()).await;
}

async fn cases(name: &str, address: &str, count: Count, links: &Path, seconds: u64, folder: &Path) {
    let served = Served::start(address, links).await;
    println!("{name}, {} invoices of {} customers", count.invoices(), count.customers);
    println!("  {:<34}{:>10}{:>12}{:>12}{:>10}{:>10}", "page", "req/s", "CPU µs", "database µs", "p99 ms", "ratio");
    let load = |paths: Vec<String>| Load { paths, seconds, connections: CONNECTIONS, folder: folder.to_owned() };
    let mut portal = 0.0;
    for page in ["portal", "invoice"] {
        // Once over, so that caches are as they are in a server that runs.
        served.measure(&load(served.paths(page))).await;
        let memory = served.measure(&load(vec![format!("/bench/{page}/memory")])).await;
        let constant = served.measure(&load(vec![format!("/bench/{page}/constant")])).await;
        let real = served.measure(&load(served.paths(page))).await;
        if page == "portal" {
            portal = real.all_us();
        }
        for (case, figures) in
            [("constant page", &constant), ("rendered from memory", &memory), ("from the database", &real)]
        {
            row(&format!("{page}, {case}"), figures, figures.cpu_us / memory.cpu_us, "x memory");
        }
    }
    for (page, path) in OFFICE {
        served.measure(&Load { seconds: 1, ..load(vec![path.to_owned()]) }).await;
        let figures = served.measure(&load(vec![path.to_owned()])).await;
        row(&format!("office, {page}"), &figures, figures.all_us() / portal, "x portal");
    }
    let (waited, cpu) = served.sign_in(40).await;
    println!("  signing in: {waited:.1} ms, {cpu:.1} ms of CPU");
    println!("  own memory under load: {:.1} MB (without the mapped file)\n", served.own_memory_mb());
    served.stop();
}

fn row(name: &str, figures: &measure::Figures, ratio: f64, of: &str) {
    println!(
        "  {name:<34}{:>10.0}{:>12.1}{:>12.1}{:>10.1}{ratio:>10.1} {of}",
        figures.requests_per_second, figures.cpu_us, figures.database_cpu_us, figures.p99_ms,
    );
}

/// The real binary: from its start to the first page, its size, and the page's weight.
async fn start_up(folder: &Path, count: usize) {
    let Some(binary) = std::env::var_os("ZOOP_BIN").map(PathBuf::from) else { return };
    println!("binary: {:.1} MB", binary.metadata().unwrap().len() as f64 / 1e6);
    let database = format!("sqlite://{}", folder.join(format!("{count}.db")).display());
    let links = folder.join(format!("{count}-SQLite.links"));
    measure::start_up(&binary, &database, &links).await;
}
