//! The editor of a plan: what it is called, when it bills, lines, the cap, and the next five dates that come of it.
//! What somebody else changed meanwhile is shown, never overwritten.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::customer_choice;
use zoop_app::plan::edit::{edit, write};
use zoop_app::plan::show::{From, PlanDetail, show};
use zoop_app::plan::typed::{TypedPlan, begin, chosen_lines};
use zoop_domain::customer::Customer;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::PlanId;
use zoop_domain::plan::PlanState;
use zoop_domain::schedule::LeadDays;
use zoop_domain::time::Date;

use super::{id, words};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::line_editor::{LineEditor, Pressed};
use crate::office::{Entered, Fields, Frame, Place, Posted, Staff, choose_customer, toast};
use crate::page::Samples;
use crate::routes::office::plan;

/// How often a plan bills, by the word it is stored as.
const FREQUENCIES: [(&str, &str); 6] = [
    ("weekly", "Every week"),
    ("every_two_weeks", "Every two weeks"),
    ("monthly", "Every month"),
    ("quarterly", "Every three months"),
    ("yearly", "Every year"),
    ("rrule", "By a rule of its own"),
];

/// The page.
#[derive(Template)]
#[template(path = "office/plan/edit.html", whitespace = "minimize")]
pub struct PlanEditPage {
    frame: Frame,
    /// The plan that is changed, and whether auto-pay is on; `None`: a new one.
    known: Option<(PlanId, bool)>,
    customer: Customer,
    entered: Entered,
    editor: LineEditor,
    /// The next dates as the form stands; none if they can't be told.
    dates: Vec<Date>,
    /// What somebody had typed into an older version; the form shows the newer one.
    overtaken: Option<Fields>,
}

impl PlanEditPage {
    fn heading(&self) -> &'static str {
        if self.known.is_some() { "Edit plan" } else { "New plan" }
    }

    fn action(&self) -> String {
        self.known.as_ref().map_or_else(|| plan::NEW.to_owned(), |(id, _)| plan::act(id, "edit"))
    }

    fn back(&self) -> String {
        self.known.as_ref().map_or_else(|| plan::PLANS.to_owned(), |(id, _)| plan::show(id))
    }

    fn back_name(&self) -> &'static str {
        if self.known.is_some() { "Plan" } else { "Plans" }
    }

    fn is_charged(&self) -> bool {
        self.known.as_ref().is_some_and(|(_, charged)| *charged)
    }

    fn with_weekday(day: &Date) -> String {
        words::with_weekday(*day)
    }

    fn month(day: &Date) -> String {
        day.to_string()[..3].to_owned()
    }

    /// "Invoice goes out Dec 14, 2026."
    fn goes_out(&self, day: &Date) -> Option<String> {
        let lead = self.entered.value("lead").trim().parse().ok().and_then(|days| LeadDays::new(days).ok())?;
        Some(match lead.days() {
            0 => "Invoice goes out that day.".to_owned(),
            _ => format!("Invoice goes out {}.", lead.before(*day)),
        })
    }

    /// What was typed and not saved, as lines of text.
    fn lost(fields: &Fields) -> Vec<&str> {
        let told = fields.iter().filter(|(name, value)| {
            let shown = matches!(*name, "title" | "starts_on" | "rule" | "cap")
                || name.ends_with("-description")
                || name.ends_with("-price");
            shown && !value.trim().is_empty()
        });
        told.map(|(_, value)| value).collect()
    }
}

fn typed(fields: &Fields, editor: &LineEditor) -> TypedPlan {
    let value = |name: &str| fields.get(name).to_owned();
    TypedPlan {
        title: value("title"),
        frequency: value("frequency"),
        rule: value("rule"),
        starts_on: value("starts_on"),
        lead: value("lead"),
        cap: value("cap"),
        lines: editor.rows.clone(),
        default_tax: editor.default_tax.clone(),
    }
}

