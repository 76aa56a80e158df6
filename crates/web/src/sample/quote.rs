//! Samples of quotes: a drain along a fence, for Dana.

use zoop_app::quote::answer::QuoteView;
use zoop_app::quote::link::Opened;
use zoop_app::quote::list::{Listed, QuoteList};
use zoop_app::quote::show::{AuditEvent, QuoteDetail};
use zoop_domain::customer::Customer;
use zoop_domain::id::TaxRateId;
use zoop_domain::invoice::entry::{ChosenLine, TaxChoice, total};
use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::quote::{Answer, AnsweredBy, Quote, QuoteState, QuoteStatus};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Instant;

use super::office::{nora, office_today};
use super::{day, greenline, id, parsed, usd};
use crate::office::line_editor::LineEditor;

/// Dana Whitfield, for whom the quote is.
pub(crate) fn dana() -> Customer {
    let bare = Customer::named(id("cus", 1), id("biz", 1), "Dana Whitfield");
    let address = "418 Juniper Street\nAustin, TX 78704".into();
    Customer { email: Some("dana@whitfield.example".into()), address, ..bare }
}

fn rates() -> Vec<(TaxRateId, TaxRate)> {
    let rate = |name: &str, percent| TaxRate { name: name.into(), percent: parsed(percent) };
    vec![(id("txr", 1), rate("Texas sales tax", "8.25")), (id("txr", 2), rate("State only", "6.25"))]
}

/// An editor with Texas's rates, and nothing in it yet.
pub(crate) fn line_editor() -> LineEditor {
    LineEditor::new(rates(), Some(&id("txr", 1)), Currency::Usd)
}

fn lines() -> Vec<ChosenLine> {
    let line = |description: &str, quantity, cents: i64, tax, is_discount| ChosenLine {
        description: description.into(),
        quantity: Quantity::from_e4(quantity),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax,
        is_discount,
    };
    vec![
        line("French drain, 40 feet", 400_000, 4_200, TaxChoice::Default, false),
        line("Permit", 10_000, 9_500, TaxChoice::None, false),
        line("Neighbor discount", 10_000, -5_000, TaxChoice::Default, true),
    ]
}

fn at(text: &str, hour: i8) -> Instant {
    day(text).at_hour(hour, &greenline().time_zone)
}

/// The quote in a state, and how it was answered.
pub(crate) fn quote(state: QuoteState, accepted: Option<bool>) -> Quote {
    let default_tax = Some(id("txr", 1));
    let sent = state != QuoteState::Draft;
    let answer = |accepted| Answer {
        accepted,
        at: at("2026-11-21", 9),
        name: accepted_by(accepted),
        comment: if accepted { "Please start in January.".into() } else { "Too dear for us this year.".into() },
        by: AnsweredBy::Customer { ip: Some("203.0.113.7".into()), user_agent: Some("a browser".into()) },
    };
    Quote {
        id: id("quo", 1),
        business: id("biz", 1),
        customer: id("cus", 1),
        state,
        number: sent.then(|| "Q-0217".into()),
        title: "French drain along the east fence".into(),
        message: "Half is due when we start.\nWe haul the soil away.".into(),
        notes: "Side gate code 4417.".into(),
        sent_on: sent.then(|| day("2026-11-19")),
        expires_on: Some(day("2026-12-19")),
        mails: i64::from(sent),
        answer: accepted.map(answer),
        totals: total(&lines(), default_tax.as_ref(), &rates(), Currency::Usd).expect("samples add up"),
        lines: lines(),
        default_tax,
        revision: 3,
        created_at: at("2026-11-19", 8),
    }
}

fn accepted_by(accepted: bool) -> Option<String> {
    accepted.then(|| "Dana Whitfield".into())
}

/// The same as its customer sees it.
pub(crate) fn quote_view(status: QuoteStatus, accepted: Option<bool>) -> QuoteView {
    let state = match status {
        QuoteStatus::Accepted => QuoteState::Accepted,
        QuoteStatus::Declined => QuoteState::Declined,
        _ => QuoteState::Sent,
    };
    let answered_on = accepted.map(|_| day("2026-11-21"));
    let opened = Opened { business: greenline(), customer: dana(), quote: quote(state, accepted) };
    QuoteView { opened, status, answered_on }
}

/// The same as the office sees it.
pub(crate) fn quote_detail(state: QuoteState, accepted: Option<bool>) -> QuoteDetail {
    let quote = quote(state, accepted);
    let event = |number, actor: &str, action: &str, detail: &str, on, hour| AuditEvent {
        id: id("aud", number),
        actor: actor.into(),
        action: action.into(),
        subject: quote.id.to_string(),
        detail: detail.into(),
        happened_at: at(on, hour),
    };
    let nora = nora();
    let by = |event| (event, Some(nora.name.clone()));
    let mut events = vec![by(event(1, nora.id.as_str(), "quote.created", "", "2026-11-19", 8))];
    let mut mails = Vec::new();
    if state != QuoteState::Draft {
        events.insert(0, by(event(2, nora.id.as_str(), "quote.sent", "Q-0217", "2026-11-19", 9)));
        mails.push(Mail {
            id: id("mal", 1),
            business: quote.business.clone(),
            customer: Some(quote.customer.clone()),
            kind: MailKind::Quote,
            subject: format!("{}/1", quote.id),
            invoice: None,
            recipient: "dana@whitfield.example".into(),
            message: None,
            state: MailState::Sent,
            error: None,
            created_at: at("2026-11-19", 9),
            closed_at: Some(at("2026-11-19", 9)),
        });
    }
    if let Some(accepted) = accepted {
        let action = if accepted { "quote.accepted" } else { "quote.declined" };
        events.insert(0, (event(3, "customer", action, "Dana Whitfield", "2026-11-21", 9), None));
    }
    let today = office_today();
    let status = quote.status_on(today);
    QuoteDetail { customer: dana(), status, today, invoice: None, events, mails, answered_by: None, quote }
}

/// A page of the list, with each status once.
pub(crate) fn quotes() -> QuoteList {
    let listed = |number: u32, status, title: &str, customer_name: &str, minor| Listed {
        id: id("quo", number),
        number: (status != QuoteStatus::Draft).then(|| format!("Q-0{number}")),
        title: title.into(),
        customer: id("cus", number),
        customer_name: customer_name.into(),
        status,
        sent_on: (status != QuoteStatus::Draft).then(|| day("2026-11-19")),
        expires_on: Some(day("2026-12-19")),
        answered_at: None,
        total: usd(minor),
    };
    QuoteList {
        quotes: vec![
            listed(218, QuoteStatus::Draft, "", "Janet Wu", 32_475),
            listed(217, QuoteStatus::Sent, "French drain along the east fence", "Dana Whitfield", 185_963),
            listed(214, QuoteStatus::Accepted, "Fall leaf cleanup, 3 visits", "Rosa Delgado", 42_000),
            listed(209, QuoteStatus::Declined, "Stone border", "Theo Lindqvist", 64_000),
            listed(205, QuoteStatus::Expired, "Second irrigation zone", "Adaeze Obi", 112_000),
            listed(204, QuoteStatus::Withdrawn, "Second irrigation zone", "Adaeze Obi", 116_000),
        ],
        counts: QuoteStatus::ALL.iter().map(|status| (*status, 1)).collect(),
        has_newer: false,
        has_older: true,
    }
}
