//! One invoice: how it stands and what happens next, what was billed, what was paid, what was done, and all that
//! can be done with it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::invoice::look::{self, Look};
use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState};
use zoop_domain::dunning::{Dunning, plain_reason};
use zoop_domain::invoice::{Lifecycle, Line, Status};
use zoop_domain::mail::{MailKind, NotMailed};
use zoop_domain::money::{Money, MoneyError, Quantity};
use zoop_domain::payment::{DisputeState, Payment, PaymentState};
use zoop_domain::portal_link::A_VISIT;
use zoop_domain::refund::{Refund, RefundState};
use zoop_domain::time::{Date, Instant};

use super::badge::{Badge, days_late};
use super::dialog::Dialog;
use super::timeline::{Moment, timeline};
use crate::Web;
use crate::error::PageError;
use crate::office::{Entered, Fields, Frame, Place, Staff, when};
use crate::page::Samples;
use crate::routes::office::{customer, invoice as paths, payment, plan, quote};

/// The page.
#[derive(Template)]
#[template(path = "office/invoice/show.html", whitespace = "minimize")]
pub struct SheetPage {
    frame: Frame,
    look: Look,
    badge: Badge,
    status: Status,
    owed: Money,
    rows: Vec<Row>,
    moments: Vec<Moment>,
    dialog: Option<Dialog>,
    entered: Entered,
    /// Why something wasn't done.
    refused: Option<String>,
}

/// A payment, a refund or a try in the table.
pub struct Row {
    method: String,
    path: Option<String>,
    sub: String,
    on: Date,
    icon: &'static str,
    tone: &'static str,
    word: &'static str,
    amount: Money,
    is_void: bool,
    refund: Option<String>,
}

/// `GET /office/invoices/{invoice}`
pub async fn get(
    State(web): State<Web>,
    Path(invoice): Path<String>,
    RawQuery(query): RawQuery,
    staff: Staff,
) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let look = find(&web, &staff, &invoice).await?;
    let dialog = Dialog::asked(&query, &look, &staff);
    let entered = match &dialog {
        Some(dialog) => dialog.entered(&look).map_err(PageError::internal)?,
        None => Entered::default(),
    };
    let page = SheetPage::new(staff.frame(Place::Invoices), look).map_err(PageError::internal)?;
    staff.page(&page.asking(dialog, entered))
}

/// The invoice that a path names.
pub(super) async fn find(web: &Web, staff: &Staff, invoice: &str) -> Result<Look, PageError> {
    let id = invoice.parse().map_err(|_| PageError::NotFound)?;
    Ok(look::look(&web.app, staff.actor(), &staff.business, &id).await?)
}

/// A reason as a sentence.
pub(crate) fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// The page as it stands now, after something wasn't done: a form that was refused comes back in its dialog, a
/// clash with what has happened is told above fresh figures.
pub(super) async fn redraw(
    web: &Web,
    staff: &Staff,
    invoice: &str,
    dialog: Dialog,
    fields: Fields,
    error: zoop_app::Error,
) -> Result<Response, PageError> {
    let look = find(web, staff, invoice).await?;
    let page = SheetPage::new(staff.frame(Place::Invoices), look).map_err(PageError::internal)?;
    match error {
        zoop_app::Error::Fields(errors) => {
            let page = page.asking(Some(dialog), Entered::refused(fields, errors));
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        zoop_app::Error::Invalid(why) => staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page.refusing(&why)),
        zoop_app::Error::Conflict(why) => staff.page_with(StatusCode::CONFLICT, &page.refusing(&why)),
        error => Err(error.into()),
    }
}

