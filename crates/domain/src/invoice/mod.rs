//! An invoice: its lifecycle, what is owed on it, and what the customer reads of it.
//!
//! Stored is the lifecycle (draft → open → paid | void | uncollectible) and what was applied.
//! Overdue, processing, past due and the like are derived in [`status`], never stored.

pub mod entry;
pub mod ledger;
pub mod pay_block;
pub mod status;
pub mod tab;
pub mod totals;
pub mod writing;

use crate::id::{BusinessId, CustomerId, InvoiceId, PlanId};
use crate::secret::InvoiceToken;
use crate::time::Date;

pub use ledger::{Applied, Ledger};
pub use pay_block::PayBlock;
pub use status::{DunningStage, Status, StatusFacts};
pub use tab::Tab;
pub use totals::{Line, LineDraft, Totals, TotalsError};
pub use writing::Writing;

crate::words! {
    /// The stored part of an invoice's life.
    pub enum Lifecycle {
        /// Being written; has no number, no customer sees it.
        Draft = "draft",
        /// Sent; something is owed.
        Open = "open",
        /// Nothing is owed any more.
        Paid = "paid",
        /// Canceled. It keeps its number.
        Void = "void",
        /// Written off: nobody expects the money, but it may still come.
        Uncollectible = "uncollectible",
    }
}

/// An invoice in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceSummary {
    /// Its id.
    pub id: InvoiceId,
    /// `INV-1051`; empty for a draft.
    pub number: String,
    /// The day it was sent.
    pub issued_on: Date,
    /// What its status follows from.
    pub facts: StatusFacts,
}

/// A sent invoice with all the customer may read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// The business.
    pub business: BusinessId,
    /// Whom it bills.
    pub customer: CustomerId,
    /// The plan it belongs to.
    pub plan: Option<PlanId>,
    /// `INV-1051`.
    pub number: String,
    /// The secret of its public page.
    pub token: InvoiceToken,
    /// The day it was sent.
    pub issued_on: Date,
    /// What its status follows from.
    pub facts: StatusFacts,
    /// Lines, taxes and sums as sent.
    pub totals: Totals,
    /// Names and addresses as they were when it was sent.
    pub snapshot: Snapshot,
    /// The plan's title when it was sent.
    pub plan_title: Option<String>,
    /// What is printed at its foot; may be empty.
    pub memo: String,
    /// The days its life turned.
    pub dates: ClosingDates,
    /// The invoice that takes its place, once void and reissued.
    pub replaced_by: Option<(InvoiceId, String)>,
}

/// What is copied onto an invoice when it is sent, and never changes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The customer's name.
    pub customer_name: String,
    /// His address, one line a row.
    pub customer_address: String,
    /// The business's name.
    pub business_name: String,
    /// Its address, one line a row.
    pub business_address: String,
}

/// The days an invoice's life turned, in the business's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ClosingDates {
    /// When the balance became zero.
    pub paid_on: Option<Date>,
    /// When it was canceled.
    pub voided_on: Option<Date>,
    /// When it was written off.
    pub written_off_on: Option<Date>,
    /// When money last went back.
    pub refunded_on: Option<Date>,
    /// When the bank took a payment back.
    pub returned_on: Option<Date>,
}
