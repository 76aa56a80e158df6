//! From a submitted Checkout page to a completed session: the intent is made or tried again, and its
//! end is the session's end.

use serde_json::{Value, json};

use crate::confirm::{self, Attempt, Confirmation};
use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::payment_intent::{self, NewIntent};
use crate::setup_intent;
use crate::state::Tx;

/// Tries a method for an open session and completes the session if it was accepted.
pub(crate) async fn submit(tx: &mut Tx, session: &mut Object, method: &mut Object) -> Result<Attempt, ApiError> {
    let how = Confirmation {
        return_url: Some(tx.shared.address(&format!("/c/pay/{}", session.id()))),
        ..Confirmation::default()
    };
    session.hidden["billing"] = method.body["billing_details"].clone();
    let (attempt, intent) = if session.text("mode") == Some("setup") {
        let id = session.owned("setup_intent").unwrap_or_default();
        let mut intent = tx.get(Kind::SetupIntent, &id).await?;
        (setup_intent::attempt(tx, &mut intent, method, &how).await?, intent)
    } else {
        let mut intent = payment_intent_of(tx, session).await?;
        (confirm::attempt(tx, &mut intent, method, &how).await?, intent)
    };
    match attempt {
        Attempt::Accepted => complete(tx, session, &intent).await?,
        Attempt::Challenged | Attempt::Declined(_) => tx.save(session).await?,
    }
    Ok(attempt)
}

/// The session's intent; the first submit makes it, later ones try it again.
async fn payment_intent_of(tx: &mut Tx, session: &mut Object) -> Result<Object, ApiError> {
    if let Some(id) = session.owned("payment_intent") {
        return tx.get(Kind::PaymentIntent, &id).await;
    }
    let new = NewIntent {
        amount: session.number("amount_total"),
        currency: session.owned("currency").unwrap_or_default(),
        allowed: serde_json::from_value(session.body["allowed_payment_method_types"].clone())?,
        hidden: json!({
            "session": session.id(),
            "allow_redisplay": session.hidden["allow_redisplay"],
        }),
    };
    let mut intent = payment_intent::new_intent(tx, new);
    intent.set("customer", session.body["customer"].clone());
    if let Some(wishes) = session.hidden["intent"].as_object() {
        for (field, value) in wishes {
            intent.set(field, value.clone());
        }
    }
    tx.insert(&intent).await?;
    tx.emit("payment_intent.created", &intent.body).await?;
    session.set("payment_intent", intent.id());
    Ok(intent)
}

/// Completes a session whose intent was accepted.
pub(crate) async fn complete(tx: &mut Tx, session: &mut Object, intent: &Object) -> Result<(), ApiError> {
    if session.status() != "open" {
        return Ok(());
    }
    session.set("status", "complete");
    session.set("url", Value::Null);
    if intent.kind == Kind::PaymentIntent {
        session.set("payment_status", payment_status(intent));
    }
    let billing = session.hidden["billing"].clone();
    let known = session.body["customer_details"]["email"].clone();
    session.set(
        "customer_details",
        json!({
            "address": billing["address"],
            "business_name": null,
            "email": known,
            "individual_name": null,
            "name": billing["name"],
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": [],
        }),
    );
    tx.save(session).await?;
    tx.clear_timer(session.id()).await?;
    tx.emit("checkout.session.completed", &session.body).await
}

fn payment_status(intent: &Object) -> &'static str {
    if intent.status() == "succeeded" { "paid" } else { "unpaid" }
}

/// Lets the session of an intent, if it has one, follow what became of the intent.
pub(crate) async fn follow(tx: &mut Tx, intent: &Object) -> Result<(), ApiError> {
    let Some(session) = intent.hidden["session"].as_str() else {
        return Ok(());
    };
    let mut session = tx.get(Kind::CheckoutSession, session).await?;
    match (session.status(), intent.status()) {
        ("open", "succeeded" | "processing") => complete(tx, &mut session, intent).await,
        ("complete", "succeeded") if session.text("payment_status") == Some("unpaid") => {
            session.set("payment_status", "paid");
            tx.save(&session).await?;
            tx.emit("checkout.session.async_payment_succeeded", &session.body).await
        }
        ("complete", "requires_payment_method") => {
            tx.emit("checkout.session.async_payment_failed", &session.body).await
        }
        _ => Ok(()),
    }
}

/// Where the customer goes when the session is complete.
pub(crate) fn success_address(session: &Object) -> String {
    session.text("success_url").unwrap_or("/").replace("{CHECKOUT_SESSION_ID}", session.id())
}
