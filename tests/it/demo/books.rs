//! The demo's books against Stripe's: each charge has its payment, each payment its charge.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Demo;

#[test]
fn every_charge_has_a_payment_and_the_other_way_round() {
    agree(&Demo::start());
}

/// Each charge has its payment, each payment its charge.
#[track_caller]
pub fn agree(demo: &Demo) {
    let payments = "SELECT charge, payment_intent, account, amount_minor, invoice_id, refunded_minor, state \
                    FROM payments WHERE charge IS NOT NULL";
    type Row = (String, String, String, i64, String, i64, String);
    let payments: BTreeMap<String, Row> =
        demo.rows::<Row>(payments).into_iter().map(|row| (row.0.clone(), row)).collect();
    let ledger = demo.ledger();
    assert!(ledger.len() > 50, "{}", ledger.len());
    assert_eq!(payments.len(), ledger.len());
    for entry in &ledger {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        let row = &payments[&text("charge")];
        assert_eq!(row.1, text("payment_intent"));
        assert_eq!(row.2, text("account"));
        assert_eq!(Value::from(row.3), entry["amount"], "{entry}");
        assert_eq!(Value::from(row.4.as_str()), entry["metadata"]["invoice_id"], "{entry}");
        assert_eq!(Value::from(row.5), entry["refunded"], "{entry}");
        assert_eq!(row.6 == "returned", entry["disputed"] == true, "{entry}");
    }
}

#[test]
fn a_receipt_names_a_charge_that_stripe_knows() {
    let demo = Demo::start();
    for status in ["paid", "refunded"] {
        let receipt = demo.page(&format!("{}/receipt", demo.invoice(status)).parse().unwrap()).body;
        let charge = receipt.split_once("class=\"charge\">").unwrap().1.split('<').next().unwrap();
        assert!(charge.starts_with("ch_"), "{charge}");
        assert!(demo.ledger().iter().any(|entry| entry["charge"] == charge), "{charge}");
    }
}

#[test]
fn nothing_is_left_to_do_and_nothing_alarms() {
    let demo = Demo::asleep();
    assert_eq!(demo.rows::<(String, String)>("SELECT kind, state FROM jobs"), []);
    assert_eq!(demo.rows::<(String,)>("SELECT kind FROM alerts WHERE kind LIKE 'payment.%'"), []);
}
