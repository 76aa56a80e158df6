//! What the pages cost: CPU a request and requests a second, for the portal home and the invoice
//! page, against a constant page of the same size and the same page rendered from memory.
//!
//! Figures are ratios within one run; the machine's own speed cancels out. `scripts/bench` calls it.
#![allow(clippy::print_stdout, clippy::float_arithmetic, clippy::unwrap_used, reason = "a report for a person")]

mod fill;
mod measure;
mod server;

use std::path::{Path, PathBuf};

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

async fn report() {
    let folder = tempfile::tempdir().unwrap();
    let (small, large) = (setting("ZOOP_BENCH_SMALL", 12_000), setting("ZOOP_BENCH_LARGE", 1_200_000));
    let seconds = setting("ZOOP_BENCH_SECONDS", 8);
    println!(
        "{CONNECTIONS} connections, {seconds} s a case; CPU of the server process, and of the database beside it\n"
    );
    for count in [small, large] {
        let file = folder.path().join(format!("{count}.db"));
        let mut addresses = vec![("SQLite", format!("sqlite://{}", file.display()))];
        if let Ok(postgres) = std::env::var("ZOOP_TEST_POSTGRES_URL") {
            addresses.push(("PostgreSQL", fill::create_database(&postgres, count).await));
        }
        for (name, address) in addresses {
            let links = folder.path().join(format!("{count}-{name}.links"));
            fill::fill(&address, count, &links).await;
            cases(name, &address, count, &links, seconds, folder.path()).await;
        }
    }
    start_up(folder.path(), large).await;
}

async fn cases(name: &str, address: &str, count: u64, links: &Path, seconds: u64, folder: &Path) {
    let served = Served::start(address, links).await;
    println!("{name}, {count} invoices");
    println!("  {:<34}{:>10}{:>12}{:>12}{:>10}", "page", "req/s", "CPU µs", "database µs", "x memory");
    let load = |paths: Vec<String>| Load { paths, seconds, connections: CONNECTIONS, folder: folder.to_owned() };
    for page in ["portal", "invoice"] {
        // Once over, so that caches are as they are in a server that runs.
        served.measure(&load(served.paths(page))).await;
        let memory = served.measure(&load(vec![format!("/bench/{page}/memory")])).await;
        let constant = served.measure(&load(vec![format!("/bench/{page}/constant")])).await;
        let real = served.measure(&load(served.paths(page))).await;
        for (case, figures) in
            [("constant page", &constant), ("rendered from memory", &memory), ("from the database", &real)]
        {
            println!(
                "  {:<34}{:>10.0}{:>12.1}{:>12.1}{:>10.1}",
                format!("{page}, {case}"),
                figures.requests_per_second,
                figures.cpu_us,
                figures.database_cpu_us,
                figures.cpu_us / memory.cpu_us,
            );
        }
    }
    println!("  own memory under load: {:.1} MB (without the mapped file)\n", served.own_memory_mb());
    served.stop();
}

/// The real binary: from its start to the first page, its size, and the page's weight.
async fn start_up(folder: &Path, count: u64) {
    let Some(binary) = std::env::var_os("ZOOP_BIN").map(PathBuf::from) else { return };
    println!("binary: {:.1} MB", binary.metadata().unwrap().len() as f64 / 1e6);
    let database = format!("sqlite://{}", folder.join(format!("{count}.db")).display());
    let links = folder.join(format!("{count}-SQLite.links"));
    measure::start_up(&binary, &database, &links).await;
}
