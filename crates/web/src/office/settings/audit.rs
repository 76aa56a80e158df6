//! `/office/settings/audit`: who did what, and when; the newest first.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::audit::{From, Line, Trail, list};
use zoop_domain::time::Instant;

use super::audit_words::said;
use crate::Web;
use crate::error::PageError;
use crate::office::customer::timeline::Piece;
use crate::office::pages::Pages;
use crate::office::posted::Fields;
use crate::office::staff::Staff;
use crate::office::{Frame, Place};
use crate::page::Samples;
use crate::page::when::when;
use crate::routes::office::settings as route;

/// The page.
#[derive(Template)]
#[template(path = "office/settings/audit.html", whitespace = "minimize")]
pub struct AuditPage {
    frame: Frame,
    trail: Trail,
    now: Instant,
}

impl AuditPage {
    fn when(&self, line: &Line) -> String {
        when(line.told.event.happened_at, self.now, &self.frame.business.time_zone)
    }

    fn pages(&self) -> Pages {
        let at = |word: &str, line: &Line| {
            let (moment, id) = (line.told.event.happened_at.as_microseconds(), &line.told.event.id);
            format!("{}?{word}={moment}-{id}", route::AUDIT)
        };
        let newer = self.trail.lines.first().filter(|_| self.trail.has_newer);
        let older = self.trail.lines.last().filter(|_| self.trail.has_older);
        Pages {
            range: String::new(),
            back: newer.map(|line| at("after", line)),
            more: older.map(|line| at("before", line)),
        }
    }
}

/// Where the page begins. What can't be read is the beginning.
fn from(query: &Fields) -> From {
    let place = |word| {
        let (at, id) = query.find(word)?.split_once('-')?;
        Some((Instant::from_microseconds(at.parse().ok()?), id.parse().ok()?))
    };
    match (place("before"), place("after")) {
        (Some((at, id)), _) => From::Before(at, id),
        (None, Some((at, id))) => From::After(at, id),
        (None, None) => From::Newest,
    }
}

/// `GET /office/settings/audit`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let trail = list(&web.app, staff.actor(), staff.at(), from(&query)).await?;
    staff.page(&AuditPage { frame: staff.frame(Place::Settings), trail, now: web.app.now() })
}

impl Samples for AuditPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office::{frame, told};
        use crate::sample::{id, instant};
        use zoop_app::audit::{Told, Who};
        use zoop_domain::audit::Action as A;
        let nora = || Who::Person("Nora Keane".into());
        let rosa = || Some((id("cus", 1), "Rosa Delgado".to_owned()));
        let invoice = |number: Option<&str>| Some((id("inv", 1_187), number.map(Into::into)));
        let of_invoice = |told| Told { invoice: invoice(Some("INV-1187")), customer: rosa(), ..told };
        let declined = "$298.96 by Visa •••• 0341: insufficient_funds";
        let lines = vec![
            (nora(), told(1, A::MemberRoleChanged, "Luis Ortega is owner, was office")),
            (Who::Customer, Told { customer: rosa(), ..told(2, A::PaymentMethodSaved, "Visa •••• 4242") }),
            (Who::Stripe, of_invoice(told(3, A::PaymentReceived, "$54.13 by Visa •••• 4242"))),
            (Who::Zoop, told(4, A::SignInSlowed, "<b>Nora</b>")),
            (nora(), of_invoice(told(5, A::InvoiceVoided, ""))),
            (Who::Stripe, of_invoice(told(6, A::ChargeFailed, declined))),
            (nora(), Told { invoice: invoice(None), customer: rosa(), ..told(7, A::InvoiceEdited, "") }),
            (nora(), Told { customer: rosa(), ..told(8, A::PortalLinkRotated, "") }),
        ];
        let lines: Vec<_> = lines.into_iter().map(|(who, told)| Line { told, who }).collect();
        let page = |lines, has_newer, has_older| Self {
            frame: frame(Place::Settings),
            trail: Trail { lines, has_newer, has_older },
            now: instant("2026-09-18T14:01:00Z"),
        };
        vec![("audit", page(lines, true, true)), ("audit-empty", page(vec![], false, false))]
    }
}
