//! An alert in the owner's words: what happened and to whom, where it leads, and the button that mends it.

use zoop_domain::home::{Attention, Undelivered};
use zoop_domain::mail::MailKind;

use crate::office::Frame;
use crate::routes::office::{business, customer, invoice, payment, plan, quote, settings};

/// An alert as Home shows it.
pub struct Told {
    /// What happened.
    pub words: String,
    /// Where that leads.
    pub path: Option<String>,
    /// What more is known; may be empty.
    pub sub: String,
    /// Tone and icon.
    pub look: (&'static str, &'static str),
    /// What mends it: where, and the button's words.
    pub mend: Option<(String, &'static str)>,
}

impl Told {
    /// The alert, for whoever is signed in.
    #[must_use]
    pub fn of(alert: &Attention, frame: &Frame) -> Self {
        let path = path_of(alert);
        let message = || alert.message.clone();
        let whose = whose(alert);
        let said = |words: String, tone, icon, label| {
            let mend = path.clone().map(|path| (path, label));
            Self { words, path: path.clone(), sub: message(), look: (tone, icon), mend }
        };
        match alert.kind.as_str() {
            "mail.failed" => undelivered(alert, path, frame),
            "invoice.unsent" => unsent(alert, path, frame),
            "payment.surplus" => {
                said(format!("{whose} payment is more than was owed"), "info", "undo", "Open the payment")
            }
            "refund.failed" => said(format!("{whose} refund didn’t go through"), "bad", "undo", "Open the payment"),
            "dispute.opened" => said(format!("{whose} payment is disputed"), "bad", "shield", "Open the payment"),
            "dispute.lost" => said(format!("{whose} dispute is lost"), "bad", "shield", "Open the payment"),
            "dispute.won" => said(format!("{whose} dispute is won"), "good", "shield", "Open the payment"),
            "charge.left" => {
                said(format!("{whose} invoice isn’t charged by auto-pay"), "warn", "repeat", "Open the invoice")
            }
            "plan.unbillable" => {
                let edit = alert.plan.as_ref().map(|(id, _)| (plan::act(id, "edit"), "Edit the plan"));
                let words = format!("{whose} plan couldn’t be billed");
                Self { words, path, sub: message(), look: ("warn", "repeat"), mend: edit }
            }
            "attempt.out_of_reach" => {
                said(format!("{whose} payment may have arrived or not"), "warn", "alert", "Open the invoice")
            }
            "payment.mismatch" | "payment.unknown" | "payment_intent.state" => {
                said("A payment at Stripe fits nothing here".into(), "warn", "alert", "Open the invoice")
            }
            "job.dead" => {
                let words = alert.customer.as_ref().map_or_else(
                    || "Something that runs by itself was given up".to_owned(),
                    |(_, name)| format!("Something for {name} was given up"),
                );
                said(words, "bad", "alert", "Look at it")
            }
            _ => Self { words: message(), path, sub: String::new(), look: ("warn", "alert"), mend: None },
        }
    }
}

/// "Rosa Vega’s", or "A" while it isn't known whose.
fn whose(alert: &Attention) -> String {
    alert.customer.as_ref().map_or_else(|| "A".to_owned(), |(_, name)| format!("{name}’s"))
}

/// The page of what it is about, the nearest first.
fn path_of(alert: &Attention) -> Option<String> {
    let found = alert.payment.as_ref().map(payment::show);
    let found = found.or_else(|| alert.invoice.as_ref().map(|(id, _)| invoice::show(id)));
    let found = found.or_else(|| alert.quote.as_ref().map(|(id, _)| quote::show(id)));
    let found = found.or_else(|| alert.plan.as_ref().map(|(id, _)| plan::show(id)));
    found.or_else(|| alert.customer.as_ref().map(|(id, _)| customer::show(id)))
}

/// An invoice of a plan that nobody got: its link is to be handed over.
fn unsent(alert: &Attention, path: Option<String>, frame: &Frame) -> Told {
    let number = number_of(alert).unwrap_or("An invoice");
    let name = alert.customer.as_ref().map_or_else(String::new, |(_, name)| format!(" for {name}"));
    let by = alert.plan.as_ref().map_or_else(String::new, |(_, title)| format!("Made by {title}; "));
    let why = match (alert.has_email, frame.sends_mail) {
        (false, _) => "there is no email address to send it to.",
        (true, false) => "no mail server is set up here.",
        (true, true) => "there was nowhere to email it then.",
    };
    let mend = alert.invoice.as_ref().map(|(id, _)| match (alert.has_email, frame.sends_mail) {
        (true, true) => (invoice::asking(id, "resend"), "Send it now"),
        _ => (invoice::asking(id, "link"), "Copy its link"),
    });
    let sub = crate::office::invoice::show::sentence(&format!("{by}{why}"));
    Told { words: format!("{number}{name} wasn’t emailed"), path, sub, look: ("warn", "send"), mend }
}

/// A mail that the mail server refused.
fn undelivered(alert: &Attention, path: Option<String>, frame: &Frame) -> Told {
    let look = ("bad", "mail");
    let Some(mail) = &alert.mail else {
        return Told { words: alert.message.clone(), path, sub: String::new(), look, mend: None };
    };
    let to = alert.customer.as_ref().map_or(mail.recipient.as_str(), |(_, name)| name.as_str());
    let words = format!("The email to {to} {} didn’t arrive", told(alert, mail.kind));
    let correct = alert.customer.as_ref().map(|(id, _)| (customer::edit(id), "Correct the address"));
    let mend = correct.or_else(|| of_the_team(mail.kind).filter(|_| frame.is_owner()));
    Told { words, path, sub: answer(mail), look, mend }
}

/// What the mail server answered.
fn answer(mail: &Undelivered) -> String {
    let said = mail.error.trim().trim_end_matches('.');
    let to = &mail.recipient;
    if said.is_empty() { format!("It went to {to}.") } else { format!("It went to {to}. The answer: {said}.") }
}

/// Where a mail to the business's own people is looked after.
fn of_the_team(kind: MailKind) -> Option<(String, &'static str)> {
    match kind {
        MailKind::TeamInvitation => Some((settings::TEAM.to_owned(), "Open the team")),
        MailKind::PasswordReset => None,
        _ => Some((business::NOTIFICATIONS.to_owned(), "Open notifications")),
    }
}

fn number_of(alert: &Attention) -> Option<&str> {
    alert.invoice.as_ref().map(|(_, number)| number.as_str()).filter(|number| !number.is_empty())
}

/// What the mail was to tell: "with invoice INV-1051".
fn told(alert: &Attention, kind: MailKind) -> String {
    let number = number_of(alert);
    let of = |what: &str| number.map_or_else(|| what.to_owned(), |number| format!("{what} for {number}"));
    match kind {
        MailKind::Invoice => number.map_or_else(|| "with an invoice".into(), |number| format!("with {number}")),
        MailKind::Receipt => of("with the receipt"),
        MailKind::AutoPayOn => "saying that auto-pay is on".into(),
        MailKind::AutoPayOff => "saying that auto-pay is off".into(),
        MailKind::UpcomingCharge => of("about the coming charge"),
        MailKind::PaymentFailed => of("about the failed charge"),
        MailKind::ActionNeeded => of("asking to confirm the payment"),
        MailKind::CardExpiring => "about the card that expires".into(),
        MailKind::Refund => of("about the refund"),
        MailKind::Quote => {
            alert.quote.as_ref().map_or_else(|| "with a quote".into(), |(_, number)| format!("with quote {number}"))
        }
        MailKind::TeamInvitation => "with the invitation to your team".into(),
        MailKind::PasswordReset => "with the link for a new password".into(),
        MailKind::OwnerPaid => "about a payment that arrived".into(),
        MailKind::OwnerChargeFailed => "about a failed charge".into(),
        MailKind::OwnerAutoPayOff => "about auto-pay that was turned off".into(),
        MailKind::OwnerCardRemoved => "about a card that was removed".into(),
        MailKind::OwnerDispute => "about a dispute".into(),
        MailKind::OwnerQuoteAnswered => "about the answer to a quote".into(),
    }
}
