//! The demo as its own process, and the same folder served by its parts apart. Its history is made
//! once for a build, and copied for each test, so that a test starts in a blink. It ends on the same
//! day whenever the tests run, because what happens next depends on the calendar.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod apart;
mod backup;
mod books;
mod contract;
mod crash;
mod customer;
mod folder;
mod storm;
mod story;
mod time;

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use url::Url;

use crate::cli::http::{self, Reply};
use crate::cli::zoop::{Running, block_on, free_address, until, zoop};

pub use apart::Apart;

/// The day until which the template's history goes: in the middle of a month, and of a week.
const DAY: &str = "2031-05-14";
/// What time it is when a copy of it is started first: ten in the morning there, in Chicago.
const LIVES_FROM: i64 = 1_936_537_200;

/// A demo in a folder of its own, running or not.
pub struct Demo {
    folder: TempDir,
    running: Option<Running>,
}

impl Demo {
    /// A copy of the usual history that nobody runs yet, with addresses of its own. It lives on from [`LIVES_FROM`].
    pub fn asleep() -> Self {
        Self::copied(Until::ItsDay)
    }

    /// The same with a history that ends today, for programs that have no clock but the system's.
    pub fn asleep_today() -> Self {
        Self::copied(Until::Today)
    }

    fn copied(until: Until) -> Self {
        let folder = TempDir::new().unwrap();
        copy_template(until, folder.path());
        let mut kept = kept(folder.path());
        for place in ["pages", "stripe", "mailbox"] {
            kept[place] = json!(free_address());
        }
        let file = folder.path().join("demo.json");
        fs::write(&file, kept.to_string()).unwrap();
        if until == Until::ItsDay {
            // The file was written just now: that is what time it is.
            let ahead = LIVES_FROM - fs::metadata(file).unwrap().mtime();
            fs::write(folder.path().join("clock"), (ahead * 1_000_000).to_string()).unwrap();
        }
        Self { folder, running: None }
    }

    /// One whose history is made now.
    #[track_caller]
    pub fn fresh(args: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let usual = ["--data", folder.path().to_str().unwrap(), "--listen", "127.0.0.1:0"];
        let (running, _) = run(&[&usual, args].concat());
        Self { folder, running: Some(running) }
    }

    /// The same, running.
    pub fn start() -> Self {
        Self::asleep().resume()
    }

    /// Runs it (again).
    #[track_caller]
    pub fn resume(mut self) -> Self {
        self.restart();
        self
    }

    /// Runs it again, where it ran before.
    #[track_caller]
    pub fn restart(&mut self) -> Value {
        self.restart_with(&[])
    }

    /// The same, told more.
    #[track_caller]
    pub fn restart_with(&mut self, args: &[&str]) -> Value {
        let before = self.base();
        let (running, line) = run(&[&["--data", self.folder().to_str().unwrap()], args].concat());
        self.running = Some(running);
        assert_eq!(line["base"], before, "it moved: {line}");
        line
    }

    /// Stops it in good order.
    pub fn stop(mut self) -> Self {
        self.running.take().unwrap().stop();
        self
    }

