//! The truth: which charges moved money. What an application believes can be held against it.
//! It is read from the charges themselves, so it can't disagree with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;

use crate::error::ApiError;
use crate::object::Object;
use crate::state::{Tx, read_object};

/// One charge that moved money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The account that was paid.
    pub account: String,
    /// The charge, `ch_…`.
    pub charge: String,
    /// Its PaymentIntent, `pi_…`.
    pub payment_intent: String,
    /// In the currency's smallest unit.
    pub amount: i64,
    /// Three letters, lower case.
    pub currency: String,
    /// How much of it went back, in the smallest unit.
    pub refunded: i64,
    /// Whether the cardholder ever disputed it.
    pub disputed: bool,
    /// The PaymentIntent's metadata at the time of the charge.
    pub metadata: BTreeMap<String, String>,
    /// Unix seconds.
    pub created: i64,
}

/// Every charge that moved money, in all accounts, oldest first.
pub(crate) async fn read(tx: &mut Tx) -> Result<Vec<LedgerEntry>, ApiError> {
    let rows = sqlx::query(
        "SELECT account, kind, body, hidden FROM objects WHERE kind = 'charge' AND tag = 'succeeded' ORDER BY seq",
    )
    .fetch_all(&mut *tx.db)
    .await?;
    rows.iter().map(|row| Ok(entry(row.try_get("account")?, &read_object(row)?))).collect()
}

fn entry(account: String, charge: &Object) -> LedgerEntry {
    let metadata = charge.body["metadata"].as_object();
    LedgerEntry {
        account,
        charge: charge.id().to_owned(),
        payment_intent: charge.owned("payment_intent").unwrap_or_default(),
        amount: charge.number("amount"),
        currency: charge.owned("currency").unwrap_or_default(),
        refunded: charge.number("amount_refunded"),
        disputed: charge.body["disputed"] == Value::Bool(true),
        metadata: metadata
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        created: charge.number("created"),
    }
}
