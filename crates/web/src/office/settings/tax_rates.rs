//! `/office/settings/tax-rates`: the rates, and a new one.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::tax_rate::archive::archive as app_archive;
use zoop_app::tax_rate::create::create as app_create;
use zoop_app::tax_rate::list::{Listed, list};
use zoop_app::tax_rate::set_default::set_default as app_set_default;

use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::posted::Fields;
use crate::office::{Entered, Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::tax_rate::{self as paths, TAX_RATES};

/// The page.
#[derive(Template)]
#[template(path = "office/settings/tax_rates.html", whitespace = "minimize")]
pub struct TaxRatesPage {
    frame: Frame,
    rates: Vec<Listed>,
    entered: Entered,
    /// The rate of which it asks whether it is to be put away.
    asked: Option<Listed>,
}

impl TaxRatesPage {
    fn in_use(&self) -> usize {
        self.rates.iter().filter(|rate| !rate.is_archived).count()
    }

    fn has_default(&self) -> bool {
        self.rates.iter().any(|rate| rate.is_default)
    }
}

async fn page(web: &Web, staff: &Staff, entered: Entered) -> Result<TaxRatesPage, PageError> {
    let rates = list(&web.app, staff.actor(), staff.at()).await?;
    Ok(TaxRatesPage { frame: staff.frame(Place::Settings), rates, entered, asked: None })
}

/// `GET /office/settings/tax-rates`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let page = page(&web, &staff, Entered::default()).await?;
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let asked = page.rates.iter().find(|rate| !rate.is_archived && rate.id.as_str() == query.get("archive")).cloned();
    staff.page(&TaxRatesPage { asked, ..page })
}

/// `POST /office/settings/tax-rates`
pub async fn create(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let (staff, fields) = (&form.staff, &form.fields);
    let (typed, is_default) = ((fields.get("name"), fields.get("percent")), fields.has("is_default"));
    match app_create(&web.app, staff.actor(), staff.at(), typed, is_default).await {
        Ok(_) => Ok(toast::redirect(TAX_RATES, "The rate is there. New invoices can use it.")),
        Err(Error::Fields(errors)) => {
            let page = page(&web, staff, Entered::refused(fields.clone(), errors)).await?;
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/settings/tax-rates/no-default`
pub async fn no_default(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    app_set_default(&web.app, staff.actor(), staff.at(), None).await?;
    Ok(toast::redirect(TAX_RATES, "There is no default: a line is taxed only if it says so."))
}

/// `POST /office/settings/tax-rates/{rate}/default`
pub async fn set_default(
    State(web): State<Web>,
    Segments(rate): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let (staff, rate) = (&form.staff, rate.parse().map_err(|_| PageError::NotFound)?);
    app_set_default(&web.app, staff.actor(), staff.at(), Some(&rate)).await?;
    Ok(toast::redirect(TAX_RATES, "That is the default now, for new lines."))
}

/// `POST /office/settings/tax-rates/{rate}/archive`
pub async fn archive(
    State(web): State<Web>,
    Segments(rate): Segments<String>,
    form: Posted,
) -> Result<Response, PageError> {
    let (staff, rate) = (&form.staff, rate.parse().map_err(|_| PageError::NotFound)?);
    app_archive(&web.app, staff.actor(), staff.at(), &rate).await?;
    Ok(toast::redirect(TAX_RATES, "Archived. What it taxed keeps it."))
}

impl Samples for TaxRatesPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{id, office};
        use zoop_domain::form::FieldErrors;
        use zoop_domain::tax::TaxRate;
        let rate = |number, name: &str, e4, is_default, is_archived| Listed {
            id: id("txr", number),
            rate: TaxRate { name: name.into(), percent: zoop_domain::tax::Percent::from_e4(e4).expect("a percentage") },
            is_archived,
            is_default,
        };
        let rates = vec![
            rate(2, "State only", 62_500, false, false),
            rate(1, "Texas sales tax", 82_500, true, false),
            rate(3, "Texas sales tax (2024)", 81_250, false, true),
        ];
        let page = |rates: Vec<Listed>| Self {
            frame: office::frame(Place::Settings),
            rates,
            entered: Entered::default(),
            asked: None,
        };
        let asked = rates.get(1).cloned();
        let typed = Fields::of([("name", "County"), ("percent", "120"), ("is_default", "yes")]);
        let errors = FieldErrors::one("percent", "Enter a percentage from 0 to 99.9999, with at most 4 decimals.");
        vec![
            ("settings-tax", page(rates.clone())),
            ("settings-tax-none", page(Vec::new())),
            ("settings-tax-wrong", Self { entered: Entered::refused(typed, errors), ..page(rates.clone()) }),
            ("settings-tax-archive", Self { asked, ..page(rates) }),
        ]
    }
}
