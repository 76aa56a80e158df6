//! A quote: what some work would cost, until its customer says yes or no. The first answer is the only one, and
//! what was sent never changes.

use crate::form::{FieldErrors, line, lines};
use crate::id::{BusinessId, CustomerId, QuoteId, TaxRateId};
use crate::invoice::Totals;
use crate::invoice::entry::ChosenLine;
use crate::money::Money;
use crate::time::{Date, Instant};

/// No title is longer.
pub const LONGEST_TITLE: usize = 200;
/// Nor is what stands at a quote's foot, or in its notes.
pub const LONGEST_TEXT: usize = 2_000;
/// Nor the name a customer types.
pub const LONGEST_NAME: usize = 200;
/// Nor what he says to it.
pub const LONGEST_COMMENT: usize = 1_000;
/// A quote can be accepted for so many days, unless its writer says otherwise.
pub const USUAL_DAYS: i32 = 30;
/// And for no longer than that.
pub const MOST_DAYS: i32 = 730;

crate::words! {
    /// How far a quote has come, as stored.
    pub enum QuoteState {
        /// It is being written; no customer sees it.
        Draft = "draft",
        /// It waits for an answer.
        Sent = "sent",
        /// The customer wants it.
        Accepted = "accepted",
        /// He doesn't.
        Declined = "declined",
        /// The business took it back before he answered.
        Withdrawn = "withdrawn",
    }
}

crate::words! {
    /// How a quote stands on a day.
    pub enum QuoteStatus {
        /// It is being written.
        Draft = "draft",
        /// It waits for an answer.
        Sent = "sent",
        /// The customer wants it.
        Accepted = "accepted",
        /// He doesn't.
        Declined = "declined",
        /// Its last day passed without an answer.
        Expired = "expired",
        /// The business took it back.
        Withdrawn = "withdrawn",
    }
}

impl QuoteState {
    /// How a quote in this state stands on `today`, if it can be accepted until `last`.
    #[must_use]
    pub fn status_on(self, last: Option<Date>, today: Date) -> QuoteStatus {
        match self {
            Self::Draft => QuoteStatus::Draft,
            Self::Sent if last.is_some_and(|last| last < today) => QuoteStatus::Expired,
            Self::Sent => QuoteStatus::Sent,
            Self::Accepted => QuoteStatus::Accepted,
            Self::Declined => QuoteStatus::Declined,
            Self::Withdrawn => QuoteStatus::Withdrawn,
        }
    }
}

/// What was answered to a quote, by whom, from where: the evidence of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it was accepted; otherwise it was declined.
    pub accepted: bool,
    /// When.
    pub at: Instant,
    /// The name that was typed; none with a refusal.
    pub name: Option<String>,
    /// What was said to it; may be empty.
    pub comment: String,
    /// Who gave it.
    pub by: AnsweredBy,
}

/// Who gave an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    /// The customer, by his link.
    Customer {
        /// His address on the network.
        ip: Option<String>,
        /// His browser.
        user_agent: Option<String>,
    },
    /// Somebody of the business, to whom the customer said so: the word in the audit trail.
    Member(String),
}

/// A quote as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// Whose it is.
    pub business: BusinessId,
    /// For whom.
    pub customer: CustomerId,
    /// How far it has come.
    pub state: QuoteState,
    /// `Q-0217`; drafts have none.
    pub number: Option<String>,
    /// What it is for; may be empty.
    pub title: String,
    /// What stands at its foot: a message, terms; may be empty.
    pub message: String,
    /// What no customer ever sees.
    pub notes: String,
    /// When it was sent.
    pub sent_on: Option<Date>,
    /// The last day it can be accepted on.
    pub expires_on: Option<Date>,
    /// How many mails carried it.
    pub mails: i64,
    /// The answer.
    pub answer: Option<Answer>,
    /// Its lines as they were chosen.
    pub lines: Vec<ChosenLine>,
    /// What taxes a line that says nothing.
    pub default_tax: Option<TaxRateId>,
    /// Lines, taxes and sums as they were counted.
    pub totals: Totals,
    /// Moves with each change of the draft.
    pub revision: i64,
    /// When it was begun.
    pub created_at: Instant,
}

