//! "For whom?": the first step of a new quote or plan that wasn't begun on a customer's page. A search and its
//! finds, each a link on.

use askama::Template;
use axum::response::Response;
use zoop_app::customer_choice;
use zoop_domain::customer::Customer;

use super::{Fields, Frame, Place, Staff};
use crate::Web;
use crate::error::PageError;
use crate::page::Samples;

/// The page.
#[derive(Template)]
#[template(path = "office/choose_customer.html", whitespace = "minimize")]
pub struct ChooseCustomerPage {
    frame: Frame,
    /// "quote".
    what: &'static str,
    /// Where it goes on, and where the list is.
    next: &'static str,
    back: (&'static str, &'static str),
    words: String,
    found: Vec<Customer>,
}

impl ChooseCustomerPage {
    fn link(&self, customer: &Customer) -> String {
        format!("{}?customer={}", self.next, customer.id)
    }

    fn beside(customer: &Customer) -> &str {
        customer.email.as_deref().or(customer.phone.as_deref()).unwrap_or("No email address")
    }
}

/// Asks for whom a new `what` is; each answer leads to `next`.
pub(super) async fn ask(
    web: &Web,
    staff: &Staff,
    place: Place,
    what: &'static str,
    (next, back): (&'static str, (&'static str, &'static str)),
    query: &Fields,
) -> Result<Response, PageError> {
    let words = query.get("q").chars().take(100).collect::<String>();
    let found = customer_choice::list(&web.app, staff.actor(), staff.at(), &words).await?;
    staff.page(&ChooseCustomerPage { frame: staff.frame(place), what, next, back, words, found })
}

impl Samples for ChooseCustomerPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office;
        let page = |words: &str, found| Self {
            frame: office::frame(Place::Quotes),
            what: "quote",
            next: crate::routes::office::quote::NEW,
            back: (crate::routes::office::quote::QUOTES, "Quotes"),
            words: words.into(),
            found,
        };
        vec![
            ("office-choose-customer", page("", vec![office::dana()])),
            ("office-choose-customer-none", page("zzz", Vec::new())),
        ]
    }
}
