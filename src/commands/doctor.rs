//! `zoop doctor`: looks at everything an operator can get wrong, and says how to mend it.

use std::process::ExitCode;

use zoop_store::{Db, Health};
use zoop_stripe::{Scope, account};

use super::Failure;
use crate::cli::Cli;
use crate::config::Config;
use crate::wire;

/// What was found so far.
#[derive(Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn good(&mut self, what: impl AsRef<str>) {
        println!("  ok       {}", what.as_ref());
    }

    fn note(&mut self, what: impl AsRef<str>, mend: impl AsRef<str>) {
        println!("  note     {}\n           {}", what.as_ref(), mend.as_ref());
    }

    fn problem(&mut self, what: impl AsRef<str>, mend: impl AsRef<str>) {
        self.problems += 1;
        println!("  PROBLEM  {}\n           {}", what.as_ref(), mend.as_ref());
    }
}

/// Prints what was found; fails if there is a problem.
pub(crate) async fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let mut report = Report::default();
    match Config::read(cli) {
        Ok(config) => {
            addresses(&mut report, &config);
            database(&mut report, &config).await;
            stripe(&mut report, &config).await;
        }
        Err(error) => report.problem(error.to_string(), "Mend this setting; nothing else could be looked at."),
    }
    match report.problems {
        0 => println!("\nAll is well."),
        1 => println!("\n1 problem."),
        many => println!("\n{many} problems."),
    }
    Ok(if report.problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn addresses(report: &mut Report, config: &Config) {
    if config.is_exposed() {
        let mend = "Put a proxy with TLS in front (docs/operating.md has one) and set ZOOP_BASE_URL to https://…";
        report.problem(format!("base_url is {}: customers’ links would travel in clear", config.base_url), mend);
    } else {
        report.good(format!("customers reach this install at {}", config.base_url));
    }
    if config.base_url.scheme() == "https" && config.trusted_proxies.is_empty() {
        let mend = "Set ZOOP_TRUSTED_PROXIES to the proxy’s network, or every customer seems to come from it.";
        report.note("no proxy is trusted", mend);
    }
}

async fn database(report: &mut Report, config: &Config) {
    let db = match wire::database(config).await {
        Ok(db) => db,
        Err(error) => {
            return report.problem(error.to_string(), "Check ZOOP_DATABASE_URL, and that the database runs.");
        }
    };
    match db.health().await {
        Ok(Health::Ready) => {
            report.good("the database answers, and its schema fits");
            writable(report, &db).await;
            queues(report, &db).await;
        }
        Ok(Health::NeedsMigration) => {
            report.problem("the database isn’t set up for this version", "Run `zoop migrate`.");
        }
        Err(error) => {
            let mend = "If the database was made by a newer zoop, run that one; else restore a backup.";
            report.problem(Failure::from_error(error).to_string(), mend);
        }
    }
    db.close().await;
}

async fn writable(report: &mut Report, db: &Db) {
    // Marks nothing: the transaction is dropped.
    let written = async {
        let mut tx = db.begin().await?;
        zoop_store::setting::insert(&mut tx, "doctor", "was here").await
    };
    match written.await {
        Ok(()) => report.good("the database can be written"),
        Err(error) => {
            let mend = "Give the user that runs zoop the right to write the file and its folder, and check the disk.";
            report.problem(Failure::from_error(error).to_string(), mend);
        }
    }
}

async fn queues(report: &mut Report, db: &Db) {
    let counted = async { zoop_store::job::count(&mut db.read().await?).await };
    match counted.await {
        Ok((waiting, 0)) => report.good(format!("{waiting} jobs wait, none was given up")),
        Ok((_, dead)) => {
            let mend =
                "Their last error stands in the table jobs, state 'dead'; set state to 'queued' to run them again.";
            report.problem(format!("{dead} jobs were given up"), mend);
        }
        Err(error) => report.problem(Failure::from_error(error).to_string(), "See above."),
    }
}

async fn stripe(report: &mut Report, config: &Config) {
    let client = match wire::client(config) {
        Ok(Some(client)) => client,
        Ok(None) => {
            return report.note("no Stripe key: invoices can’t be paid online", "Set ZOOP_STRIPE_SECRET_KEY.");
        }
        Err(error) => {
            return report.problem(error.to_string(), "Check ZOOP_STRIPE_SECRET_KEY and ZOOP_STRIPE_API_BASE.");
        }
    };
    match account::get(&client, &Scope::Own).await {
        Ok(account) if account.charges_enabled => report.good(format!("Stripe answers for {}", account.id)),
        Ok(account) => {
            let mend = "Finish the account’s set-up in Stripe’s Dashboard; until then Pay now stays away.";
            report.note(format!("{} can’t charge yet", account.id), mend);
        }
        Err(error) => {
            let mend = "Check the key, and that this machine reaches Stripe.";
            report.problem(Failure::from_error(error).to_string(), mend);
        }
    }
    if config.stripe_webhook_secrets.is_empty() {
        let mend = format!(
            "Add the endpoint {}stripe/webhook in Stripe’s Dashboard and set ZOOP_STRIPE_WEBHOOK_SECRET. \
             Without it payments are found when the customer comes back, or within minutes.",
            config.base_url
        );
        report.note("no webhook secret: Stripe’s events aren’t believed", mend);
    } else {
        report.good("webhooks are checked by their signature");
    }
}
