//! Mail to customers.

pub(crate) mod queue;
pub mod send;

use std::fmt::Debug;

/// Sends mail.
pub trait Mailer: Send + Sync + Debug {}
