//! The one integration binary: the whole program in one process, on SQLite and on PostgreSQL,
//! against a stand-in for Stripe. Folders mirror the URL tree; `harness` holds it all together.

#![allow(clippy::unwrap_used, reason = "what a test can't go on without fails it")]

mod harness;

mod access;
mod access_office;
mod auto_pay;
mod business;
mod chaos;
mod cli;
mod contract;
mod demo;
mod invoice;
mod mail;
mod office;
mod pay;
mod plan;
mod portal;
mod quote;
mod races;
mod secrets;
mod stripe_webhook;
