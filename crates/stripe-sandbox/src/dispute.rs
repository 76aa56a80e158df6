//! Disputes: the cardholder's bank takes the money back, and the evidence decides who keeps it.
//! Tests open and end them by hand, or a test card opens one as soon as it has paid.

use serde_json::{Value, json};

use crate::Reply;
use crate::balance::{self, Movement};
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::Tx;

/// How long evidence can be handed in, in seconds.
const EVIDENCE_DUE: i64 = 9 * 86_400;

const EVIDENCE: [&str; 27] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

/// What kind of dispute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// The money is taken at once.
    Chargeback,
    /// A question first; no money moves.
    Inquiry,
    /// A bank debit sent back: the money is taken and there is nothing to argue.
    DebitReturn,
}

/// Opens a dispute about a charge and emits what that means.
pub(crate) async fn open(tx: &mut Tx, mut charge: Object, reason: &str, case: Case) -> Result<Object, ApiError> {
    if charge.status() != "succeeded" || charge.hidden["charged_back"] == json!(true) {
        return Err(ApiError::state("charge_disputed", format!("Charge {} can't be disputed.", charge.id())));
    }
    let status = match case {
        Case::Chargeback => "needs_response",
        Case::Inquiry => "warning_needs_response",
        Case::DebitReturn => "lost",
    };
    let mut dispute = Object::new(
        Kind::Dispute,
        json!({
            "id": tx.new_id(Kind::Dispute),
            "object": "dispute",
            "amount": charge.number("amount") - charge.number("amount_refunded"),
            "balance_transactions": [],
            "charge": charge.id(),
            "created": tx.now,
            "currency": charge.body["currency"],
            "enhanced_eligibility_types": [],
            "evidence": no_evidence(),
            "evidence_details": {
                "due_by": (case != Case::DebitReturn).then(|| tx.now.saturating_add(EVIDENCE_DUE)),
                "enhanced_eligibility": {},
                "has_evidence": false,
                "past_due": false,
                "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "intended_submission_method": null,
            "is_charge_refundable": case == Case::Inquiry,
            "livemode": false,
            "metadata": {},
            "payment_intent": charge.body["payment_intent"],
            "reason": reason,
            "status": status,
        }),
    );
    if charge.body["payment_method_details"]["type"] == json!("card") {
        let brand = &charge.body["payment_method_details"]["card"]["brand"];
        let case_type = if case == Case::Inquiry { "inquiry" } else { "chargeback" };
        dispute.set(
            "payment_method_details",
            json!({
                "card": { "brand": brand, "case_type": case_type, "network": brand, "network_reason_code": "10.4" },
                "type": "card",
            }),
        );
    }
    charge.set("disputed", true);
    if case != Case::Inquiry {
        charge.hidden["charged_back"] = json!(true);
        balance::move_money(tx, &mut dispute, Movement::Dispute).await?;
    }
    tx.insert(&dispute).await?;
    tx.save(&charge).await?;
    tx.emit("charge.dispute.created", &dispute.body).await?;
    if case != Case::Inquiry {
        tx.emit("charge.dispute.funds_withdrawn", &dispute.body).await?;
    }
    if case == Case::DebitReturn {
        tx.emit("charge.dispute.closed", &dispute.body).await?;
    }
    Ok(dispute)
}

fn no_evidence() -> Value {
    let mut evidence: serde_json::Map<String, Value> =
        EVIDENCE.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
    evidence.insert("enhanced_evidence".into(), json!({}));
    Value::Object(evidence)
}

fn is_open(dispute: &Object) -> bool {
    !["won", "lost", "warning_closed"].contains(&dispute.status())
}

/// Ends a dispute; when it is won, the money comes back.
pub(crate) async fn conclude(tx: &mut Tx, dispute: &mut Object, won: bool) -> Result<(), ApiError> {
    if !is_open(dispute) {
        return Err(ApiError::state("status_transition_invalid", "This dispute is already closed."));
    }
    let inquiry = dispute.status().starts_with("warning_");
    let status = match (inquiry, won) {
        (true, _) => "warning_closed",
        (false, true) => "won",
        (false, false) => "lost",
    };
    dispute.set("status", status);
    let money_back = won && !inquiry;
    if money_back {
        balance::move_money(tx, dispute, Movement::DisputeWon).await?;
        let charge = dispute.owned("charge").unwrap_or_default();
        let mut charge = tx.get(Kind::Charge, &charge).await?;
        charge.hidden["charged_back"] = json!(false);
        tx.save(&charge).await?;
    }
    tx.save(dispute).await?;
    tx.emit("charge.dispute.closed", &dispute.body).await?;
    if money_back {
        tx.emit("charge.dispute.funds_reinstated", &dispute.body).await?;
    }
    Ok(())
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::Dispute, id).await?.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut dispute = tx.get(Kind::Dispute, id).await?;
    let submit = params.boolean("submit")?.unwrap_or(false);
    let evidence = params.nested("evidence", |evidence| {
        let mut given = Vec::new();
        for field in EVIDENCE {
            if let Some(value) = evidence.clearable(field)? {
                given.push((field, value));
            }
        }
        Ok(given)
    })?;
    params.metadata()?.apply(&mut dispute.body)?;
    if evidence.is_some() && !is_open(&dispute) {
        return Err(ApiError::state("status_transition_invalid", "This dispute is already closed."));
    }
    for (field, value) in evidence.iter().flatten() {
        dispute.body["evidence"][*field] = json!(value);
        dispute.body["evidence_details"]["has_evidence"] = json!(true);
    }
    if submit && evidence.is_some() {
        let inquiry = dispute.status().starts_with("warning_");
        dispute.set("status", if inquiry { "warning_under_review" } else { "under_review" });
        dispute.body["evidence_details"]["submission_count"] = json!(1);
        dispute.body["evidence_details"]["submission_method"] = json!("manual");
    }
    tx.save(&dispute).await?;
    tx.emit("charge.dispute.updated", &dispute.body).await?;
    // Stripe's test mode reads the verdict out of the evidence.
    match dispute.body["evidence"]["uncategorized_text"].as_str() {
        Some("winning_evidence") if submit => conclude(tx, &mut dispute, true).await?,
        Some("losing_evidence") if submit => conclude(tx, &mut dispute, false).await?,
        _ => {}
    }
    Ok(dispute.body)
}

/// The merchant gives in.
pub(crate) async fn close(tx: &mut Tx, id: &str) -> Reply {
    let mut dispute = tx.get(Kind::Dispute, id).await?;
    conclude(tx, &mut dispute, false).await?;
    Ok(dispute.body)
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::Dispute)
        .charge(params.text("charge")?)
        .intent(params.text("payment_intent")?)
        .created(params)?;
    list::list(tx, params, "/v1/disputes", &filter).await
}

/// The latest dispute about a charge.
pub(crate) async fn newest_of(tx: &mut Tx, charge: &str) -> Result<Object, ApiError> {
    let filter = Filter::new(Kind::Dispute).charge(Some(charge.to_owned()));
    let found = list::all(tx, &filter, 1).await?;
    found.into_iter().next().ok_or_else(|| ApiError::no_such("dispute", charge, "charge"))
}
