//! `zoop`: the customer portal of a service business. One binary: server, demo and tools.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks on its streams")]

mod cli;
mod commands;
mod config;
mod demo;
mod logging;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    logging::start(cli.command.is_quiet());
    match commands::run(cli).await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("zoop: {failure}");
            ExitCode::FAILURE
        }
    }
}
