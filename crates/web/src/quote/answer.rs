//! The customer's answer: taken once. A second one finds the page that says what was answered, and when.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::Error;
use zoop_app::quote::answer::{answer, show};
use zoop_domain::quote::TypedAnswer;

use super::show::QuotePage;
use crate::Web;
use crate::error::PageError;
use crate::extract::{AnswerForm, Sender};
use crate::routes::QuotePath;

/// `POST /q/{token}`
pub async fn post(
    State(web): State<Web>,
    path: QuotePath,
    Sender(from): Sender,
    form: AnswerForm,
) -> Result<Response, PageError> {
    let accept = match form.answer.as_str() {
        "accept" => true,
        "decline" => false,
        // Nothing was pressed: the page again, if there is one.
        _ => {
            let view = show(&web.app, path.token()).await?;
            return QuotePage::new(view, &path).answer(StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let typed = TypedAnswer { accept, name: form.name.clone(), comment: form.comment.clone() };
    match answer(&web.app, path.token(), &typed, &from).await {
        Ok(()) => Ok(Redirect::to(&path.page()).into_response()),
        Err(Error::Fields(errors)) => {
            let view = show(&web.app, path.token()).await?;
            QuotePage::new(view, &path).refused(form, errors).answer(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(Error::Conflict(_)) => {
            let view = show(&web.app, path.token()).await?;
            QuotePage::new(view, &path).too_late().answer(StatusCode::CONFLICT)
        }
        Err(error) => Err(error.into()),
    }
}
