//! Charges: one for each attempt that reached the bank, whether it moved money or not.
//! They are made by a confirmed intent only; money comes back through refunds and disputes.

use serde_json::{Value, json};

use crate::Reply;
use crate::balance::{self, Movement};
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::outcome::Decline;
use crate::params::Params;
use crate::state::Tx;

/// How the attempt ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    Paid {
        authenticated: bool,
    },
    Declined(Decline),
    /// A bank debit is on its way.
    Pending,
}

/// Records an attempt to collect an intent's amount and emits what it came to.
pub(crate) async fn create(tx: &mut Tx, intent: &Object, method: &Object, ended: Ended) -> Result<Object, ApiError> {
    let id = tx.new_id(Kind::Charge);
    let (status, event) = match ended {
        Ended::Paid { .. } => ("succeeded", "charge.succeeded"),
        Ended::Declined(_) => ("failed", "charge.failed"),
        Ended::Pending => ("pending", "charge.pending"),
    };
    let (failure_code, failure_message) = match ended {
        Ended::Declined(decline) => (Some(decline.code), Some(decline.message)),
        _ => (None, None),
    };
    let collected = !matches!(ended, Ended::Declined(_));
    let amount = intent.number("amount");
    let body = json!({
        "id": id,
        "object": "charge",
        "amount": amount,
        "amount_captured": if collected { amount } else { 0 },
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": method.body["billing_details"],
        "calculated_statement_descriptor": intent.text("statement_descriptor").unwrap_or("STRIPE SANDBOX"),
        "captured": collected,
        "created": tx.now,
        "currency": intent.body["currency"],
        "customer": intent.body["customer"],
        "description": intent.body["description"],
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": failure_code,
        "failure_message": failure_message,
        "fraud_details": {},
        "livemode": false,
        "metadata": intent.body["metadata"],
        "on_behalf_of": null,
        "outcome": outcome(ended),
        "paid": matches!(ended, Ended::Paid { .. }),
        "payment_intent": intent.id(),
        "payment_method": method.id(),
        "payment_method_details": details(tx, intent, method, ended),
        "receipt_email": intent.body["receipt_email"],
        "receipt_number": null,
        "receipt_url": null,
        "refunded": false,
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": intent.body["statement_descriptor"],
        "statement_descriptor_suffix": intent.body["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": null,
        "transfer_group": null,
    });
    let mut charge = Object::new(Kind::Charge, body).hiding(method.hidden.clone());
    if matches!(ended, Ended::Paid { .. }) {
        balance::move_money(tx, &mut charge, Movement::Charge).await?;
    }
    tx.insert(&charge).await?;
    tx.emit(event, &charge.body).await?;
    Ok(charge)
}

fn outcome(ended: Ended) -> Value {
    let (advice, code, status, reason, message, kind) = match ended {
        Ended::Paid { .. } => (None, None, "approved_by_network", None, "Payment complete.", "authorized"),
        Ended::Pending => (None, None, "approved_by_network", None, "Payment pending.", "authorized"),
        Ended::Declined(decline) if decline.decline_code == "fraudulent" => (
            decline.advice,
            None,
            "not_sent_to_network",
            Some("highest_risk_level"),
            "Stripe blocked this payment as too risky.",
            "blocked",
        ),
        Ended::Declined(decline) => (
            decline.advice,
            decline.network,
            "declined_by_network",
            Some(decline.decline_code),
            "The bank did not return any further details with this decline.",
            "issuer_declined",
        ),
    };
    json!({
        "advice_code": advice,
        "network_advice_code": null,
        "network_decline_code": code,
        "network_status": status,
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": message,
        "type": kind,
    })
}

fn details(tx: &Tx, intent: &Object, method: &Object, ended: Ended) -> Value {
    if method.text("type") == Some("us_bank_account") {
        let bank = &method.body["us_bank_account"];
        return json!({
            "type": "us_bank_account",
            "us_bank_account": {
                "account_holder_type": bank["account_holder_type"],
                "account_type": bank["account_type"],
                "bank_name": bank["bank_name"],
                "fingerprint": bank["fingerprint"],
                "last4": bank["last4"],
                "payment_reference": null,
                "routing_number": bank["routing_number"],
            },
        });
    }
    let card = &method.body["card"];
    let authenticated = matches!(ended, Ended::Paid { authenticated: true });
    let three_d_secure = authenticated.then(|| {
        json!({
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "exemption_indicator": null,
            "result": "authenticated",
            "result_reason": null,
            "transaction_id": tx.shared.ids.make("", 28),
            "version": "2.2.0",
        })
    });
    let amount = matches!(ended, Ended::Paid { .. }).then(|| intent.number("amount"));
    json!({
        "type": "card",
        "card": {
            "amount_authorized": amount,
            "authorization_code": amount.map(|_| "123456"),
            "brand": card["brand"],
            "checks": card["checks"],
            "country": card["country"],
            "electronic_commerce_indicator": authenticated.then_some("05"),
            "exp_month": card["exp_month"],
            "exp_year": card["exp_year"],
            "extended_authorization": { "status": "disabled" },
            "fingerprint": card["fingerprint"],
            "funding": card["funding"],
            "incremental_authorization": { "status": "unavailable" },
            "installments": null,
            "last4": card["last4"],
            "mandate": null,
            "multicapture": { "status": "unavailable" },
            "network": card["brand"],
            "network_token": { "used": false },
            "network_transaction_id": amount.map(|_| tx.shared.ids.make("", 15)),
            "overcapture": { "maximum_amount_capturable": amount.unwrap_or(0), "status": "unavailable" },
            "regulated_status": "unregulated",
            "three_d_secure": three_d_secure,
            "transaction_link_id": null,
            "wallet": null,
        },
    })
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::Charge, id).await?.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut charge = tx.get(Kind::Charge, id).await?;
    for field in ["description", "receipt_email"] {
        if let Some(value) = params.clearable(field)? {
            charge.set(field, value);
        }
    }
    params.metadata()?.apply(&mut charge.body)?;
    tx.save(&charge).await?;
    tx.emit("charge.updated", &charge.body).await?;
    Ok(charge.body)
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::Charge)
        .intent(params.text("payment_intent")?)
        .customer(params.text("customer")?)
        .created(params)?;
    list::list(tx, params, "/v1/charges", &filter).await
}
