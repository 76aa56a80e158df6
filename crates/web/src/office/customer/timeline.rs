//! What happened to a customer, in sentences. It says who did it, or nothing when the system did.

use zoop_app::customer::show::{CustomerView, Event};
use zoop_domain::dunning::plain_reason;

use super::capitalized;
use crate::office::when;
use crate::routes::office::{invoice, plan, quote};

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A document: where it is, and its number or title.
    Link(String, String),
}

/// Something that happened, as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The dot's tone.
    pub tone: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The sentence.
    pub pieces: Vec<Piece>,
    /// When.
    pub when: String,
}

/// Everything the page lists, newest first.
pub(super) fn moments(view: &CustomerView) -> Vec<Moment> {
    let zone = &view.business.time_zone;
    let told = view.events.iter().filter_map(|event| {
        let (tone, icon, pieces) = told(view, event)?;
        Some(Moment { tone, icon, pieces, when: when::short(event.at, zone, view.today) })
    });
    told.collect()
}

type Told = (&'static str, &'static str, Vec<Piece>);

fn told(view: &CustomerView, event: &Event) -> Option<Told> {
    if let Some(kind) = event.kind.strip_prefix("mail.") {
        return Some(mailed(event, kind));
    }
    let name = view.customer.short_name();
    let by = by(event);
    let document = document(event);
    let about = |words: &str| sentence([Piece::Words(format!("{words} ")), document.clone(), Piece::Words(by.clone())]);
    let first = |words: String| sentence([document.clone(), Piece::Words(words)]);
    let money = |words: &str| {
        let words = format!("{words} {} for ", event.detail);
        sentence([Piece::Words(words), document.clone(), Piece::Words(by.clone())])
    };
    let plain = |words: String| vec![Piece::Words(words)];
    Some(match event.kind.as_str() {
        "portal.seen" => ("", "eye", plain(format!("{name} opened the portal"))),
        "portal_link.generated" => ("", "link", plain(format!("Portal link generated{by}"))),
        "portal_link.rotated" => ("", "rotate", plain(format!("Portal link rotated{by}"))),
        "portal_link.revoked" => ("", "ban", plain(format!("Portal link revoked{by}"))),
        "customer.created" => ("", "user", plain(format!("Customer added{by}"))),
        "customer.imported" => ("", "user", plain(format!("Customer imported{by}"))),
        "customer.edited" => ("", "pencil", plain(format!("Contact details changed{by}"))),
        "customer.archived" => ("", "ban", plain(format!("Archived{by}"))),
        "customer.brought_back" => ("", "undo", plain(format!("Brought back{by}"))),
        "customer.erased" => ("", "trash", plain(format!("Personal data erased{by}"))),
        "invoice.imported" => ("info", "invoice", first(format!(" imported{by}"))),
        "invoice.sent" => ("info", "send", first(format!(" sent{by}"))),
        "invoice.voided" => ("", "ban", first(format!(" voided{by}"))),
        "invoice.written_off" => ("", "x-circle", first(format!(" written off{by}"))),
        "invoice.seen" => {
            let words = [Piece::Words(format!("{name} opened ")), document, Piece::Words(again(event))];
            ("", "eye", sentence(words))
        }
        "invoice.edited" => ("", "pencil", about("Draft changed:")),
        "invoice.noted" => ("", "pencil", about("Internal notes written on")),
        "invoice.discarded" => ("", "trash", plain(format!("A draft of {} deleted{by}", event.detail))),
        "invoice.duplicated" => ("", "copy", about("Invoice drafted as a copy:")),
        "invoice.resent" => ("info", "send", first(format!(" sent again{by}"))),
        "invoice.drafted" | "invoice.created" => ("", "pencil", about("Invoice drafted:")),
        "invoice.due_moved" => ("", "calendar", first(format!(" is due later{by}"))),
        "quote.edited" => ("", "pencil", about("Draft changed:")),
        "quote.deleted" => ("", "trash", plain(format!("A draft quote deleted{by}"))),
        "quote.resent" => ("info", "send", first(format!(" sent again{by}"))),
        "quote.link_copied" => ("", "link", about("A link was copied to")),
        "quote.created" => ("", "pencil", about("Quote drafted:")),
        "quote.sent" => ("info", "send", first(format!(" sent{by}"))),
        "quote.accepted" => ("good", "check", first(format!(" accepted{by}"))),
        "quote.declined" => ("", "x", first(format!(" declined{by}"))),
        "quote.withdrawn" => ("", "ban", first(format!(" withdrawn{by}"))),
        "quote.invoiced" => ("", "invoice", first(format!(" turned into an invoice{by}"))),
        // Of a payment somebody recorded himself, his name says that he did.
        "payment.received" => (
            "good",
            "coins",
            sentence([Piece::Words(format!("Paid {} for ", event.detail)), document, Piece::Words(recorded(event))]),
        ),
        "payment.taken_back" => ("bad", "undo", money("Taken back:")),
        "payment.refunded" => ("", "undo", money("Refunded")),
        "payment.failed" => ("bad", "x", sentence([Piece::Words("The payment for ".into()), document, refused(event)])),
        "refund.made" if event.actor == "stripe" => ("", "undo", money("Refunded at Stripe:")),
        "refund.made" => ("", "undo", money("Going back:")),
        "refund.failed" => ("bad", "x", money("Refund failed:")),
        "dispute.opened" => ("warn", "alert", money("The bank disputes")),
        "dispute.won" => ("good", "check", money("Dispute won:")),
        "dispute.lost" => ("bad", "undo", money("Dispute lost:")),
        "charge.failed" => ("bad", "x", sentence([Piece::Words("Auto-pay for ".into()), document, declined(event)])),
        "charge.retried" => ("", "retry", about("Another try for")),
        "dunning.stopped" => ("", "stop", about("No more tries for")),
        "consent.granted" => ("good", "repeat", about("Auto-pay turned on for")),
        "consent.ended" => ("", "x-circle", about("Auto-pay turned off for")),
        "consent.suspended" => ("warn", "alert", about("Auto-pay needs a new card for")),
        "consent.resumed" => ("good", "repeat", about("Auto-pay goes on for")),
        "consent.not_granted" => ("warn", "alert", about("Auto-pay could not be turned on for")),
        "consent.method_followed" => ("", "card", about("A renewed card pays")),
        "payment_method.saved" => ("good", "card", plain(format!("{} saved{by}", event.detail))),
        "payment_method.default" => ("", "card", plain(format!("{} is the default card", event.detail))),
        "payment_method.replaced" => ("", "card", plain(format!("{} was saved again", event.detail))),
        "payment_method.updated" => ("", "card", plain(format!("{} was renewed by its bank", event.detail))),
        "payment_method.removed" => ("", "trash", plain(format!("{} removed{by}", event.detail))),
        "payment_method.detached" => ("warn", "trash", plain("A card was removed at Stripe".into())),
        "plan.created" => ("", "repeat", about("Plan started:")),
        "plan.edited" => ("", "pencil", about("Plan changed:")),
        "plan.paused" => ("", "pause", about("Plan paused:")),
        "plan.resumed" => ("", "play", about("Plan resumed:")),
        "plan.skipped" => ("", "skip", about("A run was skipped:")),
        "plan.run_now" => ("", "play", about("Plan run now:")),
        "plan.cancelled" => ("", "ban", about("Plan cancelled:")),
        // What another part of the program adds to the trail is told by its word, so that nothing is hidden.
        other => ("", "info", sentence([Piece::Words(format!("{} ", named(other))), document, Piece::Words(by)])),
    })
}

