//! What can be done with a business.

pub mod connect;
pub mod create;
mod logo;
pub mod notify;
pub mod settings;
pub mod update;
