//! What was done, in plain words: who, what, about which invoice, quote, plan or customer, and what else is known.

use zoop_app::audit::{Line, Told, Who};
use zoop_domain::audit::Action;
use zoop_domain::consent::{EndedHow, SuspendedWhy};
use zoop_domain::dunning::plain_reason;
use zoop_domain::time::Date;

use crate::office::customer::dialog;
use crate::office::customer::timeline::Piece;
use crate::routes::office::{customer, invoice, plan, quote};

/// "Nora Keane voided invoice INV-1187 (Rosa Delgado)".
pub(super) fn said(line: &Line) -> Vec<Piece> {
    let told = &line.told;
    let event = &told.event;
    // A word that isn't known was noted by another version.
    let Ok(action) = event.action.parse::<Action>() else {
        return vec![Piece::Words(format!("{} did what this version has no words for", name(&line.who)))];
    };
    let (verb, joint) = phrase(action);
    let whom = told.customer.as_ref().map(|(id, name)| Piece::Link(customer::show(id), name.clone()));
    let himself = line.who == Who::Customer;
    let mut pieces = match (&whom, himself) {
        (Some(whom), true) => vec![whom.clone(), Piece::Words(format!(" {verb}"))],
        _ => vec![Piece::Words(format!("{} {verb}", actor(action, &line.who)))],
    };
    let joint = if joint.is_empty() { String::new() } else { format!(" {joint}") };
    match (document(told), whom.filter(|_| !himself)) {
        (Some((noun, link)), whom) => {
            pieces.extend([Piece::Words(format!("{joint} {noun}")), link]);
            if let Some(whom) = whom {
                pieces.extend([Piece::Words(" (".into()), whom, Piece::Words(")".into())]);
            }
        }
        (None, Some(whom)) => pieces.extend([Piece::Words(format!("{joint} ")), whom]),
        (None, None) => pieces.extend(gone(&event.subject).map(|what| Piece::Words(format!("{joint} {what}")))),
    }
    let rest = rest(action, told);
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// How the page calls him.
fn name(who: &Who) -> &str {
    match who {
        Who::Person(name) => name,
        Who::Customer => "The customer",
        Who::Stripe => "Stripe",
        Who::Zoop => "Zoop",
        Who::Operator => "Operator",
    }
}

/// What Stripe tells of a bank's doing is the bank's.
fn actor(action: Action, who: &Who) -> &str {
    use Action as A;
    match action {
        A::ChargeFailed | A::PaymentFailed | A::DisputeOpened | A::DisputeWon | A::DisputeLost => "The bank",
        _ => name(who),
    }
}

/// The document it is about: what it is, and its link.
fn document(told: &Told) -> Option<(&'static str, Piece)> {
    if let Some((id, number)) = &told.invoice {
        let path = invoice::show(id);
        return Some(match number {
            Some(number) => ("invoice ", Piece::Link(path, number.clone())),
            None => ("", Piece::Link(path, "a draft invoice".into())),
        });
    }
    if let Some((id, number)) = &told.quote {
        let path = quote::show(id);
        return Some(match number {
            Some(number) => ("quote ", Piece::Link(path, number.clone())),
            None => ("", Piece::Link(path, "a draft quote".into())),
        });
    }
    let (id, title) = told.plan.as_ref()?;
    Some(("the plan ", Piece::Link(plan::show(id), title.clone())))
}

/// Only drafts are ever deleted.
fn gone(subject: &str) -> Option<&'static str> {
    match subject.get(..4) {
        Some("inv_") => Some("a draft invoice"),
        Some("quo_") => Some("a draft quote"),
        _ => None,
    }
}