/// A mail and its fate. Where a mail server took it, nobody knows more.
fn mailed(event: &Event, kind: &str) -> Told {
    let what = match kind {
        "invoice" => "Invoice",
        "receipt" => "Receipt",
        "auto_pay.on" => "Auto-pay confirmation",
        "auto_pay.off" => "Confirmation that auto-pay is off",
        "upcoming_charge" => "Notice of the charge for",
        "payment.failed" => "Notice of the failed payment of",
        "action_needed" => "Request to confirm the payment of",
        "card_expiring" => "Notice of the expiring card",
        "refund" => "Notice of the refund on",
        "quote" => "Quote",
        _ => "An email",
    };
    let (recipient, error) = event.mail.clone().unwrap_or_default();
    let to = if recipient.is_empty() { String::new() } else { format!(" to {recipient}") };
    let document = document(event);
    let space = if document == Piece::Words(String::new()) { "" } else { " " };
    let start = [Piece::Words(format!("{what}{space}")), document];
    let (tone, icon, fate) = match event.detail.as_str() {
        "sent" => ("info", "mail", format!(" emailed{to}")),
        "queued" => ("", "clock", format!(" waits to be emailed{to}")),
        "dropped" => ("", "x-circle", " was not needed any more".to_owned()),
        _ => {
            let why = error.map(|error| format!(": {error}")).unwrap_or_default();
            ("bad", "x", format!(" could not be emailed{to}{why}"))
        }
    };
    (tone, icon, sentence(start.into_iter().chain([Piece::Words(fate)])))
}

