//! `zoop import`: what the office's pages do with a file, from the command line.

use std::fs;

use zoop_app::import::check::{Checked, check};
use zoop_app::import::show::show;
use zoop_app::import::{Listed, Preview, run, start};
use zoop_app::{Actor, App, Error};
use zoop_domain::business::Business;
use zoop_domain::import::{ImportKind, ImportState};
use zoop_store as store;

use super::user::business;
use super::{Failure, say, tell};
use crate::cli::{Import, ImportFile};
use crate::config::Config;
use crate::wire;

const ACTOR: Actor = Actor::Operator;

pub(crate) async fn run(config: &Config, command: &Import) -> Result<(), Failure> {
    let db = wire::ready_database_at_once(config).await?;
    let app = wire::app(config, db, None)?;
    let outcome = match command {
        Import::Customers(file) => import(&app, ImportKind::Customers, file).await,
        Import::Invoices(file) => import(&app, ImportKind::Invoices, file).await,
    };
    app.db.close().await;
    outcome
}

async fn import(app: &App, kind: ImportKind, file: &ImportFile) -> Result<(), Failure> {
    let path = file.file.display();
    let content = fs::read(&file.file).map_err(|error| Failure::new(format!("{path} can’t be read: {error}")))?;
    let owner = whose(app, file.business.as_deref()).await?;
    let name = file.file.to_string_lossy();
    let checked = match check(app, ACTOR, &owner.id, kind, &name, Some(&content)).await {
        Err(Error::Fields(errors)) => return Err(Failure::new(format!("{path}: {errors}"))),
        checked => checked?,
    };
    let import = match checked {
        Checked::Ready(import) => import,
        Checked::Wrong(preview) => return refused(&preview, &path.to_string()),
    };
    let shown = show(app, ACTOR, &owner.id, &import).await?;
    if let Some(preview) = &shown.preview {
        notes(&preview.warnings);
        notes(&preview.left_out);
    }
    if file.check {
        say(format_args!(
            "{} can come in; here already: {}.",
            counted(shown.import.row_count, kind),
            shown.import.left_out
        ));
        return Ok(());
    }
    start::start(app, ACTOR, &owner.id, &import).await?;
    run::run(app, &owner.id, &import).await?;
    let done = show(app, ACTOR, &owner.id, &import).await?.import;
    match done.state {
        ImportState::Done => {
            say(format_args!("{} came in; here already: {}.", counted(done.row_count, kind), done.left_out));
            Ok(())
        }
        _ => Err(Failure::new(format!("nothing came in: {}", done.error.unwrap_or_default()))),
    }
}

async fn whose(app: &App, wanted: Option<&str>) -> Result<Business, Failure> {
    if let Some(wanted) = wanted {
        return business(app, wanted).await;
    }
    let mut all = store::business::list(&mut app.db.read().await?).await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(Failure::new("there is no business yet: make one with `zoop user create --new-business`")),
        (Some(_), false) => Err(Failure::new("there are several businesses: say which with --business")),
    }
}

/// A line for each row that must be put right.
fn refused(preview: &Preview, path: &str) -> Result<(), Failure> {
    notes(&preview.left_out);
    if preview.problems.count == 0 {
        return Err(Failure::new(format!("everything in {path} is here already")));
    }
    notes(&preview.problems);
    let rows =
        if preview.problems.count == 1 { "1 row".to_owned() } else { format!("{} rows", preview.problems.count) };
    Err(Failure::new(format!("nothing came in: {rows} of {path} must be put right first")))
}

/// "1 customer", "2 customers".
fn counted(count: i64, kind: ImportKind) -> String {
    let noun = kind.as_str();
    if count == 1 { format!("1 {}", noun.trim_end_matches('s')) } else { format!("{count} {noun}") }
}

fn notes(listed: &Listed) {
    for note in &listed.first {
        tell(format_args!("line {}: {}", note.line, note.words));
    }
    if listed.rest() > 0 {
        tell(format_args!("and {} more", listed.rest()));
    }
}
