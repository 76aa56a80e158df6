//! `/office/settings/payment-instructions`: how customers pay without a card.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::business::settings::{Settings, settings};
use zoop_app::business::update::update_payment_instructions;
use zoop_domain::business::Business;
use zoop_domain::business::instructions;
use zoop_domain::form::FieldErrors;
use zoop_domain::invoice::PayBlock;

use crate::Web;
use crate::error::PageError;
use crate::office::{Entered, Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::business::PAYMENT_INSTRUCTIONS;

/// The page.
#[derive(Template)]
#[template(path = "office/settings/instructions.html", whitespace = "minimize")]
pub struct InstructionsPage {
    frame: Frame,
    business: Business,
    entered: Entered,
    /// Why nothing was saved, if somebody else was faster, and what is stored now instead of what was typed.
    overtaken: Option<(String, Vec<(&'static str, String)>)>,
    /// Whether what is typed was only to be looked at.
    is_preview: bool,
}

impl InstructionsPage {
    /// The text as the pay block would show it, if it can be used.
    fn shown(&self) -> Option<String> {
        instructions::read(self.entered.value("instructions")).ok().flatten()
    }

    /// The row of the pay block that would hold.
    fn row(&self) -> PayBlock {
        PayBlock::usual(&Business { payment_instructions: self.shown(), ..self.business.clone() })
    }

    fn row_words(&self) -> &'static str {
        match self.row() {
            PayBlock::Online => "Card payments are on and there are no instructions: an open invoice has Pay now only.",
            PayBlock::OnlineAndOffline => {
                "Card payments are on: an open invoice has Pay now, and these instructions below it under “Or pay offline”."
            }
            PayBlock::OfflineOnly => "Card payments are off: an open invoice shows these instructions, and no Pay now.",
            PayBlock::Contact | PayBlock::Nothing => {
                "Card payments are off and there are no instructions: an open invoice asks the customer to contact you."
            }
        }
    }
}

fn page(staff: &Staff, settings: Settings, entered: Entered) -> InstructionsPage {
    let (frame, business) = (staff.frame(Place::Settings), settings.business);
    InstructionsPage { frame, business, entered, overtaken: None, is_preview: false }
}

fn entered(settings: &Settings) -> Entered {
    let text = settings.business.payment_instructions.clone().unwrap_or_default();
    Entered::of([("revision", settings.revision.to_string()), ("instructions", text)])
}

/// `GET /office/settings/payment-instructions`
pub async fn get(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    let settings = settings(&web.app, staff.actor(), staff.at()).await?;
    let entered = entered(&settings);
    staff.page(&page(&staff, settings, entered))
}

/// `POST /office/settings/payment-instructions`
pub async fn post(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let (app, staff, fields) = (&web.app, &form.staff, &form.fields);
    staff.must_be_owner()?;
    let (revision, text) = (fields.get("revision").parse().unwrap_or_default(), fields.get("instructions"));
    let refused = |errors| Entered::refused(fields.clone(), errors);
    if fields.has("preview") {
        let errors = instructions::read(text).err().map(|why| FieldErrors::one("instructions", why));
        let now = settings(app, staff.actor(), staff.at()).await?;
        let page = page(staff, now, refused(errors.unwrap_or_default()));
        return staff.page(&InstructionsPage { is_preview: true, ..page });
    }
    let error = match update_payment_instructions(app, staff.actor(), staff.at(), revision, text).await {
        Ok(()) => return Ok(toast::redirect(PAYMENT_INSTRUCTIONS, "Saved. Every open invoice shows it now.")),
        Err(error) => error,
    };
    let now = settings(app, staff.actor(), staff.at()).await?;
    match error {
        Error::Fields(errors) => staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(staff, now, refused(errors))),
        Error::Conflict(why) => {
            let typed = Entered::overtaken(fields, now.revision);
            let changes = typed.differing(&entered(&now), &[("instructions", "Instructions")]);
            let page = InstructionsPage { overtaken: Some((why, changes)), ..page(staff, now, typed) };
            staff.page_with(StatusCode::CONFLICT, &page)
        }
        error => Err(error.into()),
    }
}

impl Samples for InstructionsPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{greenline, office};
        let check = "Send a check payable to Greenline Lawn & Garden,\n2210 Menchaca Road, Austin, TX 78704.\n\nOr pay in cash when we come.";
        let page = |business: Business, text: &str| Self {
            frame: office::frame(Place::Settings),
            business,
            entered: Entered::of([("revision", "3"), ("instructions", text)]),
            overtaken: None,
            is_preview: false,
        };
        let offline = Business { stripe: None, ..greenline() };
        let errors = FieldErrors::one("instructions", "Enter payment instructions of at most 2000 characters.");
        let wrong = Entered::refused(page(greenline(), "Much").entered.fields().clone(), errors);
        vec![
            ("settings-instructions", page(greenline(), check)),
            ("settings-instructions-online", page(greenline(), "")),
            ("settings-instructions-offline", Self { is_preview: true, ..page(offline.clone(), check) }),
            ("settings-instructions-contact", page(offline, "")),
            ("settings-instructions-wrong", Self { entered: wrong, ..page(greenline(), "") }),
        ]
    }
}
