//! The account as callers see it: new, and how far its owner has come with what Stripe wants to know.
//! What moves it from one standing to the next is decided in `onboarding`.

use serde_json::{Value, json};

use crate::list::envelope;
use crate::params::empty_address;

/// How far an account has come, and what it may do for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether its owner has been through onboarding.
    pub(crate) submitted: bool,
    /// Whether it may take payments, and is paid out.
    pub(crate) enabled: bool,
    /// What is to be handed in.
    pub(crate) due: Vec<String>,
    /// What is being looked at.
    pub(crate) pending: Vec<String>,
    /// Why it can't charge.
    pub(crate) reason: Option<String>,
    /// Until when what is due may wait.
    pub(crate) deadline: Option<i64>,
}

impl Standing {
    /// Everything is in order.
    pub(crate) fn active() -> Self {
        Self { submitted: true, enabled: true, ..Self::default() }
    }

    /// Onboarding has not been finished: this is missing.
    pub(crate) fn begun(due: &[&str]) -> Self {
        let due = due.iter().map(|name| (*name).to_owned()).collect();
        Self { due, reason: Some("requirements.past_due".to_owned()), ..Self::default() }
    }

    /// Handed in, and being looked at.
    pub(crate) fn in_review(pending: Vec<String>) -> Self {
        let reason = Some("requirements.pending_verification".to_owned());
        Self { submitted: true, pending, reason, ..Self::default() }
    }

    /// Stripe wants more: at once, for `reason`, or until `deadline`, while charges go on.
    pub(crate) fn lacking(due: Vec<String>, reason: Option<String>, deadline: Option<i64>) -> Self {
        Self { submitted: true, enabled: reason.is_none(), due, reason, deadline, ..Self::default() }
    }

    /// Writes it into the account's body.
    pub(crate) fn apply(&self, body: &mut Value) {
        let state = if self.enabled { "active" } else { "inactive" };
        body["capabilities"] =
            json!({ "card_payments": state, "transfers": state, "us_bank_account_ach_payments": state });
        body["charges_enabled"] = json!(self.enabled);
        body["payouts_enabled"] = json!(self.enabled);
        body["details_submitted"] = json!(self.submitted);
        body["requirements"] = requirements(self);
    }
}

/// What a new account is told of itself.
#[derive(Debug, Default)]
pub(crate) struct Profile<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// Two capital letters.
    pub(crate) country: &'a str,
}

/// An account without a past.
pub(crate) fn body(id: &str, profile: &Profile<'_>, standing: &Standing, created: i64) -> Value {
    let mut body = json!({
        "id": id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null,
            "estimated_worker_count": null,
            "mcc": "7299",
            "minority_owned_business_designation": null,
            "name": profile.name,
            "product_description": null,
            "specified_commercial_transactions_act_url": null,
            "support_address": empty_address(),
            "support_email": null,
            "support_phone": null,
            "support_url": null,
            "url": null,
        },
        "business_type": "company",
        "controller": {
            "fees": { "payer": "account" },
            "is_controller": true,
            "losses": { "payments": "stripe" },
            "requirement_collection": "stripe",
            "stripe_dashboard": { "type": "full" },
            "type": "application",
        },
        "country": profile.country,
        "created": created,
        "default_currency": currency(profile.country),
        "email": profile.email,
        "external_accounts": external_accounts(id, Vec::new()),
        "future_requirements": requirements(&Standing::default()),
        "metadata": {},
        "settings": settings(profile.name.unwrap_or(id)),
        "tos_acceptance": { "date": null, "ip": null, "user_agent": null },
        "type": "standard",
    });
    standing.apply(&mut body);
    body
}

/// What a business of the country is paid in.
pub(crate) fn currency(country: &str) -> &'static str {
    match country {
        "AU" => "aud",
        "CA" => "cad",
        "GB" => "gbp",
        "NZ" => "nzd",
        "US" => "usd",
        _ => "eur",
    }
}

/// The bank accounts that money goes to.
pub(crate) fn external_accounts(account: &str, banks: Vec<Value>) -> Value {
    envelope(&format!("/v1/accounts/{account}/external_accounts"), banks, false)
}

fn requirements(standing: &Standing) -> Value {
    let past: &[String] = if standing.reason.is_some() { &standing.due } else { &[] };
    json!({
        "alternatives": [],
        "current_deadline": standing.deadline,
        "currently_due": standing.due,
        "disabled_reason": standing.reason,
        "errors": [],
        "eventually_due": standing.due,
        "past_due": past,
        "pending_verification": standing.pending,
    })
}

fn settings(name: &str) -> Value {
    json!({
        "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
        "card_payments": {
            "decline_on": { "avs_failure": false, "cvc_failure": true },
            "statement_descriptor_prefix": null,
            "statement_descriptor_prefix_kana": null,
            "statement_descriptor_prefix_kanji": null,
        },
        "dashboard": { "display_name": name, "timezone": "America/Chicago" },
        "invoices": { "default_account_tax_ids": null, "hosted_payment_method_save": "offer" },
        "payments": {
            "statement_descriptor": null,
            "statement_descriptor_kana": null,
            "statement_descriptor_kanji": null,
            "statement_descriptor_prefix_kana": null,
            "statement_descriptor_prefix_kanji": null,
        },
        "payouts": {
            "debit_negative_balances": true,
            "schedule": { "delay_days": 2, "interval": "daily" },
            "statement_descriptor": null,
        },
        "sepa_debit_payments": {},
    })
}
