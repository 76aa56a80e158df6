//! What a business takes away, written while it is read: however much there is, a thousand rows are in memory.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures_util::{Stream, stream};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use zoop_app::export;
use zoop_app::export::Place as After;
use zoop_domain::export::Table;

use super::settings::data::{self, DataPage};
use super::{Place, Posted, Staff, csv};
use crate::Web;
use crate::error::PageError;
use crate::routes::office::export as paths;

/// The word for all tables at once.
pub(super) const EVERYTHING: &str = "everything";

/// The routes of this file, and of the page they belong to.
pub(crate) fn router() -> Router<Web> {
    Router::new().route(paths::DATA, get(data::get)).route(paths::EXPORT, post(export))
}

/// `POST /office/settings/data/export`
pub async fn export(State(web): State<Web>, Posted { staff, fields }: Posted) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    let what = fields.get("what");
    let table = what.parse::<Table>().ok();
    if table.is_none() && what != EVERYTHING {
        let page = DataPage { frame: staff.frame(Place::Settings), is_refused: true };
        return staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    export::begin(&web.app, staff.actor(), staff.at(), what).await?;
    let day = web.app.now().date_in(&staff.business.time_zone).iso();
    Ok(match table {
        Some(table) => file(&format!("{table}-{day}.csv"), "text/csv; charset=utf-8", rows(web, staff, table)),
        None => file(&format!("{what}-{day}.json"), "application/json", whole(web, staff)),
    })
}

fn file(name: &str, kind: &'static str, chunks: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], Body::from_stream(chunks)).into_response()
}

/// Where a table goes on.
enum At {
    Head,
    After(After),
    End,
}

fn rows(web: Web, staff: Staff, table: Table) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::try_unfold(At::Head, move |at| {
        let (web, staff) = (web.clone(), staff.clone());
        async move { chunk(&web, &staff, table, at).await.map_err(torn) }
    })
}

async fn chunk(web: &Web, staff: &Staff, table: Table, at: At) -> Result<Option<(Vec<u8>, At)>, PageError> {
    let (head, after) = match at {
        At::Head => (Some(export::columns(table).collect::<Vec<_>>()), None),
        At::After(after) => (None, Some(after)),
        At::End => return Ok(None),
    };
    let mut bytes = if head.is_some() { csv::BYTE_ORDER_MARK.to_vec() } else { Vec::new() };
    let page = export::page(&web.app, staff.actor(), staff.at(), table, after.as_ref()).await?;
    let rows = page.rows.iter().map(|row| row.iter().map(String::as_str).collect());
    bytes.extend(csv::rows(head.into_iter().chain(rows))?);
    Ok(Some((bytes, page.next.map_or(At::End, At::After))))
}

fn whole(web: Web, staff: Staff) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::try_unfold(export::At::Head, move |at| {
        let (web, staff) = (web.clone(), staff.clone());
        async move {
            let next = export::json(&web.app, staff.actor(), staff.at(), at).await;
            Ok(next.map_err(|error| torn(error.into()))?.map(|(text, at)| (text.into_bytes(), at)))
        }
    })
}

/// A file that can't be written whole ends with an error, so that nobody takes it for one that is.
#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn torn(error: PageError) -> io::Error {
    tracing::error!(?error, "an export broke off");
    io::Error::other("the file could not be written whole")
}
