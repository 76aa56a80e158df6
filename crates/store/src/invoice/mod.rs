//! Invoices: lists for the portal and the office, whole ones for their page, drafts, and the few changes of their life.

mod by_customer;
mod change;
mod get;
mod list;
mod office;
mod sheet;

use zoop_domain::invoice::{DunningStage, Ledger, StatusFacts};

pub use by_customer::{CustomerInvoice, count_by_customer, list_by_customer};
pub use change::{
    Draft, Locked, find_charge_at, insert_draft, insert_lines, lock, update_charge_at, update_charge_due, update_dates,
    update_last_seen, update_ledger, update_number_and_snapshot, update_replaced_by,
};
pub use get::{Found, find_by_token, get};
pub use list::{PortalInvoices, list_for_portal};
pub use office::{COUNTED, From, OfficeRow, TabFigures, Wanted, count_for_office, list_for_office};
pub use sheet::{
    Sheet, Written, WrittenLine, delete_draft, get_sheet, list_written_lines, update_draft, update_due_on,
    update_notes, update_replaces,
};

use crate::row::{money, parse, parse_optional};
use crate::{Error, Result};

/// The columns a status follows from, wherever an invoice is read.
#[derive(sqlx::FromRow)]
pub(crate) struct FactsRow {
    lifecycle: String,
    currency: String,
    due_on: String,
    total_minor: i64,
    applied_minor: i64,
    returned_minor: i64,
    refunded_minor: i64,
    bank_returned: bool,
    attempt_state: Option<String>,
    dunning_next_try_on: Option<String>,
    dunning_stopped: Option<bool>,
}

/// The select list of [`FactsRow`], for an invoice `i` beside [`facts_joins`].
macro_rules! facts_columns {
    () => {
        "i.lifecycle, i.currency, i.due_on, i.total_minor, i.applied_minor, i.returned_minor, i.refunded_minor, \
         i.bank_returned, a.state AS attempt_state, d.next_try_on AS dunning_next_try_on, d.stopped AS dunning_stopped"
    };
}
/// Joins the live attempt and the dunning of an open invoice `i`.
macro_rules! facts_joins {
    () => {
        " LEFT JOIN attempts a ON i.lifecycle = 'open' AND a.business_id = i.business_id AND a.invoice_id = i.id \
         AND a.state IN ('creating', 'open', 'requires_action', 'processing', 'unknown') \
         LEFT JOIN dunnings d ON i.lifecycle = 'open' AND d.business_id = i.business_id AND d.invoice_id = i.id "
    };
}
pub(crate) use {facts_columns, facts_joins};

impl TryFrom<FactsRow> for StatusFacts {
    type Error = Error;
    fn try_from(row: FactsRow) -> Result<Self> {
        let amount = |minor| money(minor, &row.currency);
        let next_try_on = parse_optional("dunnings.next_try_on", row.dunning_next_try_on.as_deref())?;
        Ok(Self {
            lifecycle: parse("invoices.lifecycle", &row.lifecycle)?,
            ledger: Ledger {
                total: amount(row.total_minor)?,
                applied: amount(row.applied_minor)?,
                returned: amount(row.returned_minor)?,
                refunded: amount(row.refunded_minor)?,
            },
            due_on: parse("invoices.due_on", &row.due_on)?,
            live_attempt: parse_optional("attempts.state", row.attempt_state.as_deref())?,
            dunning: row.dunning_stopped.map(|stopped| match (stopped, next_try_on) {
                (true, _) => DunningStage::Stopped,
                (false, Some(day)) => DunningStage::NextTry(day),
                (false, None) => DunningStage::UsedUp,
            }),
            bank_returned: row.bank_returned,
        })
    }
}
