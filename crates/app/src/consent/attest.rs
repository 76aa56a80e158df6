//! A team member enrols a customer who agreed in person, by phone or on paper.

use zoop_domain::attempt::ConsentDraft;
use zoop_domain::consent::{Attested, DISCLOSURE_VERSION};
use zoop_domain::id::{BusinessId, ConsentId, PaymentMethodId, PlanId};
use zoop_domain::payment_method::{MethodState, MethodType};
use zoop_domain::plan::PlanState;
use zoop_store as store;

use super::grant::{Grant, grant};
use super::offer::words;
use crate::{Actor, App, Error, plan, transaction};

/// What a team member vouches for.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The plan whose invoices may be charged.
    pub plan: PlanId,
    /// The card on file that is charged.
    pub method: PaymentMethodId,
    /// Who writes it down.
    pub by: String,
    /// How the customer agreed: "by phone, on Nov 2".
    pub how: String,
}

const LONGEST: usize = 500;

/// Writes the consent down; the customer gets a copy by mail.
///
/// # Errors
/// [`Error::NotFound`] without such a plan or method of its customer; [`Error::Invalid`] if the
/// customer has no email, the plan's cap lies below its price, it is no card, or nobody vouches;
/// [`Error::Conflict`] if the plan is cancelled or has a live consent.
pub async fn attest(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    attestation: &Attestation,
) -> Result<ConsentId, Error> {
    let by = text(&attestation.by, "name the team member who writes it down")?;
    let how = text(&attestation.how, "say how the customer agreed, such as “by phone, on Nov 2”")?;
    if !app.sends_mail() {
        return Err(Error::Invalid("the customer must get a copy, and no mail server is configured".into()));
    }
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        let found = store::plan::get(tx, business, &attestation.plan).await?.ok_or(Error::NotFound)?;
        let method = store::payment_method::get(tx, business, &attestation.method).await?;
        let method = method.filter(|method| method.customer == found.customer && method.state == MethodState::Active);
        let method = method.ok_or(Error::NotFound)?;
        let customer = store::customer::get(tx, business, &found.customer).await?.ok_or(Error::NotFound)?;
        if customer.email.is_none() {
            return Err(Error::Invalid("the customer must get a copy, and has no email address".into()));
        }
        if method.kind != MethodType::Card {
            return Err(Error::Invalid("auto-pay charges cards; this is a bank account".into()));
        }
        if owner.charging_account() != Some(method.account.as_str()) {
            return Err(Error::Conflict("this card can’t be charged by the Stripe account connected now".into()));
        }
        let agreed = plan::totals(tx, &owner, &found).await?.total;
        if let Some(cap) = found.cap.filter(|cap| cap.minor() < agreed.minor()) {
            return Err(Error::Invalid(format!("the plan’s cap of {cap} lies below its price of {agreed}")));
        }
        if found.state == PlanState::Cancelled {
            return Err(Error::Conflict("the plan is cancelled".into()));
        }
        let draft = ConsentDraft {
            disclosure_text: words(&owner, &found),
            disclosure_version: DISCLOSURE_VERSION,
            every: found.schedule.frequency().every().into(),
            cap: found.cap,
            agreed,
            email: None,
            granted_at: app.now(),
            ip: None,
            user_agent: None,
            plan: found.id,
        };
        let attested = Some(Attested { by: by.clone(), how: how.clone() });
        let new = Grant { business, draft: &draft, method: &method, attempt: None, attested };
        let granted = grant(app, tx, actor, new).await?;
        granted.ok_or_else(|| Error::Conflict("auto-pay is on for this plan already".into()))?
    })
}

fn text(given: &str, wanted: &str) -> Result<String, Error> {
    let given = given.trim();
    if given.is_empty() {
        return Err(Error::Invalid(wanted.into()));
    }
    if given.chars().count() > LONGEST || given.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("{wanted}: one line of at most {LONGEST} letters")));
    }
    Ok(given.to_owned())
}
