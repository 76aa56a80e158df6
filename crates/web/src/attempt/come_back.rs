//! The way back from Stripe, `/r/{code}`: paid or not, the customer lands here, and the cookie
//! takes him on to the page he came from. Without it he reads how it went, and no link: whoever
//! holds the code alone must not get further.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use zoop_app::attempt::come_back::{Back, Outcome, WayBack, come_back};
use zoop_domain::business::Business;

use crate::Web;
use crate::card_setup::come_back::{self as card, CardBackPage};
use crate::error::PageError;
use crate::extract::{Segments, WayBackCookie, pairs};
use crate::invoice::notice::Notice;
use crate::page::{self, Samples};
use crate::routes::BackPath;

/// `GET /r/{code}?session=…`
pub async fn get(
    State(web): State<Web>,
    Segments(code): Segments<String>,
    RawQuery(query): RawQuery,
    WayBackCookie(link): WayBackCookie,
) -> Result<Response, PageError> {
    let session = session(query.as_deref().unwrap_or_default());
    match (come_back(&web.app, &code, session.as_deref()).await?, link) {
        (Back::Payment(way_back), Some(link)) => Ok(onward(&link, way_back.outcome).into_response()),
        (Back::Payment(way_back), None) => page::ok(&WayBackPage { way_back }),
        (Back::Card(back), link) => {
            let back = card::seen_by_customer(back, session.as_deref());
            match link {
                Some(BackPath::Portal(portal)) => Ok(Redirect::to(&card::asked(&back).url(&portal)).into_response()),
                Some(link) => Ok(Redirect::to(&link.page()).into_response()),
                None => page::ok(&CardBackPage::new(back)),
            }
        }
    }
}

fn session(query: &str) -> Option<String> {
    pairs(query.as_bytes()).find(|(name, _)| name == "session").map(|(_, value)| value.into_owned())
}

/// Back to the invoice. What was paid or is under way its banner says; that nothing was charged
/// it can't know.
fn onward(link: &BackPath, outcome: Outcome) -> Redirect {
    let notice = match (link, outcome) {
        (BackPath::Invoice(_), Outcome::NotPaid) => Notice::not_charged_query(),
        _ => String::new(),
    };
    Redirect::to(&format!("{}{notice}", link.page()))
}

/// How it went, for a browser that has lost the way.
#[derive(Template)]
#[template(path = "attempt/come_back.html", whitespace = "minimize")]
pub struct WayBackPage {
    way_back: WayBack,
}

impl WayBackPage {
    fn business(&self) -> &Business {
        &self.way_back.business
    }
}

impl Samples for WayBackPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |outcome| Self { way_back: crate::sample::way_back(outcome) };
        vec![
            ("way-back-paid", page(Outcome::Paid)),
            ("way-back-processing", page(Outcome::Processing)),
            ("way-back-not-paid", page(Outcome::NotPaid)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::LOCATION;

    #[test]
    fn after_cancel_the_invoice_says_that_nothing_was_charged() {
        let link = BackPath::Invoice(crate::sample::public_path());
        let to = |outcome| onward(&link, outcome).into_response().headers()[LOCATION].to_str().unwrap().to_owned();
        assert_eq!(to(Outcome::Paid), link.page());
        assert_eq!(to(Outcome::NotPaid), format!("{}?notice=not-charged", link.page()));
    }

    #[test]
    fn without_the_cookie_there_is_no_link() {
        for (name, page) in WayBackPage::samples() {
            assert!(!page.render().unwrap().contains("<a "), "{name}");
        }
    }
}
