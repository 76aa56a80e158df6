//! What a page says when something can't be done. A handler only names the failure; one layer
//! ([`crate::layer::failure`]) draws the page, so that all look alike and all are logged once.
//!
//! The log has the whole chain of causes, the page a reference number that finds it.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use zoop_app::Source;

/// Why there is no page.
#[derive(Debug)]
pub enum PageError {
    /// It isn't there, or isn't yours.
    NotFound,
    /// It is there, but only the business's owner may.
    Forbidden,
    /// The form wasn't sent from our page, or the page is too old.
    Forged,
    /// The path is there, but not for this method.
    MethodNotAllowed,
    /// More was sent than any of our forms holds.
    TooLarge,
    /// What was sent can't be used; the text says why.
    Invalid(String),
    /// It clashes with what has happened meanwhile; the text says with what.
    Conflict(String),
    /// It took too long, and we stopped.
    TimedOut,
    /// Somebody we depend on did not do its part.
    Upstream(Source),
    /// Our fault.
    Internal(Source),
}

/// The failure on its way to the layer that draws it.
#[derive(Clone)]
pub(crate) struct Failure(pub Arc<PageError>);

impl From<zoop_app::Error> for PageError {
    fn from(error: zoop_app::Error) -> Self {
        match error {
            zoop_app::Error::NotFound => Self::NotFound,
            zoop_app::Error::Forbidden => Self::Forbidden,
            zoop_app::Error::Invalid(why) => Self::Invalid(why),
            zoop_app::Error::Fields(errors) => Self::Invalid(errors.to_string()),
            zoop_app::Error::Conflict(why) => Self::Conflict(why),
            zoop_app::Error::Upstream(source) => Self::Upstream(source),
            zoop_app::Error::Internal(source) => Self::Internal(source),
        }
    }
}

impl PageError {
    /// Our fault, by whatever went wrong.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::Internal(source.into())
    }

    /// A handler panicked.
    pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::internal(format!("panic: {}", text.unwrap_or("no message")))
    }

    /// The status it is answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TimedOut | Self::Upstream(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes what the operator needs, once, under the reference the customer reads.
    pub(crate) fn log(&self, reference: &str) {
        match self {
            Self::Internal(source) => tracing::error!(reference, error = %Chain(source.as_ref()), "internal error"),
            Self::Upstream(source) => tracing::error!(reference, error = %Chain(source.as_ref()), "upstream error"),
            Self::TimedOut => tracing::error!(reference, "the answer took too long"),
            _ => {}
        }
    }

    /// The page, complete.
    pub(crate) fn page(&self, reference: &str) -> Result<String, askama::Error> {
        match self {
            Self::NotFound => NotFoundPage {}.render(),
            _ => ErrorPage::of(self, reference).render(),
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = self.status();
        (status, axum::Extension(Failure(Arc::new(self)))).into_response()
    }
}

/// An error with all its causes, on one line.
struct Chain<'a>(&'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// The one 404: it names nobody and loads no brand, whatever the link was.
#[derive(Template)]
#[template(path = "not_found.html", whitespace = "minimize")]
pub struct NotFoundPage {}

/// Every other failure.
#[derive(Template)]
#[template(path = "error.html", whitespace = "minimize")]
pub struct ErrorPage<'a> {
    title: &'static str,
    said: Option<&'a str>,
    advice: &'static str,
    reference: Option<&'a str>,
}

impl<'a> ErrorPage<'a> {
    /// The words for `error`. The reference is shown where the log has something under it.
    #[must_use]
    pub fn of(error: &'a PageError, reference: &'a str) -> Self {
        const WENT_BACK: &str = "Go back, check what you entered, and send it again. Nothing was changed.";
        let (title, said, advice, logged) = match error {
            PageError::NotFound => ("Page not found", None, "This link doesn’t open anything.", false),
            PageError::Forbidden => (
                "Only the owner can do that",
                Some("Portal links, refunds, settings and the team are the owner’s. Nothing was changed."),
                "Go back, and ask the owner of the business.",
                false,
            ),
            PageError::Forged => (
                "This form is no longer good",
                Some(
                    "It was opened before you signed in or switched businesses, or it came from another site. \
                     Nothing was changed.",
                ),
                "Go back, load the page again, and send it once more.",
                false,
            ),
            PageError::MethodNotAllowed => (
                "This page can’t be opened like that",
                None,
                "Go back to the page you came from, or open the link in your message again.",
                false,
            ),
            PageError::TooLarge => (
                "That was more than this form takes",
                None,
                "Nothing was charged or changed. Go back and try again.",
                false,
            ),
            PageError::Invalid(why) => ("That can’t be used", Some(why.as_str()), WENT_BACK, false),
            PageError::Conflict(why) => (
                "Something has changed meanwhile",
                Some(why.as_str()),
                "Nothing was charged. Open the page again to see how it stands now.",
                false,
            ),
            PageError::Upstream(_) => (
                "Online payment isn’t answering",
                None,
                "Nothing was charged. Please try again in a few minutes.",
                true,
            ),
            PageError::TimedOut => (
                "This took too long",
                None,
                "Please wait a minute, then open the page again to see how it stands before you try once more.",
                true,
            ),
            PageError::Internal(_) => (
                "Something went wrong on our side",
                None,
                "It isn’t your fault, and we have a note of it. Please try again in a few minutes.",
                true,
            ),
        };
        Self { title, said, advice, reference: logged.then_some(reference) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Outer(std::num::ParseIntError);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("reading the amount")
        }
    }
    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_log_has_the_chain_and_the_page_has_none_of_it() {
        let source = Outer("x".parse::<i64>().unwrap_err());
        assert_eq!(Chain(&source).to_string(), "reading the amount: invalid digit found in string");
        let page = PageError::internal(source).page("7K2M-Q9XT").unwrap();
        assert!(!page.contains("reading the amount"));
        assert!(page.contains("7K2M-Q9XT"));
    }

    #[test]
    fn what_is_not_yours_does_not_exist_and_what_you_may_not_is_refused() {
        assert_eq!(PageError::from(zoop_app::Error::NotFound).status(), StatusCode::NOT_FOUND);
        assert_eq!(PageError::from(zoop_app::Error::Forbidden).status(), StatusCode::FORBIDDEN);
    }
}
