//! "Record a consent": somebody of the office writes down that the customer agreed to auto-pay: to which card, in
//! which words, how and when.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::consent::attestation::{Form, Obstacle, TypedAttestation, WAYS, ask, write};
use zoop_domain::form::FieldErrors;
use zoop_domain::payment_method::{ExpiryStatus, PaymentMethod};

use super::{id, words};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::customer::possessive;
use crate::office::invoice::show::sentence;
use crate::office::{Entered, Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::{card_payments, customer, plan};

/// The page.
#[derive(Template)]
#[template(path = "office/plan/attest.html", whitespace = "minimize")]
pub struct AttestPage {
    frame: Frame,
    form: Form,
    entered: Entered,
}

/// `GET /office/plans/{plan}/attest`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(plan): Segments<String>,
) -> Result<Response, PageError> {
    let form = ask(&web.app, staff.actor(), staff.at(), &id(&plan)?).await?;
    let on = match form.obstacle {
        Some(Obstacle::On) => "Auto-pay is on already.",
        Some(Obstacle::Cancelled) => "The plan is cancelled.",
        _ => "",
    };
    if !on.is_empty() {
        return Ok(toast::redirect(&plan::show(&form.plan.id), on));
    }
    let entered = begun(&form, &staff);
    staff.page(&AttestPage { frame: staff.frame(Place::Plans), form, entered })
}

/// `POST /office/plans/{plan}/attest`
pub async fn post(
    State(web): State<Web>,
    Segments(plan): Segments<String>,
    posted: Posted,
) -> Result<Response, PageError> {
    let Posted { staff, fields } = posted;
    let (plan, value) = (id(&plan)?, |name: &str| fields.get(name).to_owned());
    let typed = TypedAttestation {
        method: value("method"),
        how: value("how"),
        agreed_on: value("agreed_on"),
        agreed_at: value("agreed_at"),
        detail: value("detail"),
        is_confirmed: fields.has("confirm"),
    };
    let errors = match write(&web.app, staff.actor(), staff.at(), &plan, &typed).await {
        Ok(_) => return Ok(toast::redirect(&plan::show(&plan), "Consent recorded. Auto-pay is on.")),
        Err(Error::Fields(errors)) => errors,
        Err(Error::Invalid(why)) => FieldErrors::one("method", sentence(&why)),
        Err(Error::Conflict(why)) => {
            return super::show::page(&web, &staff, &plan).await?.refused(&why).conflict(&staff);
        }
        Err(error) => return Err(error.into()),
    };
    let form = ask(&web.app, staff.actor(), staff.at(), &plan).await?;
    let page = AttestPage { frame: staff.frame(Place::Plans), form, entered: Entered::refused(fields, errors) };
    staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The customer's default card, agreed to today; how, and whether, is for whoever records it to say.
fn begun(form: &Form, staff: &Staff) -> Entered {
    let clock = form.now.time_in(&staff.business.time_zone);
    let method = form.methods.first().map(|method| method.id.to_string()).unwrap_or_default();
    Entered::of([("method", method), ("agreed_on", form.today.iso()), ("agreed_at", clock)])
}

impl AttestPage {
    fn here(&self) -> String {
        plan::act(&self.form.plan.id, "attest")
    }

    fn back(&self) -> String {
        plan::show(&self.form.plan.id)
    }

    fn edit(&self) -> String {
        plan::act(&self.form.plan.id, "edit")
    }

    fn first_name(&self) -> &str {
        self.form.customer.name.split(' ').next().unwrap_or_default()
    }

    fn whose(&self) -> String {
        possessive(self.first_name())
    }

    /// "$270.63 every month on the 21st".
    fn summary(&self) -> String {
        let running = words::running(&self.form.plan.schedule);
        match &self.form.price {
            Some(price) => format!("{price} {running}"),
            None => running,
        }
    }

    /// "Expires 04/2027. The default."
    fn beside(&self, method: &PaymentMethod) -> String {
        let expiry = method.expiry.map(|expiry| match expiry.status_on(self.form.today) {
            ExpiryStatus::ExpiringSoon => format!("Expires {expiry}: charges after that would fail."),
            _ => format!("Expires {expiry}."),
        });
        let default = method.is_default.then(|| "The default.".to_owned());
        [expiry, default].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The way out of what stands against it: what it is called, where it is.
    fn way_out(&self) -> Option<(&'static str, String)> {
        match self.form.obstacle? {
            Obstacle::NoEmail => Some(("Add an email address", customer::edit(&self.form.customer.id))),
            Obstacle::NoPrice => Some(("Edit plan", self.edit())),
            Obstacle::NoCardPayments if self.frame.is_owner() => {
                Some(("Set up card payments", card_payments::CARD_PAYMENTS.to_owned()))
            }
            _ => None,
        }
    }
}

impl Samples for AttestPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{office, plan};
        let page =
            |obstacle, entered| Self { frame: office::frame(Place::Plans), form: plan::attestation(obstacle), entered };
        let method = plan::attestation(None).methods[0].id.to_string();
        let fresh = || Entered::of([("method", method.as_str()), ("agreed_on", "2026-11-23"), ("agreed_at", "09:40")]);
        let mut errors = FieldErrors::one("how", "Choose how it was agreed to.");
        errors.push("detail", "Enter what you would show.");
        errors.push("confirm", "Tick the box: without it nothing is recorded.");
        let refused = Entered::refused(fresh().fields().clone(), errors);
        vec![
            ("office-attest", page(None, fresh())),
            ("office-attest-refused", page(None, refused)),
            ("office-attest-no-card", page(Some(Obstacle::NoCard), fresh())),
            ("office-attest-no-email", page(Some(Obstacle::NoEmail), fresh())),
        ]
    }
}
