//! The API's routes: one line for each method and path, and Stripe's answer for all others.
//! Reading parameters and doing the work is left to the resources.

use axum::http::{Method, StatusCode};

use crate::error::ApiError;
use crate::params::Params;
use crate::state::Tx;
use crate::{
    Reply, account, account_link, balance, charge, checkout_session, customer, dispute, event, line_item,
    payment_intent, payment_method, refund, setup_intent,
};

/// Does what a method and path ask for.
pub(crate) async fn dispatch(tx: &mut Tx, method: &Method, path: &str, params: &mut Params) -> Reply {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let ["v1", resource, rest @ ..] = segments.as_slice() else {
        return Err(unrecognized(method, path));
    };
    match (method.as_str(), *resource, rest) {
        ("GET", "account", []) => account::retrieve_own(tx).await,
        ("POST", "accounts", []) => account::create(tx, params).await,
        ("GET", "accounts", [id]) => account::retrieve(tx, id).await,
        ("POST", "account_links", []) => account_link::create(tx, params).await,

        ("GET", "balance", []) => balance::retrieve(tx).await,
        ("GET", "balance_transactions", []) => balance::list_transactions(tx, params).await,
        ("GET", "balance_transactions", [id]) => balance::retrieve_transaction(tx, id).await,

        ("GET", "charges", []) => charge::list(tx, params).await,
        ("GET", "charges", [id]) => charge::retrieve(tx, id).await,
        ("POST", "charges", [id]) => charge::update(tx, id, params).await,

        ("POST", "checkout", ["sessions"]) => checkout_session::create(tx, params).await,
        ("GET", "checkout", ["sessions"]) => checkout_session::list(tx, params).await,
        ("GET", "checkout", ["sessions", id]) => checkout_session::retrieve(tx, id).await,
        ("POST", "checkout", ["sessions", id, "expire"]) => checkout_session::expire(tx, id).await,
        ("GET", "checkout", ["sessions", id, "line_items"]) => line_item::list(tx, id, params).await,

        ("POST", "customers", []) => customer::create(tx, params).await,
        ("GET", "customers", []) => customer::list(tx, params).await,
        ("GET", "customers", [id]) => customer::retrieve(tx, id).await,
        ("POST", "customers", [id]) => customer::update(tx, id, params).await,
        ("DELETE", "customers", [id]) => customer::delete(tx, id).await,
        ("GET", "customers", [id, "payment_methods"]) => customer::payment_methods(tx, id, params).await,
        ("GET", "customers", [id, "payment_methods", method]) => customer::payment_method(tx, id, method).await,

        ("GET", "disputes", []) => dispute::list(tx, params).await,
        ("GET", "disputes", [id]) => dispute::retrieve(tx, id).await,
        ("POST", "disputes", [id]) => dispute::update(tx, id, params).await,
        ("POST", "disputes", [id, "close"]) => dispute::close(tx, id).await,

        ("GET", "events", []) => event::list(tx, params).await,
        ("GET", "events", [id]) => event::retrieve(tx, id).await,

        ("POST", "payment_intents", []) => payment_intent::create(tx, params).await,
        ("GET", "payment_intents", []) => payment_intent::list(tx, params).await,
        ("GET", "payment_intents", [id]) => payment_intent::retrieve(tx, id, params).await,
        ("POST", "payment_intents", [id]) => payment_intent::update(tx, id, params).await,
        ("POST", "payment_intents", [id, "confirm"]) => payment_intent::confirm(tx, id, params).await,
        ("POST", "payment_intents", [id, "cancel"]) => payment_intent::cancel(tx, id, params).await,

        ("POST", "payment_methods", []) => payment_method::create(tx, params).await,
        ("GET", "payment_methods", []) => payment_method::list(tx, params).await,
        ("GET", "payment_methods", [id]) => payment_method::retrieve(tx, id).await,
        ("POST", "payment_methods", [id]) => payment_method::update(tx, id, params).await,
        ("POST", "payment_methods", [id, "attach"]) => payment_method::attach(tx, id, params).await,
        ("POST", "payment_methods", [id, "detach"]) => payment_method::detach(tx, id).await,

        ("POST", "refunds", []) => refund::create(tx, params).await,
        ("GET", "refunds", []) => refund::list(tx, params).await,
        ("GET", "refunds", [id]) => refund::retrieve(tx, id).await,
        ("POST", "refunds", [id]) => refund::update(tx, id, params).await,
        ("POST", "refunds", [id, "cancel"]) => refund::cancel(tx, id).await,

        ("POST", "setup_intents", []) => setup_intent::create(tx, params).await,
        ("GET", "setup_intents", []) => setup_intent::list(tx, params).await,
        ("GET", "setup_intents", [id]) => setup_intent::retrieve(tx, id, params).await,
        ("POST", "setup_intents", [id]) => setup_intent::update(tx, id, params).await,
        ("POST", "setup_intents", [id, "confirm"]) => setup_intent::confirm(tx, id, params).await,
        ("POST", "setup_intents", [id, "cancel"]) => setup_intent::cancel(tx, id, params).await,

        _ => Err(unrecognized(method, path)),
    }
}

fn unrecognized(method: &Method, path: &str) -> ApiError {
    ApiError::refused(
        StatusCode::NOT_FOUND,
        format!(
            "Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing \
             slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in \
             your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
        ),
    )
}
