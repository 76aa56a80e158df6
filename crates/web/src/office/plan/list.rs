//! The list of plans: tabs by whether they run, a search, page by page.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::plan::page::{Asked, PlanPage, Row, page};
use zoop_domain::consent::ConsentState;
use zoop_domain::plan::PlanState;

use super::{look, words};
use crate::Web;
use crate::error::PageError;
use crate::office::pages::Pages;
use crate::office::{Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::plan;

/// A tab, and which plans stand under it.
const TABS: [(&str, Option<PlanState>); 4] = [
    ("All", None),
    ("Active", Some(PlanState::Active)),
    ("Paused", Some(PlanState::Paused)),
    ("Cancelled", Some(PlanState::Cancelled)),
];

/// The page.
#[derive(Template)]
#[template(path = "office/plan/list.html", whitespace = "minimize")]
pub struct PlanListPage {
    frame: Frame,
    asked: Asked,
    list: PlanPage,
}

/// `GET /office/plans`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let asked = Asked {
        state: query.get("tab").parse().ok(),
        words: query.get("q").chars().take(100).collect(),
        before: query.get("before").parse().ok(),
        after: query.get("after").parse().ok(),
    };
    let list = page(&web.app, staff.actor(), staff.at(), &asked).await?;
    staff.page(&PlanListPage { frame: staff.frame(Place::Plans), asked, list })
}

impl PlanListPage {
    /// The tabs: name, path, count, whether it is the one.
    fn tabs(&self) -> Vec<(&'static str, String, i64, bool)> {
        let tab = |(name, state): &(&'static str, Option<PlanState>)| {
            let path = plan::list(&[("tab", word(*state))]);
            (*name, path, self.list.count(*state), self.asked.state == *state)
        };
        TABS.iter().map(tab).collect()
    }

    fn pages(&self) -> Pages {
        let edge = |name, row: Option<&Row>| {
            let key = row?.plan.id.to_string();
            Some(plan::list(&[("tab", self.tab_word()), ("q", &self.asked.words), (name, &key)]))
        };
        Pages {
            range: "Newest first".into(),
            back: edge("after", self.list.plans.first().filter(|_| self.list.has_newer)),
            more: edge("before", self.list.plans.last().filter(|_| self.list.has_older)),
        }
    }

    fn tab_word(&self) -> &'static str {
        word(self.asked.state)
    }

    fn cleared(&self) -> String {
        plan::list(&[("tab", self.tab_word())])
    }

    fn look(row: &Row) -> (&'static str, &'static str, &'static str) {
        look(&row.plan)
    }

    fn rhythm(row: &Row) -> String {
        words::rhythm(&row.plan.schedule)
    }

    /// "Invoice 7 days ahead".
    fn ahead(row: &Row) -> String {
        match row.plan.lead.days() {
            0 => "Invoice on the day".to_owned(),
            _ => format!("Invoice {}", words::ahead(row.plan.lead)),
        }
    }

    /// How auto-pay stands: tone, icon, word.
    fn auto_pay(row: &Row) -> Option<(&'static str, &'static str, &'static str)> {
        match row.auto_pay? {
            ConsentState::Live => Some(("good", "check", "On")),
            ConsentState::Suspended | ConsentState::Ended => Some(("warn", "alert", "Needs a new card")),
        }
    }

    /// What an empty tab means.
    fn nothing(&self) -> &'static str {
        match self.asked.state {
            None => "No plans yet. A plan makes an invoice by itself every week, month or season.",
            Some(PlanState::Active) => "No plan is running.",
            Some(PlanState::Paused) => "No plan is paused.",
            Some(PlanState::Cancelled) => "No plan was cancelled.",
        }
    }
}

fn word(state: Option<PlanState>) -> &'static str {
    state.map_or("", PlanState::as_str)
}

impl Samples for PlanListPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{office, plan};
        let page = |asked, list| Self { frame: office::frame(Place::Plans), asked, list };
        let paused = Asked { state: Some(PlanState::Paused), ..Asked::default() };
        let searched = Asked { words: "zzz".into(), ..Asked::default() };
        vec![
            ("office-plans", page(Asked::default(), plan::plans())),
            ("office-plans-empty", page(paused, PlanPage::default())),
            ("office-plans-nothing-found", page(searched, PlanPage::default())),
        ]
    }
}
