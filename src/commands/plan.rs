//! `zoop plan`: the owner's hold on recurring plans, until he has pages for them.

use zoop_app::plan::create::NewPlan;
use zoop_app::plan::list::ListedPlan;
use zoop_app::plan::{cancel, create, list, pause, resume, run_now, skip};
use zoop_app::{Actor, App};
use zoop_domain::business::Business;
use zoop_domain::id::TaxRateId;
use zoop_domain::money::{Money, UnitPrice};
use zoop_domain::plan::PlanLine;
use zoop_domain::schedule::{Frequency, LeadDays};
use zoop_domain::time::Date;
use zoop_store as store;

use super::{Failure, say, tell, tenant};
use crate::cli::{CreatePlan, ListPlans, Plan};
use crate::config::Config;
use crate::wire;

const ACTOR: Actor = Actor::Operator;

pub(crate) async fn run(config: &Config, command: &Plan) -> Result<(), Failure> {
    let db = wire::ready_database_at_once(config).await?;
    // Only a cancelled plan may have a charge to take back.
    let stripe = match command {
        Plan::Cancel(_) => wire::stripe(config, &db).await?,
        _ => None,
    };
    let app = wire::app(config, db, stripe)?;
    let outcome = act(&app, command).await;
    app.db.close().await;
    outcome
}

async fn act(app: &App, command: &Plan) -> Result<(), Failure> {
    match command {
        Plan::List(only) => list_plans(app, only).await,
        Plan::Create(new) => make(app, new).await,
        Plan::Run(which) => {
            let (business, plan) = tenant::plan(app, &which.plan).await?;
            let made = run_now::run_now(app, ACTOR, &business.id, &plan.id, plan.next_cycle_on).await?;
            say(format_args!("{} {} {}", made.invoice, made.number, made.total));
            tell(format_args!(
                "The cycle of {} is billed, due {}. {}",
                made.cycle_on.iso(),
                made.due_on.iso(),
                next(made.next_cycle_on)
            ));
            Ok(())
        }
        Plan::Skip(which) => {
            let (business, plan) = tenant::plan(app, &which.plan).await?;
            let skipped = skip::skip(app, ACTOR, &business.id, &plan.id, plan.next_cycle_on).await?;
            say(format_args!("The cycle of {} is skipped. {}", skipped.cycle_on.iso(), next(skipped.next_cycle_on)));
            Ok(())
        }
        Plan::Pause(which) => {
            let (business, plan) = tenant::plan(app, &which.plan).await?;
            pause::pause(app, ACTOR, &business.id, &plan.id).await?;
            say("The plan is paused. What passes until `zoop plan resume` is not made up.");
            Ok(())
        }
        Plan::Resume(which) => {
            let (business, plan) = tenant::plan(app, &which.plan).await?;
            let resumed = resume::resume(app, ACTOR, &business.id, &plan.id).await?;
            say(format_args!("The plan runs. {}", next(resumed.next_cycle_on)));
            Ok(())
        }
        Plan::Cancel(which) => {
            let (business, plan) = tenant::plan(app, &which.plan).await?;
            let cancelled = cancel::cancel(app, ACTOR, &business.id, &plan.id).await?;
            say("The plan is cancelled. What was sent stays owed.");
            if cancelled.consents > 0 {
                say("Its auto-pay has ended.");
            }
            if let Some(amount) = cancelled.on_its_way {
                say(format_args!("A payment of {amount} was already on its way."));
            }
            Ok(())
        }
    }
}

fn next(cycle: Option<Date>) -> String {
    cycle.map_or_else(|| "No cycle is left.".into(), |cycle| format!("Next: {}.", cycle.iso()))
}

