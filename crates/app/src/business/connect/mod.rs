//! The business's Stripe account: set up, looked at, disconnected and connected again. What Stripe says
//! of it is kept here and nowhere else; the consents follow, because they are charged on it.

mod disconnect;
mod own_account;
mod reconnect;
mod refresh;
mod set_up;
mod show;

use zoop_domain::audit::Action;
use zoop_domain::business::{Requirements, StripeAccount};
use zoop_domain::id::BusinessId;
use zoop_domain::time::Instant;
use zoop_store::{self as store, Tx};
use zoop_stripe::{Account, account};

use crate::consent::suspend;
use crate::{Actor, App, Error, actor, transaction};

pub use disconnect::disconnect;
pub use own_account::{connect_own_account, use_own_account};
pub use reconnect::reconnect;
pub use refresh::{refresh, refresh_account, refresh_all};
pub use set_up::set_up;
pub use show::{CardPayments, show};

/// What Stripe said of an account, and when it was asked.
struct Heard {
    account: Account,
    asked_at: Instant,
}

impl Heard {
    fn facts(self, disconnected_at: Option<Instant>) -> StripeAccount {
        let Account { id, charges_enabled, payouts_enabled, details_submitted, requirements, .. } = self.account;
        let mut due = requirements.currently_due;
        due.extend(requirements.past_due);
        due.sort_unstable();
        due.dedup();
        let requirements = Requirements {
            due,
            pending: requirements.pending_verification,
            disabled_reason: requirements.disabled_reason,
            deadline: requirements.current_deadline.map(Instant::from_unix_seconds),
        };
        let checked_at = Some(self.asked_at);
        StripeAccount {
            id,
            charges_enabled,
            payouts_enabled,
            details_submitted,
            requirements,
            checked_at,
            disconnected_at,
        }
    }
}

/// Asks Stripe. `None`: its owner took the permission back there.
async fn ask(app: &App, account: &str) -> Result<Option<Heard>, Error> {
    let stripe = app.stripe()?;
    let asked_at = app.now();
    match account::get(&stripe.client, &stripe.scope(account)).await {
        Ok(account) => Ok(Some(Heard { account, asked_at })),
        Err(error) if is_revoked(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether Stripe says that the account is no longer ours to act on. A key that lacks the right to
/// read accounts is refused too, in other words: that must not turn a business off.
fn is_revoked(error: &zoop_stripe::Error) -> bool {
    error.api().is_some_and(|error| error.http_status == 403 && error.code.as_deref() == Some("account_invalid"))
}

/// Connects the account, if the business still has the one it had when Stripe was asked: the account
/// it has then.
async fn connect(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    instead_of: Option<&str>,
    heard: Heard,
) -> Result<String, Error> {
    let stripe = heard.facts(None);
    transaction!(app, |tx| {
        let before = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?.stripe;
        match before {
            Some(other) if instead_of != Some(other.id.as_str()) && other.id != stripe.id => other.id,
            before => {
                keep(app, tx, actor, business, before.as_ref(), &stripe).await?;
                stripe.id.clone()
            }
        }
    })
}

/// Stores what is known of the account now, under the business's lock, and lets the consents follow.
async fn keep(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &BusinessId,
    before: Option<&StripeAccount>,
    now: &StripeAccount,
) -> Result<(), Error> {
    store::business::update_stripe(tx, business, Some(now)).await?;
    let charging = |stripe: &StripeAccount| stripe.can_charge().then(|| stripe.id.clone());
    let account = charging(now);
    if before.and_then(charging) != account || before.is_none() {
        suspend::follow_account(app, tx, business, account.as_deref()).await?;
    }
    if before.is_none_or(|before| before.differs_from(now)) {
        actor::record(app, tx, actor, business, Action::BusinessStripe, &now.id, now.onboarding().words()).await?;
    }
    Ok(())
}