fn stored(detail: &PlanDetail) -> Entered {
    let (plan, schedule) = (&detail.plan, &detail.plan.schedule);
    Entered::of([
        ("title", plan.title.clone()),
        ("frequency", schedule.frequency().as_str().to_owned()),
        ("rule", schedule.frequency().rrule().unwrap_or_default().to_owned()),
        ("starts_on", schedule.starts_on().iso()),
        ("lead", plan.lead.days().to_string()),
        ("cap", plan.cap.map(|cap| cap.typed()).unwrap_or_default()),
        ("revision", detail.revision.to_string()),
    ])
}

/// A monthly plan from a month on, a week ahead.
fn fresh(today: Date) -> Entered {
    let starts_on = today.plus_months(1).iso();
    Entered::of([("frequency", "monthly"), ("starts_on", starts_on.as_str()), ("lead", "7")])
}

/// An empty editor with the rates to choose from, and the day.
async fn begun(web: &Web, staff: &Staff, known: Option<&PlanDetail>) -> Result<(LineEditor, Date), PageError> {
    let lines = known.map(|known| known.lines.as_slice()).unwrap_or_default();
    let begun = begin(&web.app, staff.actor(), staff.at(), lines).await?;
    let default = staff.business.default_tax_rate.as_ref();
    Ok((LineEditor::new(begun.rates, default, staff.business.currency), begun.today))
}

/// `GET /office/plans/new`
pub async fn get_new(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let customer = customer_choice::find(&web.app, staff.actor(), staff.at(), query.get("customer")).await?;
    let Some(customer) = customer else {
        let ways = (plan::NEW, (plan::PLANS, "Plans"));
        return choose_customer::ask(&web, &staff, Place::Plans, "plan", ways, &query).await;
    };
    let (editor, today) = begun(&web, &staff, None).await?;
    let entered = fresh(today);
    let dates = typed(entered.fields(), &editor).dates(today, None);
    let frame = staff.frame(Place::Plans);
    staff.page(&PlanEditPage { frame, known: None, customer, entered, editor, dates, overtaken: None })
}

/// `GET /office/plans/{plan}/edit`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(plan): Segments<String>,
) -> Result<Response, PageError> {
    let detail = show(&web.app, staff.actor(), staff.at(), &id(&plan)?, &From::Newest).await?;
    if detail.plan.state == PlanState::Cancelled {
        return Ok(toast::redirect(&plan::show(&detail.plan.id), "The plan is cancelled. It can’t be changed."));
    }
    let page = page_of(&web, &staff, detail).await?;
    staff.page(&page)
}

async fn page_of(web: &Web, staff: &Staff, detail: PlanDetail) -> Result<PlanEditPage, PageError> {
    let (editor, today) = begun(web, staff, Some(&detail)).await?;
    let (entered, editor) = (stored(&detail), editor.of(&chosen_lines(&detail.lines)));
    let dates = typed(entered.fields(), &editor).dates(today, Some((&detail.plan, detail.last_cycle)));
    let known = Some((detail.plan.id, detail.consent.is_some()));
    let frame = staff.frame(Place::Plans);
    Ok(PlanEditPage { frame, known, customer: detail.customer, entered, editor, dates, overtaken: None })
}

/// `POST /office/plans/new`
pub async fn post_new(State(web): State<Web>, posted: Posted) -> Result<Response, PageError> {
    save(&web, posted, None).await
}

/// `POST /office/plans/{plan}/edit`
pub async fn post(
    State(web): State<Web>,
    Segments(plan): Segments<String>,
    posted: Posted,
) -> Result<Response, PageError> {
    save(&web, posted, Some(id(&plan)?)).await
}

