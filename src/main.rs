//! `zoop`: the customer portal of a service business. One binary: server, demo and tools.

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
    logging::start(&cli.command);
    match commands::run(cli).await {
        Ok(code) => code,
        Err(failure) => {
            commands::tell(format_args!("zoop: {failure}"));
            ExitCode::FAILURE
        }
    }
}
