//! A customer: the portal link first, then money, documents, cards, consents, and what happened.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::customer::show::{
    Access, ConsentView, CustomerInvoice, CustomerQuote, CustomerView, EVENTS, ListedConsent, MOST_COUNTED, show,
};
use zoop_app::nonce;
use zoop_domain::consent::ConsentState;
use zoop_domain::contact;
use zoop_domain::customer::Customer;
use zoop_domain::id::CustomerId;
use zoop_domain::invoice::Status;
use zoop_domain::payment_method::{ExpiryStatus, MethodType, PaymentMethod};
use zoop_domain::plan::Plan;
use zoop_domain::time::Instant;

use super::dialog::{self, Dialog};
use super::portal_access::NONCE;
use super::timeline::{self, Moment};
use super::{capitalized, counted, id, possessive};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::quote::look;
use crate::office::{Fields, Frame, Place, Staff, when};
use crate::page::Samples;
use crate::routes::office::{customer as paths, invoice, plan, quote};

/// The page.
#[derive(Template)]
#[template(path = "office/customer/show.html", whitespace = "minimize")]
pub struct CustomerPage {
    frame: Frame,
    view: CustomerView,
    dialog: Option<Dialog>,
    /// Why something wasn't done.
    conflict: Option<String>,
    /// The number of the form that makes a link.
    nonce: String,
    events: i64,
}

/// `GET /office/customers/{customer}`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(customer): Segments<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let page = read(&web, &staff, &id(&customer)?, &query).await?;
    let dialog = Dialog::find(&web, &staff, &page.view, &Fields::read(query.as_bytes())).await?;
    staff.page(&CustomerPage { dialog, ..page })
}

/// The page as it is now, without a dialog.
pub(super) async fn read(
    web: &Web,
    staff: &Staff,
    customer: &CustomerId,
    query: &str,
) -> Result<CustomerPage, PageError> {
    let events = Fields::read(query.as_bytes()).get("events").parse().unwrap_or(EVENTS);
    let view = show(&web.app, staff.actor(), staff.at(), customer, events).await?;
    let nonce = nonce::fresh(&web.app).expose().to_owned();
    Ok(CustomerPage { frame: staff.frame(Place::Customers), view, dialog: None, conflict: None, nonce, events })
}

/// The page with fresh figures, and why the action was not taken.
pub(super) async fn conflict(
    web: &Web,
    staff: &Staff,
    customer: &CustomerId,
    why: String,
) -> Result<Response, PageError> {
    let page = read(web, staff, customer, "").await?.with_conflict(why);
    staff.page_with(StatusCode::CONFLICT, &page)
}

impl CustomerPage {
    /// Says why something wasn't done.
    #[must_use]
    pub fn with_conflict(mut self, why: String) -> Self {
        self.conflict = Some(why);
        self
    }

    /// Asks or shows something over the page.
    #[must_use]
    pub fn with_dialog(mut self, dialog: Dialog) -> Self {
        self.dialog = Some(dialog);
        self
    }

    fn customer(&self) -> &Customer {
        &self.view.customer
    }

    fn access(&self) -> &Access {
        &self.view.access
    }

    fn name(&self) -> &str {
        self.customer().short_name()
    }

    fn whose(&self) -> String {
        possessive(self.name())
    }

    fn home(&self) -> String {
        paths::show(&self.customer().id)
    }

    fn is_archived(&self) -> bool {
        self.customer().archived_at.is_some()
    }

    fn is_erased(&self) -> bool {
        self.customer().erased_at.is_some()
    }

    /// The heading of the page, and of a dialog where one is over it.
    fn title(&self) -> String {
        match &self.dialog {
            Some(Dialog::Link { .. }) => format!("Portal link for {}", self.customer().name),
            Some(Dialog::Rotate) => format!("Rotate {} portal link?", self.whose()),
            Some(Dialog::Revoke) => format!("Revoke {} portal link?", self.whose()),
            _ => self.customer().name.clone(),
        }
    }

    /// The badge of the portal link.
    fn badge(&self) -> (&'static str, &'static str, &'static str) {
        match (self.access().live(), &self.access().link) {
            (Some(_), _) => ("good", "check", "Active"),
            (None, Some(_)) => ("", "ban", "Revoked"),
            (None, None) => ("", "dash", "No link"),
        }
    }

