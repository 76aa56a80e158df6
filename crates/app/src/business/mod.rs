//! What can be done with a business.

pub mod connect;
mod logo;
pub mod settings;
pub mod update;
