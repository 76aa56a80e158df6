//! The invoice and its receipt as PDF. Opened in the browser; saved, it has the invoice's number for a name.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use zoop_app::invoice::document::{Document, DocumentKind, document};

use crate::Web;
use crate::error::PageError;
use crate::routes::InvoicePath;

/// `GET …/invoice.pdf`
pub async fn invoice(State(web): State<Web>, path: InvoicePath) -> Result<Response, PageError> {
    let printed = document(&web.app, path.key(), DocumentKind::Invoice).await?;
    Ok(answer(printed.ok_or(PageError::NotFound)?))
}

/// `GET …/receipt.pdf`. An invoice that isn't paid has none; its page says what there is instead.
pub async fn receipt(State(web): State<Web>, path: InvoicePath) -> Result<Response, PageError> {
    let printed = document(&web.app, path.key(), DocumentKind::Receipt).await?;
    Ok(printed.map_or_else(|| Redirect::to(&path.page()).into_response(), answer))
}

/// The file, with the name it is saved by.
pub(crate) fn answer(document: Document) -> Response {
    let disposition = format!("inline; filename=\"{}\"", document.file_name);
    ([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], document.bytes).into_response()
}