/// The verb, and the word that joins it to what it is about.
const fn phrase(action: Action) -> (&'static str, &'static str) {
    use Action as A;
    match action {
        A::AlertResolved => ("set aside a warning", "about"),
        A::AuthenticatorOff => ("turned the authenticator off", ""),
        A::AuthenticatorOn => ("turned the authenticator on", ""),
        A::BusinessCreated => ("made the business", ""),
        A::BusinessNotify => ("changed what the owners are told by mail", ""),
        A::BusinessStripe => ("changed how card payments stand", ""),
        A::BusinessUpdate => ("changed the business’s settings", ""),
        A::ChargeFailed => ("declined an automatic payment", "for"),
        A::ChargeRetried => ("asked for another try of an automatic payment", "for"),
        A::ConsentEnded => ("turned auto-pay off", "for"),
        A::ConsentGranted => ("turned auto-pay on", "for"),
        A::ConsentMethodFollowed => ("saved the same card again, which goes on paying", ""),
        A::ConsentNotGranted => ("couldn’t turn auto-pay on", "for"),
        A::ConsentResumed => ("resumed auto-pay", "for"),
        A::ConsentSuspended => ("suspended auto-pay", "for"),
        A::CustomerArchived => ("archived the customer", ""),
        A::CustomerBroughtBack => ("brought back the customer", ""),
        A::CustomerCreated => ("added the customer", ""),
        A::CustomerEdited => ("changed the contact data", "of"),
        A::CustomerErased => ("erased the personal data", "of"),
        A::CustomerImported => ("imported the customer", ""),
        A::DataExported => ("exported data", ""),
        A::DisputeLost => ("took back a disputed payment", "for"),
        A::DisputeOpened => ("disputed a payment", "for"),
        A::DisputeWon => ("gave up its dispute of a payment", "for"),
        A::DunningStopped => ("stopped trying an automatic payment", "for"),
        A::ImportDone => ("imported", ""),
        A::InvitationSent => ("invited", ""),
        A::InvitationSentAgain => ("invited again", ""),
        A::InvitationWithdrawn => ("withdrew the invitation of", ""),
        A::InvoiceCreated | A::InvoiceDrafted | A::InvoiceDuplicated => ("began", ""),
        A::InvoiceDiscarded | A::QuoteDeleted => ("deleted", ""),
        A::InvoiceDueMoved => ("moved the due date", "of"),
        A::InvoiceEdited | A::QuoteEdited => ("changed", ""),
        A::InvoiceImported => ("imported", ""),
        A::InvoiceNoted => ("wrote internal notes", "on"),
        A::InvoiceResent | A::InvoiceSent | A::QuoteResent | A::QuoteSent => ("sent", ""),
        A::InvoiceVoided => ("voided", ""),
        A::InvoiceWrittenOff => ("wrote off", ""),
        A::MemberJoined => ("let into the team", ""),
        A::MemberRemoved => ("took out of the team", ""),
        A::MemberRoleChanged => ("changed a role", ""),
        A::PasswordChanged => ("set a new password", ""),
        A::PasswordResetAsked => ("asked for a new password", ""),
        A::PaymentFailed => ("refused after all a payment that was under way", "for"),
        A::PaymentReceived => ("took a payment", "for"),
        A::PaymentRefunded => ("refunded a payment", "for"),
        A::PaymentTakenBack => ("took a payment back", "for"),
        A::PaymentMethodDefault => ("chose another default card", "of"),
        A::PaymentMethodDetached => ("removed a card at Stripe", "of"),
        A::PaymentMethodRemoved => ("removed a card", "of"),
        A::PaymentMethodReplaced => ("replaced a card", "of"),
        A::PaymentMethodSaved => ("saved a card", "of"),
        A::PaymentMethodUpdated => ("updated a card", "of"),
        A::PlanCancelled => ("cancelled", ""),
        A::PlanCreated => ("made", ""),
        A::PlanEdited => ("changed", ""),
        A::PlanPaused => ("paused", ""),
        A::PlanResumed => ("resumed", ""),
        A::PlanRunNow => ("billed a cycle early", "of"),
        A::PlanSkipped => ("skipped a cycle", "of"),
        A::PortalLinkGenerated => ("generated a portal link", "for"),
        A::PortalLinkRevoked => ("revoked the portal link", "of"),
        A::PortalLinkRotated => ("rotated the portal link", "of"),
        A::QuoteAccepted => ("accepted", ""),
        A::QuoteCreated => ("began", ""),
        A::QuoteDeclined => ("declined", ""),
        A::QuoteInvoiced => ("turned into an invoice", ""),
        A::QuoteLinkCopied => ("copied a link", "to"),
        A::QuoteWithdrawn => ("withdrew", ""),
        A::RefundFailed => ("couldn’t give money back", "for"),
        A::RefundMade => ("gave money back", "for"),
        A::SessionBegan => ("signed in", ""),
        A::SignInSlowed => ("slowed down guesses at a password", ""),
        A::TaxRateArchive => ("archived the tax rate", ""),
        A::TaxRateCreate => ("added the tax rate", ""),
        A::TaxRateDefault => ("chose the default tax rate", ""),
        A::UserRenamed => ("changed a name", ""),
    }
}

