//! Recurring plans: list, editor, one plan with all that can be done to it, and attesting a consent to auto-pay.

pub mod act;
pub mod attest;
pub mod edit;
pub mod list;
pub mod show;
mod timeline;
mod words;

use axum::Router;
use axum::routing::{get, post};
use zoop_domain::id::PlanId;
use zoop_domain::plan::{Plan, PlanState};

use crate::Web;
use crate::error::PageError;
use crate::routes::office::plan;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(plan::PLANS, get(list::get))
        .route(plan::NEW, get(edit::get_new).post(edit::post_new))
        .route(plan::PLAN, get(show::get))
        .route(plan::EDIT, get(edit::get).post(edit::post))
        .route(plan::RUN, post(act::run))
        .route(plan::SKIP, post(act::skip))
        .route(plan::PAUSE, post(act::pause))
        .route(plan::RESUME, post(act::resume))
        .route(plan::CANCEL, post(act::cancel))
        .route(plan::ATTEST, get(attest::get).post(attest::post))
        .route(plan::TURN_OFF, post(act::turn_off))
}

/// The plan that a path names.
fn id(text: &str) -> Result<PlanId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// How a plan looks: tone, icon, word.
pub(super) const fn look(plan: &Plan) -> (&'static str, &'static str, &'static str) {
    match plan.state {
        PlanState::Active if plan.next_cycle_on.is_none() => ("", "check", "Ended"),
        PlanState::Active => ("good", "check", "Active"),
        PlanState::Paused => ("", "pause", "Paused"),
        PlanState::Cancelled => ("", "ban", "Cancelled"),
    }
}
