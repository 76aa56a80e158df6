//! What can be said on the command line, and the help a stranger reads.

mod consent;
mod import;
mod plan;
mod user;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use url::Url;

pub(crate) use consent::{Attest, Consent, ListConsents};
pub(crate) use import::{Import, ImportFile};
pub(crate) use plan::{CreatePlan, ListPlans, Plan};
pub(crate) use user::{CreateUser, ResetPassword, User};

use crate::demo::StartAt;

/// Zoop: the page a service business sends to each customer, to see and pay invoices.
#[derive(Debug, Parser)]
#[command(version, after_help = SETTINGS, max_term_width = 100)]
pub(crate) struct Cli {
    /// Read settings from this file, in TOML
    #[arg(long, global = true, env = "ZOOP_CONFIG", value_name = "FILE", display_order = 100)]
    pub config: Option<PathBuf>,
    /// The database: `sqlite://path/to/zoop.db` or `postgres://user@host/name`
    #[arg(long, global = true, value_name = "ADDRESS", display_order = 101)]
    pub database_url: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

const SETTINGS: &str = "\
To look around: `zoop demo` needs nothing and shows everything.
To run it: set what you need, `zoop migrate`, `zoop doctor`, `zoop serve`; it says where its first owner signs up.

Settings, as variables or without ZOOP_ and in small letters in the file; a variable wins:
  ZOOP_DATABASE_URL             where everything is kept       [sqlite://zoop.db]
  ZOOP_BASE_URL                 the address customers reach    [http:// and ZOOP_LISTEN]
  ZOOP_LISTEN                   where to listen                [127.0.0.1:8080]
  ZOOP_TRUSTED_PROXIES          whose X-Forwarded-For is read  [none]
  ZOOP_STRIPE_SECRET_KEY        to take payments online        [none]
  ZOOP_STRIPE_WEBHOOK_SECRET    to hear from Stripe at once    [none]
  ZOOP_STRIPE_API_BASE          for a stand-in for Stripe      [https://api.stripe.com]
  ZOOP_STRIPE_CHECKOUT_ORIGIN   where its payment page is      [follows the one above]
  ZOOP_SMTP_URL                 the server that takes mail     [none]
  ZOOP_MAIL_FROM                the address mail comes from    [none]
  ZOOP_WORKERS                  jobs that `serve` runs at once [4]
  ZOOP_LOG, ZOOP_LOG_FORMAT     what is logged, and `json`     [info]
Addresses of database and mail server, key and webhook secret can stand in a file each: ZOOP_…_FILE names it.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve customers' pages and do the background work.
    Serve(Serve),
    /// Run a whole made-up business: embedded database, stand-in for Stripe, links to try.
    Demo(Demo),
    /// Do the background work alone, beside servers that have ZOOP_WORKERS=0 or not enough.
    Work(Work),
    /// Set the database up, or bring it up to this version; harmless to repeat.
    Migrate,
    /// Hand out, replace, cut off or look at a customer's portal link.
    #[command(subcommand)]
    PortalLink(PortalLink),
    /// Make recurring plans, and bill, skip, pause, resume or cancel them.
    #[command(subcommand)]
    Plan(Plan),
    /// Look at customers' permissions for auto-pay, write one down, end one, export the evidence.
    #[command(subcommand)]
    Consent(Consent),
    /// Charge an invoice again whose automatic payment failed.
    #[command(subcommand)]
    Invoice(Invoice),
    /// Make accounts for owners and office staff, and businesses for them; list them; set a password.
    #[command(subcommand)]
    User(User),
    /// Bring customers or open invoices in from a CSV file.
    #[command(subcommand)]
    Import(Import),
    /// Look at background jobs that were given up, and have one run again.
    #[command(subcommand)]
    Job(Job),
    /// Run the stand-in for Stripe by itself.
    StripeSandbox(StripeSandbox),
    /// Check configuration, database and Stripe; say what is wrong and how to mend it.
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, such as `127.0.0.1:8080`; TLS is a proxy's work
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Bring the database up to this version first
    #[arg(long)]
    pub migrate: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Work {
    /// How many jobs run at once [default: ZOOP_WORKERS, or 4]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub workers: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Invoice {
    /// Charge the invoice again now, by its plan's auto-pay. It counts as a try.
    Retry(InvoiceId),
}

#[derive(Debug, Args)]
pub(crate) struct InvoiceId {
    /// The invoice: `inv_` and 26 letters and digits
    #[arg(long, value_name = "ID")]
    pub invoice: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Job {
    /// List the jobs that were given up, and why.
    List,
    /// Have a job that was given up run again.
    Retry {
        /// The job: `job_` and 26 letters and digits
        #[arg(value_name = "ID")]
        job: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where its pages are served [default: 127.0.0.1:8080, or a free port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The folder that keeps it between runs [default: zoop-demo, or zoop-demo-2 if that one runs]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Forget what the folder holds and begin afresh
    #[arg(long)]
    pub reset: bool,
    /// Begin with 5,000 customers and 100,000 invoices more, to see that nothing gets slow
    #[arg(long)]
    pub large: bool,
    /// Live at this day or moment, such as `2026-12-31`; a demo that is kept goes on until then
    #[arg(long, value_name = "TIME")]
    pub now: Option<StartAt>,
    /// Print one line of JSON once everything is ready, and nothing else
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PortalLink {
    /// Make the customer's link. Its address is printed once and can't be had again.
    Generate(Customer),
    /// Replace the customer's link: the old one stops working at once.
    Rotate(Customer),
    /// Cut the customer's link off. A fresh one can be generated any time.
    Revoke(Customer),
    /// Tell whether the customer has a live link, and when he last used it.
    Status(Customer),
}

#[derive(Debug, Args)]
pub(crate) struct Customer {
    /// The customer: `cus_` and 26 letters and digits
    #[arg(long, value_name = "ID")]
    pub customer: String,
}

#[derive(Debug, Args)]
pub(crate) struct StripeSandbox {
    /// Where the API and the payment pages are served
    #[arg(long, default_value = "127.0.0.1:12111", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// The file that keeps everything between runs; without it nothing is kept
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// The secret key that requests must bring
    #[arg(
        long,
        value_name = "KEY",
        env = "ZOOP_STRIPE_SECRET_KEY",
        default_value = "sk_test_zoop",
        hide_env_values = true
    )]
    pub secret_key: String,
    /// Where webhooks are sent
    #[arg(long, value_name = "URL")]
    pub webhook_url: Option<Url>,
    /// What webhooks are signed with
    #[arg(
        long,
        value_name = "SECRET",
        env = "ZOOP_STRIPE_WEBHOOK_SECRET",
        default_value = "whsec_zoop",
        hide_env_values = true
    )]
    pub webhook_secret: String,
    /// A connected account, as `acct_1=Name`; may be repeated
    #[arg(long = "account", value_name = "ID=NAME")]
    pub accounts: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