/// What else is known. What the links say already isn't said again, and what the program keeps as a code is said in
/// words.
fn rest(action: Action, told: &Told) -> String {
    use Action as A;
    let detail = told.event.detail.as_str();
    let tell = |words: &str| if words.is_empty() { String::new() } else { format!(": {words}") };
    match action {
        A::AlertResolved => tell(told.alert.as_deref().unwrap_or_default()),
        A::BusinessNotify => tell(&detail.replace('_', " ")),
        A::ChargeFailed | A::PaymentFailed => tell(&declined(detail)),
        A::ConsentEnded => tell(detail.parse::<EndedHow>().map(dialog::ended).unwrap_or_default()),
        A::ConsentGranted => tell(detail.rsplit_once(" by ").map_or("", |(_, by)| by.split(", ").next().unwrap_or(by))),
        A::ConsentSuspended => tell(detail.parse::<SuspendedWhy>().map(dialog::suspended).unwrap_or_default()),
        A::InvoiceCreated => format!(", made of quote {detail}"),
        A::InvoiceDuplicated | A::QuoteCreated if !detail.is_empty() => format!(" as a copy of {detail}"),
        A::InvoiceDuplicated => " as a copy of another draft".to_owned(),
        A::InvoiceDueMoved => format!(" from {detail}"),
        A::InvoiceResent | A::QuoteResent => " again".to_owned(),
        A::PlanResumed => detail.parse::<Date>().map(|day| format!(": {day} is next")).unwrap_or_default(),
        A::PlanRunNow | A::PlanSkipped => detail.parse::<Date>().map(|day| format!(": {day}")).unwrap_or_default(),
        A::ConsentMethodFollowed
        | A::ConsentResumed
        | A::InvoiceSent
        | A::PlanCreated
        | A::PlanEdited
        | A::QuoteInvoiced
        | A::QuoteSent => String::new(),
        _ => tell(detail),
    }
}

/// "$298.96 by Visa •••• 0341: insufficient_funds", with the code in words.
pub(crate) fn declined(detail: &str) -> String {
    match detail.rsplit_once(": ") {
        Some((what, code)) => format!("{what}, {}", plain_reason(code)),
        None => detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{id, office};

    fn line(who: Who, action: Action, detail: &str) -> Line {
        Line { told: office::told(1, action, detail), who }
    }

    fn words(line: &Line) -> String {
        let text = |piece| match piece {
            Piece::Words(words) | Piece::Link(_, words) => words,
        };
        said(line).into_iter().map(text).collect()
    }

    fn nora() -> Who {
        Who::Person("Nora Keane".into())
    }

    #[test]
    fn whatever_is_noted_is_said_without_codes_and_ids() {
        for action in Action::ALL {
            let mut line = line(nora(), *action, "");
            line.told.event.subject = "inv_0123456789abcdefghjkmnpqrs".into();
            let text = words(&line);
            assert!(!text.contains(['_', '.']) && text.len() > "Nora Keane ".len(), "{action}: {text}");
        }
    }

    #[test]
    fn the_document_and_whose_it_is_are_named() {
        let mut voided = line(nora(), Action::InvoiceVoided, "");
        voided.told.customer = Some((id("cus", 1), "Rosa Delgado".into()));
        voided.told.invoice = Some((id("inv", 1), Some("INV-1187".into())));
        assert_eq!(words(&voided), "Nora Keane voided invoice INV-1187 (Rosa Delgado)");
        voided.told.invoice = None;
        voided.told.event.action = "customer.erased".into();
        assert_eq!(words(&voided), "Nora Keane erased the personal data of Rosa Delgado");
    }

    #[test]
    fn what_a_customer_did_begins_with_his_name() {
        let mut saved = line(Who::Customer, Action::PaymentMethodSaved, "Visa •••• 4242");
        assert_eq!(words(&saved), "The customer saved a card: Visa •••• 4242");
        saved.told.customer = Some((id("cus", 1), "Rosa Delgado".into()));
        assert_eq!(words(&saved), "Rosa Delgado saved a card: Visa •••• 4242");
    }

    #[test]
    fn a_bank_declines_and_gives_its_reason_in_words() {
        let mut failed = line(Who::Stripe, Action::ChargeFailed, "$5.00 by Visa •••• 0341: insufficient_funds");
        failed.told.invoice = Some((id("inv", 1), Some("INV-1187".into())));
        let told = "The bank declined an automatic payment for invoice INV-1187: $5.00 by Visa •••• 0341, not enough \
                    money was available";
        assert_eq!(words(&failed), told);
    }

    #[test]
    fn a_draft_that_is_gone_is_still_called_one() {
        let mut deleted = line(nora(), Action::InvoiceDiscarded, "$54.13");
        deleted.told.event.subject = "inv_0123456789abcdefghjkmnpqrs".into();
        assert_eq!(words(&deleted), "Nora Keane deleted a draft invoice: $54.13");
    }

    #[test]
    fn a_word_of_another_version_is_not_guessed_at() {
        let mut odd = line(nora(), Action::SessionBegan, "");
        odd.told.event.action = "something.nobody_knows".into();
        assert_eq!(words(&odd), "Nora Keane did what this version has no words for");
    }
}
