//! Deals with a received event by reading its object from Stripe. Order and repetition don't
//! matter; objects that aren't ours are left alone.

use zoop_domain::attempt::Attempt;
use zoop_domain::business::Business;
use zoop_domain::id::{AttemptId, CardSetupId, WebhookEventId};
use zoop_domain::payment::Payment;
use zoop_store::webhook_event::WebhookEvent;
use zoop_store::{self as store};
use zoop_stripe::checkout_session::Session;
use zoop_stripe::{Metadata, checkout_session, payment_intent};

use crate::attempt::settle;
use crate::{App, Error, actor, business, card_setup, charge, payment_method, stripe, transaction};

/// Deals with the event in the inbox.
///
/// # Errors
/// [`Error::NotFound`] without such an event; [`Error::Upstream`] if Stripe or the database
/// doesn't answer, so that the job tries again.
pub async fn process(app: &App, id: &WebhookEventId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let event = store::webhook_event::get(&mut tx, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    match read(app, &event).await {
        Ok(()) => {}
        // Gone at Stripe, or the business disconnected: there is nothing to learn any more.
        Err(error) if stripe::is_out_of_reach(&error) => {
            tracing::info!(event = event.event, kind = event.kind, "the object of an event is gone");
        }
        Err(error) => return Err(error),
    }
    transaction!(app, |tx| {
        store::webhook_event::update_processed(tx, id, app.now()).await?;
    })
}

async fn read(app: &App, event: &WebhookEvent) -> Result<(), Error> {
    let WebhookEvent { account, object, .. } = event;
    match event.kind.as_str() {
        kind if kind.starts_with("checkout.session.") => settle_session(app, account, object).await,
        kind if kind.starts_with("payment_intent.") => settle_intent(app, account, object).await,
        kind if kind.starts_with("payment_method.") => payment_method::sync::sync(app, account, object).await,
        "account.updated" | "account.application.deauthorized" => {
            business::connect::refresh_account(app, account).await
        }
        kind if kind.starts_with("charge.") || kind.starts_with("refund.") => match &event.payment_intent {
            Some(intent) => sync_charge(app, account, intent).await,
            None => Ok(()),
        },
        // Subscribed to more than is needed, or events of a newer version: acknowledged, left alone.
        _ => Ok(()),
    }
}

async fn settle_session(app: &App, account: &str, session: &str) -> Result<(), Error> {
    let stripe = app.stripe()?;
    let session = checkout_session::get(&stripe.client, &stripe.scope(account), session).await?;
    if let Some(setup) = session.metadata.get("card_setup_id") {
        return settle_setup(app, account, setup, &session).await;
    }
    if let Some((_, attempt)) = find(app, account, &session.id, &session.metadata).await? {
        settle::settle_session(app, &attempt, &session).await?;
    }
    Ok(())
}

/// Settles the card setup that the session names, if it is one of ours.
async fn settle_setup(app: &App, account: &str, named: &str, session: &Session) -> Result<(), Error> {
    let Ok(id) = named.parse::<CardSetupId>() else { return Ok(()) };
    let mut tx = app.db.read().await?;
    let Some(business) = store::business::find_by_account(&mut tx, account).await? else { return Ok(()) };
    let setup = store::card_setup::get(&mut tx, &business.id, &id).await?;
    drop(tx);
    if let Some(setup) = setup.filter(|setup| setup.account == account) {
        card_setup::settle::settle_session(app, &setup, session).await?;
    }
    Ok(())
}

/// Settles the attempt that the payment intent names in its metadata, if it is one of ours.
pub(crate) async fn settle_intent(app: &App, account: &str, intent: &str) -> Result<(), Error> {
    let stripe = app.stripe()?;
    let intent = payment_intent::get(&stripe.client, &stripe.scope(account), intent).await?;
    let Some((_, attempt)) = find(app, account, &intent.id, &intent.metadata).await? else { return Ok(()) };
    // Behind a payment page the page's own state decides: a decline there is not the end.
    if attempt.session.is_some() && intent.status != payment_intent::Status::Succeeded {
        settle::settle(app, &attempt).await?;
    } else {
        settle::settle_intent(app, &attempt, &intent).await?;
    }
    Ok(())
}

async fn sync_charge(app: &App, account: &str, intent: &str) -> Result<(), Error> {
    let mut found = find_payment(app, account, intent).await?;
    if found.is_none() {
        // A refund may be told before its payment.
        settle_intent(app, account, intent).await?;
        found = find_payment(app, account, intent).await?;
    }
    match found {
        Some(payment) => charge::sync::sync(app, &payment).await,
        None => Ok(()),
    }
}

async fn find_payment(app: &App, account: &str, intent: &str) -> Result<Option<Payment>, Error> {
    let mut tx = app.db.read().await?;
    let Some(business) = store::business::find_by_account(&mut tx, account).await? else { return Ok(None) };
    Ok(store::payment::find_by_intent(&mut tx, &business.id, account, intent).await?)
}

/// The attempt that an object of `account` names. No metadata of ours: somebody else's object,
/// `None`. Metadata that names what isn't there, or isn't this account's: an alert, and `None`.
async fn find(
    app: &App,
    account: &str,
    object: &str,
    metadata: &Metadata,
) -> Result<Option<(Business, Attempt)>, Error> {
    let Some(named) = metadata.get("attempt_id") else { return Ok(None) };
    let mut tx = app.db.read().await?;
    let business = store::business::find_by_account(&mut tx, account).await?;
    if let (Some(business), Ok(id)) = (&business, named.parse::<AttemptId>()) {
        let attempt = store::attempt::get(&mut tx, &business.id, &id).await?;
        if let Some(attempt) = attempt.filter(|attempt| attempt.account == account) {
            return Ok(Some((business.clone(), attempt)));
        }
    }
    drop(tx);
    let owner = business.as_ref().map(|business| &business.id);
    transaction!(app, |tx| {
        let message = format!("{object} on {account} names a payment that isn’t known here; nothing was applied.");
        actor::alert(app, tx, owner, "payment.unknown", object, message).await?;
    })?;
    Ok(None)
}