async fn list_plans(app: &App, only: &ListPlans) -> Result<(), Failure> {
    let mut listed = Vec::new();
    match &only.customer {
        Some(typed) => {
            let (business, customer) = tenant::customer(app, typed).await?;
            listed = list::list(app, &business.id, Some(&customer.id)).await?;
        }
        None => {
            let businesses = store::business::list(&mut app.db.read().await?).await?;
            for business in businesses {
                listed.extend(list::list(app, &business.id, None).await?);
            }
        }
    }
    if listed.is_empty() {
        tell("There are no plans.");
    }
    for ListedPlan { plan, price } in listed {
        let next = plan.billable().map_or_else(|_| "-".into(), Date::iso);
        let price = price.map_or_else(|| "-".into(), |price| price.to_string());
        let every = plan.schedule.frequency();
        let every = every.rrule().unwrap_or(every.as_str());
        say(format_args!("{} {} {next} {price} {} {every} {}", plan.id, plan.state, plan.customer, plan.title));
    }
    Ok(())
}

async fn make(app: &App, new: &CreatePlan) -> Result<(), Failure> {
    let (business, customer) = tenant::customer(app, &new.customer).await?;
    let frequency = match (&new.frequency, &new.rrule) {
        (Some(word), None) => Frequency::read(&word.trim().replace('-', "_"), None),
        (_, rule) => Frequency::read("rrule", rule.as_deref()),
    };
    let starts_on = match &new.starts_on {
        Some(typed) => typed
            .trim()
            .parse()
            .map_err(|_| Failure::new(format!("--starts-on is {typed:?}; it must be a day like 2026-12-31")))?,
        None => app.now().date_in(&business.time_zone),
    };
    let cap = new.cap.as_deref().map(|typed| amount(typed, &business)).transpose()?;
    let tax_rate = match &new.tax {
        Some(typed) => Some(tax(app, &business, typed).await?),
        None => None,
    };
    let lines = new.lines.iter().map(|typed| line(typed, &business, tax_rate.as_ref()));
    let plan = NewPlan {
        customer: customer.id,
        title: new.title.clone(),
        frequency: frequency.map_err(Failure::from_error)?,
        starts_on,
        lead: LeadDays::new(i64::from(new.lead_days)).map_err(Failure::from_error)?,
        lines: lines.collect::<Result<_, _>>()?,
        cap,
    };
    let id = create::create(app, ACTOR, &business.id, plan).await?;
    say(&id);
    let (_, made) = tenant::plan(app, id.as_str()).await?;
    tell(next(made.next_cycle_on));
    Ok(())
}

fn amount(typed: &str, business: &Business) -> Result<Money, Failure> {
    let wrong = |_| Failure::new(format!("--cap is {typed:?}; it must be an amount like 250.00"));
    Money::from_typed(typed, business.currency).map_err(wrong)
}

/// "Mowing;4;38.00". A description may hold semicolons: the last two part.
fn line(typed: &str, business: &Business, tax_rate: Option<&TaxRateId>) -> Result<PlanLine, Failure> {
    let wrong = || Failure::new(format!("--line is {typed:?}; it must be like \"Mowing;4;38.00\""));
    let mut parts = typed.rsplitn(3, ';');
    let (Some(price), Some(quantity), Some(description)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    Ok(PlanLine {
        description: description.trim().into(),
        quantity: quantity.trim().parse().map_err(|_| wrong())?,
        unit_price: UnitPrice::from_typed(price, business.currency).map_err(|_| wrong())?,
        tax_rate: tax_rate.cloned(),
    })
}

async fn tax(app: &App, business: &Business, typed: &str) -> Result<TaxRateId, Failure> {
    let rates = store::tax_rate::list(&mut app.db.read().await?, &business.id).await?;
    let found = rates.iter().find(|(id, rate)| id.as_str() == typed || rate.name == typed);
    found.map(|(id, _)| id.clone()).ok_or_else(|| {
        let known: Vec<String> = rates.iter().map(|(_, rate)| format!("{:?}", rate.name)).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        Failure::new(format!("--tax is {typed:?}; {} has these rates: {known}", business.name))
    })
}