    fn full(&self, at: &Instant) -> String {
        when::full(*at, &self.view.business.time_zone)
    }

    fn ago(&self, at: &Instant) -> String {
        when::ago(at.date_in(&self.view.business.time_zone), self.view.today)
    }

    /// "Auto-pay for Monthly lawn care and Irrigation check goes on."
    fn auto_pay_goes_on(&self) -> Option<String> {
        let plans = and(&self.access().auto_pay)?;
        Some(format!("Auto-pay for {plans} goes on. It can still be turned off from the auto-pay emails."))
    }

    /// Who is to be asked for a new link.
    fn ask_owner(&self) -> String {
        match &self.access().owner {
            Some(owner) => format!(" If {} needs a new one, ask {owner}.", self.name()),
            None => String::new(),
        }
    }

    /// How late the oldest of what is owed is: ", 2 days overdue".
    fn overdue_words(&self) -> String {
        let days = self.view.sums.oldest_due_on.map_or(0, |day| self.view.today.days_since(day));
        match (days, self.view.sums.overdue == self.view.sums.owed) {
            (..=0, _) => "nothing overdue".to_owned(),
            (days, true) => format!("{} overdue", when::days(days)),
            (days, false) => format!("{} of it overdue, for {}", self.view.sums.overdue, when::days(days)),
        }
    }

    fn invoice_count(&self) -> String {
        counted(self.view.invoice_count, MOST_COUNTED)
    }

    /// "All 38 invoices", where the page lists fewer.
    fn all_invoices(&self) -> Option<String> {
        let listed = self.view.invoices.len() as i64;
        (self.view.invoice_count > listed).then(|| format!("All {} invoices", self.invoice_count()))
    }

    fn invoice_badge(&self, invoice: &CustomerInvoice) -> (&'static str, &'static str, &'static str) {
        match invoice.facts.status_on(self.view.today) {
            Status::Draft => ("", "pencil", "Draft"),
            Status::Canceled => ("", "ban", "Void"),
            Status::Closed => ("", "x-circle", "Uncollectible"),
            Status::Processing => ("info", "clock", "Processing"),
            Status::Refunded => ("", "undo", "Refunded"),
            Status::PartlyRefunded => ("", "undo", "Partly refunded"),
            Status::Paid => ("good", "check", "Paid"),
            Status::Returned => ("bad", "undo", "Returned"),
            Status::DidNotGoThrough(_) => ("warn", "retry", "In dunning"),
            Status::PastDue => ("bad", "stop", "Past due"),
            Status::Overdue(_) => ("bad", "clock", "Overdue"),
            Status::Due(_) => ("info", "send", "Sent"),
        }
    }

    /// What is owed on an invoice, where its total says more.
    fn still_owed(&self, invoice: &CustomerInvoice) -> Option<String> {
        let owed = invoice.facts.owed().ok()?;
        (owed.is_positive() && owed != invoice.facts.ledger.total).then(|| format!("{owed} owed"))
    }

    fn quote_badge(&self, quote: &CustomerQuote) -> (&'static str, &'static str, &'static str) {
        look(quote.state.status_on(quote.expires_on, self.view.today))
    }

    fn plan_badge(&self, plan: &Plan) -> (&'static str, &'static str, &'static str) {
        crate::office::plan::look(plan)
    }

    /// "Every month".
    fn frequency(&self, plan: &Plan) -> String {
        capitalized(plan.schedule.frequency().every())
    }

    fn expiry(&self, method: &PaymentMethod) -> Option<ExpiryStatus> {
        method.expiry.map(|expiry| expiry.status_on(self.view.today))
    }

    /// "Expires 08/2028. Added Mar 9, 2025."
    fn method_words(&self, method: &PaymentMethod) -> String {
        let added = method.added_at.date_in(&self.view.business.time_zone);
        match (method.expiry, method.kind) {
            (Some(expiry), _) => format!("Expires {expiry}. Added {added}."),
            (None, MethodType::UsBankAccount) => format!("Bank account. Added {added}."),
            (None, MethodType::Card) => format!("Added {added}."),
        }
    }

    /// "Pays Monthly lawn care."
    fn pays(&self, method: &PaymentMethod) -> Option<String> {
        let live = self.view.consents.iter().filter(|it| it.state == ConsentState::Live);
        let paid = live.filter(|it| it.method.as_ref() == Some(&method.id));
        let titles: Vec<_> = paid.map(|it| it.plan_title.clone()).collect();
        and(&titles).map(|titles| format!("Pays {titles}."))
    }

