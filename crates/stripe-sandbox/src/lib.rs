//! A stateful stand-in for Stripe: API, hosted Checkout and onboarding pages, webhooks, faults.
//!
//! It speaks the pinned API version closely enough that an application can't tell the difference, keeps
//! what it promised in one SQLite file, and can be made to misbehave. It knows nothing of the rest of
//! Zoop and is used by the demo, by tests, and by itself.

// Stripe's objects are wide, and each is one `json!`.
#![recursion_limit = "256"]

mod account;
mod account_body;
mod account_control;
mod account_link;
mod api;
mod authentication_page;
mod balance;
mod bank_debit;
mod calendar;
mod card;
mod card_form;
mod charge;
mod checkout_page;
mod checkout_session;
mod clock;
mod confirm;
mod control;
mod customer;
mod dispute;
mod error;
mod event;
mod expand;
mod faults;
mod forced_decline;
mod id;
mod idempotency;
mod index_page;
mod ledger;
mod line_item;
mod list;
mod metadata;
mod method_control;
mod money;
mod object;
mod onboarding;
mod onboarding_form;
mod onboarding_page;
mod outcome;
mod page;
mod params;
mod payment_intent;
mod payment_method;
mod refund;
mod routes;
mod sandbox;
mod session_complete;
mod setup_intent;
mod state;
mod timer;
mod webhook;

pub use faults::{ApiFault, ApiFaultKind, DropWebhooks, FaultPlan, Faults, WebhookFaults};
pub use ledger::LedgerEntry;
pub use sandbox::{Advance, Sandbox, SandboxConfig, SandboxError, WebhookEndpoint};
pub use state::PLATFORM as PLATFORM_ACCOUNT;

/// The API version that the sandbox speaks.
pub const API_VERSION: &str = "2026-10-28.endive";

/// What a call of the API comes to: a JSON body, or an error in Stripe's shape.
type Reply = Result<serde_json::Value, error::ApiError>;
