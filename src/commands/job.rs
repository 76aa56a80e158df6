//! `zoop job` and `zoop invoice retry`: what was given up is tried again.

use zoop_app::{Actor, App, Error, dunning, job};
use zoop_domain::id::JobId;

use super::{Failure, say, tell, tenant};
use crate::cli::{Invoice, Job};
use crate::config::Config;
use crate::wire;

pub(crate) async fn run(config: &Config, command: &Job) -> Result<(), Failure> {
    let app = wire::app(config, wire::ready_database_at_once(config).await?, None)?;
    let outcome = match command {
        Job::List => list(&app).await,
        Job::Retry { job } => again(&app, job).await,
    };
    app.db.close().await;
    outcome
}

async fn list(app: &App) -> Result<(), Failure> {
    let dead = job::list_dead(app).await?;
    if dead.is_empty() {
        tell("No job was given up.");
    }
    for job in dead {
        let error = job.last_error.replace(['\n', '\r'], " ");
        say(format_args!(
            "{} {} {} {} tries since {}: {error}",
            job.id, job.kind, job.payload, job.tries, job.created_at
        ));
    }
    Ok(())
}

async fn again(app: &App, typed: &str) -> Result<(), Failure> {
    let id: JobId = tenant::parse(typed, "job", JobId::PREFIX)?;
    match job::retry(app, &id).await {
        Ok(()) => {
            say("It runs again within seconds, if a server or `zoop work` runs.");
            Ok(())
        }
        Err(Error::NotFound) => {
            Err(Failure::new(format!("no job {id} was given up; `zoop job list` has those that were")))
        }
        Err(error) => Err(error.into()),
    }
}

/// The owner has a failed automatic payment tried again.
pub(crate) async fn invoice(config: &Config, command: &Invoice) -> Result<(), Failure> {
    let Invoice::Retry(which) = command;
    let app = wire::app(config, wire::ready_database_at_once(config).await?, None)?;
    let outcome = retry(&app, &which.invoice).await;
    app.db.close().await;
    outcome
}

async fn retry(app: &App, typed: &str) -> Result<(), Failure> {
    let (business, invoice) = tenant::invoice(app, typed).await?;
    dunning::retry::retry(app, Actor::Operator, &business.id, &invoice.id).await?;
    say("It is charged within seconds, if a server or `zoop work` runs.");
    Ok(())
}
