//! One plan: its next five dates, what each invoice says, how it is paid, what it billed, and what can be done.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::plan::show::{BilledInvoice, From, PlanDetail, show};
use zoop_domain::consent::{Consent, ConsentState};
use zoop_domain::customer::Customer;
use zoop_domain::id::{ConsentId, PlanId};
use zoop_domain::invoice::Line;
use zoop_domain::payment::method_label;
use zoop_domain::payment_method::ExpiryStatus;
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::time::{Date, Instant};

use super::timeline::{Happened, timeline};
use super::{id, look, words};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::customer::{capitalized, dialog, possessive};
use crate::office::invoice::badge::Badge;
use crate::office::invoice::show::sentence;
use crate::office::pages::Pages;
use crate::office::{Fields, Frame, Place, Staff, when};
use crate::page::Samples;
use crate::routes::office::{customer, invoice, plan};

/// What stands over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Nothing.
    None,
    /// Bill its next cycle now.
    Run,
    /// Skip it.
    Skip,
    /// Bill nothing for now.
    Pause,
    /// Bill again.
    Resume,
    /// Never bill again.
    Cancel,
    /// Turn auto-pay off.
    TurnOff,
}

/// The page.
#[derive(Template)]
#[template(path = "office/plan/show.html", whitespace = "minimize")]
pub struct PlanDetailPage {
    frame: Frame,
    detail: PlanDetail,
    dialog: Dialog,
    /// Why nothing was done.
    refused: Option<String>,
}

/// `GET /office/plans/{plan}`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(plan): Segments<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let from = match (query.get("before").parse(), query.get("after").parse()) {
        (Ok(invoice), _) => From::OlderThan(invoice),
        (_, Ok(invoice)) => From::NewerThan(invoice),
        _ => From::Newest,
    };
    let detail = show(&web.app, staff.actor(), staff.at(), &id(&plan)?, &from).await?;
    let page = PlanDetailPage { frame: staff.frame(Place::Plans), detail, dialog: Dialog::None, refused: None };
    let dialog = page.asked(&query);
    staff.page(&page.over(dialog))
}

/// The page without a dialog.
pub(super) async fn page(web: &Web, staff: &Staff, plan: &PlanId) -> Result<PlanDetailPage, PageError> {
    let detail = show(&web.app, staff.actor(), staff.at(), plan, &From::Newest).await?;
    Ok(PlanDetailPage { frame: staff.frame(Place::Plans), detail, dialog: Dialog::None, refused: None })
}

impl PlanDetailPage {
    /// The dialog that a query asks for, if that can be done now.
    fn asked(&self, query: &Fields) -> Dialog {
        let plan = self.plan();
        match plan.state {
            _ if query.has("turn-off") && self.detail.consent.is_some() => Dialog::TurnOff,
            PlanState::Active if query.has("run") && plan.billable().is_ok() => Dialog::Run,
            PlanState::Active if query.has("skip") && plan.billable().is_ok() => Dialog::Skip,
            PlanState::Active if query.has("pause") => Dialog::Pause,
            PlanState::Paused if query.has("resume") => Dialog::Resume,
            PlanState::Active | PlanState::Paused if query.has("cancel") => Dialog::Cancel,
            _ => Dialog::None,
        }
    }

    /// With a dialog over it.
    fn over(self, dialog: Dialog) -> Self {
        Self { dialog, ..self }
    }

    /// Says why nothing was done.
    pub(super) fn refused(self, why: &str) -> Self {
        Self { refused: Some(sentence(why)), ..self }
    }

    /// The answer of an action that clashed with what happened meanwhile.
    pub(super) fn conflict(&self, staff: &Staff) -> Result<Response, PageError> {
        staff.page_with(StatusCode::CONFLICT, self)
    }

    /// Whom the plan bills.
    pub(super) fn into_customer(self) -> Customer {
        self.detail.customer
    }

    /// What auto-pay rests on now.
    pub(super) fn into_consent(self) -> Option<ConsentId> {
        self.detail.consent.map(|consent| consent.id)
    }

    fn plan(&self) -> &Plan {
        &self.detail.plan
    }

    fn look(&self) -> (&'static str, &'static str, &'static str) {
        look(self.plan())
    }

    fn is_cancelled(&self) -> bool {
        self.plan().state == PlanState::Cancelled
    }

