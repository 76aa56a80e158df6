//! Pay now: takes the amount the customer saw, and pays with a card on file or sends him on to
//! Stripe's page. Whatever stands in the way, the page comes again with all that was entered.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use zoop_app::invoice::pay::{PayOutcome, PayRequest, pay};
use zoop_app::invoice::show::{InvoiceView, show};

use super::bank::BankPage;
use super::notice::Notice;
use super::show::InvoicePage;
use crate::Web;
use crate::error::PageError;
use crate::extract::{PayForm, Sender, WayBackCookie};
use crate::page;
use crate::routes::{BackPath, InvoicePath};

/// `POST …/pay`
pub async fn post(
    State(web): State<Web>,
    path: InvoicePath,
    Sender(evident): Sender,
    form: PayForm,
) -> Result<Response, PageError> {
    let Some(amount_minor) = form.amount_minor else {
        let view = show(&web.app, path.key()).await?;
        return again(view, &path, form, Notice::AmountUnreadable, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let request = PayRequest {
        amount_minor,
        save_card: form.save_card,
        auto_pay: form.auto_pay,
        email: Some(form.email.clone()).filter(|email| !email.is_empty()),
        saved: form.with.clone(),
        evident,
    };
    let cookie = |code| WayBackCookie::set(&BackPath::Invoice(path.clone()), code, web.is_https());
    match pay(&web.app, path.key(), request).await? {
        PayOutcome::Checkout { url, code } => {
            Ok(([(SET_COOKIE, cookie(&code))], Redirect::to(url.as_str())).into_response())
        }
        PayOutcome::Bank { url, code } => {
            let view = show(&web.app, path.key()).await?;
            let page = page::ok(&BankPage::new(view, url))?;
            Ok(([(SET_COOKIE, cookie(&code))], page).into_response())
        }
        PayOutcome::NothingToPay | PayOutcome::Taken => Ok(Redirect::to(&path.page()).into_response()),
        PayOutcome::BalanceChanged(view) => {
            InvoicePage::new(*view, &path)?.keeping(form).with_changed_balance().answer(StatusCode::CONFLICT)
        }
        PayOutcome::Declined { view, method_label, decline_code } => {
            let notice = Notice::Declined { method_label, decline_code };
            again(*view, &path, form, notice, StatusCode::PAYMENT_REQUIRED)
        }
        PayOutcome::MethodGone(view) => again(*view, &path, form, Notice::MethodGone, StatusCode::CONFLICT),
        PayOutcome::EmailNeeded(view) => {
            again(*view, &path, form, Notice::EmailNeeded, StatusCode::UNPROCESSABLE_ENTITY)
        }
        PayOutcome::Unavailable(view) => {
            again(*view, &path, form, Notice::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn again(
    view: InvoiceView,
    path: &InvoicePath,
    form: PayForm,
    notice: Notice,
    status: StatusCode,
) -> Result<Response, PageError> {
    InvoicePage::new(view, path)?.keeping(form).with_notice(Some(notice)).answer(status)
}

/// `GET …/pay`: the address bar shows this path after a refused payment, and whoever reloads it
/// there wants the invoice.
pub async fn get(State(web): State<Web>, path: InvoicePath) -> Result<Redirect, PageError> {
    show(&web.app, path.key()).await?;
    Ok(Redirect::to(&path.page()))
}
