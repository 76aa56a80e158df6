//! Tells customers of cards that expire within 30 days and pay their plans, once each card and month.

use zoop_domain::mail::MailKind;
use zoop_domain::payment_method::{CardExpiry, ExpiryStatus, PaymentMethod};
use zoop_domain::time::{Date, TimeZone};
use zoop_store as store;

use crate::mail::queue::{NewMail, queue};
use crate::{App, Error, transaction};

const AT_ONCE: i64 = 200;
/// The furthest day that is "within 30 days" anywhere on earth today.
const AHEAD_DAYS: i32 = 31;

/// Queues the mails that are due. Doing it again queues none twice.
///
/// # Errors
/// The database does not answer.
pub async fn tell_of_expiring(app: &App) -> Result<(), Error> {
    let today = app.now().date_in(&TimeZone::UTC);
    let mut months = vec![month_of(today), month_of(today.plus_days(AHEAD_DAYS))];
    months.dedup();
    for month in months.into_iter().flatten() {
        let mut after = None;
        loop {
            let mut tx = app.db.read().await?;
            let cards = store::payment_method::list_expiring(&mut tx, month, after.as_ref(), AT_ONCE).await?;
            drop(tx);
            let Some(last) = cards.last() else { break };
            after = Some(last.id.clone());
            for card in &cards {
                tell(app, card, month).await?;
            }
        }
    }
    Ok(())
}

fn month_of(day: Date) -> Option<CardExpiry> {
    CardExpiry::new(day.month().into(), day.year().into())
}

async fn tell(app: &App, card: &PaymentMethod, month: CardExpiry) -> Result<(), Error> {
    let subject = format!("{}/{:04}-{:02}", card.id, month.year(), month.month());
    let mut tx = app.db.read().await?;
    let told = store::mail::find(&mut tx, &card.business, MailKind::CardExpiring.as_str(), &subject).await?;
    let business = store::business::get(&mut tx, &card.business).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let today = app.now().date_in(&business.time_zone);
    if told.is_some() || month.status_on(today) != ExpiryStatus::ExpiringSoon {
        return Ok(());
    }
    transaction!(app, |tx| {
        queue(app, tx, NewMail::about(MailKind::CardExpiring, &card.business, &card.customer, &subject)).await?;
    })
}
