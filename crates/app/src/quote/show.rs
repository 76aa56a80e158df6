//! A quote as the office sees it: how it stands, what happened to it and by whom, what became of its mails.

use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, InvoiceId, QuoteId};
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::quote::{AnsweredBy, Quote, QuoteStatus};
use zoop_domain::time::Date;
use zoop_store as store;
pub use zoop_store::audit_event::AuditEvent;

use crate::{Actor, App, Error};

/// So many of its mails are told of, the newest.
const MAILS: i64 = 20;

/// A quote, whole.
#[derive(Clone, Debug)]
pub struct QuoteDetail {
    /// The quote.
    pub quote: Quote,
    /// For whom.
    pub customer: Customer,
    /// How it stands today.
    pub status: QuoteStatus,
    /// The business's day.
    pub today: Date,
    /// The invoice that was made of it, and its number once it has one.
    pub invoice: Option<(InvoiceId, Option<String>)>,
    /// What happened to it, newest first, each with who did it, if somebody of the business did.
    pub events: Vec<(AuditEvent, Option<String>)>,
    /// Its mails, newest first.
    pub mails: Vec<Mail>,
    /// Who marked it as accepted.
    pub answered_by: Option<String>,
}

/// The quote, with all that is beside it.
///
/// # Errors
/// [`Error::NotFound`] without such a quote.
pub async fn show(app: &App, actor: Actor, business: &BusinessId, quote: &QuoteId) -> Result<QuoteDetail, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let quote = store::quote::get(&mut tx, business, quote).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(&mut tx, business, &quote.customer).await?.ok_or(Error::NotFound)?;
    let members = store::membership::list(&mut tx, business).await?;
    let name =
        |actor: &str| members.iter().find(|(user, _)| user.id.as_str() == actor).map(|(user, _)| user.name.clone());
    let mut events: Vec<_> = store::audit_event::list(&mut tx, business, quote.id.as_str()).await?;
    events.reverse();
    let events = events.into_iter().map(|event| {
        let who = name(&event.actor);
        (event, who)
    });
    let mut mails = Vec::new();
    for count in ((quote.mails - MAILS).max(0)..quote.mails).rev() {
        let subject = format!("{}/{}", quote.id, count + 1);
        mails.extend(store::mail::find(&mut tx, business, MailKind::Quote.as_str(), &subject).await?);
    }
    let answered_by = match quote.answer.as_ref().map(|answer| &answer.by) {
        Some(AnsweredBy::Member(member)) => Some(name(member).unwrap_or_else(|| "The office".to_owned())),
        _ => None,
    };
    let today = app.now().date_in(&owner.time_zone);
    Ok(QuoteDetail {
        status: quote.status_on(today),
        invoice: store::quote::find_invoice(&mut tx, business, &quote.id).await?,
        events: events.collect(),
        answered_by,
        customer,
        today,
        mails,
        quote,
    })
}
