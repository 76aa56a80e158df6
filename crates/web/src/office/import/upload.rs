//! A file is chosen. If something of it must be put right, it is said line by line, and the file is forgotten.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::import::check::{Checked, check};
use zoop_app::import::{LARGEST_FILE, Listed, Preview};
use zoop_domain::form::FieldErrors;
use zoop_domain::import::{Column, ImportKind, MOST_ROWS, customer, invoice};

use super::{counted, grouped, list_of};
use crate::Web;
use crate::error::PageError;
use crate::office::{Entered, Frame, Place, Staff, Uploaded};
use crate::page::Samples;
use crate::routes::office::import as paths;

/// The page.
#[derive(Template)]
#[template(path = "office/import/upload.html", whitespace = "minimize")]
pub struct UploadPage {
    frame: Frame,
    kind: ImportKind,
    entered: Entered,
    /// What is wrong with the file that was chosen.
    wrong: Option<Preview>,
}

type File = Uploaded<LARGEST_FILE>;

/// `GET /office/import/customers`
pub async fn customers(staff: Staff) -> Result<Response, PageError> {
    staff.page(&UploadPage::new(&staff, ImportKind::Customers))
}

/// `GET /office/import/invoices`
pub async fn invoices(staff: Staff) -> Result<Response, PageError> {
    staff.page(&UploadPage::new(&staff, ImportKind::Invoices))
}

/// `POST /office/import/customers`
pub async fn post_customers(State(web): State<Web>, form: File) -> Result<Response, PageError> {
    post(&web, &form, ImportKind::Customers).await
}

/// `POST /office/import/invoices`
pub async fn post_invoices(State(web): State<Web>, form: File) -> Result<Response, PageError> {
    post(&web, &form, ImportKind::Invoices).await
}

async fn post(web: &Web, form: &File, kind: ImportKind) -> Result<Response, PageError> {
    let staff = &form.staff;
    let page = UploadPage::new(staff, kind);
    let refused = |errors| {
        let entered = Entered::refused(form.fields.clone(), errors);
        staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &UploadPage { entered, ..UploadPage::new(staff, kind) })
    };
    let Some(file) = form.file("file") else {
        return refused(FieldErrors::one("file", "Choose a file first."));
    };
    match check(&web.app, staff.actor(), staff.at(), kind, &file.name, file.content.as_deref()).await {
        Ok(Checked::Ready(import)) => Ok(Redirect::to(&paths::show(&import)).into_response()),
        Ok(Checked::Wrong(wrong)) => {
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &UploadPage { wrong: Some(*wrong), ..page })
        }
        Err(zoop_app::Error::Fields(errors)) => refused(errors),
        Err(error) => Err(error.into()),
    }
}

impl UploadPage {
    fn new(staff: &Staff, kind: ImportKind) -> Self {
        Self { frame: staff.frame(Self::place(kind)), kind, entered: Entered::default(), wrong: None }
    }

    pub(super) const fn place(kind: ImportKind) -> Place {
        match kind {
            ImportKind::Customers => Place::Customers,
            ImportKind::Invoices => Place::Invoices,
        }
    }

    fn title(&self) -> &'static str {
        match self.kind {
            ImportKind::Customers => "Import customers",
            ImportKind::Invoices => "Import open invoices",
        }
    }

    fn is_refused(&self) -> bool {
        self.wrong.is_some() || !self.entered.errors().is_empty()
    }

    fn list(&self) -> (&'static str, &'static str) {
        list_of(self.kind)
    }

    fn action(&self) -> &'static str {
        paths::of(self.kind)
    }

    fn limits(&self) -> String {
        format!("Column names in the first row, at most 5 MB and {} rows.", grouped(MOST_ROWS))
    }

    /// The columns that are read.
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let columns: &'static [Column] = match self.kind {
            ImportKind::Customers => customer::COLUMNS,
            ImportKind::Invoices => invoice::COLUMNS,
        };
        // The last two are those of our own export.
        let ours = |column: &&Column| !column.name.ends_with(" at");
        columns.iter().filter(ours).map(|column| column.name)
    }

    /// "2 rows must be put right first."
    fn why(&self, wrong: &Preview) -> String {
        match (wrong.problems.count, wrong.left_out.count) {
            (0, _) => "Everything in this file is here already.".to_owned(),
            (1, _) => "One row must be put right first.".to_owned(),
            (count, _) => format!("{} rows must be put right first.", grouped(count)),
        }
    }

    fn good(&self, wrong: &Preview) -> String {
        counted(self.kind, wrong.good)
    }

    fn rest(&self, listed: &Listed) -> Option<String> {
        Some(listed.rest()).filter(|rest| *rest > 0).map(grouped)
    }
}

impl Samples for UploadPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{import, office};
        let page =
            |kind| Self { frame: office::frame(Self::place(kind)), kind, entered: Entered::default(), wrong: None };
        let lie = FieldErrors::one("file", "This is a PDF, whatever its name. Export the list as CSV.");
        vec![
            ("import-customers", page(ImportKind::Customers)),
            ("import-invoices", page(ImportKind::Invoices)),
            (
                "import-no-file",
                Self { entered: Entered::refused(Default::default(), lie), ..page(ImportKind::Customers) },
            ),
            ("import-wrong", Self { wrong: Some(import::wrong()), ..page(ImportKind::Customers) }),
            ("import-all-here", Self { wrong: Some(import::all_here()), ..page(ImportKind::Customers) }),
        ]
    }
}
