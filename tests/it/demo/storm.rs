//! Several customers pay at once while the demo is killed again and again, whenever money has just
//! moved. They try until their page says that it is paid.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use url::Url;

use super::Demo;
use super::customer::{Bill, Customer};
use crate::cli::http;
use crate::cli::zoop::until;

const KILLS: usize = 4;
const CATCH_BREATH: Duration = Duration::from_millis(50);

/// One round: true once the invoice is paid.
fn try_to_pay(invoice: &Url) -> io::Result<bool> {
    let mut customer = Customer::default();
    if customer.get(invoice)?.body.contains("Paid on") {
        return Ok(true);
    }
    let Some(page) = customer.press_pay(invoice)?.and_then(|reply| reply.location()) else { return Ok(false) };
    if let Some(way_back) = customer.submit(&page)?.location() {
        customer.get(&way_back)?;
    }
    Ok(false)
}

fn charges(stripe: &str) -> Option<BTreeSet<String>> {
    let url = format!("{stripe}/_sandbox/ledger").parse().unwrap();
    let reply = http::send("GET", &url, "", "").ok()?;
    let ledger: serde_json::Value = serde_json::from_str(&reply.body).ok()?;
    let charge = |entry: &serde_json::Value| entry["charge"].as_str().unwrap().to_owned();
    Some(ledger["data"].as_array()?.iter().map(charge).collect())
}

#[test]
fn who_keeps_trying_pays_once() {
    let mut demo = Demo::start();
    let invoices: Vec<Url> = ["open", "overdue", "dunning", "past_due"]
        .map(|status| demo.invoice(status))
        .into_iter()
        .chain(["online", "online_and_offline"].map(|row| demo.pay_block(row)))
        .collect();
    let bills: Vec<Bill> = invoices.iter().map(|url| Bill::of(&demo, url.clone())).collect();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let payers: Vec<_> = bills
            .iter()
            .map(|bill| {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) && !try_to_pay(&bill.url).unwrap_or(false) {
                        thread::park_timeout(CATCH_BREATH);
                    }
                })
            })
            .collect();
        for _ in 0..KILLS {
            let before = charges(&demo.stripe()).unwrap();
            until("money moves, or all is paid", || {
                let moved = charges(&demo.stripe()).is_some_and(|now| now != before);
                (moved || payers.iter().all(|payer| payer.is_finished())).then_some(())
            });
            demo.kill();
            demo.restart();
        }
        until("all have paid", || payers.iter().all(|payer| payer.is_finished()).then_some(()));
        stop.store(true, Ordering::Relaxed);
    });
    for bill in &bills {
        bill.is_paid_once(&demo);
    }
}
