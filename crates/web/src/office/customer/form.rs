//! What is kept of a customer: a new one, and one that is edited. An edit that others overtook comes back with
//! what they stored beside what was typed.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use zoop_app::customer::edit::{self, Edited};
use zoop_app::customer::{Saved, create};
use zoop_domain::customer::{Customer, CustomerKind, Typed};
use zoop_domain::form::FieldErrors;
use zoop_domain::id::CustomerId;

use super::id;
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Entered, Fields, Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::customer as paths;

/// The page.
#[derive(Template)]
#[template(path = "office/customer/form.html", whitespace = "minimize")]
pub struct CustomerFormPage {
    frame: Frame,
    entered: Entered,
    editing: Option<CustomerId>,
    /// What others have stored since the form was opened.
    newer: Option<Customer>,
}

/// `GET /office/customers/new`
pub async fn new(staff: Staff) -> Result<Response, PageError> {
    let entered = Entered::of([("kind", CustomerKind::Individual.as_str())]);
    page(&staff, StatusCode::OK, entered, None, None)
}

/// `POST /office/customers/new`
pub async fn create(State(web): State<Web>, Posted { staff, fields }: Posted) -> Result<Response, PageError> {
    match create::create(&web.app, staff.actor(), staff.at(), typed(&fields)).await {
        Ok(saved) => Ok(saved_page(&saved, format!("{} is a customer now.", fields.get("name").trim()))),
        Err(zoop_app::Error::Fields(errors)) => refused(&staff, fields, errors, None),
        Err(error) => Err(error.into()),
    }
}

/// `GET /office/customers/{customer}/edit`
pub async fn open(
    State(web): State<Web>,
    staff: Staff,
    Segments(customer): Segments<String>,
) -> Result<Response, PageError> {
    let customer = edit::open(&web.app, staff.actor(), staff.at(), &id(&customer)?).await?;
    page(&staff, StatusCode::OK, Entered::of(values(&customer)), Some(customer.id), None)
}

/// `POST /office/customers/{customer}/edit`
pub async fn edit(
    State(web): State<Web>,
    Segments(customer): Segments<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let customer: CustomerId = id(&customer)?;
    let revision = fields.get("revision").parse().unwrap_or_default();
    match edit::edit(&web.app, staff.actor(), staff.at(), &customer, typed(&fields), revision).await {
        Ok(Edited::Saved(saved)) => Ok(saved_page(&saved, "Saved.".into())),
        Ok(Edited::Stale(newer)) => {
            let entered = Entered::overtaken(&fields, newer.revision);
            page(&staff, StatusCode::CONFLICT, entered, Some(customer), Some(*newer))
        }
        Err(zoop_app::Error::Fields(errors)) => refused(&staff, fields, errors, Some(customer)),
        Err(error) => Err(error.into()),
    }
}

fn typed(fields: &Fields) -> Typed<'_> {
    Typed {
        kind: fields.get("kind"),
        name: fields.get("name"),
        contact: fields.get("contact"),
        email: fields.get("email"),
        phone: fields.get("phone"),
        address: fields.get("address"),
    }
}

/// What each field is called where it stands beside what others stored.
const NAMES: [(&str, &str); 6] = [
    ("kind", "Kind"),
    ("name", "Name"),
    ("contact", "Contact"),
    ("email", "Email"),
    ("phone", "Phone"),
    ("address", "Address"),
];

fn values(customer: &Customer) -> [(&'static str, String); 7] {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("kind", customer.kind.as_str().to_owned()),
        ("name", customer.name.clone()),
        ("contact", optional(&customer.contact)),
        ("email", optional(&customer.email)),
        ("phone", optional(&customer.phone)),
        ("address", customer.address.clone()),
        ("revision", customer.revision.to_string()),
    ]
}

fn saved_page(saved: &Saved, done: String) -> Response {
    let words = match saved.twins.as_slice() {
        [] => done,
        twins => format!("{done} {} has the same email address.", twins.join(", ")),
    };
    toast::redirect(&paths::show(&saved.id), &words).into_response()
}

fn refused(
    staff: &Staff,
    fields: Fields,
    errors: FieldErrors,
    editing: Option<CustomerId>,
) -> Result<Response, PageError> {
    page(staff, StatusCode::UNPROCESSABLE_ENTITY, Entered::refused(fields, errors), editing, None)
}

fn page(
    staff: &Staff,
    status: StatusCode,
    entered: Entered,
    editing: Option<CustomerId>,
    newer: Option<Customer>,
) -> Result<Response, PageError> {
    staff.page_with(status, &CustomerFormPage { frame: staff.frame(Place::Customers), entered, editing, newer })
}

impl CustomerFormPage {
    fn title(&self) -> &'static str {
        if self.editing.is_some() { "Edit customer" } else { "New customer" }
    }

    fn error_prefix(&self) -> &'static str {
        if self.entered.errors().is_empty() { "" } else { "Error: " }
    }

    fn is_company(&self) -> bool {
        self.entered.is("kind", CustomerKind::Company.as_str())
    }

    fn cancel(&self) -> String {
        self.editing.as_ref().map_or_else(|| paths::CUSTOMERS.to_owned(), paths::show)
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| paths::NEW.to_owned(), paths::edit)
    }

    /// Each field that others changed to something else than what was typed: its name, and what it is now.
    fn changes(&self) -> Vec<(&'static str, String)> {
        let Some(newer) = &self.newer else { return Vec::new() };
        self.entered.differing(&Entered::of(values(newer)), &NAMES)
    }
}

impl Samples for CustomerFormPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{customer, office};
        let page = |entered, editing, newer| Self { frame: office::frame(Place::Customers), entered, editing, newer };
        let rosa = customer::rosa();
        let newer = Customer { phone: Some("(512) 555-0199".into()), revision: 2, ..rosa.clone() };
        let mut errors = FieldErrors::default();
        errors.push("name", "Enter a name.");
        errors.push("email", "Enter an email address, such as dana@example.com.");
        let wrong = Fields::of([("kind", "company"), ("email", "<rosa"), ("phone", "(512) 555-0176")]);
        vec![
            ("office-customer-new", page(Entered::of([("kind", "individual")]), None, None)),
            ("office-customer-edit", page(Entered::of(values(&rosa)), Some(rosa.id.clone()), None)),
            ("office-customer-edit-stale", page(Entered::of(values(&rosa)), Some(rosa.id.clone()), Some(newer))),
            ("office-customer-new-errors", page(Entered::refused(wrong, errors), None, None)),
        ]
    }
}
