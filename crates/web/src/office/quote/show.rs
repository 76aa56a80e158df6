//! One quote: how it stands, what it says, what happened to it, and what can be done.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::nonce;
use zoop_app::quote::show::{QuoteDetail, show};
use zoop_domain::id::QuoteId;
use zoop_domain::invoice::Line;
use zoop_domain::mail::MailState;
use zoop_domain::quote::{AnsweredBy, Quote, QuoteStatus};
use zoop_domain::time::Instant;

use super::{id, look};
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::{Entered, Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::{customer, invoice, quote};

/// What stands over the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Nothing.
    None,
    /// Send it, or send it again.
    Send,
    /// The customer said yes to somebody.
    Accept,
    /// Take it back.
    Withdraw,
    /// Delete the draft.
    Delete,
    /// A link, shown once; `None`: it was shown before.
    Link(Option<String>),
}

/// The page.
#[derive(Template)]
#[template(path = "office/quote/show.html", whitespace = "minimize")]
pub struct QuoteDetailPage {
    frame: Frame,
    detail: QuoteDetail,
    dialog: Dialog,
    entered: Entered,
    /// The number of the form that makes a link: it acts once.
    nonce: String,
    /// Why nothing was done.
    refused: Option<String>,
}

/// A line of the timeline.
struct Happened {
    tone: &'static str,
    icon: &'static str,
    words: String,
    at: Instant,
}

/// `GET /office/quotes/{quote}`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(quote): Segments<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let page = page(&web, &staff, &id(&quote)?).await?;
    let status = page.detail.status;
    let dialog = match status {
        QuoteStatus::Draft if query.has("send") => Dialog::Send,
        QuoteStatus::Sent if query.has("send") && page.mails_to().is_some() => Dialog::Send,
        QuoteStatus::Sent if query.has("accept") => Dialog::Accept,
        QuoteStatus::Sent | QuoteStatus::Expired if query.has("withdraw") => Dialog::Withdraw,
        QuoteStatus::Draft if query.has("delete") => Dialog::Delete,
        _ => Dialog::None,
    };
    staff.page(&QuoteDetailPage { dialog, ..page })
}

/// The page without a dialog.
pub(super) async fn page(web: &Web, staff: &Staff, quote: &QuoteId) -> Result<QuoteDetailPage, PageError> {
    let detail = show(&web.app, staff.actor(), staff.at(), quote).await?;
    Ok(QuoteDetailPage {
        frame: staff.frame(Place::Quotes),
        detail,
        dialog: Dialog::None,
        entered: Entered::default(),
        nonce: nonce::fresh(&web.app).expose().to_owned(),
        refused: None,
    })
}

impl QuoteDetailPage {
    /// With a dialog over it.
    pub(super) fn over(self, dialog: Dialog, entered: Entered) -> Self {
        Self { dialog, entered, ..self }
    }

    /// Says why nothing was done.
    pub(super) fn refused(self, why: &str) -> Self {
        Self { refused: Some(super::edit::sentence(why)), ..self }
    }

    /// The answer of an action that clashed with what happened meanwhile.
    pub(super) fn conflict(&self, staff: &Staff) -> Result<Response, PageError> {
        staff.page_with(StatusCode::CONFLICT, self)
    }

    fn quote(&self) -> &Quote {
        &self.detail.quote
    }

    fn look(&self) -> (&'static str, &'static str, &'static str) {
        look(self.detail.status)
    }

    fn has_dialog(&self) -> bool {
        self.dialog != Dialog::None
    }

    fn is_error(&self) -> bool {
        !self.entered.errors().is_empty()
    }

    fn here(&self) -> String {
        quote::show(&self.quote().id)
    }

    fn act(&self, what: &str) -> String {
        quote::act(&self.quote().id, what)
    }

    fn asking(&self, what: &str) -> String {
        quote::asking(&self.quote().id, what)
    }

    fn tax_of(&self, line: &Line) -> String {
        let tax = line.tax.and_then(|tax| self.quote().totals.taxes.get(tax));
        tax.map_or_else(|| "No tax".to_owned(), |tax| tax.rate.percent.to_string())
    }

    /// A discount has no quantity; what it takes off stands in its amount.
    fn is_discount(&self, place: &usize) -> bool {
        self.quote().lines.get(*place).is_some_and(|line| line.is_discount)
    }

    fn moment(&self, at: &Instant) -> String {
        let zone = &self.frame.business.time_zone;
        format!("{}, {}", at.date_in(zone), at.clock_in(zone))
    }