    fn consent_source(&self, consent: &ListedConsent) -> (&'static str, &'static str, &'static str) {
        dialog::source(consent.source)
    }

    fn charged_to(&self, consent: &ListedConsent) -> String {
        dialog::charged_to(&consent.method_brand, &consent.method_last4, consent.cap.as_ref())
    }

    fn granted(&self, consent: &ListedConsent) -> String {
        consent.granted_at.date_in(&self.view.business.time_zone).to_string()
    }

    /// "Granted Mar 3, 2026, ended Nov 2, 2026"
    fn granted_and_ended(&self, consent: &ListedConsent) -> String {
        let ended = consent.ended_at.map(|at| at.date_in(&self.view.business.time_zone));
        let ended = ended.map(|day| format!(", ended {day}")).unwrap_or_default();
        format!("Granted {}{ended}", self.granted(consent))
    }

    /// The name of a person, or what acted.
    fn who(&self, view: &ConsentView, actor: &str) -> String {
        match view.names.get(actor) {
            Some(name) => name.clone(),
            None if actor == "customer" => self.customer().name.clone(),
            None if actor == "operator" => "whoever runs the server".to_owned(),
            None => "Zoop".to_owned(),
        }
    }

    fn tel(&self) -> Option<String> {
        contact::tel_of(self.customer().phone.as_deref()?, self.view.business.currency)
    }

    /// "Customer since March 2025".
    fn since(&self) -> String {
        let month = zoop_domain::home::Month::of(self.view.since);
        format!("Customer since {} {}", month.name(), self.view.since.year())
    }

    fn moments(&self) -> Vec<Moment> {
        timeline::moments(&self.view)
    }

    fn more_events(&self) -> Option<String> {
        self.view.has_more_events.then(|| paths::with_events(&self.customer().id, self.events.max(EVENTS) + EVENTS))
    }
}

/// "Monthly lawn care and Irrigation check".
fn and(titles: &[String]) -> Option<String> {
    match titles {
        [] => None,
        [one] => Some(one.clone()),
        [some @ .., last] => Some(format!("{} and {last}", some.join(", "))),
    }
}

impl Samples for CustomerPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{customer, office};
        let page = |view| Self {
            frame: office::frame(Place::Customers),
            view,
            dialog: None,
            conflict: None,
            nonce: "A".repeat(43),
            events: EVENTS,
        };
        let rosa = || page(customer::active());
        let asking = |dialog| rosa().with_dialog(dialog);
        let url = format!("https://pay.greenline.example/p/{}", "q7XvN2cJ0mTgk8Zs5yRbWd1LhUoEa3KxPfVi9nQtB4M");
        let link = |rotated| Dialog::Link { url: url.parse().expect("samples are well-formed"), rotated };
        let in_office = |view| Self { frame: office::office_frame(Place::Customers), ..page(view) };
        vec![
            ("office-customer", rosa()),
            ("office-customer-no-link", page(customer::no_link())),
            ("office-customer-never-opened", page(customer::never_opened())),
            ("office-customer-revoked", page(customer::revoked())),
            ("office-customer-company", page(customer::company())),
            ("office-customer-archived", page(customer::archived())),
            ("office-customer-erased", page(customer::erased())),
            ("office-customer-office", in_office(customer::active())),
            ("office-customer-office-no-link", in_office(customer::no_link())),
            ("office-customer-link", asking(link(true))),
            ("office-customer-first-link", asking(link(false))),
            ("office-customer-rotate", asking(Dialog::Rotate)),
            ("office-customer-revoke", asking(Dialog::Revoke)),
            ("office-customer-erase", asking(Dialog::Erase(Box::new(customer::erasure(None))))),
            (
                "office-customer-erase-not-now",
                asking(Dialog::Erase(Box::new(customer::erasure(Some("Monthly lawn care would go on billing."))))),
            ),
            ("office-customer-evidence", asking(Dialog::Evidence(Box::new(customer::consent())))),
            ("office-customer-turn-off", asking(Dialog::TurnOff(Box::new(customer::consent())))),
            ("office-customer-conflict", rosa().with_conflict("This customer has a portal link already.".into())),
        ]
    }
}
