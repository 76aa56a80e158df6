//! Log lines on stderr. What is logged is up to `ZOOP_LOG` (as `info` or `zoop_app=debug,warn`),
//! and `ZOOP_LOG_FORMAT=json` makes each line an object.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging. A quiet command says nothing but warnings unless `ZOOP_LOG` asks for more.
pub(crate) fn start(quiet: bool) {
    let usual = if quiet { "warn" } else { "info" };
    let filter = EnvFilter::try_from_env("ZOOP_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("ZOOP_LOG_FORMAT").is_ok_and(|format| format == "json") {
        lines.json().init();
    } else {
        lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
    }
}
