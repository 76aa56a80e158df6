//! The sandbox from outside: over HTTP, as the application and the customer's browser see it.
//! One binary; `bench` holds what the tests share.

#![allow(clippy::unwrap_used, reason = "what a test's helpers can't do is a failed test")]

mod bench;

mod account;
mod api;
mod challenge;
mod checkout;
mod clock;
mod control;
mod fault;
mod method_control;
mod onboarding;
mod payment;
mod restart;
mod saved_card;
mod webhook;