/// Why a quote can't do that now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteRefusal {
    /// It was sent before.
    #[error("this quote was sent already; duplicate it to change something")]
    NotADraft,
    /// Nobody has it yet.
    #[error("this quote hasn’t been sent")]
    NotSent,
    /// Somebody answered first.
    #[error("this quote was answered already")]
    Answered,
    /// Its last day has passed.
    #[error("this quote has expired")]
    Expired,
    /// It isn't accepted, or no longer.
    #[error("only an accepted quote becomes an invoice")]
    NotAccepted,
    /// It can't be sent with a last day that has passed.
    #[error("its last day has passed; choose another expiry date first")]
    ExpiresBeforeSent,
}

impl Quote {
    /// How it stands on `today`, a day of the business.
    #[must_use]
    pub fn status_on(&self, today: Date) -> QuoteStatus {
        self.state.status_on(self.expires_on, today)
    }

    /// How it is called: its number, or its title, or that it is a draft.
    #[must_use]
    pub fn name(&self) -> &str {
        match (&self.number, self.title.as_str()) {
            (Some(number), _) => number,
            (None, "") => "Draft quote",
            (None, title) => title,
        }
    }

    /// Refuses to change what somebody may have read.
    ///
    /// # Errors
    /// [`QuoteRefusal::NotADraft`] once it was sent.
    pub const fn editable(&self) -> Result<(), QuoteRefusal> {
        match self.state {
            QuoteState::Draft => Ok(()),
            _ => Err(QuoteRefusal::NotADraft),
        }
    }

    /// Whether it can be sent on `today`, for the first time.
    ///
    /// # Errors
    /// It was sent before, or could not be accepted any more.
    pub fn sendable(&self, today: Date) -> Result<(), QuoteRefusal> {
        self.editable()?;
        match self.expires_on {
            Some(last) if last < today => Err(QuoteRefusal::ExpiresBeforeSent),
            _ => Ok(()),
        }
    }

    /// Whether it still waits for an answer on `today`.
    ///
    /// # Errors
    /// Nobody has it, it was answered, or its last day has passed.
    pub fn answerable(&self, today: Date) -> Result<(), QuoteRefusal> {
        match self.status_on(today) {
            QuoteStatus::Sent => Ok(()),
            QuoteStatus::Accepted | QuoteStatus::Declined => Err(QuoteRefusal::Answered),
            QuoteStatus::Expired => Err(QuoteRefusal::Expired),
            QuoteStatus::Draft | QuoteStatus::Withdrawn => Err(QuoteRefusal::NotSent),
        }
    }

    /// Whether the business can take it back: nobody has answered it.
    ///
    /// # Errors
    /// It wasn't sent, or was answered.
    pub const fn withdrawable(&self) -> Result<(), QuoteRefusal> {
        match self.state {
            QuoteState::Sent => Ok(()),
            QuoteState::Draft | QuoteState::Withdrawn => Err(QuoteRefusal::NotSent),
            QuoteState::Accepted | QuoteState::Declined => Err(QuoteRefusal::Answered),
        }
    }

    /// Whether it can become an invoice.
    ///
    /// # Errors
    /// [`QuoteRefusal::NotAccepted`] unless it was accepted.
    pub const fn billable(&self) -> Result<(), QuoteRefusal> {
        match self.state {
            QuoteState::Accepted => Ok(()),
            _ => Err(QuoteRefusal::NotAccepted),
        }
    }

    /// The quote with its answer, the first and only one.
    ///
    /// # Errors
    /// As for [`Quote::answerable`].
    pub fn answered(self, answer: Answer, today: Date) -> Result<Self, QuoteRefusal> {
        self.answerable(today)?;
        let state = if answer.accepted { QuoteState::Accepted } else { QuoteState::Declined };
        Ok(Self { state, answer: Some(answer), ..self })
    }
}

/// What a customer typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedAnswer {
    /// "Accept", otherwise "Decline".
    pub accept: bool,
    /// His name.
    pub name: String,
    /// What he says to it.
    pub comment: String,
}

impl TypedAnswer {
    /// The name and the comment. To accept, a name is needed.
    ///
    /// # Errors
    /// What can't be used, by field.
    pub fn read(&self) -> Result<(Option<String>, String), FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = match self.accept {
            true => errors.take("name", line(&self.name, "your name", LONGEST_NAME)),
            false => None,
        };
        let comment = errors.take("comment", lines(&self.comment, "a comment", LONGEST_COMMENT));
        match comment.filter(|_| errors.is_empty()) {
            Some(comment) => Ok((name, comment)),
            None => Err(errors),
        }
    }
}

