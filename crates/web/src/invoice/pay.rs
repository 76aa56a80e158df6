//! Pay now: takes the amount the customer saw, and sends him on to Stripe's page.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use zoop_app::invoice::pay::{PayOutcome, PayRequest, pay};
use zoop_app::invoice::show::show;

use super::notice::Notice;
use super::show::InvoicePage;
use crate::Web;
use crate::error::PageError;
use crate::extract::{PayForm, WayBackCookie};
use crate::routes::InvoicePath;

/// `POST …/pay`
pub async fn post(State(web): State<Web>, path: InvoicePath, form: PayForm) -> Result<Response, PageError> {
    let PayForm { amount_minor, save_card } = form;
    let Some(amount_minor) = amount_minor else {
        let page = InvoicePage::new(show(&web.app, path.key()).await?, &path)?;
        return page
            .keeping(save_card)
            .with_notice(Some(Notice::AmountUnreadable))
            .answer(StatusCode::UNPROCESSABLE_ENTITY);
    };
    match pay(&web.app, path.key(), PayRequest { amount_minor, save_card, ..PayRequest::default() }).await? {
        PayOutcome::Checkout { url, code } => {
            let cookie = WayBackCookie::set(&path, &code, web.is_https());
            Ok(([(SET_COOKIE, cookie)], Redirect::to(url.as_str())).into_response())
        }
        PayOutcome::NothingToPay | PayOutcome::Taken => Ok(Redirect::to(&path.page()).into_response()),
        PayOutcome::BalanceChanged(view) => {
            InvoicePage::new(*view, &path)?.keeping(save_card).with_changed_balance().answer(StatusCode::CONFLICT)
        }
        // Only a card on file or auto-pay come to these, and the form has neither yet.
        PayOutcome::Bank { .. }
        | PayOutcome::Declined { .. }
        | PayOutcome::MethodGone(_)
        | PayOutcome::EmailNeeded(_) => Err(PageError::internal("paid in a way that wasn’t offered")),
        PayOutcome::Unavailable(view) => {
            let page = InvoicePage::new(*view, &path)?.keeping(save_card);
            page.with_notice(Some(Notice::Unavailable)).answer(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// `GET …/pay`: the address bar shows this path after a refused payment, and whoever reloads it
/// there wants the invoice.
pub async fn get(State(web): State<Web>, path: InvoicePath) -> Result<Redirect, PageError> {
    show(&web.app, path.key()).await?;
    Ok(Redirect::to(&path.page()))
}
