//! A customer of a business. He needs no account and may have no email.

use crate::id::{BusinessId, CustomerId};

/// A customer as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// His id.
    pub id: CustomerId,
    /// Whose customer he is.
    pub business: BusinessId,
    /// How he is addressed.
    pub name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where he is called.
    pub phone: Option<String>,
    /// His postal address, one line a row; empty if unknown.
    pub address: String,
}
