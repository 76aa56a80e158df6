//! What somebody of the business should look at.

pub mod resolve;
