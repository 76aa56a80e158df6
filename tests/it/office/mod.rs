//! The owner's application, in the order of its navigation; first what stands before it.

mod account;
mod audit;
mod authenticator;
mod password_reset;
mod quote;
mod setup;
mod sign_in;
mod team;
