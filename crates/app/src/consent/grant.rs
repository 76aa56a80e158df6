//! A consent comes to life: once the payment it was given with has succeeded, the card is saved, or
//! a team member vouches for it.

use zoop_domain::attempt::ConsentDraft;
use zoop_domain::audit::Action;
use zoop_domain::consent::{Attested, Consent, ConsentEventKind, ConsentSource, ConsentState, EndedHow, Evidence};
use zoop_domain::id::{AttemptId, BusinessId, ConsentId};
use zoop_domain::mail::MailKind;
use zoop_domain::payment_method::{MethodState, PaymentMethod};
use zoop_domain::plan::PlanState;
use zoop_store::{self as store, Tx};

use super::{end, note};
use crate::mail::queue::{NewMail, queue};
use crate::{Actor, App, Error, actor};

/// Who gives it, for what, and how that is known.
pub(crate) struct Grant<'a> {
    pub(crate) business: &'a BusinessId,
    pub(crate) draft: &'a ConsentDraft,
    pub(crate) method: &'a PaymentMethod,
    pub(crate) attempt: Option<&'a AttemptId>,
    pub(crate) attested: Option<Attested>,
}

/// Makes the consent live, and mails a copy. `None` if its plan has a live one already, is cancelled or bills
/// otherwise than was agreed to, or the card was removed: then nothing changes.
pub(crate) async fn grant(app: &App, tx: &mut Tx, actor: Actor, grant: Grant<'_>) -> Result<Option<ConsentId>, Error> {
    let Grant { business, draft, method, attempt, attested } = grant;
    // Locked: a plan that is cancelled meanwhile would keep a consent that nothing ends.
    let plan = store::plan::lock(tx, business, &draft.plan).await?.ok_or(Error::NotFound)?;
    if plan.state == PlanState::Cancelled || plan.customer != method.customer {
        return refused(app, tx, actor, business, draft, "the plan is cancelled").await;
    }
    // While the customer was on Stripe's page his permission was none yet, and the plan could change.
    if plan.schedule.frequency().every() != draft.every {
        return refused(app, tx, actor, business, draft, "the plan bills more or less often now than was agreed to")
            .await;
    }
    // Under its lock: whoever removes the card meanwhile sees this consent, or is seen here.
    let card = store::payment_method::lock(tx, business, &method.id).await?;
    if card.is_none_or(|card| card.state != MethodState::Active) {
        return refused(app, tx, actor, business, draft, "the card was removed").await;
    }
    let now = app.now();
    let consent = Consent {
        id: ConsentId::generate(now, app.random.as_ref()),
        business: business.clone(),
        customer: method.customer.clone(),
        plan: plan.id.clone(),
        evidence: Evidence {
            source: if attested.is_some() { ConsentSource::Attested } else { ConsentSource::Inline },
            disclosure_text: draft.disclosure_text.clone(),
            disclosure_version: draft.disclosure_version,
            cap: draft.cap,
            agreed: draft.agreed,
            granted_at: draft.granted_at,
            ip: draft.ip.clone(),
            user_agent: draft.user_agent.clone(),
            attested,
            attempt: attempt.cloned(),
            method_brand: method.brand.clone(),
            method_last4: method.last4.clone(),
        },
        method: Some(method.id.clone()),
        state: ConsentState::Live,
        suspended: None,
        ended: None,
    };
    if !store::consent::insert(tx, &consent).await? {
        return refused(app, tx, actor, business, draft, "the plan has a live consent").await;
    }
    for other in store::consent::list_by_plan(tx, business, &plan.id).await? {
        if other.state == ConsentState::Suspended {
            end::in_transaction(app, tx, actor, &other, EndedHow::Replaced).await?;
        }
    }
    let detail = format!("{} by {}, {}", plan.title, method.label(), consent.evidence.source);
    note(app, tx, actor, business, &consent.id, ConsentEventKind::Granted, &detail).await?;
    if let Some(email) = &draft.email {
        store::customer::update_email(tx, business, &consent.customer, email).await?;
    }
    let mail = NewMail::about(MailKind::AutoPayOn, business, &consent.customer, consent.id.as_str());
    queue(app, tx, mail).await?;
    Ok(Some(consent.id))
}

async fn refused(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &BusinessId,
    draft: &ConsentDraft,
    why: &str,
) -> Result<Option<ConsentId>, Error> {
    actor::record(app, tx, actor, business, Action::ConsentNotGranted, draft.plan.as_str(), why).await?;
    Ok(None)
}
