//! A consent as evidence for a dispute: what was agreed to, how that is known, and what became of it.

use serde::Serialize;
use zoop_domain::consent::Consent;
use zoop_domain::id::{BusinessId, ConsentId};
use zoop_domain::money::Money;
use zoop_domain::time::Instant;
use zoop_store as store;

use crate::{App, Error};

/// The evidence, as JSON. Instants are RFC 3339, amounts minor units beside a currency.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    id: String,
    business: Party,
    customer: Party,
    plan: Named,
    state: &'static str,
    source: &'static str,
    disclosure: Disclosure,
    cap: Option<Amount>,
    agreed_amount: Amount,
    granted_at: String,
    ip: Option<String>,
    user_agent: Option<String>,
    attested_by: Option<String>,
    attested_how: Option<String>,
    payment_attempt: Option<String>,
    method: Method,
    suspended_at: Option<String>,
    suspended_why: Option<&'static str>,
    ended_at: Option<String>,
    ended_by: Option<String>,
    ended_how: Option<&'static str>,
    history: Vec<Event>,
    mails: Vec<Copy>,
    exported_at: String,
}

#[derive(Clone, Debug, Serialize)]
struct Party {
    id: String,
    name: String,
    address: String,
    email: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Named {
    id: String,
    title: String,
}

#[derive(Clone, Debug, Serialize)]
struct Disclosure {
    version: i64,
    text: String,
}

#[derive(Clone, Debug, Serialize)]
struct Amount {
    minor: i64,
    currency: String,
}

#[derive(Clone, Debug, Serialize)]
struct Method {
    brand: String,
    last4: String,
}

#[derive(Clone, Debug, Serialize)]
struct Event {
    at: String,
    kind: &'static str,
    actor: String,
    detail: String,
}

/// A mail about the consent: that a copy went out, and when.
#[derive(Clone, Debug, Serialize)]
struct Copy {
    kind: &'static str,
    to: String,
    state: &'static str,
    at: Option<String>,
}

/// All that is known of the consent.
///
/// # Errors
/// [`Error::NotFound`] without such a consent.
pub async fn export(app: &App, business: &BusinessId, consent: &ConsentId) -> Result<Evidence, Error> {
    let mut tx = app.db.read().await?;
    let found = store::consent::get(&mut tx, business, consent).await?.ok_or(Error::NotFound)?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(&mut tx, business, &found.customer).await?.ok_or(Error::NotFound)?;
    let kept = store::consent::find_kept(&mut tx, business, consent).await?;
    let (name, address) = kept.unwrap_or((customer.name, customer.address));
    let plan = store::plan::get(&mut tx, business, &found.plan).await?.ok_or(Error::NotFound)?;
    let events = store::consent::list_events(&mut tx, business, consent).await?;
    let mut mails = Vec::new();
    for kind in [zoop_domain::mail::MailKind::AutoPayOn, zoop_domain::mail::MailKind::AutoPayOff] {
        if let Some(mail) = store::mail::find(&mut tx, business, kind.as_str(), consent.as_str()).await? {
            let (state, at) = (mail.state.as_str(), mail.closed_at.map(text));
            mails.push(Copy { kind: kind.as_str(), to: mail.recipient, state, at });
        }
    }
    let Consent { evidence, suspended, ended, .. } = found;
    let history = events.into_iter().map(|event| Event {
        at: text(event.happened_at),
        kind: event.kind.as_str(),
        actor: event.actor,
        detail: event.detail,
    });
    Ok(Evidence {
        id: found.id.to_string(),
        business: Party { id: owner.id.to_string(), name: owner.name, address: owner.address, email: owner.email },
        customer: Party { id: customer.id.to_string(), name, address, email: customer.email },
        plan: Named { id: plan.id.to_string(), title: plan.title },
        state: found.state.as_str(),
        source: evidence.source.as_str(),
        disclosure: Disclosure { version: evidence.disclosure_version, text: evidence.disclosure_text },
        cap: evidence.cap.map(amount),
        agreed_amount: amount(evidence.agreed),
        granted_at: text(evidence.granted_at),
        ip: evidence.ip,
        user_agent: evidence.user_agent,
        attested_by: evidence.attested.as_ref().map(|attested| attested.by.clone()),
        attested_how: evidence.attested.map(|attested| attested.how),
        payment_attempt: evidence.attempt.map(|attempt| attempt.to_string()),
        method: Method { brand: evidence.method_brand, last4: evidence.method_last4 },
        suspended_at: suspended.map(|(at, _)| text(at)),
        suspended_why: suspended.map(|(_, why)| why.as_str()),
        ended_at: ended.as_ref().map(|ended| text(ended.at)),
        ended_by: ended.as_ref().map(|ended| ended.by.clone()),
        ended_how: ended.map(|ended| ended.how.as_str()),
        history: history.collect(),
        mails,
        exported_at: text(app.now()),
    })
}

fn text(at: Instant) -> String {
    at.to_string()
}

fn amount(money: Money) -> Amount {
    Amount { minor: money.minor(), currency: money.currency().to_string() }
}
