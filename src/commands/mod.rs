//! The commands: one file each. A command that fails says why in one line.

mod consent;
mod doctor;
mod failure;
mod import;
mod job;
mod migrate;
mod plan;
mod portal_link;
mod recover;
pub(crate) mod serve;
pub(crate) mod stripe_sandbox;
mod tenant;
mod user;
mod work;

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::demo;

pub(crate) use failure::{Failure, Trouble};

/// Says a line on stdout. Nobody may be listening any more (`zoop doctor | head -1`), which is
/// no reason to stop working.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The same on stderr: what a person should read, but a program that takes the output should not.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Runs the command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    refuse_idle_flags(&cli)?;
    match &cli.command {
        Command::Serve(options) => serve::serve(&Config::read(&cli)?, options).await?,
        Command::Work(options) => work::run(&Config::read(&cli)?, options).await?,
        Command::Plan(command) => plan::run(&Config::read(&cli)?, command).await?,
        Command::Consent(command) => consent::run(&Config::read(&cli)?, command).await?,
        Command::Invoice(command) => job::invoice(&Config::read(&cli)?, command).await?,
        Command::User(command) => user::run(&Config::read(&cli)?, command).await?,
        Command::Import(command) => import::run(&Config::read(&cli)?, command).await?,
        Command::Job(command) => job::run(&Config::read(&cli)?, command).await?,
        Command::Demo(options) => demo::run(options).await?,
        Command::Migrate => migrate::migrate(&Config::read(&cli)?).await?,
        Command::PortalLink(command) => portal_link::run(&Config::read(&cli)?, command).await?,
        Command::StripeSandbox(options) => stripe_sandbox::run(options).await?,
        Command::Doctor => return doctor::run(&cli).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// A flag that would change nothing is a mistake that somebody should hear of.
fn refuse_idle_flags(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Demo(_) | Command::StripeSandbox(_) if cli.database_url.is_some() => {
            Err(Failure::new("--database-url is not for this command: it keeps a database of its own, see --data"))
        }
        _ => Ok(()),
    }
}
