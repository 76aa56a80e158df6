//! Log lines on stderr. What is logged is up to `ZOOP_LOG` (as `info` or `zoop_app=debug,warn`),
//! and `ZOOP_LOG_FORMAT=json` makes each line an object.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::cli::Command;

/// Starts logging. `ZOOP_LOG` wins over what is usual for the command.
pub(crate) fn start(command: &Command) {
    let usual = match command {
        Command::Serve(_) | Command::Work(_) => "info",
        // The demo's history is full of disputes and declines, and the doctor tells what it finds.
        Command::Demo(_) | Command::Doctor => "error",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_env("ZOOP_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("ZOOP_LOG_FORMAT").is_ok_and(|format| format == "json") {
        lines.json().init();
    } else {
        lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
    }
}
