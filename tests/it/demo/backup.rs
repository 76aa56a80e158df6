//! The operator's page says how to back up while the server runs, and what a restored copy knows of
//! what happened since.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::Apart;
use super::customer::{Bill, Customer};
use crate::cli::http;
use crate::cli::zoop::{block_on, run, until, zoop};

fn back_up(apart: &Apart) -> PathBuf {
    let copy = apart.folder().join("backup.db");
    block_on(async {
        let mut connection = SqliteConnection::connect(&apart.database_url()).await.unwrap();
        let statement = format!("VACUUM INTO '{}'", copy.display());
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    copy
}

/// Puts the copy in place of the database, as the operator's page says.
fn restore(apart: &mut Apart, copy: &Path) {
    apart.kill_server();
    let file = apart.folder().join("zoop.db");
    fs::rename(copy, &file).unwrap();
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", file.display()));
    }
    run(zoop(["doctor"]).env("ZOOP_DATABASE_URL", apart.database_url())).ok();
    apart.restart_server();
}

#[test]
fn a_payment_by_a_page_that_was_open_then_is_fetched() {
    let mut apart = Apart::start();
    let bill = Bill::open(&apart);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    let copy = back_up(&apart);
    let way_back = dana.pay(&page);
    dana.come_back(&way_back, &bill.url);
    bill.is_paid_once(&apart);
    restore(&mut apart, &copy);
    bill.until_paid(&apart);
    bill.is_paid_once(&apart);
}

#[test]
fn a_payment_that_was_begun_later_is_told_and_not_applied() {
    let mut apart = Apart::start();
    let bill = Bill::open(&apart);
    let copy = back_up(&apart);
    let mut dana = Customer::default();
    let page = dana.begin(&bill.url);
    let way_back = dana.pay(&page);
    dana.come_back(&way_back, &bill.url);
    let intent = apart.ledger().into_iter().find(|entry| entry["metadata"]["invoice_id"] == bill.id).unwrap();
    restore(&mut apart, &copy);
    let subject = until("the owner is told", || {
        let alerts = "SELECT subject FROM alerts WHERE kind = 'payment.unknown'";
        apart.rows::<(String,)>(alerts).pop()
    });
    assert_eq!(subject.0, intent["payment_intent"]);
    assert!(apart.page(&bill.url).field("amount").is_some());
    assert_eq!(http::get(apart.demo().url("portal").as_str()).status, 200);
}
