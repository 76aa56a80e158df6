//! Writes a failed automatic charge down, in the transaction that closes its attempt: why, what
//! comes next, and what the customer and the owner are told.

use zoop_domain::attempt::Attempt;
use zoop_domain::audit::Action;
use zoop_domain::business::notify::Event;
use zoop_domain::consent::SuspendedWhy;
use zoop_domain::dunning::{DeclineClass, Dunning, Failure};
use zoop_domain::mail::MailKind;
use zoop_domain::schedule::BILLING_HOUR;
use zoop_store::{self as store, Tx};

use crate::consent::suspend;
use crate::mail::queue::{NewMail, queue};
use crate::{Actor, App, Error, actor, notice};

/// What Stripe said of the failed charge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decline<'a> {
    pub(crate) code: &'a str,
    pub(crate) advice: Option<&'a str>,
    pub(crate) method_label: &'a str,
}

/// Records that the attempt failed. Call it once, when its state changes.
pub(crate) async fn failed(app: &App, tx: &mut Tx, attempt: &Attempt, decline: Decline<'_>) -> Result<(), Error> {
    let business = store::business::get(tx, &attempt.business).await?.ok_or(Error::NotFound)?;
    let class = DeclineClass::of(decline.code, decline.advice);
    let now = app.now();
    let before = store::dunning::find(tx, &business.id, &attempt.invoice).await?;
    let failure = Failure {
        at: now,
        today: now.date_in(&business.time_zone),
        decline_code: decline.code,
        class,
        method_label: decline.method_label,
    };
    let dunning = Dunning::after(before.as_ref(), failure);
    store::dunning::insert(tx, &business.id, &attempt.invoice, &dunning).await?;
    let charge_at = dunning.next_try_on.map(|day| day.at_hour(BILLING_HOUR, &business.time_zone));
    store::invoice::update_charge_at(tx, &business.id, &attempt.invoice, charge_at).await?;
    if let (Some(why), Some(consent)) = (suspends(class), &attempt.consent)
        && let Some(consent) = store::consent::get(tx, &business.id, consent).await?
    {
        suspend::suspend(app, tx, &consent, why).await?;
    }
    let detail = format!("{} by {}: {}", attempt.amount, decline.method_label, decline.code);
    actor::record(app, tx, Actor::Stripe, &business.id, Action::ChargeFailed, attempt.invoice.as_str(), &detail)
        .await?;
    if dunning.next_try_on.is_none() {
        let message = format!(
            "An automatic payment of {} by {} failed and won’t be tried again: {}.",
            attempt.amount,
            decline.method_label,
            zoop_domain::dunning::plain_reason(decline.code)
        );
        actor::alert(app, tx, Some(&business.id), "charge.failed", attempt.invoice.as_str(), message).await?;
    }
    let kind = match class {
        DeclineClass::AuthenticationRequired => MailKind::ActionNeeded,
        _ => MailKind::PaymentFailed,
    };
    let mail = NewMail::about(kind, &business.id, &attempt.customer, attempt.id.as_str());
    queue(app, tx, mail.of_invoice(&attempt.invoice)).await?;
    notice::tell(app, tx, &business.id, Event::ChargeFailed, attempt.id.as_str()).await
}

/// Which declines say that the card must not be charged again.
const fn suspends(class: DeclineClass) -> Option<SuspendedWhy> {
    match class {
        DeclineClass::Hard => Some(SuspendedWhy::Declined),
        DeclineClass::ExpiredCard => Some(SuspendedWhy::CardExpired),
        DeclineClass::Soft | DeclineClass::AuthenticationRequired => None,
    }
}
