//! What can be done with a business.

pub mod connect;
pub mod create;
