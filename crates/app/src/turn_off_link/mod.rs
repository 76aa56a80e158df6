//! The secret link in a mail about auto-pay: it opens the portal with the dialog to turn that consent
//! off, and after Rotate or Revoke still just that dialog. A customer can always withdraw.

use url::Url;
use zoop_domain::business::Business;
use zoop_domain::consent::ConsentState;
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, PortalLinkId, TurnOffLinkId};
use zoop_domain::secret::{HashedToken, PlainToken};
use zoop_domain::time::Instant;
use zoop_store::{self as store, Tx};

use crate::{App, Error, transaction};

/// So long the link of an ended consent says that it is over.
const REMEMBERED_SECONDS: i64 = 90 * 86_400;

/// Makes a link for the consent. The hash is committed before the secret is given out; each mail
/// has its own, and all stay valid until the consent ends.
///
/// # Errors
/// [`Error::NotFound`] without such a consent.
pub(crate) async fn mint(app: &App, business: &BusinessId, consent: &ConsentId) -> Result<Url, Error> {
    let token = PlainToken::generate(app.random.as_ref());
    transaction!(app, |tx| {
        let found = store::consent::get(tx, business, consent).await?.ok_or(Error::NotFound)?;
        let newest = store::portal_link::find_newest(tx, business, &found.customer).await?;
        let live = newest.filter(|link| link.ended.is_none()).map(|link| link.id);
        let now = app.now();
        let id = TurnOffLinkId::generate(now, app.random.as_ref());
        store::turn_off_link::insert(tx, business, &id, consent, live.as_ref(), token.hash(), now).await?;
    })?;
    let path = format!("p/{}?turn-off={consent}", token.expose());
    app.base_url().join(&path).map_err(Error::internal)
}

/// What a turn-off link opens now.
#[derive(Clone, Debug)]
pub(crate) enum Opened {
    /// The whole portal: the portal link that was live when it was made still is.
    Portal { link: PortalLinkId, business: Box<Business>, customer: CustomerId, consent: ConsentId },
    /// This consent alone.
    Consent { business: Box<Business>, consent: ConsentId },
    /// The consent is over.
    Ended { business: Box<Business>, consent: ConsentId },
}

/// What the link with this token opens; `None` if there is none, or its consent ended long ago.
pub(crate) async fn open(app: &App, tx: &mut Tx, token: HashedToken) -> Result<Option<Opened>, Error> {
    let Some(found) = store::turn_off_link::find(tx, token).await? else { return Ok(None) };
    let consent = store::consent::get(tx, &found.business.id, &found.consent).await?.ok_or(Error::NotFound)?;
    let business = Box::new(found.business);
    if consent.state == ConsentState::Ended {
        let at = consent.ended.as_ref().map_or(consent.evidence.granted_at, |ended| ended.at);
        let remembered = app.now().seconds_since(at) < REMEMBERED_SECONDS;
        return Ok(remembered.then_some(Opened::Ended { business, consent: consent.id }));
    }
    Ok(Some(match found.portal {
        Some(link) => Opened::Portal { link, business, customer: found.customer, consent: consent.id },
        None => Opened::Consent { business, consent: consent.id },
    }))
}

/// Deletes the links of consents that ended long ago.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let since: Instant = app.now().plus_seconds(-REMEMBERED_SECONDS);
    transaction!(app, |tx| { store::turn_off_link::delete_ended(tx, since).await? }).map(drop)
}
