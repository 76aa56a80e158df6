//! What is asked before something is done with an invoice. A dialog stands in the query, so that it can be linked
//! to, and is drawn over the page.

use zoop_app::invoice::look::Look;
use zoop_domain::id::PaymentId;
use zoop_domain::invoice::Lifecycle;
use zoop_domain::money::MoneyError;

use crate::office::{Entered, Fields, Staff};

/// A dialog over an invoice's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Review a draft, and send it.
    Send,
    /// Mail it again.
    Resend,
    /// The link of its public page.
    Link,
    /// Record a payment by hand.
    Record,
    /// Move the due date.
    Due,
    /// Internal notes.
    Notes,
    /// Write it off.
    WriteOff,
    /// Cancel it.
    Void,
    /// Delete a draft.
    Delete,
    /// Give a payment back.
    Refund(PaymentId),
}

impl Dialog {
    /// The dialog that the query asks for, if the invoice allows it.
    #[must_use]
    pub fn asked(query: &Fields, look: &Look, staff: &Staff) -> Option<Self> {
        let lifecycle = look.sheet.invoice.facts.lifecycle;
        let (draft, open) = (lifecycle == Lifecycle::Draft, lifecycle == Lifecycle::Open);
        let takes_money = open || lifecycle == Lifecycle::Uncollectible;
        let all = [
            ("send", Self::Send, draft),
            ("delete", Self::Delete, draft),
            ("resend", Self::Resend, open || lifecycle == Lifecycle::Paid),
            ("link", Self::Link, !draft),
            ("record", Self::Record, takes_money),
            ("due", Self::Due, open),
            ("notes", Self::Notes, !draft),
            ("write-off", Self::WriteOff, open),
            ("void", Self::Void, takes_money),
        ];
        let asked = all.into_iter().find(|(name, _, may)| *may && query.has(name)).map(|(_, dialog, _)| dialog);
        asked.or_else(|| {
            let payment = look.payment(query.find("refund").filter(|_| staff.is_owner())?)?;
            let left = look.refundable(payment).ok()?;
            left.is_positive().then(|| Self::Refund(payment.id.clone()))
        })
    }

    /// What its form begins with.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn entered(&self, look: &Look) -> Result<Entered, MoneyError> {
        let facts = &look.sheet.invoice.facts;
        let fields: Vec<(&str, String)> = match self {
            Self::Record => vec![
                ("amount", facts.ledger.balance()?.typed()),
                ("received", look.today.iso()),
                ("method", "check".into()),
                ("receipt", "on".into()),
            ],
            Self::Notes => vec![("notes", look.sheet.notes.clone())],
            Self::Due => vec![("due", facts.due_on.max(look.today).plus_days(7).iso())],
            Self::Refund(payment) => match look.payments.iter().find(|it| it.id == *payment) {
                Some(payment) => {
                    let left = look.refundable(payment)?;
                    vec![("amount", left.typed()), ("seen", left.minor().to_string())]
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        Ok(Entered::of(fields))
    }
}