    /// "Accepted by Dana Whitfield", with from where, or by whom it was marked.
    fn answered(&self) -> Option<(String, String)> {
        let answer = self.quote().answer.as_ref()?;
        let verb = if answer.accepted { "Accepted" } else { "Declined" };
        let name = answer.name.as_deref().unwrap_or(&self.detail.customer.name);
        let how = match &answer.by {
            AnsweredBy::Customer { ip: Some(ip), .. } => format!("by the link, from {ip}"),
            AnsweredBy::Customer { ip: None, .. } => "by the link".to_owned(),
            AnsweredBy::Member(_) => {
                format!("marked by {}", self.detail.answered_by.as_deref().unwrap_or("the office"))
            }
        };
        Some((format!("{verb} by {name}"), how))
    }

    /// What happened, newest first.
    fn timeline(&self) -> Vec<Happened> {
        let events = self.detail.events.iter().filter_map(|(event, who)| {
            let who = who.as_deref().unwrap_or("The office");
            let customer = self.detail.customer.name.as_str();
            let (tone, icon, words) = match (event.action.as_str(), event.actor.as_str()) {
                ("quote.created", _) => ("", "pencil", format!("{who} began this quote")),
                ("quote.edited", _) => ("", "pencil", format!("{who} changed it")),
                ("quote.sent", _) => ("info", "send", format!("{who} sent it as {}", event.detail)),
                ("quote.resent", _) => ("info", "send", format!("{who} sent it again")),
                ("quote.link_copied", _) => ("", "link", format!("{who} copied an accept link")),
                ("quote.accepted", "customer") => ("good", "check", format!("{customer} accepted it")),
                ("quote.accepted", _) => ("good", "check", format!("{who} marked it as accepted")),
                ("quote.declined", _) => ("bad", "x", format!("{customer} declined it")),
                ("quote.withdrawn", _) => ("", "ban", format!("{who} withdrew it")),
                ("quote.invoiced", _) => ("", "invoice", format!("{who} turned it into an invoice")),
                _ => return None,
            };
            Some(Happened { tone, icon, words, at: event.happened_at })
        });
        let mails = self.detail.mails.iter().map(|mail| {
            let to = &mail.recipient;
            let (tone, words) = match mail.state {
                MailState::Queued => ("", format!("An email to {to} is on its way")),
                MailState::Sent => ("", format!("Emailed to {to}")),
                MailState::Failed => {
                    ("bad", format!("The email to {to} failed: {}", mail.error.as_deref().unwrap_or("no reason given")))
                }
                MailState::Dropped => {
                    ("", format!("The email to {to} was not sent: there was nothing to accept any more"))
                }
            };
            Happened { tone, icon: "mail", words, at: mail.closed_at.unwrap_or(mail.created_at) }
        });
        let mut all: Vec<_> = events.chain(mails).collect();
        all.sort_by_key(|event| std::cmp::Reverse(event.at));
        all
    }

    /// Where its mails go; `None` if nothing can be mailed to this customer.
    fn mails_to(&self) -> Option<&str> {
        self.detail.customer.email.as_deref().filter(|_| self.frame.sends_mail)
    }

    fn first_name(&self) -> &str {
        self.detail.customer.name.split(' ').next().unwrap_or_default()
    }
}

impl Samples for QuoteDetailPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office;
        use zoop_domain::form::FieldErrors;
        use zoop_domain::quote::QuoteState;
        let page = |state, accepted| Self {
            frame: office::frame(Place::Quotes),
            detail: office::quote_detail(state, accepted),
            dialog: Dialog::None,
            entered: Entered::default(),
            nonce: "A".repeat(43),
            refused: None,
        };
        let wrong = Entered::refused(Fields::default(), FieldErrors::one("name", "Enter who accepted it."));
        let none = Entered::default;
        let link = || Some(format!("https://pay.example/q/{}", "A".repeat(43)));
        vec![
            ("office-quote-draft", page(QuoteState::Draft, None)),
            ("office-quote-sent", page(QuoteState::Sent, None)),
            ("office-quote-accepted", page(QuoteState::Accepted, Some(true))),
            ("office-quote-declined", page(QuoteState::Declined, Some(false))),
            ("office-quote-conflict", page(QuoteState::Sent, None).refused("this quote was answered already")),
            ("office-quote-send", page(QuoteState::Draft, None).over(Dialog::Send, none())),
            (
                "office-quote-send-no-mail",
                Self {
                    frame: Frame { sends_mail: false, ..office::frame(Place::Quotes) },
                    ..page(QuoteState::Draft, None).over(Dialog::Send, none())
                },
            ),
            ("office-quote-send-again", page(QuoteState::Sent, None).over(Dialog::Send, none())),
            ("office-quote-by-phone", page(QuoteState::Sent, None).over(Dialog::Accept, wrong)),
            ("office-quote-withdraw", page(QuoteState::Sent, None).over(Dialog::Withdraw, none())),
            ("office-quote-delete", page(QuoteState::Draft, None).over(Dialog::Delete, none())),
            ("office-quote-link", page(QuoteState::Sent, None).over(Dialog::Link(link()), none())),
            ("office-quote-link-again", page(QuoteState::Sent, None).over(Dialog::Link(None), none())),
        ]
    }
}
