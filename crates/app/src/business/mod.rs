//! What can be done with a business.

pub mod connect;
mod logo;
pub mod notify;
pub mod settings;
pub mod update;
