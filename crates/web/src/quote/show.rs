//! The quote page: who offers, what, for how much, until when; one form with two buttons. Looking changes nothing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::quote::answer::{QuoteView, show};
use zoop_domain::business::Business;
use zoop_domain::contact;
use zoop_domain::form::FieldErrors;
use zoop_domain::quote::{Quote, QuoteStatus};

use crate::Web;
use crate::error::PageError;
use crate::extract::AnswerForm;
use crate::page::{self, Samples};
use crate::routes::QuotePath;

/// `GET /q/{token}`
pub async fn get(State(web): State<Web>, path: QuotePath) -> Result<Response, PageError> {
    let view = show(&web.app, path.token()).await?;
    QuotePage::new(view, &path).answer(StatusCode::OK)
}

/// The page.
#[derive(Template)]
#[template(path = "quote/show.html", whitespace = "minimize")]
pub struct QuotePage {
    view: QuoteView,
    path: QuotePath,
    kept: AnswerForm,
    errors: FieldErrors,
    came_late: bool,
}

impl QuotePage {
    /// The page of `view`, opened by `path`.
    #[must_use]
    pub fn new(view: QuoteView, path: &QuotePath) -> Self {
        let (kept, errors) = (AnswerForm::default(), FieldErrors::default());
        Self { view, path: path.clone(), kept, errors, came_late: false }
    }

    /// An answer that couldn't be read: nothing that was typed is lost.
    #[must_use]
    pub fn refused(mut self, kept: AnswerForm, errors: FieldErrors) -> Self {
        (self.kept, self.errors) = (kept, errors);
        self
    }

    /// An answer that came after another, or too late.
    #[must_use]
    pub const fn too_late(mut self) -> Self {
        self.came_late = true;
        self
    }

    /// The answer.
    ///
    /// # Errors
    /// [`PageError::Internal`] if the page can't be drawn.
    pub fn answer(&self, status: StatusCode) -> Result<Response, PageError> {
        page::with_status(status, self)
    }

    fn business(&self) -> &Business {
        &self.view.opened.business
    }

    fn quote(&self) -> &Quote {
        &self.view.opened.quote
    }

    fn waits(&self) -> bool {
        self.view.status == QuoteStatus::Sent
    }

    /// What a customer with something on his mind can do: "call us".
    fn call_us(&self) -> &'static str {
        contact::call_us(self.business())
    }

    /// What became of the quote: an icon, a tone, a word.
    fn look(&self) -> (&'static str, &'static str, &'static str) {
        match self.view.status {
            QuoteStatus::Accepted => ("paid", "good", "Accepted"),
            QuoteStatus::Declined => ("canceled", "calm", "Declined"),
            QuoteStatus::Expired => ("overdue", "warn", "Expired"),
            QuoteStatus::Sent | QuoteStatus::Draft | QuoteStatus::Withdrawn => ("due", "calm", "Waiting for you"),
        }
    }

    /// What came of an answer that was one too many.
    fn late_words(&self) -> &'static str {
        match self.view.status {
            QuoteStatus::Expired => "Nothing was recorded: this quote has expired.",
            _ => "Nothing was changed: this quote was answered already.",
        }
    }
}

impl Samples for QuotePage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office as sample;
        let page = |status, answer| Self::new(sample::quote_view(status, answer), &QuotePath::new("SECRET"));
        let typed = AnswerForm { comment: "Please start in January.".into(), ..AnswerForm::default() };
        let errors = FieldErrors::one("name", "Enter your name.");
        vec![
            ("quote", page(QuoteStatus::Sent, None)),
            ("quote-refused", page(QuoteStatus::Sent, None).refused(typed, errors)),
            ("quote-accepted", page(QuoteStatus::Accepted, Some(true))),
            ("quote-declined", page(QuoteStatus::Declined, Some(false))),
            ("quote-answered-twice", page(QuoteStatus::Accepted, Some(true)).too_late()),
            ("quote-expired", page(QuoteStatus::Expired, None)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_quote_that_waits_can_be_answered() {
        for (name, page) in QuotePage::samples() {
            let html = page.render().unwrap();
            assert_eq!(html.contains("<form"), matches!(name, "quote" | "quote-refused"), "{name}");
            assert!(!html.contains("Side gate code"), "{name}: no customer sees the notes");
            assert!(!html.contains("/office") && !html.contains("\"/p/") && !html.contains("<script"), "{name}");
        }
    }

    #[test]
    fn an_answer_is_told_with_its_day_and_what_was_said() {
        let html = |wanted: &str| {
            let found = QuotePage::samples().into_iter().find(|(name, _)| *name == wanted).unwrap();
            found.1.render().unwrap()
        };
        assert!(html("quote-accepted").contains("Accepted") && html("quote-accepted").contains("Dana Whitfield"));
        assert!(html("quote-declined").contains("Too dear"));
        assert!(html("quote-expired").contains("has expired"));
        assert!(
            html("quote-refused").contains("Please start in January.")
                && html("quote-refused").contains("Enter your name.")
        );
    }
}