    fn is_billable(&self) -> bool {
        self.plan().billable().is_ok()
    }

    fn has_dialog(&self) -> bool {
        self.dialog != Dialog::None
    }

    fn here(&self) -> String {
        plan::show(&self.plan().id)
    }

    fn act(&self, what: &str) -> String {
        plan::act(&self.plan().id, what)
    }

    fn asking(&self, what: &str) -> String {
        plan::asking(&self.plan().id, what)
    }

    fn first_name(&self) -> &str {
        self.detail.customer.name.split(' ').next().unwrap_or_default()
    }

    fn whose(&self) -> String {
        possessive(self.first_name())
    }

    /// "$270.63 every month on the 21st".
    fn summary(&self) -> String {
        let running = words::running(&self.plan().schedule);
        match &self.detail.totals {
            Some(totals) => format!("{} {running}.", totals.total),
            None => format!("Bills {running}."),
        }
    }

    fn rhythm(&self) -> String {
        words::rhythm(&self.plan().schedule)
    }

    fn ahead(&self) -> String {
        words::ahead(self.plan().lead)
    }

    fn with_weekday(day: &Date) -> String {
        words::with_weekday(*day)
    }

    fn month(day: &Date) -> String {
        day.to_string()[..3].to_owned()
    }

    fn next(&self) -> Option<Date> {
        self.detail.next.first().copied()
    }

    fn after_next(&self) -> Option<Date> {
        self.detail.next.get(1).copied()
    }

    fn total(&self) -> String {
        self.detail.totals.as_ref().map(|totals| totals.total.to_string()).unwrap_or_default()
    }

    /// The first cycle that is billed once the plan is resumed.
    fn resumed(&self) -> Option<Date> {
        self.plan().resumed(self.detail.today).ok().and_then(|plan| plan.next_cycle_on)
    }

    /// "Invoice goes out Dec 14. Charged to Visa •••• 0341."
    fn on_date(&self, day: &Date) -> String {
        let out = self.plan().lead.before(*day);
        let out = match out.days_since(self.detail.today) {
            ..=0 => "Invoice goes out today".to_owned(),
            1 => "Invoice goes out tomorrow".to_owned(),
            _ if out == *day => "Invoice goes out that day".to_owned(),
            _ => format!("Invoice goes out {}", when::without_year(out)),
        };
        match self.charge_words(day) {
            Some(charge) => format!("{out}. {charge}."),
            None => format!("{out}."),
        }
    }

    /// What auto-pay does on a date.
    fn charge_words(&self, day: &Date) -> Option<String> {
        let consent = self.detail.consent.as_ref().filter(|consent| consent.state == ConsentState::Live)?;
        if self.is_over_cap() {
            return Some("Over the cap: not charged".to_owned());
        }
        let label = self.method_label(consent);
        let expiry = self.detail.method.as_ref().and_then(|method| method.expiry);
        Some(match expiry {
            Some(expiry) if expiry.status_on(*day) == ExpiryStatus::Expired => format!("{label} will have expired"),
            Some(expiry) if (expiry.month(), expiry.year()) == (day.month(), day.year()) => {
                format!("{label} expires this month")
            }
            _ => format!("Charged to {label}"),
        })
    }

    /// Whether an invoice comes to more than was agreed to.
    fn is_over_cap(&self) -> bool {
        let total = self.detail.totals.as_ref().map(|totals| totals.total);
        let evidence = self.detail.consent.as_ref().map(|consent| &consent.evidence);
        total.zip(evidence).is_some_and(|(total, evidence)| evidence.allows(total).is_err())
    }

    fn method_label(&self, consent: &Consent) -> String {
        let then = || method_label(&consent.evidence.method_brand, &consent.evidence.method_last4);
        self.detail.method.as_ref().map_or_else(then, |method| method.label())
    }

    /// How auto-pay stands: tone, icon, word.
    fn auto_pay(&self) -> (&'static str, &'static str, &'static str) {
        match self.detail.consent.as_ref().map(|consent| consent.state) {
            Some(ConsentState::Live) => ("good", "check", "On"),
            Some(_) => ("warn", "alert", "Needs a new card"),
            None => ("", "dash", "Off"),
        }
    }

