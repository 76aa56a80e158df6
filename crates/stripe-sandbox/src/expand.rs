//! `expand[]`: ids in a reply are replaced with the objects they name.
//! Only fields that hold objects can be expanded, and only as deep as Stripe follows.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use crate::error::ApiError;
use crate::line_item;
use crate::list::{self, Filter};
use crate::object::Kind;
use crate::state::Tx;

/// Stripe follows no further.
const MAX_DEPTH: usize = 4;

/// Fields that hold the id of an object.
const EXPANDABLE: [&str; 12] = [
    "balance_transaction",
    "charge",
    "customer",
    "default_payment_method",
    "failure_balance_transaction",
    "invoice_settings",
    "latest_charge",
    "payment_intent",
    "payment_method",
    "setup_intent",
    "source",
    "last_payment_error",
];

pub(crate) async fn apply(tx: &mut Tx, body: &mut Value, paths: &[String]) -> Result<(), ApiError> {
    for path in paths {
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > MAX_DEPTH {
            return Err(ApiError::invalid(format!(
                "You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}"
            ))
            .param("expand"));
        }
        follow(tx, body, &steps, path).await?;
    }
    Ok(())
}

fn follow<'a>(
    tx: &'a mut Tx,
    value: &'a mut Value,
    steps: &'a [&'a str],
    path: &'a str,
) -> Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>> {
    Box::pin(async move {
        let Some((step, rest)) = steps.split_first() else {
            return Ok(());
        };
        if value["object"] == "list" {
            if *step != "data" {
                return Err(not_expandable(path));
            }
            let items = value["data"].as_array_mut();
            for item in items.into_iter().flatten() {
                follow(tx, item, rest, path).await?;
            }
            return Ok(());
        }
        if let Some(list) = included_list(tx, value, step).await? {
            value[*step] = list;
            return follow(tx, &mut value[*step], rest, path).await;
        }
        if !EXPANDABLE.contains(step) || value.get(step).is_none() {
            return Err(not_expandable(path));
        }
        let field = &mut value[*step];
        if let Some(id) = field.as_str() {
            match tx.find(id).await? {
                Some(object) => *field = object.body,
                None => return Err(not_expandable(path)),
            }
        }
        if field.is_null() {
            return Ok(());
        }
        follow(tx, field, rest, path).await
    })
}

/// Lists that are left out of an object unless they are asked for.
async fn included_list(tx: &mut Tx, value: &Value, step: &str) -> Result<Option<Value>, ApiError> {
    let id = value["id"].as_str().unwrap_or("");
    match (value["object"].as_str(), step) {
        (Some("checkout.session"), "line_items") => {
            let session = tx.get(Kind::CheckoutSession, id).await?;
            Ok(Some(line_item::list_of(&session)))
        }
        (Some("charge"), "refunds") => {
            let refunds = Filter::new(Kind::Refund).charge(Some(id.to_owned()));
            let found = list::all(tx, &refunds, 10).await?;
            let data = found.into_iter().map(|refund| refund.body).collect();
            let url = format!("/v1/charges/{id}/refunds");
            Ok(Some(list::envelope(&url, data, false)))
        }
        _ => Ok(None),
    }
}

fn not_expandable(path: &str) -> ApiError {
    ApiError::invalid(format!(
        "This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead if this is a \
         list, or check the API reference for the properties that can be."
    ))
    .param("expand")
}
