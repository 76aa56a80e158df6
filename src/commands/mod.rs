//! The commands: one file each. A command that fails says why in one line.

mod doctor;
mod migrate;
mod portal_link;
pub(crate) mod serve;
pub(crate) mod stripe_sandbox;

use std::fmt;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::config::{Config, ConfigError};
use crate::demo;

/// Why a command failed, in one line for a person.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The whole chain of an error in one line.
    pub(crate) fn from_error(error: impl std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            source = cause.source();
        }
        Self(text.replace('\n', " "))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::from_error(error)
    }
}

impl From<zoop_store::Error> for Failure {
    fn from(error: zoop_store::Error) -> Self {
        Self::from_error(error)
    }
}

impl From<zoop_app::Error> for Failure {
    fn from(error: zoop_app::Error) -> Self {
        Self::from_error(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::from_error(error)
    }
}

/// Runs the command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match &cli.command {
        Command::Serve(options) => serve::serve(&Config::read(&cli)?, options).await?,
        Command::Demo(options) => demo::run(options).await?,
        Command::Migrate => migrate::migrate(&Config::read(&cli)?).await?,
        Command::PortalLink(command) => portal_link::run(&Config::read(&cli)?, command).await?,
        Command::StripeSandbox(options) => stripe_sandbox::run(options).await?,
        Command::Doctor => return doctor::run(&cli).await,
    }
    Ok(ExitCode::SUCCESS)
}
