//! A form with files: who sent it, what it holds, and the files up to a limit. It is checked like [`super::Posted`],
//! whose token comes before everything else, so that nothing of a stranger's is read.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRef, FromRequest, FromRequestParts as _, Multipart, Request};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::posted::{FORM_TOKEN, Fields, Posted, is_from_elsewhere, is_ours};
use super::staff::{Staff, Unknown};
use crate::Web;
use crate::error::PageError;

/// No value but a file is longer.
const LONGEST_VALUE: usize = 64 * 1024;

/// A form with files of at most `MOST` bytes each. How much all of it may be is the route's body limit; a form
/// without files may come as a plain one.
#[derive(Clone, Debug)]
pub struct Uploaded<const MOST: usize> {
    /// Who.
    pub staff: Staff,
    /// What was typed.
    pub fields: Fields,
    files: Vec<File>,
}

/// A file that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name of its field.
    pub field: String,
    /// What it is called where it comes from. Nothing may rest on it.
    pub name: String,
    /// What it holds; `None` if that is more than the form takes.
    pub content: Option<Vec<u8>>,
}

impl<const MOST: usize> Uploaded<MOST> {
    /// The file that was chosen in `field`, if one was.
    #[must_use]
    pub fn file(&self, field: &str) -> Option<&File> {
        self.files.iter().find(|file| file.field == field)
    }
}

impl<S, const MOST: usize> FromRequest<S> for Uploaded<MOST>
where
    S: Send + Sync,
    Web: FromRef<S>,
{
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Posted { staff, fields } = Posted::from_request(request, state).await?;
            return Ok(Self { staff, fields, files: Vec::new() });
        }
        let (mut parts, body) = request.into_parts();
        let staff = Staff::from_request_parts(&mut parts, state).await.map_err(Unknown::into_response)?;
        if is_from_elsewhere(&parts.headers) {
            return Err(PageError::Forged.into_response());
        }
        let form = Multipart::from_request(Request::from_parts(parts, body), state).await;
        let form = form.map_err(|_| incomplete().into_response())?;
        let (fields, files) = read(form, &staff, MOST).await.map_err(PageError::into_response)?;
        Ok(Self { staff, fields, files })
    }
}

async fn read(mut form: Multipart, staff: &Staff, most: usize) -> Result<(Fields, Vec<File>), PageError> {
    let (mut values, mut files) = (Vec::new(), Vec::new());
    let mut is_checked = false;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        if let Some(file_name) = file_name.filter(|_| is_checked) {
            let content = content(field, most).await?;
            // No file was chosen.
            if !(file_name.is_empty() && content.as_ref().is_some_and(Vec::is_empty)) {
                files.push(File { field: name, name: file_name, content });
            }
            continue;
        }
        let value = content(field, LONGEST_VALUE).await?.ok_or(PageError::TooLarge)?;
        let value = String::from_utf8(value).map_err(|_| incomplete())?.replace('\0', "");
        if !is_checked {
            if name != FORM_TOKEN || !is_ours(staff, &value) {
                return Err(PageError::Forged);
            }
            is_checked = true;
        }
        values.push((name, value));
    }
    if is_checked { Ok((Fields::of(values), files)) } else { Err(PageError::Forged) }
}

/// What the field holds, or `None` if it is more than `most`: the rest is read past, so that what comes after it
/// isn't lost.
async fn content(mut field: Field<'_>, most: usize) -> Result<Option<Vec<u8>>, PageError> {
    let mut content = Some(Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        content = content.filter(|so_far: &Vec<u8>| so_far.len() + chunk.len() <= most);
        if let Some(content) = &mut content {
            content.extend_from_slice(&chunk);
        }
    }
    Ok(content)
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn broken(error: MultipartError) -> PageError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        _ => incomplete(),
    }
}

fn incomplete() -> PageError {
    PageError::Invalid("What you sent didn’t arrive completely.".to_owned())
}
