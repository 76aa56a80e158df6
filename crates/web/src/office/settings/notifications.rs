//! `/office/settings/notifications`: of what the owners are told by mail.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use zoop_app::business::notify::{notify, update_notify};
use zoop_domain::business::notify::{Event, Notify};

use crate::Web;
use crate::error::PageError;
use crate::office::{Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::business::NOTIFICATIONS;

/// The page.
#[derive(Template)]
#[template(path = "office/settings/notifications.html", whitespace = "minimize")]
pub struct NotificationsPage {
    frame: Frame,
    notify: Notify,
}

impl NotificationsPage {
    /// Each box: its event, its words, what it means.
    fn boxes(&self) -> impl Iterator<Item = (Event, &'static str, &'static str)> {
        Event::ALL.iter().map(|event| match event {
            Event::Paid => (*event, "A customer paid online", "Payments you record yourself are no news."),
            Event::ChargeFailed => {
                (*event, "An automatic charge failed", "With the reason and the next try. The customer is told too.")
            }
            Event::AutoPayOff => (*event, "A customer turned off auto-pay", "In the portal or by the link in a mail."),
            Event::CardRemoved => (*event, "A customer removed a card", "In the portal."),
            Event::Dispute => {
                (*event, "A payment is disputed", "The bank asks the money back, and how that was decided.")
            }
            Event::QuoteAnswered => {
                (*event, "A customer answered a quote", "Accepted or declined, by the link in a mail or in the portal.")
            }
        })
    }

    fn tells(&self, event: &Event) -> bool {
        self.notify.tells(*event)
    }
}

/// `GET /office/settings/notifications`
pub async fn get(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    let notify = notify(&web.app, staff.actor(), staff.at()).await?;
    staff.page(&NotificationsPage { frame: staff.frame(Place::Settings), notify })
}

/// `POST /office/settings/notifications`
pub async fn post(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let (staff, fields) = (&form.staff, &form.fields);
    let now = Notify::of(|event| fields.has(event.as_str()));
    update_notify(&web.app, staff.actor(), staff.at(), now).await?;
    Ok(toast::redirect(NOTIFICATIONS, "Saved."))
}

impl Samples for NotificationsPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let frame = crate::sample::office::frame(Place::Settings);
        vec![("settings-notifications", Self { frame, notify: Notify::of(|event| event != Event::CardRemoved) })]
    }
}
