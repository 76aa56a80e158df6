//! From "Add a card" to the address of Stripe's page.

use url::Url;
use zoop_domain::card_setup::{CardChange, CardSetup, CardSetupState};
use zoop_domain::id::CardSetupId;
use zoop_domain::secret::PlainToken;
use zoop_store as store;
use zoop_store::portal_link::Visitor;
use zoop_stripe::checkout_session::{self, CreateSetupSession};
use zoop_stripe::payment_method::AllowRedisplay;

use super::metadata;
use super::settle::FIRST_CHECK_SECONDS;
use crate::{App, Error, portal, stripe, stripe_customer, transaction};

/// What happens next.
#[derive(Debug)]
pub enum SetupOutcome {
    /// On to Stripe's page; the way back is `/r/{code}`, to be remembered in the cookie.
    Checkout {
        /// Stripe's page.
        url: Url,
        /// The code of the way back.
        code: PlainToken,
    },
    /// Stripe can't be reached; nothing was saved.
    Unavailable,
}

/// A page to save a card lives this long. Stripe allows no less than 30 minutes.
const PAGE_SECONDS: i64 = 35 * 60;

/// Starts saving a card for whoever has the portal link with this token.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing; [`Error::Invalid`] if the business takes no cards.
pub async fn start(app: &App, token: &str) -> Result<SetupOutcome, Error> {
    let visitor = portal::visitor(app, token).await?;
    start_for(app, &visitor, None).await
}

/// The same, and a consent moves to the new card.
pub(crate) async fn start_for(app: &App, visitor: &Visitor, change: Option<CardChange>) -> Result<SetupOutcome, Error> {
    let account = visitor.business.charging_account();
    let account = account.ok_or_else(|| Error::Invalid("cards can’t be saved here at the moment".into()))?;
    match open_page(app, visitor, account, change).await {
        Err(Error::Upstream(source)) => {
            tracing::warn!(error = source.as_ref() as &dyn std::error::Error, "a page to save a card could not be had");
            Ok(SetupOutcome::Unavailable)
        }
        outcome => outcome,
    }
}

async fn open_page(
    app: &App,
    visitor: &Visitor,
    account: &str,
    change: Option<CardChange>,
) -> Result<SetupOutcome, Error> {
    let (business, customer) = (&visitor.business, &visitor.customer);
    let stripe_customer = stripe_customer::get(app, &business.id, &customer.id, account).await?;
    let now = app.now();
    let code = PlainToken::generate(app.random.as_ref());
    let setup = CardSetup {
        id: CardSetupId::generate(now, app.random.as_ref()),
        business: business.id.clone(),
        customer: customer.id.clone(),
        account: account.to_owned(),
        state: CardSetupState::Creating,
        change,
        method: None,
        session: None,
        created_at: now,
        expires_at: now.plus_seconds(PAGE_SECONDS),
        checks: 0,
    };
    // Stored before Stripe is asked: whatever happens after it, it is known what was asked.
    transaction!(app, |tx| {
        let first_check = now.plus_seconds(FIRST_CHECK_SECONDS);
        store::card_setup::insert(tx, &setup, code.hash(), first_check).await?;
    })?;
    let back = app.base_url().join(&format!("r/{}", code.expose())).map_err(Error::internal)?;
    let params = CreateSetupSession {
        customer: stripe_customer,
        currency: business.currency.to_string(),
        client_reference_id: Some(customer.id.to_string()),
        metadata: metadata(&setup),
        expires_at: setup.expires_at.as_unix_seconds(),
        success_url: format!("{back}?session={{CHECKOUT_SESSION_ID}}"),
        cancel_url: back.to_string(),
        allowed_payment_method_types: vec!["card".into()],
        allow_redisplay: Some(AllowRedisplay::Always),
        submit_message: setup.change.as_ref().map(|change| change.draft.disclosure_text.clone()),
    };
    let stripe = app.stripe()?;
    let key = stripe::key(setup.id.as_str())?;
    let session = match checkout_session::create_setup(&stripe.client, &stripe.scope(account), &params, &key).await {
        Ok(session) => session,
        Err(error) => {
            // Nobody has the page's address, whether Stripe made it or not.
            transaction!(app, |tx| {
                let state = CardSetupState::Canceled;
                store::card_setup::update_closed(tx, &setup.business, &setup.id, state, None, app.now()).await?;
            })?;
            return Err(error.into());
        }
    };
    let url = session.url.as_deref().and_then(|url| url.parse().ok());
    let url = url.ok_or_else(|| Error::Upstream("Stripe's session has no address".into()))?;
    transaction!(app, |tx| { store::card_setup::update_opened(tx, &setup.business, &setup.id, &session.id).await? })?;
    Ok(SetupOutcome::Checkout { url, code })
}
