//! The binary as an operator has it: every command, every mistake, on its own streams and exit
//! codes. What the pages say is tested elsewhere.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod database;
mod doctor;
mod help;
pub mod http;
mod import;
mod job;
mod plan;
mod portal_link;
mod postgres;
mod serve;
mod settings;
mod user;
pub mod zoop;

pub use database::sql;