    /// Why it is suspended.
    fn suspended(consent: &Consent) -> Option<(String, Instant)> {
        let (at, why) = consent.suspended.filter(|_| consent.state == ConsentState::Suspended)?;
        Some((capitalized(dialog::suspended(why)), at))
    }

    fn source(consent: &Consent) -> (&'static str, &'static str, &'static str) {
        dialog::source(consent.evidence.source)
    }

    fn evidence(consent: &Consent) -> String {
        customer::evidence(&consent.customer, &consent.id)
    }

    fn showing_evidence(consent: &Consent) -> String {
        customer::showing_evidence(&consent.customer, &consent.id)
    }

    /// When it was confirmed by mail: to whom, and the day.
    fn confirmed(&self) -> Option<Date> {
        let mail = self.detail.confirmation.as_ref().filter(|mail| mail.state == zoop_domain::mail::MailState::Sent)?;
        Some(self.day(&mail.closed_at?))
    }

    /// "Off since Nov 2, 2026: turned off in the portal."
    fn off_since(&self) -> Option<String> {
        let ended = self.detail.ended.as_ref()?.ended.as_ref()?;
        Some(format!("Off since {}: {}.", self.day(&ended.at), dialog::ended(ended.how)))
    }

    fn day(&self, at: &Instant) -> Date {
        at.date_in(&self.frame.business.time_zone)
    }

    fn moment(&self, at: &Instant) -> String {
        when::full(*at, &self.frame.business.time_zone)
    }

    fn tax_of(&self, line: &Line) -> String {
        let taxes = self.detail.totals.as_ref().map(|totals| totals.taxes.as_slice()).unwrap_or_default();
        let tax = line.tax.and_then(|tax| taxes.get(tax));
        tax.map_or_else(|| "No tax".to_owned(), |tax| tax.rate.percent.to_string())
    }

    /// A discount has no quantity; what it takes off stands in its amount.
    fn is_discount(line: &Line) -> bool {
        line.unit_price.as_minor_e4() < 0
    }

    fn badge(&self, billed: &BilledInvoice) -> Badge {
        Badge::of(&billed.facts, self.detail.today, None)
    }

    fn name(billed: &BilledInvoice) -> &str {
        billed.number.as_deref().unwrap_or("Draft")
    }

    /// "9 invoices, $1,994.41 received".
    fn sums(&self) -> String {
        let (count, received) = &self.detail.sums;
        let invoices = if *count == 1 { "1 invoice".to_owned() } else { format!("{count} invoices") };
        format!("{invoices}, {received} received")
    }

    fn pages(&self) -> Pages {
        let edge = |side, billed: Option<&BilledInvoice>| {
            billed.map(|billed| plan::billed(&self.plan().id, side, billed.id.as_str()))
        };
        Pages {
            range: "Newest first".into(),
            back: edge("after", self.detail.billed.first().filter(|_| self.detail.has_newer)),
            more: edge("before", self.detail.billed.last().filter(|_| self.detail.has_older)),
        }
    }

    fn timeline(&self) -> Vec<Happened> {
        timeline(&self.detail)
    }
}

impl Samples for PlanDetailPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{office, plan};
        let page = |detail| Self { frame: office::frame(Place::Plans), detail, dialog: Dialog::None, refused: None };
        let active = || page(plan::plan_detail(PlanState::Active));
        let paused = || page(plan::plan_detail(PlanState::Paused));
        let dialogs = [
            ("office-plan-run", Dialog::Run),
            ("office-plan-skip", Dialog::Skip),
            ("office-plan-pause", Dialog::Pause),
            ("office-plan-cancel", Dialog::Cancel),
            ("office-plan-turn-off", Dialog::TurnOff),
        ];
        let mut pages = vec![
            ("office-plan", active()),
            ("office-plan-by-hand", page(plan::by_hand())),
            ("office-plan-suspended", page(plan::suspended())),
            ("office-plan-unbillable", page(plan::unbillable())),
            ("office-plan-paused", paused()),
            ("office-plan-cancelled", page(plan::plan_detail(PlanState::Cancelled))),
            ("office-plan-conflict", active().refused("the plan has moved on to another cycle meanwhile")),
            ("office-plan-resume", paused().over(Dialog::Resume)),
        ];
        pages.extend(dialogs.map(|(name, dialog)| (name, active().over(dialog))));
        pages
    }
}