/// ", recorded by Nora Keane".
fn recorded(event: &Event) -> String {
    event.actor_name.as_ref().map(|name| format!(", recorded by {name}")).unwrap_or_default()
}

/// " by Nora Keane", for people alone.
fn by(event: &Event) -> String {
    event.actor_name.as_ref().map(|name| format!(" by {name}")).unwrap_or_default()
}

/// The document an event is about.
fn document(event: &Event) -> Piece {
    if let Some((id, number)) = &event.invoice {
        return Piece::Link(invoice::show(id), number.clone());
    }
    if let Some((id, number)) = &event.quote {
        return Piece::Link(quote::show(id), number.clone());
    }
    match &event.plan {
        Some((id, title)) => Piece::Link(plan::show(id), title.clone()),
        None => Piece::Words(String::new()),
    }
}

/// " declined: not enough money was available on Visa •••• 0341"; the trail has the bank's code.
fn declined(event: &Event) -> Piece {
    let (what, code) = event.detail.rsplit_once(": ").unwrap_or((&event.detail, ""));
    let card = what.split_once(" by ").map_or("", |(_, card)| card);
    let on = if card.is_empty() { String::new() } else { format!(" on {card}") };
    Piece::Words(format!(" declined{on}: {}", plain_reason(code)))
}

/// " failed after all: not enough money was available", of a debit.
fn refused(event: &Event) -> Piece {
    let (what, code) = event.detail.rsplit_once(": ").unwrap_or((&event.detail, ""));
    Piece::Words(format!(", {what}, failed after all: {}", plain_reason(code)))
}

/// " again", if it was opened before.
fn again(event: &Event) -> String {
    if event.detail.is_empty() { String::new() } else { format!(" {}", event.detail) }
}

/// "invoice.due_moved" as "Invoice due moved".
fn named(kind: &str) -> String {
    capitalized(&kind.replace(['.', '_'], " "))
}

fn sentence(pieces: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    pieces.into_iter().filter(|piece| !matches!(piece, Piece::Words(words) if words.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::customer;

    fn words(event: &Event) -> String {
        let view = customer::active();
        let (_, _, pieces) = told(&view, event).unwrap();
        let text = |piece| match piece {
            Piece::Words(words) | Piece::Link(_, words) => words,
        };
        pieces.into_iter().map(text).collect()
    }

    fn event(kind: &str, detail: &str) -> Event {
        Event { kind: kind.into(), detail: detail.into(), ..customer::bare_event() }
    }

    #[test]
    fn people_are_named_and_the_system_is_not() {
        let by_nora = Event { actor_name: Some("Nora Keane".into()), ..event("portal_link.rotated", "replaces x") };
        assert_eq!(words(&by_nora), "Portal link rotated by Nora Keane");
        assert_eq!(words(&event("portal_link.rotated", "")), "Portal link rotated");
    }

    #[test]
    fn money_is_told_with_who_recorded_it() {
        let paid = event("payment.received", "$100.00 by Check #1042");
        assert_eq!(words(&paid), "Paid $100.00 by Check #1042 for ");
        let by_luis = Event { actor_name: Some("Luis Ortega".into()), ..paid };
        assert_eq!(words(&by_luis), "Paid $100.00 by Check #1042 for , recorded by Luis Ortega");
    }

    #[test]
    fn a_decline_is_told_in_words_never_in_codes() {
        let failed = words(&event("charge.failed", "$64.95 by Visa •••• 0341: insufficient_funds"));
        assert_eq!(failed, "Auto-pay for  declined on Visa •••• 0341: not enough money was available");
    }

    #[test]
    fn a_mail_is_told_with_its_fate_and_the_servers_words() {
        let mail = |state, error: Option<&str>| Event {
            mail: Some(("rosa@delgado.example".into(), error.map(Into::into))),
            ..event("mail.receipt", state)
        };
        assert_eq!(words(&mail("sent", None)), "Receipt emailed to rosa@delgado.example");
        assert_eq!(words(&mail("queued", None)), "Receipt waits to be emailed to rosa@delgado.example");
        let refused = words(&mail("failed", Some("550 no such user")));
        assert_eq!(refused, "Receipt could not be emailed to rosa@delgado.example: 550 no such user");
    }

    #[test]
    fn what_is_new_in_the_trail_is_told_all_the_same() {
        assert_eq!(words(&event("invoice.folded_twice", "")), "Invoice folded twice ");
    }
}
