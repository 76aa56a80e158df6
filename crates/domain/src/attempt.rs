//! One try to take a payment for an invoice. An invoice has at most one live attempt at a time.

use crate::id::{AttemptId, BusinessId, ConsentId, CustomerId, InvoiceId, JobId, PaymentMethodId, PlanId};
use crate::money::Money;
use crate::time::Instant;

crate::words! {
    /// How the payment is taken.
    pub enum AttemptKind {
        /// The customer types a card on Stripe's page.
        Checkout = "checkout",
        /// The customer pays with a card on file.
        SavedCard = "saved_card",
        /// We charge the card on file by consent, without the customer.
        AutoPay = "auto_pay",
    }
}

crate::words! {
    /// Where an attempt stands.
    pub enum AttemptState {
        /// Stored; Stripe isn't asked yet, or has not answered. Nothing can be charged.
        Creating = "creating",
        /// A Checkout session is open; nothing is charged yet.
        Open = "open",
        /// The bank asks the customer for a challenge.
        RequiresAction = "requires_action",
        /// Stripe is collecting: a bank debit or a charge under way.
        Processing = "processing",
        /// A charge may have happened; Stripe has to be asked.
        Unknown = "unknown",
        /// The payment succeeded.
        Succeeded = "succeeded",
        /// Declined.
        Failed = "failed",
        /// Ended without a charge: expired, replaced, canceled or abandoned.
        Canceled = "canceled",
    }
}

impl AttemptState {
    /// Whether it keeps other attempts away. The same words stand in the partial unique index.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Creating | Self::Open | Self::RequiresAction | Self::Processing | Self::Unknown)
    }

    /// Whether it is over and nothing was charged.
    #[must_use]
    pub const fn is_unpaid(self) -> bool {
        matches!(self, Self::Failed | Self::Canceled)
    }

    /// Whether money may be moving, so that the invoice shows "Payment processing".
    /// A mere open Checkout session is not.
    #[must_use]
    pub const fn is_processing(self) -> bool {
        matches!(self, Self::Processing | Self::Unknown)
    }
}

/// What the customer ticked; two attempts with the same terms and amount are the same attempt.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AttemptTerms {
    /// "Save card for future invoices".
    pub save_card: bool,
    /// "Auto-pay future invoices for *plan*": what would become a consent once the payment succeeds.
    pub consent: Option<ConsentDraft>,
}

impl AttemptTerms {
    /// Whether a click on `other` terms may go on with an attempt on these. When and from where the
    /// box was ticked makes no other agreement: the first tick is the evidence.
    #[must_use]
    pub fn agree_with(&self, other: &Self) -> bool {
        let same = match (&self.consent, &other.consent) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => ours.agrees_with(theirs),
            _ => false,
        };
        same && self.save_card == other.save_card
    }
}

/// A consent that the customer gave with a payment that is not made yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentDraft {
    /// The plan whose invoices may be charged.
    pub plan: PlanId,
    /// The words that stood beside the box.
    pub disclosure_text: String,
    /// Which version of the words.
    pub disclosure_version: i64,
    /// How often these words let it be charged: "every month".
    pub every: String,
    /// Never more than this for one payment.
    pub cap: Option<Money>,
    /// What an invoice of the plan comes to.
    pub agreed: Money,
    /// Where the copy goes, if no address was on file.
    pub email: Option<String>,
    /// When the box was sent.
    pub granted_at: Instant,
    /// From which address.
    pub ip: Option<String>,
    /// By which browser.
    pub user_agent: Option<String>,
}

impl ConsentDraft {
    fn agrees_with(&self, other: &Self) -> bool {
        (&self.plan, &self.disclosure_text, self.cap, self.agreed, &self.email)
            == (&other.plan, &other.disclosure_text, other.cap, other.agreed, &other.email)
    }
}

/// An attempt as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its id, which is also Stripe's idempotency key.
    pub id: AttemptId,
    /// The business.
    pub business: BusinessId,
    /// The invoice it pays.
    pub invoice: InvoiceId,
    /// Whose invoice.
    pub customer: CustomerId,
    /// How it is taken.
    pub kind: AttemptKind,
    /// Where it stands.
    pub state: AttemptState,
    /// How much: the balance the customer saw.
    pub amount: Money,
    /// The Stripe account it is charged on: `acct_…`.
    pub account: String,
    /// What was ticked.
    pub terms: AttemptTerms,
    /// The consent that an automatic charge rests on.
    pub consent: Option<ConsentId>,
    /// The job that makes an automatic charge.
    pub job: Option<JobId>,
    /// The method that is charged, unless Checkout asks for it.
    pub method: Option<PaymentMethodId>,
    /// What is being charged, once it is known: "First Prairie Bank •••• 6789".
    pub method_label: Option<String>,
    /// The Checkout session: `cs_…`.
    pub session: Option<String>,
    /// The payment intent: `pi_…`.
    pub payment_intent: Option<String>,
    /// When it was stored.
    pub created_at: Instant,
    /// When the Checkout session ends by itself.
    pub expires_at: Option<Instant>,
    /// How often the reconciler has asked Stripe.
    pub checks: i64,
}
