//! `zoop consent`: the owner's hold on permissions for auto-pay, until he has pages for them.

use zoop_app::consent::attest::{Attestation, attest};
use zoop_app::consent::{end, export};
use zoop_app::{Actor, App, Error};
use zoop_domain::consent::{Consent as Found, ConsentState, EndedHow};
use zoop_domain::id::{CustomerId, PaymentMethodId, PlanId};
use zoop_store as store;

use super::{Failure, say, tell, tenant};
use crate::cli::{Attest, Consent, ListConsents};
use crate::config::Config;
use crate::wire;

const ACTOR: Actor = Actor::Operator;

pub(crate) async fn run(config: &Config, command: &Consent) -> Result<(), Failure> {
    let db = wire::ready_database_at_once(config).await?;
    // Only one that ends may have a charge to take back.
    let stripe = match command {
        Consent::End(_) => wire::stripe(config, &db).await?,
        _ => None,
    };
    let app = wire::app(config, db, stripe)?;
    let outcome = match command {
        Consent::List(only) => list(&app, only).await,
        Consent::Attest(attestation) => write_down(&app, attestation).await,
        Consent::End(which) => finish(&app, &which.consent).await,
        Consent::Export(which) => print(&app, &which.consent).await,
    };
    app.db.close().await;
    outcome
}

async fn list(app: &App, only: &ListConsents) -> Result<(), Failure> {
    let plan: Option<PlanId> = only.plan.as_deref().map(|typed| tenant::parse(typed, "plan", "pln")).transpose()?;
    let customer: Option<CustomerId> =
        only.customer.as_deref().map(|typed| tenant::parse(typed, "customer", "cus")).transpose()?;
    let wanted = |found: &Found| {
        plan.as_ref().is_none_or(|plan| *plan == found.plan)
            && customer.as_ref().is_none_or(|customer| *customer == found.customer)
    };
    let mut count = 0;
    let mut tx = app.db.read().await?;
    for business in store::business::list(&mut tx).await? {
        for state in [ConsentState::Live, ConsentState::Suspended, ConsentState::Ended] {
            if state == ConsentState::Ended && !only.ended {
                continue;
            }
            for found in store::consent::list(&mut tx, &business.id, state).await?.iter().filter(|it| wanted(it)) {
                say(line(found));
                count += 1;
            }
        }
    }
    if count == 0 {
        tell("There are no such consents.");
    }
    Ok(())
}

fn line(found: &Found) -> String {
    let Found { id, customer, plan, evidence, state, suspended, ended, .. } = found;
    let why = match (suspended, ended) {
        (_, Some(ended)) => format!(" ({})", ended.how),
        (Some((_, why)), None) if *state == ConsentState::Suspended => format!(" ({why})"),
        _ => String::new(),
    };
    let (brand, last4) = (&evidence.method_brand, &evidence.method_last4);
    format!("{id} {state}{why} {plan} {customer} {brand} •••• {last4} {} {}", evidence.granted_at, evidence.source)
}

async fn write_down(app: &App, given: &Attest) -> Result<(), Failure> {
    let (business, plan) = tenant::plan(app, &given.plan).await?;
    let method: PaymentMethodId = tenant::parse(&given.method, "payment method", PaymentMethodId::PREFIX)?;
    let missing = format!("the plan’s customer has no payment method {method} on file");
    let attestation = Attestation { plan: plan.id, method, by: given.by.clone(), how: given.how.clone() };
    match attest(app, ACTOR, &business.id, &attestation).await {
        Ok(id) => {
            say(&id);
            tell("It is written down. The customer gets a copy by mail.");
            Ok(())
        }
        Err(Error::NotFound) => Err(Failure::new(missing)),
        Err(error) => Err(error.into()),
    }
}

async fn finish(app: &App, typed: &str) -> Result<(), Failure> {
    let (business, consent) = tenant::consent(app, typed).await?;
    let was_over = consent.ended.is_some();
    let ended = end::end(app, ACTOR, &business.id, &consent.id, EndedHow::Owner).await?;
    if was_over {
        say(format_args!("It was over already, since {}.", ended.at));
    } else {
        say(format_args!("Auto-pay for {} is off.", ended.plan_title));
    }
    if let Some(amount) = ended.on_its_way {
        say(format_args!("A payment of {amount} was already on its way."));
    }
    Ok(())
}

async fn print(app: &App, typed: &str) -> Result<(), Failure> {
    let (business, consent) = tenant::consent(app, typed).await?;
    let evidence = export::export(app, &business.id, &consent.id).await?;
    say(serde_json::to_string_pretty(&evidence).map_err(Failure::from_error)?);
    Ok(())
}
