//! The owner's application, page by page.

mod account;
mod audit;
mod authenticator;
mod password_reset;
mod setup;
mod sign_in;
mod team;
