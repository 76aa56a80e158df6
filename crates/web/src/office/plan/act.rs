//! What is done to a plan, each by one form. What clashes with what happened meanwhile brings the page back with
//! fresh facts and the reason.

use axum::extract::State;
use axum::response::Response;
use zoop_app::Error;
use zoop_app::consent::end;
use zoop_app::plan::{cancel, pause, resume, run_now, skip};
use zoop_domain::consent::EndedHow;
use zoop_domain::id::{ConsentId, PlanId};
use zoop_domain::time::Date;

use super::id;
use super::show::page;
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Fields, Posted, toast};
use crate::routes::office::{invoice, plan};

type Outcome = Result<Response, PageError>;

/// Where it went, or the page again.
async fn answered(web: &Web, posted: &Posted, plan: &PlanId, done: Result<(String, String), Error>) -> Outcome {
    match done {
        Ok((path, words)) => Ok(toast::redirect(&path, &words)),
        Err(Error::Conflict(why)) => page(web, &posted.staff, plan).await?.refused(&why).conflict(&posted.staff),
        Err(error) => Err(error.into()),
    }
}

/// The cycle that stood next on the page.
fn seen(fields: &Fields) -> Option<Date> {
    fields.get("seen").parse().ok()
}

fn next_words(next: Option<Date>) -> String {
    next.map_or_else(|| "No date is left.".to_owned(), |day| format!("The next date is {day}."))
}

/// `POST /office/plans/{plan}/run`
pub async fn run(State(web): State<Web>, Segments(plan): Segments<String>, posted: Posted) -> Outcome {
    let (plan, staff) = (id(&plan)?, &posted.staff);
    let customer = page(&web, staff, &plan).await?.into_customer();
    let made = run_now::run_now(&web.app, staff.actor(), staff.at(), &plan, seen(&posted.fields)).await;
    let done = made.map(|made| match customer.email.filter(|_| web.app.sends_mail()) {
        Some(_) => {
            (plan::show(&plan), format!("{} for {} is on its way to {}.", made.number, made.total, customer.name))
        }
        None => (invoice::show(&made.invoice), format!("{} is made. Hand its link over yourself.", made.number)),
    });
    answered(&web, &posted, &plan, done).await
}

/// `POST /office/plans/{plan}/skip`
pub async fn skip(State(web): State<Web>, Segments(plan): Segments<String>, posted: Posted) -> Outcome {
    let (plan, staff) = (id(&plan)?, &posted.staff);
    let done = skip::skip(&web.app, staff.actor(), staff.at(), &plan, seen(&posted.fields)).await;
    let done = done
        .map(|done| (plan::show(&plan), format!("{} is skipped. {}", done.cycle_on, next_words(done.next_cycle_on))));
    answered(&web, &posted, &plan, done).await
}

/// `POST /office/plans/{plan}/pause`
pub async fn pause(State(web): State<Web>, Segments(plan): Segments<String>, posted: Posted) -> Outcome {
    let (plan, staff) = (id(&plan)?, &posted.staff);
    let done = pause::pause(&web.app, staff.actor(), staff.at(), &plan).await;
    let done = done.map(|_| (plan::show(&plan), "The plan is paused.".to_owned()));
    answered(&web, &posted, &plan, done).await
}

/// `POST /office/plans/{plan}/resume`
pub async fn resume(State(web): State<Web>, Segments(plan): Segments<String>, posted: Posted) -> Outcome {
    let (plan, staff) = (id(&plan)?, &posted.staff);
    let done = resume::resume(&web.app, staff.actor(), staff.at(), &plan).await;
    let done = done.map(|done| (plan::show(&plan), format!("The plan runs again. {}", next_words(done.next_cycle_on))));
    answered(&web, &posted, &plan, done).await
}

/// `POST /office/plans/{plan}/cancel`
pub async fn cancel(State(web): State<Web>, Segments(plan): Segments<String>, posted: Posted) -> Outcome {
    let (plan, staff) = (id(&plan)?, &posted.staff);
    let done = cancel::cancel(&web.app, staff.actor(), staff.at(), &plan).await;
    let done = done.map(|done| {
        let off = if done.consents > 0 { " Auto-pay is off." } else { "" };
        let coming = done.on_its_way.map(|amount| format!(" A payment of {amount} was already on its way."));
        let words = format!("{} is cancelled.{off}{}", done.title, coming.unwrap_or_default());
        (plan::show(&plan), words)
    });
    answered(&web, &posted, &plan, done).await
}

/// `POST /office/plans/{plan}/turn-off`
pub async fn turn_off(State(web): State<Web>, Segments(plan): Segments<String>, posted: Posted) -> Outcome {
    let (plan, staff) = (id(&plan)?, &posted.staff);
    let seen = posted.fields.get("consent").parse::<ConsentId>().ok();
    let standing = page(&web, staff, &plan).await?.into_consent();
    let done = match standing.filter(|standing| Some(standing) == seen.as_ref()) {
        Some(consent) => {
            let ended = end::end(&web.app, staff.actor(), staff.at(), &consent, EndedHow::Owner).await;
            ended.map(|ended| {
                let coming = ended.on_its_way.map(|amount| format!(" A payment of {amount} was already on its way."));
                let words = format!("Auto-pay for {} is off.{}", ended.plan_title, coming.unwrap_or_default());
                (plan::show(&plan), words)
            })
        }
        None => Err(Error::Conflict("auto-pay was turned off or changed meanwhile".into())),
    };
    answered(&web, &posted, &plan, done).await
}
