//! A thin typed Stripe client: the calls Zoop makes, and webhook signatures.
//!
//! One file a resource, one function a call: `payment_intent::get(&client, &scope, id)`. Replies are tolerant (an
//! unknown field, an unknown enum value or a missing optional field never fails one), requests are typed.
//! What a payment *means* isn't here: that is `app`'s.

mod client;
mod de;
mod error;
mod expandable;
mod form;
mod id;
mod list;
mod open_enum;
mod retry;

pub mod account;
pub mod account_link;
pub mod charge;
pub mod checkout_session;
pub mod customer;
pub mod dispute;
pub mod event;
pub mod payment_intent;
pub mod payment_method;
pub mod refund;
pub mod setup_intent;
pub mod webhook;

pub use account::Account;
pub use account_link::AccountLink;
pub use charge::Charge;
pub use checkout_session::Session;
pub use client::{Client, ClientConfig};
pub use customer::Customer;
pub use dispute::Dispute;
pub use error::{ApiError, Error, ErrorType};
pub use event::{Event, EventObject};
pub use expandable::{Expandable, HasId};
pub use form::Form;
pub use id::{IdempotencyKey, Scope};
pub use list::{Created, List, Page};
pub use payment_intent::PaymentIntent;
pub use payment_method::PaymentMethod;
pub use refund::Refund;
pub use retry::RetryPolicy;
pub use setup_intent::SetupIntent;

/// The version of Stripe's API that every request asks for, and that the types here were read from.
pub const API_VERSION: &str = "2026-10-28.endive";

/// Our own facts on a Stripe object. Ordered, so that the same metadata always makes the same request body.
pub type Metadata = std::collections::BTreeMap<String, String>;
