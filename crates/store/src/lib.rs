//! All SQL: one set of texts for SQLite and PostgreSQL, one file a noun.
//!
//! Functions take a [`Tx`] and the business (or a token's hash) and answer with domain types.
//! Verbs come from a closed list: get, find, list, insert, update, delete, lock, count.

mod db;
mod error;
mod page;
mod row;

pub mod alert;
pub mod attempt;
pub mod audit_event;
pub mod authenticator;
pub mod billing;
pub mod business;
pub mod card_setup;
pub mod consent;
pub mod customer;
pub mod dunning;
pub mod export;
pub mod home;
pub mod import;
pub mod invitation;
pub mod invoice;
pub mod job;
pub mod known_browser;
pub mod login_throttle;
pub mod mail;
pub mod membership;
pub mod password_reset;
pub mod payment;
pub mod payment_method;
pub mod plan;
pub mod portal_link;
pub mod quote;
pub mod quote_link;
pub mod refund;
pub mod session;
pub mod setting;
pub mod sign_in;
pub mod stripe_customer;
pub mod tax_rate;
pub mod turn_off_link;
pub mod used_nonce;
pub mod user;
pub mod webhook_event;

pub use db::{Db, Health, Migration, Options, Tx};
pub use error::{Error, Result};
pub use page::Side;