impl SheetPage {
    /// The page of an invoice.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn new(frame: Frame, look: Look) -> Result<Self, MoneyError> {
        let facts = &look.sheet.invoice.facts;
        let last = look.mails.iter().rev().find(|mail| mail.kind == MailKind::Invoice);
        let last = last.map(|mail| (mail.state, mail.error.as_deref()));
        let badge = Badge::of(facts, look.today, NotMailed::of(last, look.customer.email.is_some()));
        let (status, owed) = (facts.status_on(look.today), facts.owed()?);
        let rows = rows(&frame, &look)?;
        let moments = timeline(&look, &frame.business.time_zone);
        Ok(Self {
            frame,
            badge,
            status,
            owed,
            rows,
            moments,
            look,
            dialog: None,
            entered: Entered::default(),
            refused: None,
        })
    }

    /// With a dialog over it.
    #[must_use]
    pub fn asking(mut self, dialog: Option<Dialog>, entered: Entered) -> Self {
        (self.dialog, self.entered) = (dialog, entered);
        self
    }

    /// With the reason why something wasn't done.
    #[must_use]
    pub fn refusing(mut self, why: &str) -> Self {
        self.refused = Some(sentence(why));
        self
    }

    fn name(&self) -> String {
        match self.look.sheet.invoice.number.as_str() {
            "" => "Draft".to_owned(),
            number => number.to_owned(),
        }
    }

    fn path(&self, dialog: &str) -> String {
        paths::asking(&self.look.sheet.invoice.id, dialog)
    }

    fn here(&self) -> String {
        paths::show(&self.look.sheet.invoice.id)
    }

    fn act(&self, verb: &str) -> String {
        paths::act(&self.look.sheet.invoice.id, verb)
    }

    fn customer_path(&self) -> String {
        customer::show(&self.look.customer.id)
    }

    fn plan_path(&self) -> Option<(String, &str)> {
        let invoice = &self.look.sheet.invoice;
        invoice.plan.as_ref().map(|it| (plan::show(it), invoice.plan_title.as_deref().unwrap_or("Plan")))
    }

    fn lifecycle(&self) -> Lifecycle {
        self.look.sheet.invoice.facts.lifecycle
    }

    fn is_draft(&self) -> bool {
        self.lifecycle() == Lifecycle::Draft
    }

    fn is_open(&self) -> bool {
        self.lifecycle() == Lifecycle::Open
    }

    fn is_paid(&self) -> bool {
        self.lifecycle() == Lifecycle::Paid
    }

    /// Whether a payment by hand can be recorded.
    fn takes_money(&self) -> bool {
        matches!(self.lifecycle(), Lifecycle::Open | Lifecycle::Uncollectible)
    }

    /// What is left of it, written off or not.
    fn balance(&self) -> Money {
        self.look.sheet.invoice.facts.ledger.balance().unwrap_or(self.owed)
    }

    fn paid_so_far(&self) -> Option<Money> {
        let paid = self.look.sheet.invoice.totals.total.minus(self.balance()).ok()?;
        (paid.is_positive() && !self.is_draft()).then_some(paid)
    }

    fn refunded(&self) -> Option<Money> {
        Some(self.look.sheet.invoice.facts.ledger.refunded).filter(|refunded| refunded.is_positive())
    }

    fn late(&self) -> Option<String> {
        let days = self.look.today.days_since(self.look.sheet.invoice.facts.due_on);
        (days > 0 && self.is_open()).then(|| days_late(days))
    }

    fn dunning(&self) -> Option<&Dunning> {
        self.look.dunning.as_ref().filter(|dunning| self.is_open() && !dunning.stopped)
    }

    fn reason(&self, dunning: &Dunning) -> &'static str {
        plain_reason(&dunning.decline_code)
    }

    fn can_retry(&self) -> bool {
        self.look.auto_pay.is_some() && self.status != Status::Processing
    }

    fn can_stop_retrying(&self) -> bool {
        self.can_retry() && self.dunning().is_some_and(|dunning| dunning.next_try_on.is_some())
    }

    fn asking_notes(&self) -> String {
        paths::asking(&self.look.sheet.invoice.id, "notes")
    }

    fn sent_to(&self) -> Option<&str> {
        self.look.mails.iter().rev().find(|mail| mail.kind == MailKind::Invoice).map(|mail| mail.recipient.as_str())
    }

    /// Where its mails go; `None` if nothing can be mailed to this customer.
    fn mails_to(&self) -> Option<&str> {
        self.look.customer.email.as_deref().filter(|_| self.frame.sends_mail)
    }

    fn moment(&self, at: &Instant) -> String {
        when::full(*at, &self.frame.business.time_zone)
    }

    fn came_back(&self, first: &Instant, last: &Instant) -> bool {
        last.seconds_since(*first) >= A_VISIT
    }

    fn first_name(&self) -> &str {
        let name = self.look.customer.name.as_str();
        name.split_whitespace().next().unwrap_or(name)
    }

    /// How a line's tax is told: "8.25%", "No tax".
    fn tax_of(&self, line: &Line) -> String {
        let rate = line.tax.and_then(|row| self.look.sheet.invoice.totals.taxes.get(row));
        rate.map_or_else(|| "No tax".to_owned(), |tax| tax.rate.percent.to_string())
    }

    fn is_discount(&self, index: &usize) -> bool {
        self.look.lines.get(*index).is_some_and(|line| line.line.is_discount)
    }

    fn is_several(&self, line: &Line) -> bool {
        line.quantity != Quantity::from_e4(10_000)
    }

    /// The payment that is to be given back, what it was and where that posts to.
    fn refunding(&self) -> Option<(&Payment, Money, String)> {
        let Some(Dialog::Refund(id)) = &self.dialog else { return None };
        let found = self.look.payments.iter().find(|it| it.id == *id)?;
        Some((found, self.look.refundable(found).ok()?, payment::refund(id)))
    }

    /// A message goes out long after its draft was begun: a due date that has passed is worth a look.
    fn due_has_passed(&self) -> bool {
        self.look.sheet.invoice.facts.due_on < self.look.today
    }
}

