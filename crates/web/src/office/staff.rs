//! Who is signed in. Without a session the browser is sent to sign in and comes back afterwards.

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{Method, StatusCode};
use sha2::{Digest as _, Sha256};
use zoop_app::{Actor, session};
use zoop_domain::business::Business;
use zoop_domain::id::{BusinessId, SessionId};
use zoop_domain::secret::PlainToken;
use zoop_domain::user::{Role, User};

use super::frame::{Frame, Place};
use super::{cookie, toast};
use crate::Web;
use crate::error::PageError;
use crate::routes::office::account;

/// Somebody who is signed in, in the business he works in now.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The session.
    pub session: SessionId,
    /// Who.
    pub user: User,
    /// As what.
    pub role: Role,
    /// Where.
    pub business: Business,
    /// What every form carries: only our own pages know it.
    pub form_token: String,
    sends_mail: bool,
    toast: Option<String>,
}

impl Staff {
    /// As whom the app is asked.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::member(self.user.id, self.role)
    }

    /// The business's id.
    #[must_use]
    pub fn at(&self) -> &BusinessId {
        &self.business.id
    }

    /// Whether he is an owner.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }

    /// Refuses a page that only the owner sees.
    ///
    /// # Errors
    /// [`PageError::Forbidden`] for everybody else.
    pub fn must_be_owner(&self) -> Result<(), PageError> {
        if self.is_owner() { Ok(()) } else { Err(PageError::Forbidden) }
    }

    /// What stands around a page at `place`.
    #[must_use]
    pub fn frame(&self, place: Place) -> Frame {
        Frame {
            business: self.business.clone(),
            user: self.user.clone(),
            role: self.role,
            form_token: self.form_token.clone(),
            sends_mail: self.sends_mail,
            toast: self.toast.clone(),
            place,
        }
    }

    /// The same, when the session has another token.
    #[must_use]
    pub(crate) fn renewed(self, token: &PlainToken) -> Self {
        Self { form_token: form_token(token, &self.business.id), ..self }
    }

    /// The page, with 200; a line that came with the request has been shown now.
    pub(crate) fn page(&self, page: &impl Template) -> Result<Response, PageError> {
        self.page_with(StatusCode::OK, page)
    }

    /// The page, with `status`.
    pub(crate) fn page_with(&self, status: StatusCode, page: &impl Template) -> Result<Response, PageError> {
        let html = page.render().map_err(PageError::internal)?;
        Ok(match self.toast {
            Some(_) => (status, [(SET_COOKIE, toast::EATEN)], Html(html)).into_response(),
            None => (status, Html(html)).into_response(),
        })
    }
}

/// The secret of a session's forms in one business: a page opened in another acts nowhere. Whoever knows it knew the
/// session's token.
fn form_token(token: &PlainToken, business: &BusinessId) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form:{business}:{}", token.expose())))
}

/// Why there is nobody: he is to sign in, or the database is away.
pub enum Unknown {
    /// To sign in, and then back here.
    SignIn(String),
    /// It can't be told.
    Failed(PageError),
}

impl From<PageError> for Unknown {
    fn from(error: PageError) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Unknown {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(path) => Redirect::to(&path).into_response(),
            Self::Failed(error) => error.into_response(),
        }
    }
}

impl<S> FromRequestParts<S> for Staff
where
    S: Send + Sync,
    Web: FromRef<S>,
{
    type Rejection = Unknown;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Unknown> {
        let web = Web::from_ref(state);
        let token = cookie::session(&parts.headers, web.is_https());
        let open = match &token {
            Some(token) => session::open::open(&web.app, token).await.map_err(PageError::from)?,
            None => None,
        };
        let (Some(open), Some(token)) = (open, token) else {
            let page = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
            let next = page.map_or(crate::routes::office::home::HOME, http::uri::PathAndQuery::as_str);
            return Err(Unknown::SignIn(account::sign_in_then(next)));
        };
        Ok(Self {
            session: open.id,
            user: open.user,
            role: open.role,
            form_token: form_token(&token, &open.business.id),
            business: open.business,
            sends_mail: web.app.sends_mail(),
            toast: toast::take(&parts.headers),
        })
    }
}
