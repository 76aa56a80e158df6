//! `/office/settings/business`: who the business is, how it looks, how it bills.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::business::settings::{Settings, settings};
use zoop_app::business::update::{Edit, LogoEdit, update};
use zoop_domain::brand::BrandColor;
use zoop_domain::business::info::Typed;
use zoop_domain::form::FieldErrors;
use zoop_domain::money::Currency;
use zoop_domain::time::TimeZone;

use crate::Web;
use crate::error::PageError;
use crate::office::posted::Fields;
use crate::office::uploaded::{File, Uploaded};
use crate::office::{Entered, Frame, Place, Staff, toast};
use crate::page::Samples;
use crate::routes::office::business::BUSINESS;

/// The largest logo: 1 MB.
const LARGEST_LOGO: usize = 1024 * 1024;
/// So much is read past a file that is too large, so that the other fields aren't lost.
pub(super) const BODY_LIMIT: usize = 12 * LARGEST_LOGO;
/// What a colour field shows that none was chosen in.
const NO_COLOR: &str = "#3b5bdb";

/// The page.
#[derive(Template)]
#[template(path = "office/settings/business.html", whitespace = "minimize")]
pub struct BusinessPage {
    frame: Frame,
    settings: Settings,
    entered: Entered,
    zones: Vec<String>,
    /// Why nothing was saved, if somebody else was faster, and what is stored now instead of what was typed.
    overtaken: Option<(String, Vec<(&'static str, String)>)>,
    /// Whether the colour was only to be looked at.
    is_preview: bool,
}

impl BusinessPage {
    fn new(staff: &Staff, settings: Settings, entered: Entered) -> Self {
        let frame = staff.frame(Place::Settings);
        Self { frame, settings, entered, zones: TimeZone::names(), overtaken: None, is_preview: false }
    }

    /// The colour that is chosen in the form, if it is one.
    fn color(&self) -> Option<BrandColor> {
        color_of(self.entered.fields()).parse().ok()
    }

    fn color_words(&self, color: &BrandColor) -> String {
        let (light, dark) = (color.on_light(), color.on_dark());
        match light == *color {
            true => format!("White text on {color} can be read. On dark screens we lighten it to {dark} if needed."),
            false => {
                format!("We darken it to {light}, so that white text on it can be read. On dark screens it is {dark}.")
            }
        }
    }

    /// A zone that isn't among the places keeps its entry.
    fn is_unlisted(&self) -> bool {
        !self.zones.iter().any(|zone| zone == self.entered.value("time_zone"))
    }

    fn currencies(&self) -> Vec<(&'static str, String)> {
        Currency::ALL.iter().map(|currency| (currency.as_str(), currency_words(*currency))).collect()
    }

    fn currency_words(&self) -> String {
        currency_words(self.settings.business.currency)
    }

    fn logo(&self) -> Option<String> {
        self.frame.logo()
    }
}

fn currency_words(currency: Currency) -> String {
    format!("{} ({})", currency.name(), currency.as_str().to_uppercase())
}

/// A colour field always holds a colour; the box beside it says whether it counts.
fn color_of(fields: &Fields) -> &str {
    if fields.has("has_color") { fields.get("brand_color") } else { "" }
}

/// What each field is called where it stands beside what others stored.
const NAMES: [(&str, &str); 10] = [
    ("name", "Name"),
    ("brand_color", "Brand color"),
    ("phone", "Phone"),
    ("email", "Email"),
    ("address", "Address"),
    ("time_zone", "Time zone"),
    ("currency", "Currency"),
    ("invoice_prefix", "Invoice numbers begin with"),
    ("due_days", "Days until due"),
    ("notice_days", "Days of notice"),
];

fn entered(settings: &Settings) -> Entered {
    let business = &settings.business;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let color = business.brand_color.map_or_else(|| NO_COLOR.to_owned(), |color| color.to_string());
    let fields = [
        ("revision", settings.revision.to_string()),
        ("name", business.name.clone()),
        ("brand_color", color),
        ("phone", text(&business.phone)),
        ("email", text(&business.email)),
        ("address", business.address.clone()),
        ("time_zone", business.time_zone.name().to_owned()),
        ("currency", business.currency.as_str().to_owned()),
        ("invoice_prefix", business.invoice_prefix.clone()),
        ("due_days", business.due_days.to_string()),
        ("notice_days", business.notice_days.map(|days| days.to_string()).unwrap_or_default()),
    ];
    let has_color = business.brand_color.map(|_| ("has_color", "yes".to_owned()));
    Entered::of(fields.into_iter().chain(has_color))
}

/// `GET /office/settings/business`
pub async fn get(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    let settings = settings(&web.app, staff.actor(), staff.at()).await?;
    let entered = entered(&settings);
    staff.page(&BusinessPage::new(&staff, settings, entered))
}

/// `POST /office/settings/business`
pub async fn post(State(web): State<Web>, form: Uploaded<LARGEST_LOGO>) -> Result<Response, PageError> {
    let (app, staff, fields) = (&web.app, &form.staff, &form.fields);
    staff.must_be_owner()?;
    let now = settings(app, staff.actor(), staff.at()).await?;
    if fields.has("preview") {
        let entered = Entered::refused(fields.clone(), FieldErrors::default());
        return staff.page(&BusinessPage { is_preview: true, ..BusinessPage::new(staff, now, entered) });
    }
    // What isn't in the form because it is fixed stays.
    let currency = fields.find("currency").unwrap_or_else(|| now.business.currency.as_str());
    let edit = Edit {
        revision: fields.get("revision").parse().unwrap_or_default(),
        typed: Typed {
            name: fields.get("name"),
            phone: fields.get("phone"),
            address: fields.get("address"),
            time_zone: fields.get("time_zone"),
            currency,
            brand_color: color_of(fields),
            invoice_prefix: fields.get("invoice_prefix"),
            due_days: fields.get("due_days"),
            notice_days: fields.get("notice_days"),
        },
        email: fields.get("email"),
        logo: logo_edit(form.file("logo"), fields.has("remove_logo")),
    };
    match update(app, staff.actor(), staff.at(), edit).await {
        Ok(()) => Ok(toast::redirect(BUSINESS, "Saved. Invoices already sent keep the details they were sent with.")),
        Err(Error::Fields(errors)) => {
            let page = BusinessPage::new(staff, now, Entered::refused(fields.clone(), errors));
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Conflict(why)) => {
            let now = settings(app, staff.actor(), staff.at()).await?;
            let typed = Entered::overtaken(fields, now.revision);
            let changes = typed.differing(&entered(&now), &NAMES);
            let page = BusinessPage { overtaken: Some((why, changes)), ..BusinessPage::new(staff, now, typed) };
            staff.page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn logo_edit(file: Option<&File>, remove: bool) -> LogoEdit {
    match file {
        Some(File { content: Some(content), .. }) => LogoEdit::Replace(content.clone()),
        Some(File { content: None, .. }) => LogoEdit::TooLarge,
        None if remove => LogoEdit::Remove,
        None => LogoEdit::Keep,
    }
}

impl Samples for BusinessPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office;
        let settings = Settings {
            business: crate::sample::greenline(),
            revision: 3,
            next_number: "INV-1196".into(),
            may_change_currency: false,
        };
        let frame = || office::frame(Place::Settings);
        let page = |settings: Settings, entered: Entered| Self {
            frame: frame(),
            settings,
            entered,
            zones: ["America/Chicago", "America/Denver", "America/New_York"].map(str::to_owned).into(),
            overtaken: None,
            is_preview: false,
        };
        let mut errors = FieldErrors::one("logo", "This file is larger than 1 MB. Choose a smaller one.");
        errors.push("name", "Enter the name of your business.");
        errors.push("due_days", "Enter a number of days from 0 to 365.");
        let typed =
            Fields::of([("revision", "3"), ("due_days", "soon"), ("time_zone", "UTC"), ("email", "x@y.example")]);
        let fresh = Settings { may_change_currency: true, ..settings.clone() };
        let why = "The settings were changed since you opened this page.".to_owned();
        vec![
            ("settings-business", page(settings.clone(), entered(&settings))),
            ("settings-business-wrong", page(fresh, Entered::refused(typed, errors))),
            (
                "settings-business-stale",
                Self {
                    overtaken: Some((why, vec![("Phone", "(512) 555-0199".into())])),
                    ..page(settings.clone(), entered(&settings))
                },
            ),
            ("settings-business-preview", Self { is_preview: true, ..page(settings.clone(), entered(&settings)) }),
        ]
    }
}