fn rows(frame: &Frame, look: &Look) -> Result<Vec<Row>, MoneyError> {
    let zone = &frame.business.time_zone;
    let mut rows: Vec<(i64, Row)> = Vec::new();
    for found in &look.payments {
        let left = look.refundable(found)?;
        let may = frame.is_owner() && left.is_positive();
        let refund = may.then(|| paths::asking(&look.sheet.invoice.id, &format!("refund={}", found.id)));
        rows.push((found.received_at.as_microseconds(), of_payment(found, refund)?));
    }
    for refund in &look.refunds {
        let label = look.payments.iter().find(|it| it.id == refund.payment).map(|it| it.method_label.clone());
        rows.push((refund.created_at.as_microseconds(), of_refund(refund, &label.unwrap_or_default(), zone)));
    }
    let tried = look.attempts.iter().filter(|it| it.state == AttemptState::Failed || it.state.is_processing());
    rows.extend(tried.map(|it| (it.created_at.as_microseconds(), of_attempt(it, zone))));
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn of_payment(found: &Payment, refund: Option<String>) -> Result<Row, MoneyError> {
    let all_back = found.refunded.is_positive() && found.amount.minus(found.refunded)?.is_zero();
    let (icon, tone, word) = match (found.state, found.dispute) {
        (PaymentState::Returned, _) => ("undo", "bad", "Returned"),
        (_, Some(DisputeState::Open)) => ("alert", "warn", "Disputed"),
        _ if all_back => ("undo", "", "Refunded"),
        _ if found.refunded.is_positive() => ("undo", "", "Partly refunded"),
        _ => ("check", "good", "Received"),
    };
    let surplus = found.amount.minus(found.applied)?;
    let sub = if surplus.is_positive() { format!("{surplus} more than was owed") } else { String::new() };
    Ok(Row {
        method: found.method_label.clone(),
        path: Some(payment::show(&found.id)),
        sub,
        on: found.received_on,
        icon,
        tone,
        word,
        amount: found.amount,
        is_void: found.state == PaymentState::Returned,
        refund,
    })
}

fn of_refund(refund: &Refund, label: &str, zone: &zoop_domain::time::TimeZone) -> Row {
    let (icon, tone, word) = match refund.state {
        RefundState::Pending => ("clock", "info", "Processing"),
        RefundState::Succeeded => ("undo", "", "Refunded"),
        RefundState::Failed => ("x", "bad", "Failed"),
    };
    Row {
        method: format!("Refund to {label}"),
        path: None,
        sub: String::new(),
        on: refund.created_at.date_in(zone),
        icon,
        tone,
        word,
        amount: Money::new(-refund.amount.minor(), refund.amount.currency()),
        is_void: refund.state == RefundState::Failed,
        refund: None,
    }
}

fn of_attempt(attempt: &Attempt, zone: &zoop_domain::time::TimeZone) -> Row {
    let failed = attempt.state == AttemptState::Failed;
    let (icon, tone, word) = if failed { ("x", "bad", "Failed") } else { ("clock", "info", "Processing") };
    let sub = match attempt.kind {
        AttemptKind::AutoPay => "auto-pay",
        AttemptKind::Checkout => "on the payment page",
        AttemptKind::SavedCard => "saved card",
    };
    Row {
        method: attempt.method_label.clone().unwrap_or_else(|| "Payment".into()),
        path: None,
        sub: sub.to_owned(),
        on: attempt.created_at.date_in(zone),
        icon,
        tone,
        word,
        amount: attempt.amount,
        is_void: failed,
        refund: None,
    }
}

impl Samples for SheetPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        crate::sample::office_invoice::sheets()
    }
}
