//! What can be said on the command line, and the help a stranger reads.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use url::Url;

/// Zoop: the page a service business sends to each customer, to see and pay invoices.
///
/// Try it: `zoop demo` needs nothing and shows everything.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// A configuration file in TOML. Each setting can also be given as a `ZOOP_…` variable, which
    /// wins over the file; secrets also as `ZOOP_…_FILE`, the path of a file that holds them.
    #[arg(long, global = true, env = "ZOOP_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The database: `sqlite://path/to/zoop.db` or `postgres://user@host/name`.
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub database_url: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve customers' pages and do the background work.
    Serve(Serve),
    /// Run a whole made-up business: embedded database, stand-in for Stripe, links to try.
    Demo(Demo),
    /// Bring the database's schema up to this version.
    Migrate,
    /// Hand out, replace, cut off or look at a customer's portal link.
    #[command(subcommand)]
    PortalLink(PortalLink),
    /// Run the stand-in for Stripe by itself.
    StripeSandbox(StripeSandbox),
    /// Check configuration, database and Stripe; say what is wrong and how to mend it.
    Doctor,
}

impl Command {
    /// Whether its output is for a person or a program, so that the log keeps to warnings.
    pub(crate) const fn is_quiet(&self) -> bool {
        !matches!(self, Self::Serve(_))
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Bring the schema up to this version before serving.
    #[arg(long)]
    pub migrate: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the demo's pages are served. Without it 127.0.0.1:8080, or a free port if that is taken.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The folder that keeps the demo between runs.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Forget what the folder holds and begin afresh.
    #[arg(long)]
    pub reset: bool,
    /// Print one line of JSON once everything is ready, and nothing else.
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
    /// The customer: `cus_…`.
    #[arg(long, value_name = "ID")]
    pub customer: String,
}

#[derive(Debug, Args)]
pub(crate) struct StripeSandbox {
    /// Where the API and the payment pages are served.
    #[arg(long, default_value = "127.0.0.1:12111", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// The file that keeps everything between runs; without it nothing is kept.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// The secret key that requests must bring.
    #[arg(long, env = "ZOOP_STRIPE_SECRET_KEY", default_value = "sk_test_zoop", hide_env_values = true)]
    pub secret_key: String,
    /// Where webhooks are sent.
    #[arg(long, value_name = "URL")]
    pub webhook_url: Option<Url>,
    /// What webhooks are signed with.
    #[arg(long, env = "ZOOP_STRIPE_WEBHOOK_SECRET", default_value = "whsec_zoop", hide_env_values = true)]
    pub webhook_secret: String,
    /// A connected account, as `acct_1=Name`; may be repeated.
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