/// A quote as the portal lists it: sent, unanswered, unexpired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteSummary {
    /// Its id.
    pub id: QuoteId,
    /// `Q-0217`.
    pub number: String,
    /// What it is for; may be empty.
    pub title: String,
    /// When it was sent.
    pub sent_on: Date,
    /// What it comes to.
    pub total: Money,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::LineDraft;
    use crate::money::{Currency, Quantity, UnitPrice};
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn quote(state: QuoteState) -> Quote {
        let line = LineDraft {
            description: "French drain".into(),
            quantity: Quantity::from_e4(10_000),
            unit_price: UnitPrice::from_minor_e4(1_850_000_000, Currency::Usd),
            tax: None,
        };
        Quote {
            id: format!("quo_{:026}", 1).parse().unwrap(),
            business: format!("biz_{:026}", 1).parse().unwrap(),
            customer: format!("cus_{:026}", 1).parse().unwrap(),
            state,
            number: None,
            title: String::new(),
            message: String::new(),
            notes: String::new(),
            sent_on: None,
            expires_on: Some(day("2026-12-23")),
            mails: 0,
            answer: None,
            lines: Vec::new(),
            default_tax: None,
            totals: Totals::compute(vec![line], Vec::new(), Currency::Usd).unwrap(),
            revision: 1,
            created_at: Instant::from_microseconds(0),
        }
    }

    fn answer(accepted: bool) -> Answer {
        let by = AnsweredBy::Customer { ip: None, user_agent: None };
        Answer { accepted, at: Instant::from_microseconds(1), name: None, comment: String::new(), by }
    }

    #[test]
    fn a_quote_is_good_through_its_last_day() {
        let sent = quote(QuoteState::Sent);
        assert_eq!(sent.status_on(day("2026-12-23")), QuoteStatus::Sent);
        assert_eq!(sent.status_on(day("2026-12-24")), QuoteStatus::Expired);
        assert_eq!(sent.answerable(day("2026-12-24")), Err(QuoteRefusal::Expired));
        let endless = Quote { expires_on: None, ..sent };
        assert_eq!(endless.status_on(day("2099-01-01")), QuoteStatus::Sent);
        let accepted = quote(QuoteState::Accepted);
        assert_eq!(accepted.status_on(day("2099-01-01")), QuoteStatus::Accepted, "an answer outlives the last day");
    }

    #[test]
    fn only_a_draft_changes_and_only_a_sent_one_is_taken_back() {
        let today = day("2026-11-23");
        for state in QuoteState::ALL {
            let quote = quote(*state);
            assert_eq!(quote.editable().is_ok(), *state == QuoteState::Draft);
            assert_eq!(quote.sendable(today).is_ok(), *state == QuoteState::Draft);
            assert_eq!(quote.withdrawable().is_ok(), *state == QuoteState::Sent);
            assert_eq!(quote.answerable(today).is_ok(), *state == QuoteState::Sent);
            assert_eq!(quote.billable().is_ok(), *state == QuoteState::Accepted);
        }
        assert_eq!(quote(QuoteState::Draft).sendable(day("2027-01-01")), Err(QuoteRefusal::ExpiresBeforeSent));
    }

    #[test]
    fn accepting_needs_a_name_and_declining_none() {
        let typed = |accept, name: &str| TypedAnswer { accept, name: name.into(), comment: " too dear\r\n".into() };
        assert_eq!(typed(true, " Dana ").read(), Ok((Some("Dana".into()), "too dear".into())));
        assert!(typed(true, " ").read().unwrap_err().of("name").is_some());
        assert_eq!(typed(false, "").read(), Ok((None, "too dear".into())));
        let long = TypedAnswer { comment: "x".repeat(LONGEST_COMMENT + 1), ..TypedAnswer::default() };
        assert!(long.read().unwrap_err().of("comment").is_some());
    }

    proptest! {
        #[test]
        fn there_is_one_answer(answers in prop::collection::vec((any::<bool>(), 0_i32..60), 0..8)) {
            let mut quote = quote(QuoteState::Sent);
            let first = answers.iter().find(|(_, days)| *days <= 30).map(|(accepted, _)| *accepted);
            for (accepted, days) in answers {
                let before = quote.clone();
                let today = day("2026-11-23").plus_days(days);
                match quote.clone().answered(answer(accepted), today) {
                    Ok(after) => quote = after,
                    Err(_) => prop_assert_eq!(&quote, &before),
                }
            }
            prop_assert_eq!(quote.answer.map(|answer| answer.accepted), first);
        }
    }
}
