//! Change card: agreed to again with a card on file, or with one that is typed on Stripe's page.

use axum::extract::State;
use axum::response::Response;
use zoop_app::Error;
use zoop_app::consent::change_card::{CardChanged, NewCard, change};

use crate::Web;
use crate::error::PageError;
use crate::extract::form::OTHER;
use crate::extract::{ChoiceForm, Segments, Sender};
use crate::portal::after_post;
use crate::portal::notice::Asked;
use crate::routes::PortalPath;

/// `POST /p/{token}/consents/{consent}/change-card`
pub async fn post(
    State(web): State<Web>,
    Segments((token, consent)): Segments<(String, String)>,
    Sender(evident): Sender,
    form: ChoiceForm,
) -> Result<Response, PageError> {
    let path = PortalPath::new(token);
    let card = if form.with == OTHER { NewCard::Another } else { NewCard::Saved(&form.with) };
    let done = match change(&web.app, path.token(), &consent, card, &evident).await {
        Ok(CardChanged::Setup(outcome)) => return Ok(after_post::to_card_page(&web, &path, outcome)),
        Ok(CardChanged::Done { .. }) => consent.parse().map(Asked::CardChanged).map_err(|_| Error::NotFound),
        Err(error) => Err(error),
    };
    after_post::say(&web, &path, done).await
}
