//! The account's money: each movement is a balance transaction, and the balance is their sum.
//!
//! The sandbox takes no fees, so the balance can be held against the ledger to the cent.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Reply;
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::Tx;

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Movement {
    Charge,
    Refund,
    RefundFailure,
    Dispute,
    DisputeWon,
}

impl Movement {
    /// Direction, `type` and `reporting_category`.
    fn shape(self) -> (i64, &'static str, &'static str) {
        match self {
            Self::Charge => (1, "charge", "charge"),
            Self::Refund => (-1, "refund", "refund"),
            Self::RefundFailure => (1, "refund_failure", "refund_failure"),
            Self::Dispute => (-1, "adjustment", "dispute"),
            Self::DisputeWon => (1, "adjustment", "dispute_reversal"),
        }
    }
}

/// Moves a charge's, refund's or dispute's amount; the object is changed but not saved.
pub(crate) async fn move_money(tx: &mut Tx, source: &mut Object, why: Movement) -> Result<(), ApiError> {
    let (direction, kind, category) = why.shape();
    let amount = source.number("amount").saturating_mul(direction);
    let id = tx.new_id(Kind::BalanceTransaction);
    let body = json!({
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": tx.now,
        "balance_type": "payments",
        "created": tx.now,
        "currency": source.body["currency"],
        "description": source.body["description"],
        "exchange_rate": null,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": category,
        "source": source.id(),
        "status": "available",
        "type": kind,
    });
    let object = Object::new(Kind::BalanceTransaction, body);
    tx.insert(&object).await?;
    match why {
        Movement::Charge | Movement::Refund => source.set("balance_transaction", id),
        Movement::RefundFailure => source.set("failure_balance_transaction", id),
        Movement::Dispute | Movement::DisputeWon => {
            if let Some(list) = source.body["balance_transactions"].as_array_mut() {
                list.push(object.body);
            }
        }
    }
    Ok(())
}

pub(crate) async fn retrieve(tx: &mut Tx) -> Reply {
    let movements = Filter::new(Kind::BalanceTransaction);
    let mut sums: BTreeMap<String, i64> = BTreeMap::from([("usd".to_owned(), 0)]);
    for movement in list::all(tx, &movements, i64::MAX).await? {
        let currency = movement.owned("currency").unwrap_or_default();
        let sum = sums.entry(currency).or_default();
        *sum = sum.saturating_add(movement.number("net"));
    }
    let available: Vec<Value> = sums
        .iter()
        .map(|(currency, sum)| json!({ "amount": sum, "currency": currency, "source_types": { "card": sum } }))
        .collect();
    let pending: Vec<Value> = sums
        .keys()
        .map(|currency| json!({ "amount": 0, "currency": currency, "source_types": { "card": 0 } }))
        .collect();
    Ok(json!({ "object": "balance", "available": available, "livemode": false, "pending": pending }))
}

pub(crate) async fn retrieve_transaction(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::BalanceTransaction, id).await?.body)
}

pub(crate) async fn list_transactions(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::BalanceTransaction).field("$.source", params.text("source")?).created(params)?;
    list::list(tx, params, "/v1/balance_transactions", &filter).await
}
