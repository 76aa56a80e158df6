//! What happened to an invoice, newest first: what people and the program did, what became of its mails,
//! and when the customer opened it.

use std::collections::HashMap;

use zoop_app::invoice::look::{AuditEvent, Look};
use zoop_domain::audit::Action;
use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_domain::portal_link::A_VISIT;
use zoop_domain::time::{Instant, TimeZone};

use crate::office::settings::declined;
use crate::office::when;

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The tone's class; may be empty.
    pub tone: &'static str,
    /// A sentence.
    pub words: String,
    /// "Nov 22, 6:00 AM", in the business's time zone.
    pub when: String,
}

/// The lines, newest first.
#[must_use]
pub fn timeline(look: &Look, zone: &TimeZone) -> Vec<Moment> {
    let plan = look.sheet.invoice.plan_title.as_deref();
    let events = look.events.iter().filter_map(|event| of_event(event, &look.people, plan));
    let mails = look.mails.iter().map(of_mail);
    let mut told: Vec<Told> = events.chain(mails).chain(visits(look)).collect();
    // Of one moment the later is told first as well.
    told.reverse();
    told.sort_by_key(|told| std::cmp::Reverse(told.at));
    let drawn = |Told { icon, tone, words, at }| Moment { icon, tone, words, when: when::short(at, zone, look.today) };
    told.into_iter().map(drawn).collect()
}

struct Told {
    icon: &'static str,
    tone: &'static str,
    words: String,
    at: Instant,
}

/// When the customer opened it, first and last.
fn visits(look: &Look) -> impl Iterator<Item = Told> {
    let name = look.customer.short_name();
    let told = |words, at| Told { icon: "eye", tone: "", words, at };
    let seen = look.sheet.seen.into_iter();
    seen.flat_map(move |(first, last)| {
        let again = (last.seconds_since(first) >= A_VISIT).then(|| told(format!("{name} opened it again"), last));
        [Some(told(format!("{name} opened the invoice"), first)), again]
    })
    .flatten()
}

fn of_event(event: &AuditEvent, people: &HashMap<String, String>, plan: Option<&str>) -> Option<Told> {
    let who = people.get(&event.actor).map(String::as_str);
    let detail = event.detail.as_str();
    let did = |doing: &str, done: &str| match who {
        Some(who) => format!("{who} {doing}"),
        None => done.to_owned(),
    };
    let (icon, tone, words) = match event.action.parse().ok()? {
        Action::InvoiceDrafted => ("pencil", "", did("began this invoice", "Begun")),
        Action::InvoiceEdited => ("pencil", "", did("changed the draft", "The draft was changed")),
        Action::InvoiceDuplicated => {
            let from = if detail.is_empty() { "another draft" } else { detail };
            ("copy", "", did(&format!("copied it from {from}"), &format!("Copied from {from}")))
        }
        Action::InvoiceCreated => {
            ("quote", "", did(&format!("made it of quote {detail}"), &format!("Made of quote {detail}")))
        }
        Action::InvoiceImported => {
            ("invoice", "info", did(&format!("imported it {detail}"), &format!("Imported {detail}")))
        }
        Action::InvoiceSent => match (who, plan) {
            (None, Some(plan)) => ("send", "info", format!("Made and sent by {plan}")),
            _ => ("send", "info", did(&format!("sent it as {detail}"), &format!("Sent as {detail}"))),
        },
        Action::InvoiceResent => ("send", "info", did("sent it again", "Sent again")),
        Action::InvoiceNoted => ("pencil", "", did("wrote internal notes", "Internal notes were written")),
        Action::InvoiceDueMoved => {
            let (from, to) = detail.split_once(" to ").unwrap_or((detail, ""));
            let words = format!("moved the due date from {from} to {to}");
            ("calendar", "", did(&words, &format!("Due date moved from {from} to {to}")))
        }
        Action::InvoiceVoided => ("ban", "", did("voided it", "Voided")),
        Action::InvoiceWrittenOff => ("x-circle", "", did("wrote it off", "Written off")),
        Action::PaymentReceived => match who {
            Some(who) => ("coins", "good", format!("{who} recorded {detail}")),
            None => ("coins", "good", format!("{detail} received")),
        },
        Action::PaymentRefunded => ("undo", "", did(&format!("refunded {detail}"), &format!("Refunded {detail}"))),
        Action::PaymentTakenBack => {
            ("undo", "bad", did(&format!("took back {detail}"), &format!("Taken back: {detail}")))
        }
        Action::ChargeFailed => ("x", "bad", format!("Charge declined: {}", declined(detail))),
        Action::ChargeRetried => ("retry", "", did("asked for another try", "Another try was asked for")),
        Action::DunningStopped => ("retry", "", did("stopped the tries", "No more tries")),
        Action::PaymentFailed => ("x", "bad", format!("Payment failed after all: {}", declined(detail))),
        Action::RefundMade if event.actor == "stripe" => ("undo", "", format!("Refunded at Stripe: {detail}")),
        Action::RefundMade => ("undo", "", format!("Going back: {detail}")),
        Action::RefundFailed => ("x", "bad", format!("Refund failed: {detail}")),
        Action::DisputeOpened => ("alert", "warn", format!("The bank disputes {detail}")),
        Action::DisputeWon => ("check", "good", format!("The dispute of {detail} was won")),
        Action::DisputeLost => ("undo", "bad", format!("The dispute of {detail} was lost: the money went back")),
        _ => return None,
    };
    Some(Told { icon, tone, words, at: event.happened_at })
}

fn of_mail(mail: &Mail) -> Told {
    let what = match mail.kind {
        MailKind::Invoice => "Invoice",
        MailKind::Receipt => "Receipt",
        MailKind::UpcomingCharge => "Notice of the charge",
        MailKind::PaymentFailed | MailKind::ActionNeeded => "Notice of the failed payment",
        MailKind::Refund => "Notice of the refund",
        _ => "Mail",
    };
    let to = &mail.recipient;
    let (tone, words) = match mail.state {
        MailState::Queued => ("", format!("{what} to {to} is on its way")),
        MailState::Sent => ("info", format!("{what} emailed to {to}")),
        MailState::Failed => {
            let why = mail.error.as_deref().unwrap_or("the server gave no reason");
            ("bad", format!("{what} to {to} bounced: {why}"))
        }
        MailState::Dropped => ("", format!("{what} to {to} wasn’t needed any more")),
    };
    let at = mail.closed_at.unwrap_or(mail.created_at);
    Told { icon: "mail", tone, words, at }
}
