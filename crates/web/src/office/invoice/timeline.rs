//! What happened to an invoice, newest first: what people and the program did, and what became of its mails.

use std::collections::HashMap;

use zoop_app::invoice::look::{AuditEvent, Look};
use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_domain::time::{Instant, TimeZone};

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The tone's class; may be empty.
    pub tone: &'static str,
    /// A sentence.
    pub words: String,
    /// "Nov 22, 2026", in the business's time zone.
    pub when: String,
    at: Instant,
}

/// The lines, newest first.
#[must_use]
pub fn timeline(look: &Look, zone: &TimeZone) -> Vec<Moment> {
    let events = look.events.iter().filter_map(|event| of_event(event, &look.people, zone));
    let mails = look.mails.iter().map(|mail| of_mail(mail, zone));
    let mut moments: Vec<Moment> = events.chain(mails).collect();
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments
}

fn of_event(event: &AuditEvent, people: &HashMap<String, String>, zone: &TimeZone) -> Option<Moment> {
    let who = people.get(&event.actor).map(String::as_str);
    let detail = event.detail.as_str();
    let did = |doing: &str, done: &str| match who {
        Some(who) => format!("{who} {doing}"),
        None => done.to_owned(),
    };
    let (icon, tone, words) = match event.action.as_str() {
        "invoice.drafted" => ("pencil", "", did("began this invoice", "Begun")),
        "invoice.edited" => ("pencil", "", did("changed the draft", "The draft was changed")),
        "invoice.duplicated" => ("copy", "", did("copied it from another invoice", "Copied from another invoice")),
        "invoice.sent" => ("send", "info", did(&format!("sent it as {detail}"), &format!("Sent as {detail}"))),
        "invoice.resent" => ("send", "info", did("sent it again", "Sent again")),
        "invoice.due_moved" => {
            let (from, to) = detail.split_once(" to ").unwrap_or((detail, ""));
            let words = format!("moved the due date from {from} to {to}");
            ("calendar", "", did(&words, &format!("Due date moved from {from} to {to}")))
        }
        "invoice.voided" => ("ban", "", did("voided it", "Voided")),
        "invoice.written_off" => ("x-circle", "", did("wrote it off", "Written off")),
        "payment.received" => match who {
            Some(who) => ("coins", "good", format!("{who} recorded {detail}")),
            None => ("coins", "good", format!("{detail} received")),
        },
        "payment.refunded" => ("undo", "", did(&format!("refunded {detail}"), &format!("Refunded {detail}"))),
        "charge.failed" => ("x", "bad", format!("Charge declined: {}", declined(detail))),
        "charge.retried" => ("retry", "", did("asked for another try", "Another try was asked for")),
        "dunning.stopped" => ("retry", "", "No more tries".to_owned()),
        _ => return None,
    };
    Some(Moment { icon, tone, words, when: when(event.happened_at, zone), at: event.happened_at })
}

/// "$298.96 by Visa •••• 0341: insufficient_funds", with the code in words.
fn declined(detail: &str) -> String {
    match detail.rsplit_once(": ") {
        Some((what, code)) => format!("{what}, {}", zoop_domain::dunning::plain_reason(code)),
        None => detail.to_owned(),
    }
}

fn of_mail(mail: &Mail, zone: &TimeZone) -> Moment {
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
    Moment { icon: "mail", tone, words, when: when(at, zone), at }
}

fn when(at: Instant, zone: &TimeZone) -> String {
    at.date_in(zone).to_string()
}
