//! `zoop doctor`: looks at everything an operator can get wrong, and says how to mend it. It
//! changes nothing.

use std::process::ExitCode;
use std::time::Duration;

use zoop_store::{Db, Health};
use zoop_stripe::{Scope, account};

use super::{Failure, Trouble, say};
use crate::cli::Cli;
use crate::config::{self, Config};
use crate::wire::{self, BRISK, IfMissing};

/// How long Stripe may take, retries and all.
const STRIPE: Duration = Duration::from_secs(10);
/// As many jobs that were given up are named.
const NAMED: i64 = 3;

/// What was found so far.
#[derive(Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn good(&self, what: impl AsRef<str>) {
        say(format_args!("  ok       {}", what.as_ref()));
    }

    fn note(&self, what: impl AsRef<str>, mend: impl AsRef<str>) {
        say(format_args!("  note     {}\n           {}", what.as_ref(), mend.as_ref()));
    }

    fn problem(&mut self, what: impl AsRef<str>, mend: impl AsRef<str>) {
        self.problems += 1;
        say(format_args!("  PROBLEM  {}\n           {}", what.as_ref(), mend.as_ref()));
    }

    fn trouble(&mut self, Trouble { what, mend }: Trouble) {
        self.problem(what, mend);
    }
}

/// Prints what was found; fails if there is a problem.
pub(crate) async fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let mut report = Report::default();
    for name in config::unknown_variables() {
        report.note(
            format!("nothing reads the variable {name}"),
            "If it is misspelt: `zoop.example.toml` has all names.",
        );
    }
    match Config::read(cli) {
        Ok(config) => {
            addresses(&mut report, &config);
            database(&mut report, &config).await;
            stripe(&mut report, &config).await;
            mail(&mut report, &config);
        }
        Err(error) => report.problem(error.to_string(), "Mend this setting; nothing else could be looked at."),
    }
    match report.problems {
        0 => say("\nAll is well."),
        1 => say("\n1 problem."),
        many => say(format_args!("\n{many} problems.")),
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
    let db = match wire::open_database(config, IfMissing::Refuse, BRISK).await {
        Ok(db) => db,
        Err(trouble) => return report.trouble(trouble),
    };
    match db.health().await {
        Ok(Health::Ready) => {
            report.good("the database answers, and its schema fits");
            writable(report, &db).await;
            queues(report, &db).await;
        }
        Ok(Health::NeedsMigration) => {
            report.problem("the database isn’t set up for this version of zoop", "Run `zoop migrate`.");
        }
        Err(error) => report.trouble(Trouble::from(&error)),
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
        Err(error) => report.trouble(Trouble::from(&error)),
    }
}

async fn queues(report: &mut Report, db: &Db) {
    let counted = async { zoop_store::job::count(&mut db.read().await?).await };
    match counted.await {
        Ok((waiting, 0)) => report.good(format!("{waiting} jobs wait, none was given up")),
        Ok((_, dead)) => given_up(report, db, dead).await,
        Err(error) => report.trouble(Trouble::from(&error)),
    }
}

/// The first few by name; `zoop job list` has them all.
async fn given_up(report: &mut Report, db: &Db, count: i64) {
    let what = if count == 1 { "1 job was given up".to_owned() } else { format!("{count} jobs were given up") };
    let listed = async { zoop_store::job::list_dead(&mut db.read().await?, NAMED).await };
    match listed.await {
        Ok(jobs) => {
            let named = jobs.iter().map(|job| {
                let error = job.last_error.replace(['\n', '\r'], " ");
                format!("`zoop job retry {}` once this is mended: {} said {error:?}.", job.id, job.kind)
            });
            let mut mend: Vec<String> = named.collect();
            if count > NAMED {
                mend.push("`zoop job list` has them all.".into());
            }
            report.problem(what, mend.join("\n           "));
        }
        Err(error) => report.trouble(Trouble::from(&error)),
    }
}

fn mail(report: &mut Report, config: &Config) {
    match wire::mailer(config) {
        Ok(Some(_)) => report.good(format!("mail is sent from {}", config.mail_from)),
        Ok(None) => {
            let mend = "Set ZOOP_SMTP_URL and ZOOP_MAIL_FROM. Without them auto-pay is offered to nobody.";
            report.note("no mail server: customers get no mail", mend);
        }
        Err(error) => report.problem(error.to_string(), "Check ZOOP_SMTP_URL and ZOOP_MAIL_FROM."),
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
    match tokio::time::timeout(STRIPE, account::get(&client, &Scope::Own)).await {
        Ok(Ok(account)) if account.charges_enabled => {
            let mode = if config.livemode() { "real money" } else { "test mode" };
            report.good(format!("Stripe answers for {}, {mode}", account.id));
        }
        Ok(Ok(account)) => {
            let mend = "Finish the account’s set-up in Stripe’s Dashboard; until then Pay now stays away.";
            report.note(format!("{} can’t charge yet", account.id), mend);
        }
        Ok(Err(zoop_stripe::Error::Api(error))) if error.http_status == 401 => {
            let mend = "Make a new secret key in Stripe’s Dashboard, under Developers, and set ZOOP_STRIPE_SECRET_KEY.";
            report.problem("Stripe doesn’t know the configured key", mend);
        }
        Ok(Err(error)) => {
            let mend = format!("Check that this machine reaches {}", config.stripe_api_base);
            report.problem(Failure::from_error(error).to_string(), mend);
        }
        Err(_) => {
            let mend = format!("Check that this machine reaches {}", config.stripe_api_base);
            report.problem("Stripe doesn’t answer", mend);
        }
    }
    webhooks(report, config);
}

fn webhooks(report: &mut Report, config: &Config) {
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
