//! A payer who contests a charge at their bank. Zoop reads disputes; they are answered at Stripe.

use serde::Deserialize;

use crate::de::lenient;
use crate::expandable::has_id;
use crate::open_enum::open_enum;
use crate::{Charge, Client, Error, Expandable, Form, List, Page, PaymentIntent, Scope};

open_enum! {
    /// How far the dispute has come. A `warning_…` is an inquiry: no money has moved.
    Status {
        /// Lost, and open to appeal.
        AppealNeedsResponse = "appeal_needs_response",
        /// The appeal is being judged.
        AppealUnderReview = "appeal_under_review",
        /// The payer keeps the money.
        Lost = "lost",
        /// The business must answer.
        NeedsResponse = "needs_response",
        /// Settled before it became one.
        Prevented = "prevented",
        /// The bank is judging.
        UnderReview = "under_review",
        /// The inquiry ended.
        WarningClosed = "warning_closed",
        /// The business should answer the inquiry.
        WarningNeedsResponse = "warning_needs_response",
        /// The bank reads the answer.
        WarningUnderReview = "warning_under_review",
        /// The business keeps the money.
        Won = "won",
    }
}

/// A dispute, `du_…` or `dp_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct Dispute {
    /// `du_…` or `dp_…`
    pub id: String,
    /// How far it has come.
    pub status: Status,
    /// Minor units, of the charge or a part of it.
    pub amount: i64,
    /// Three small letters.
    pub currency: Option<String>,
    /// `fraudulent`, `product_not_received`, …
    #[serde(default, deserialize_with = "lenient")]
    pub reason: Option<String>,
    /// The contested charge.
    #[serde(default, deserialize_with = "lenient")]
    pub charge: Option<Expandable<Charge>>,
    /// The contested payment.
    #[serde(default, deserialize_with = "lenient")]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// Unix seconds.
    pub created: Option<i64>,
}

has_id!(Dispute);

impl Dispute {
    /// The payment's id.
    #[must_use]
    pub fn payment_intent_id(&self) -> Option<&str> {
        self.payment_intent.as_ref().map(Expandable::id)
    }
}

/// Reads a dispute.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<Dispute, Error> {
    client.get(scope, "/v1/disputes/:id", &[id], &Form::new()).await
}

/// Reads the disputes of one payment, or all.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &Scope,
    payment_intent: Option<&str>,
    page: &Page,
) -> Result<List<Dispute>, Error> {
    let mut query = Form::new();
    query.maybe("payment_intent", payment_intent);
    page.encode(&mut query);
    client.get(scope, "/v1/disputes", &[], &query).await
}
