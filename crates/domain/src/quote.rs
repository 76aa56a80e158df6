//! A quote that waits for the customer's answer.

use crate::id::QuoteId;
use crate::money::Money;
use crate::time::Date;

/// A quote as the portal lists it: sent, unanswered, unexpired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteSummary {
    /// Its id.
    pub id: QuoteId,
    /// `Q-0217`.
    pub number: String,
    /// What it is for; may be empty.
    pub title: String,
    /// When it was sent.
    pub sent_on: Date,
    /// What it comes to.
    pub total: Money,
}
