//! What can be done with a business.

pub mod connect;
pub mod create;
mod logo;
pub mod settings;
pub mod update;