    /// As a power cut would.
    pub fn kill(&mut self) {
        self.running.take().unwrap().kill();
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.folder().join("zoop.db").display())
    }

    /// What the folder keeps between runs.
    pub fn kept(&self) -> Value {
        kept(self.folder())
    }

    /// Where the pages are, without a slash at the end.
    pub fn base(&self) -> String {
        format!("http://{}", self.kept()["pages"].as_str().unwrap())
    }

    /// Where the stand-in for Stripe is.
    pub fn stripe(&self) -> String {
        format!("http://{}", self.kept()["stripe"].as_str().unwrap())
    }

    /// The mails in the mailbox, newest first.
    #[track_caller]
    pub fn mails(&self) -> Vec<Value> {
        let mails = http::get(&format!("http://{}/mails.json", self.kept()["mailbox"].as_str().unwrap())).ok();
        serde_json::from_str(&mails.body).unwrap()
    }

    /// What time it has, in seconds since 1970.
    #[track_caller]
    pub fn clock(&self) -> i64 {
        let clock = http::get(&format!("{}/_sandbox/clock", self.stripe())).ok();
        serde_json::from_str::<Value>(&clock.body).unwrap()["now"].as_i64().unwrap()
    }

    /// Moves its time on.
    #[track_caller]
    pub fn advance(&self, days: i64) {
        http::post_json(&format!("{}/_sandbox/clock", self.stripe()), &json!({ "days": days }));
    }

    /// A link among the kept ones.
    pub fn url(&self, name: &str) -> Url {
        self.link(&self.kept()["seeded"][name])
    }

    /// The public link of an invoice, by its status.
    pub fn invoice(&self, status: &str) -> Url {
        self.link(&self.kept()["seeded"]["invoices"][status])
    }

    /// The invoice that shows a row of the pay block.
    pub fn pay_block(&self, row: &str) -> Url {
        self.link(&self.kept()["seeded"]["pay_block"][row])
    }

    fn link(&self, path: &Value) -> Url {
        format!("{}/{}", self.base(), path.as_str().unwrap()).parse().unwrap()
    }

    /// Dana.
    pub fn customer(&self) -> String {
        self.kept()["seeded"]["customer"].as_str().unwrap().to_owned()
    }

    /// Somebody who never had a link.
    pub fn other_customer(&self) -> String {
        let rows = "SELECT id FROM customers WHERE name = 'Marcus Oyelaran' ORDER BY id LIMIT 1";
        self.rows::<(String,)>(rows).remove(0).0
    }

    /// Rows of the program's database.
    pub fn rows<T>(&self, query: &'static str) -> Vec<T>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        rows(&self.folder().join("zoop.db"), query)
    }

    /// Rows of the stand-in's.
    pub fn stripe_rows<T>(&self, query: &'static str) -> Vec<T>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        rows(&self.folder().join("stripe.db"), query)
    }

    /// Each charge that moved money, as the stand-in for Stripe has it.
    #[track_caller]
    pub fn ledger(&self) -> Vec<Value> {
        let ledger = http::get(&format!("{}/_sandbox/ledger", self.stripe())).ok();
        let ledger: Value = serde_json::from_str(&ledger.body).unwrap();
        ledger["data"].as_array().unwrap().clone()
    }

    /// Sets faults of the stand-in for Stripe; a restart heals them.
    #[track_caller]
    pub fn faults(&self, faults: &Value) {
        http::post_json(&format!("{}/_sandbox/faults", self.stripe()), faults);
    }

    /// The next request of this kind is done, but answered late.
    #[track_caller]
    pub fn slow(&self, method: &str, path: &str, wait_ms: u64) {
        let fault = json!({ "method": method, "path_prefix": path, "kind": "slow", "wait_ms": wait_ms });
        self.faults(&json!({ "api": [fault] }));
    }

    /// No webhook ever arrives.
    #[track_caller]
    pub fn drop_webhooks(&self) {
        self.faults(&json!({ "webhooks": { "drop": "all" } }));
    }

    /// Waits until the requests that were to go wrong have come.
    #[track_caller]
    pub fn until_faults_are_met(&self) {
        until("the fault is met", || {
            let faults = http::get(&format!("{}/_sandbox/faults", self.stripe())).ok();
            let faults: Value = serde_json::from_str(&faults.body).unwrap();
            faults["api"].as_array().unwrap().is_empty().then_some(())
        });
    }

    #[track_caller]
    pub fn page(&self, url: &Url) -> Reply {
        http::get(url.as_str()).ok()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir(&copied).unwrap();
            copy(&path, &copied);
        } else {
            fs::copy(&path, copied).unwrap();
        }
    }
}

fn kept(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("demo.json")).unwrap()).unwrap()
}

fn rows<T>(file: &Path, query: &'static str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
{
    block_on(async {
        let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        let rows = sqlx::query_as(query).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows
    })
}

/// `zoop demo --json ARGS`, once it has said that it is ready.
#[track_caller]
fn run(args: &[&str]) -> (Running, Value) {
    run_command(&mut demo(args))
}

fn demo(args: &[&str]) -> Command {
    zoop(["demo", "--json"].into_iter().chain(args.iter().copied()))
}

#[track_caller]
fn run_command(command: &mut Command) -> (Running, Value) {
    let mut running = Running::start(command);
    let line = running.line();
    (running, serde_json::from_str(&line).unwrap())
}

/// When the history of a template ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    ItsDay,
    Today,
}

/// Copies the folder of a demo that has stopped, which the first test makes that asks. The lock is held until it is
/// copied: another build's tests clear it away.
fn copy_template(until: Until, to: &Path) {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    fs::create_dir_all(&all).unwrap();
    let lock = File::create(all.join("lock")).unwrap();
    lock.lock().unwrap();
    let binary = fs::metadata(env!("CARGO_BIN_EXE_zoop")).unwrap();
    let build = format!("{}-{}-{}", binary.mtime(), binary.mtime_nsec(), binary.size());
    let today = chicago_day(lock.metadata().unwrap().mtime());
    let names = [DAY, &today].map(|day| format!("{build}-{day}"));
    let name = match until {
        Until::ItsDay => &names[0],
        Until::Today => &names[1],
    };
    let template = all.join(name);
    if !template.exists() {
        for entry in fs::read_dir(&all).unwrap() {
            let old = entry.unwrap();
            if old.path().is_dir() && !names.iter().any(|name| old.file_name() == name.as_str()) {
                fs::remove_dir_all(old.path()).unwrap();
            }
        }
        let new = all.join("new");
        let usual = ["--data", new.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        let now = if until == Until::ItsDay { &["--now", DAY][..] } else { &[] };
        let (running, _) = run(&[&usual, now].concat());
        running.stop();
        fs::rename(new, &template).unwrap();
    }
    copy(&template, to);
}

fn chicago_day(seconds: i64) -> String {
    let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    jiff::Timestamp::from_second(seconds).unwrap().to_zoned(zone).date().to_string()
}
