//! A form of the owner's application: who sent it, and what it holds. Reading one checks that it comes from
//! our own page, so a handler can't forget to.

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq as _;

use super::staff::{Staff, Unknown};
use crate::Web;
use crate::error::PageError;
use crate::extract::pairs;

/// The name of the field that holds the form's token.
pub const FORM_TOKEN: &str = "form_token";

/// A form's fields, in their order, as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form, or a query.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        Self(pairs(body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// From names and values.
    pub fn of<N: Into<String>, V: Into<String>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The value of `name`; empty if it wasn't sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The value of `name`, if it was sent.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked, or a button pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form that one of the business's people sent from our own page.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Who.
    pub staff: Staff,
    /// What.
    pub fields: Fields,
}

/// Whether another site made the browser send this. Browsers that don't say are held to the token alone.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// Whether `sent` is the token of this session's forms.
pub(crate) fn is_ours(staff: &Staff, sent: &str) -> bool {
    staff.form_token.as_bytes().ct_eq(sent.as_bytes()).into()
}

/// The form as it was sent, up to the limit of its route.
pub(super) async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, PageError> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        _ => PageError::Invalid("What you sent didn’t arrive completely.".to_owned()),
    })
}

impl<S> FromRequest<S> for Posted
where
    S: Send + Sync,
    Web: FromRef<S>,
{
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let staff = Staff::from_request_parts(&mut parts, state).await.map_err(Unknown::into_response)?;
        if is_from_elsewhere(&parts.headers) {
            return Err(PageError::Forged.into_response());
        }
        let body = read_body(Request::from_parts(parts, body), state).await.map_err(PageError::into_response)?;
        let fields = Fields::read(&body);
        if !is_ours(&staff, fields.get(FORM_TOKEN)) {
            return Err(PageError::Forged.into_response());
        }
        Ok(Self { staff, fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn fields_are_found_by_name_in_their_order() {
        let fields = Fields::read(b"name=Rosa+D&notes=a%0Ab&name=second&tick=");
        assert_eq!((fields.get("name"), fields.get("notes"), fields.get("none")), ("Rosa D", "a\nb", ""));
        assert!(fields.has("tick") && !fields.has("none"));
    }

    #[test]
    fn another_sites_form_is_known_by_its_header() {
        let from = |site| HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site))]);
        assert!(is_from_elsewhere(&from("cross-site")) && is_from_elsewhere(&from("same-site")));
        assert!(!is_from_elsewhere(&from("same-origin")) && !is_from_elsewhere(&HeaderMap::new()));
    }
}
