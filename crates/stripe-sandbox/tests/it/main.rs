//! The sandbox from outside: over HTTP, as the application and the customer's browser see it.

mod bench;

mod account;
mod api;
mod challenge;
mod checkout;
mod control;
mod fault;
mod payment;
mod restart;
mod webhook;
