//! Saving a card on Stripe's page, outside of a payment: on its own, or in place of the card that
//! a consent charges.

use crate::attempt::ConsentDraft;
use crate::id::{BusinessId, CardSetupId, ConsentId, CustomerId, PaymentMethodId};
use crate::time::Instant;

crate::words! {
    /// Where a card setup stands.
    pub enum CardSetupState {
        /// Stored; Stripe isn't asked yet, or has not answered.
        Creating = "creating",
        /// Its page is open.
        Open = "open",
        /// The card is on file.
        Succeeded = "succeeded",
        /// Over without a card.
        Canceled = "canceled",
    }
}

impl CardSetupState {
    /// Whether a card may still come of it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Creating | Self::Open)
    }
}

/// A consent that moves to the new card once there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardChange {
    /// The consent that ends as replaced.
    pub consent: ConsentId,
    /// What was agreed to in its place.
    pub draft: ConsentDraft,
}

/// A card setup as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSetup {
    /// Its id, which is also Stripe's idempotency key.
    pub id: CardSetupId,
    /// The business.
    pub business: BusinessId,
    /// Whose card.
    pub customer: CustomerId,
    /// The Stripe account it is saved on: `acct_…`.
    pub account: String,
    /// Where it stands.
    pub state: CardSetupState,
    /// What else it changes.
    pub change: Option<CardChange>,
    /// The card, once it is on file.
    pub method: Option<PaymentMethodId>,
    /// The Checkout session: `cs_…`.
    pub session: Option<String>,
    /// When it was begun.
    pub created_at: Instant,
    /// When its page ends by itself.
    pub expires_at: Instant,
    /// How often Stripe was asked about it without an answer that ends it.
    pub checks: i64,
}
