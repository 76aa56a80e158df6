//! A file that was looked at: as it would come in, while it comes in, and when it has.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::import::show::{Shown, show};
use zoop_app::import::{Listed, Preview, start};
use zoop_domain::id::ImportId;
use zoop_domain::import::{ImportKind, ImportState};

use super::upload::UploadPage;
use super::{counted, grouped, list_of};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::customer::id;
use crate::office::{Fields, Frame, Posted, Staff, toast, when};
use crate::page::Samples;
use crate::routes::office::import as paths;

/// The page.
#[derive(Template)]
#[template(path = "office/import/show.html", whitespace = "minimize")]
pub struct ImportPage {
    frame: Frame,
    shown: Shown,
    /// Why it wasn't started.
    conflict: Option<String>,
}

/// `GET /office/import/{import}`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(import): Segments<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let shown = show(&web.app, staff.actor(), staff.at(), &id(&import)?).await?;
    let waits = Fields::read(query.unwrap_or_default().as_bytes()).has("wait");
    if waits && shown.import.state == ImportState::Done {
        let (path, _) = list_of(shown.import.kind);
        return Ok(toast::redirect(path, &done(&shown)));
    }
    staff.page(&ImportPage::new(&staff, shown, None))
}

/// `POST /office/import/{import}`
pub async fn start(
    State(web): State<Web>,
    Segments(import): Segments<String>,
    Posted { staff, .. }: Posted,
) -> Result<Response, PageError> {
    let import: ImportId = id(&import)?;
    match start::start(&web.app, staff.actor(), staff.at(), &import).await {
        Ok(()) => Ok(Redirect::to(&paths::watch(&import)).into_response()),
        Err(zoop_app::Error::Conflict(why)) => {
            let shown = show(&web.app, staff.actor(), staff.at(), &import).await?;
            staff.page_with(StatusCode::CONFLICT, &ImportPage::new(&staff, shown, Some(why)))
        }
        Err(error) => Err(error.into()),
    }
}

/// "1,204 customers were imported from list.csv. 12 rows were left out: they are here already."
fn done(shown: &Shown) -> String {
    let import = &shown.import;
    let count = usize::try_from(import.row_count).unwrap_or_default();
    let were = if count == 1 { "was" } else { "were" };
    let words = format!("{} {were} imported from {}.", counted(import.kind, count), import.file_name);
    match usize::try_from(import.left_out).unwrap_or_default() {
        0 => words,
        1 => format!("{words} One row was left out: it is here already."),
        rows => format!("{words} {} rows were left out: they are here already.", grouped(rows)),
    }
}

impl ImportPage {
    fn new(staff: &Staff, shown: Shown, conflict: Option<String>) -> Self {
        Self { frame: staff.frame(UploadPage::place(shown.import.kind)), shown, conflict }
    }

    fn title(&self) -> String {
        let what = match self.shown.import.kind {
            ImportKind::Customers => "customers",
            ImportKind::Invoices => "open invoices",
        };
        match self.shown.import.state {
            ImportState::Checked | ImportState::Failed => format!("Import {what}"),
            ImportState::Running => format!("Importing {what}"),
            ImportState::Done => format!("Imported {what}"),
        }
    }

    fn is_running(&self) -> bool {
        self.shown.import.state == ImportState::Running
    }

    fn is_done(&self) -> bool {
        self.shown.import.state == ImportState::Done
    }

    fn is_invoices(&self) -> bool {
        self.shown.import.kind == ImportKind::Invoices
    }

    fn list(&self) -> (&'static str, &'static str) {
        list_of(self.shown.import.kind)
    }

    fn action(&self) -> String {
        paths::show(&self.shown.import.id)
    }

    fn another(&self) -> &'static str {
        paths::of(self.shown.import.kind)
    }

    /// "1,204 customers"
    fn good(&self, preview: &Preview) -> String {
        counted(self.shown.import.kind, preview.good)
    }

    /// "1,000 of 1,204 customers", or what is told before it is known.
    fn so_far(&self) -> String {
        let all = usize::try_from(self.shown.import.row_count).unwrap_or_default();
        match self.shown.progress {
            Some((done, all)) => format!("{} of {}", grouped(done), counted(self.shown.import.kind, all)),
            None => format!("{} are about to come in.", counted(self.shown.import.kind, all)),
        }
    }

    fn done(&self) -> String {
        done(&self.shown)
    }

    fn when(&self) -> String {
        let at = self.shown.import.finished_at.unwrap_or(self.shown.import.created_at);
        when::full(at, &self.frame.business.time_zone)
    }

    fn total(&self, preview: &Preview) -> Option<String> {
        preview.total.map(|total| total.to_string())
    }

    fn rest(&self, listed: &Listed) -> Option<String> {
        Some(listed.rest()).filter(|rest| *rest > 0).map(grouped)
    }

    fn unused(&self, preview: &Preview) -> String {
        preview.unused.join(", ")
    }

    fn more(&self, preview: &Preview) -> Option<String> {
        Some(preview.good - preview.first.len()).filter(|rest| *rest > 0).map(grouped)
    }
}

impl Samples for ImportPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{import, office};
        let page =
            |shown: Shown| Self { frame: office::frame(UploadPage::place(shown.import.kind)), shown, conflict: None };
        let why = "A file is kept for a day, and this one is gone. Choose it again.".to_owned();
        vec![
            ("import-checked", page(import::checked())),
            ("import-checked-again", page(import::again())),
            ("import-invoices-checked", page(import::invoices())),
            ("import-running", page(import::running(Some((1_000, 1_204))))),
            ("import-waiting", page(import::running(None))),
            ("import-done", page(import::done())),
            ("import-failed", page(import::failed())),
            ("import-gone", Self { conflict: Some(why), ..page(import::gone()) }),
        ]
    }
}
