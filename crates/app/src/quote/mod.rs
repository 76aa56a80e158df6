//! Quotes: written and sent by the office, answered once by the customer, turned into an invoice.
//!
//! A secret link opens one quote. Each mail has its own and so has each copy that somebody takes; all stay valid
//! until the business takes the quote back.

pub mod answer;
pub mod duplicate;
pub mod link;
pub mod list;
pub mod make_invoice;
pub mod save;
pub mod send;
pub mod show;
pub mod withdraw;

use zoop_domain::audit::Action;
use zoop_domain::business::notify::Event;
use zoop_domain::quote::{Quote, QuoteRefusal};
use zoop_store::Tx;

use crate::{Actor, App, Error, actor, notice};

/// Why a quote can't do that now is for whoever asked.
impl From<QuoteRefusal> for Error {
    fn from(refusal: QuoteRefusal) -> Self {
        Self::Conflict(refusal.to_string())
    }
}

/// A quote was just answered, in this transaction: whoever is to be told of an answer is told here.
pub(crate) async fn answered(app: &App, tx: &mut Tx, actor: Actor, quote: &Quote) -> Result<(), Error> {
    let Some(answer) = &quote.answer else { return Ok(()) };
    let action = if answer.accepted { Action::QuoteAccepted } else { Action::QuoteDeclined };
    // Who signed for it stands on the quote alone: nobody can erase the trail.
    actor::record(app, tx, actor, &quote.business, action, quote.id.as_str(), "").await?;
    // What somebody of the business noted down himself is no news to it.
    if actor == Actor::Customer {
        notice::tell(app, tx, &quote.business, Event::QuoteAnswered, quote.id.as_str()).await?;
    }
    Ok(())
}