async fn save(web: &Web, posted: Posted, changed: Option<PlanId>) -> Result<Response, PageError> {
    let Posted { staff, fields } = posted;
    let (app, actor, at) = (&web.app, staff.actor(), staff.at());
    // Another business's plan is none, whatever is sent with it.
    let known = match &changed {
        Some(id) => Some(show(app, actor, at, id, &From::Newest).await?),
        None => None,
    };
    let (editor, today) = begun(web, &staff, known.as_ref()).await?;
    let mut editor = editor.sent(&fields);
    let customer = match &known {
        Some(known) => Some(known.customer.clone()),
        None => customer_choice::find(app, actor, at, fields.get("customer")).await?,
    };
    let Some(customer) = customer else {
        return Ok(toast::redirect(plan::NEW, "Choose a customer first. Nothing was saved."));
    };
    let pressed = editor.press(&fields);
    let typed = typed(&fields, &editor);
    let dates = typed.dates(today, known.as_ref().map(|known| (&known.plan, known.last_cycle)));
    let redrawn = |editor, entered| PlanEditPage {
        frame: staff.frame(Place::Plans),
        known: known.as_ref().map(|known| (known.plan.id.clone(), known.consent.is_some())),
        customer: customer.clone(),
        entered,
        editor,
        dates,
        overtaken: None,
    };
    if pressed == Pressed::Edit {
        return staff.page(&redrawn(editor, Entered::refused(fields, FieldErrors::default())));
    }
    let saved = match &changed {
        None => write(app, actor, at, &customer.id, &typed).await,
        Some(id) => {
            let revision = fields.get("revision").parse().unwrap_or_default();
            edit(app, actor, at, id, revision, &typed).await.map(|()| id.clone())
        }
    };
    match (saved, &changed) {
        (Ok(id), None) => Ok(toast::redirect(&plan::show(&id), "The plan has started.")),
        (Ok(id), Some(_)) => Ok(toast::redirect(&plan::show(&id), "The plan is saved.")),
        (Err(Error::Fields(errors)), _) => {
            let page = redrawn(editor.refused(&errors), Entered::refused(fields, errors));
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        (Err(Error::Conflict(why)), Some(id)) => {
            let newer = show(app, actor, at, id, &From::Newest).await?;
            if newer.plan.state == PlanState::Cancelled {
                return Ok(toast::redirect(&plan::show(id), &format!("Not saved: {why}.")));
            }
            let mut page = page_of(web, &staff, newer).await?;
            page.overtaken = Some(fields);
            staff.page_with(StatusCode::CONFLICT, &page)
        }
        (Err(error), _) => Err(error.into()),
    }
}

impl Samples for PlanEditPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{office, plan};
        let detail = plan::plan_detail(PlanState::Active);
        let known = (detail.plan.id.clone(), true);
        let page = |known, entered, editor, overtaken| Self {
            frame: office::frame(Place::Plans),
            known,
            customer: plan::rosa(),
            entered,
            editor,
            dates: detail.next.clone(),
            overtaken,
        };
        let editor = || office::line_editor().of(&chosen_lines(&detail.lines));
        let mut errors = FieldErrors::one("rule", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.");
        errors.push("cap", "Enter $270.63 or more: an invoice comes to that. Leave it empty for no cap.");
        errors.push("line-1-price", "Enter a price such as 62.50.");
        let by_rule =
            Fields::of([("title", "Lawn care"), ("frequency", "rrule"), ("rule", "FREQ=OFTEN"), ("cap", "5")]);
        let refused = Self {
            dates: Vec::new(),
            ..page(None, Entered::refused(by_rule, errors.clone()), editor().refused(&errors), None)
        };
        let lost = Fields::of([("title", "Monthly garden care")]);
        let (today, entered) = (office::office_today(), fresh(office::office_today()));
        let dates = typed(entered.fields(), &office::line_editor()).dates(today, None);
        vec![
            ("office-plan-new", Self { dates, ..page(None, entered, office::line_editor(), None) }),
            ("office-plan-edit", page(Some(known.clone()), stored(&detail), editor(), None)),
            ("office-plan-refused", refused),
            ("office-plan-overtaken", page(Some(known), stored(&detail), editor(), Some(lost))),
        ]
    }
}
