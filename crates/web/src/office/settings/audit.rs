//! `/office/settings/audit`: who did what, and when; the newest first.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::audit::{From, Line, Trail, Who, list};
use zoop_domain::time::Instant;

use super::audit_words::words;
use crate::Web;
use crate::error::PageError;
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
        when(line.event.happened_at, self.now, &self.frame.business.time_zone)
    }

    fn pages(&self) -> Pages {
        let at = |word: &str, line: &Line| {
            let (moment, id) = (line.event.happened_at.as_microseconds(), &line.event.id);
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

/// How the page calls him.
fn name(who: &Who) -> &str {
    match who {
        Who::Person(name) => name,
        Who::Customer => "The customer",
        Who::Stripe => "Stripe",
        Who::Zoop => "Zoop",
        Who::Operator => "Operator",
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
        use crate::sample::office::frame;
        use crate::sample::{id, instant};
        use zoop_app::audit::AuditEvent;
        let line = |number, who: Who, action: &str, detail: &str| Line {
            event: AuditEvent {
                id: id("aud", number),
                actor: String::new(),
                action: action.into(),
                subject: String::new(),
                detail: detail.into(),
                happened_at: instant("2026-09-18T13:00:00Z").plus_seconds(-i64::from(number) * 30_000),
            },
            who,
        };
        let nora = || Who::Person("Nora Keane".into());
        let lines = vec![
            line(1, nora(), "member.role_changed", "Luis Ortega is owner, was office"),
            line(2, Who::Customer, "payment_method.saved", "Visa •••• 4242"),
            line(3, Who::Stripe, "payment.received", "$54.13 of INV-1051"),
            line(4, Who::Zoop, "sign_in.slowed", "<b>Nora</b>"),
            line(5, Who::Operator, "something.nobody_knows", ""),
        ];
        let page = |lines, has_newer, has_older| Self {
            frame: frame(Place::Settings),
            trail: Trail { lines, has_newer, has_older },
            now: instant("2026-09-18T14:01:00Z"),
        };
        vec![("audit", page(lines, true, true)), ("audit-empty", page(vec![], false, false))]
    }
}
