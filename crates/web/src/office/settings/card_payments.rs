//! `/office/settings/card-payments`: the business's Stripe account, from setting it up to disconnecting it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::Error;
use zoop_app::business::connect::{self, CardPayments};
use zoop_domain::business::{Action, Onboarding, StripeAccount, Topic};
use zoop_domain::time::{Date, Instant};

use crate::Web;
use crate::error::PageError;
use crate::office::posted::Fields;
use crate::office::{Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::card_payments::CARD_PAYMENTS;

/// The page.
#[derive(Template)]
#[template(path = "office/settings/card_payments.html", whitespace = "minimize")]
pub struct CardPaymentsPage {
    frame: Frame,
    cards: CardPayments,
    /// Whether it asks before it disconnects.
    asks: bool,
    /// Why something wasn't done.
    conflict: Option<String>,
}

impl CardPaymentsPage {
    fn standing(&self) -> Onboarding {
        self.cards.business.onboarding()
    }

    fn account(&self) -> Option<&StripeAccount> {
        self.cards.business.stripe.as_ref()
    }

    /// Tone, icon and words of the badge.
    fn badge(&self) -> (&'static str, &'static str, &'static str) {
        match self.standing() {
            Onboarding::NotSetUp => ("", "dash", "Not set up"),
            Onboarding::Incomplete => ("", "dash", "Not finished"),
            Onboarding::InReview => ("info", "clock", "In review"),
            Onboarding::Active => ("good", "check", "Active"),
            Onboarding::ActionNeeded(_) => ("warn", "alert", "Action needed"),
            Onboarding::Disconnected => ("", "ban", "Disconnected"),
        }
    }

    fn day(&self, at: &Instant) -> Date {
        at.date_in(&self.cards.business.time_zone)
    }

    /// The day until which Stripe waits.
    fn deadline(&self) -> Option<Date> {
        deadline(&self.standing(), |at| self.day(&at))
    }

    /// What Stripe waits for.
    fn topics(&self) -> Vec<String> {
        match self.standing() {
            Onboarding::ActionNeeded(Action::HandIn(topics) | Action::HandInSoon(topics, _)) => {
                topics.iter().map(|topic| capitalized(topic.words())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether Stripe's pages are where it goes on.
    fn goes_on_at_onboarding(&self) -> bool {
        !self.cards.is_own && !self.topics().is_empty()
    }

    /// Title and advice of what is to be done.
    fn wanted(&self) -> Option<(String, &'static str)> {
        const CHARGES_GO_ON: &str =
            "Pay now still works. If it isn’t done in time, customers can’t pay by card until it is.";
        Some(match self.standing() {
            Onboarding::ActionNeeded(Action::HandIn(_)) => (
                "Stripe needs something before customers can pay by card.".to_owned(),
                "Until then your invoices have no Pay now, and auto-pay waits.",
            ),
            Onboarding::ActionNeeded(Action::HandInSoon(..)) => match self.deadline() {
                Some(day) => (format!("Stripe needs something by {day}."), CHARGES_GO_ON),
                None => ("Stripe needs something.".to_owned(), CHARGES_GO_ON),
            },
            Onboarding::ActionNeeded(Action::LookAtStripe) => (
                "Stripe has stopped charges on this account.".to_owned(),
                "Only Stripe can say why: open its dashboard and follow what it asks for. Then ask here again.",
            ),
            Onboarding::ActionNeeded(Action::Rejected) => (
                "Stripe has refused this account.".to_owned(),
                "Only Stripe can say more: write to its support. Customers can pay by your payment instructions meanwhile.",
            ),
            _ => return None,
        })
    }
}

fn deadline(standing: &Onboarding, day: impl Fn(Instant) -> Date) -> Option<Date> {
    match standing {
        Onboarding::ActionNeeded(Action::HandInSoon(_, by)) => by.map(day),
        _ => None,
    }
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What the owner is to do, in a line of its own: for the first page.
#[must_use]
pub fn to_do(standing: &Onboarding, day: impl Fn(Instant) -> Date) -> Option<String> {
    let Onboarding::ActionNeeded(action) = standing else { return None };
    let list = |topics: &[Topic]| topics.iter().map(|topic| topic.words()).collect::<Vec<_>>().join(", ");
    Some(match action {
        Action::HandIn(topics) => format!("Customers can’t pay by card until Stripe has {}.", list(topics)),
        Action::HandInSoon(topics, _) => match deadline(standing, day) {
            Some(by) => format!("By {by}: {}.", list(topics)),
            None => format!("It wants {}.", list(topics)),
        },
        Action::LookAtStripe => "Stripe has stopped charges; its dashboard says why.".to_owned(),
        Action::Rejected => "Stripe has refused the account.".to_owned(),
    })
}

async fn page(web: &Web, staff: &Staff) -> Result<CardPaymentsPage, PageError> {
    let cards = connect::show(&web.app, staff.actor(), staff.at()).await?;
    Ok(CardPaymentsPage { frame: staff.frame(Place::Settings), cards, asks: false, conflict: None })
}

/// The page again, with why it wasn't done; Stripe being away is said there too.
async fn refused(web: &Web, staff: &Staff, error: Error) -> Result<Response, PageError> {
    let (status, why) = match error {
        Error::Conflict(why) => (StatusCode::CONFLICT, why),
        Error::Upstream(source) => {
            tracing::warn!(error = source.as_ref(), "Stripe doesn't answer the owner");
            (StatusCode::SERVICE_UNAVAILABLE, "Stripe isn’t answering. Please try again in a few minutes.".to_owned())
        }
        error => return Err(error.into()),
    };
    let page = CardPaymentsPage { conflict: Some(why), ..page(web, staff).await? };
    staff.page_with(status, &page)
}

/// `GET /office/settings/card-payments`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let page = page(&web, &staff).await?;
    let wanted = Fields::read(query.unwrap_or_default().as_bytes()).has("disconnect");
    let is_in_use = page.account().is_some_and(|account| account.disconnected_at.is_none());
    staff.page(&CardPaymentsPage { asks: wanted && is_in_use, ..page })
}

/// `POST /office/settings/card-payments/set-up`
pub async fn set_up(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    form.staff.must_be_owner()?;
    on_to_stripe(&web, &form.staff).await
}

async fn on_to_stripe(web: &Web, staff: &Staff) -> Result<Response, PageError> {
    match connect::set_up(&web.app, staff.actor(), staff.at()).await {
        Ok(address) => Ok(Redirect::to(address.as_str()).into_response()),
        Err(error) => refused(web, staff, error).await,
    }
}

/// `GET /office/settings/card-payments/return`
pub async fn come_back(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    asked(&web, &staff).await
}

/// `POST /office/settings/card-payments/refresh`
pub async fn refresh(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    form.staff.must_be_owner()?;
    asked(&web, &form.staff).await
}

/// `GET /office/settings/card-payments/refresh`: the link to Stripe's pages was used up, so here is another. Only
/// for who was on the way there: a link on a stranger's page is not to connect anything.
pub async fn used_up(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    let page = page(&web, &staff).await?;
    match page.standing() == Onboarding::Incomplete || page.goes_on_at_onboarding() {
        true => on_to_stripe(&web, &staff).await,
        false => Ok(Redirect::to(CARD_PAYMENTS).into_response()),
    }
}

async fn asked(web: &Web, staff: &Staff) -> Result<Response, PageError> {
    if let Err(error) = connect::refresh(&web.app, staff.actor(), staff.at()).await {
        return refused(web, staff, error).await;
    }
    let words = match page(web, staff).await?.standing() {
        Onboarding::NotSetUp => "Card payments are not set up.",
        Onboarding::Incomplete => "Stripe hasn’t everything yet. Continue when you like.",
        Onboarding::InReview => "Stripe is checking your details.",
        Onboarding::Active => "Card payments are active: every open invoice has a Pay now button.",
        Onboarding::ActionNeeded(_) => "Stripe needs something from you.",
        Onboarding::Disconnected => "Card payments are disconnected.",
    };
    Ok(toast::redirect(CARD_PAYMENTS, words))
}

/// `POST /office/settings/card-payments/disconnect`
pub async fn disconnect(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    connect::disconnect(&web.app, staff.actor(), staff.at()).await?;
    Ok(toast::redirect(CARD_PAYMENTS, "Disconnected. No invoice has a Pay now button any more."))
}

/// `POST /office/settings/card-payments/reconnect`
pub async fn reconnect(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    match connect::reconnect(&web.app, staff.actor(), staff.at()).await {
        Ok(()) => Ok(toast::redirect(CARD_PAYMENTS, "Connected again. Auto-pay that waited goes on.")),
        Err(error) => refused(&web, staff, error).await,
    }
}

/// `POST /office/settings/card-payments/own-account`
pub async fn use_own_account(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    match connect::use_own_account(&web.app, staff.actor(), staff.at()).await {
        Ok(()) => Ok(toast::redirect(CARD_PAYMENTS, "Your invoices are paid to the Stripe account of this install.")),
        Err(error) => refused(&web, staff, error).await,
    }
}

impl Samples for CardPaymentsPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{greenline, office};
        use zoop_domain::business::{Business, Requirements};
        let page = |stripe: Option<StripeAccount>| Self {
            frame: office::frame(Place::Settings),
            cards: CardPayments {
                business: Business { stripe, ..greenline() },
                has_key: true,
                is_own: false,
                may_use_own: false,
            },
            asks: false,
            conflict: None,
        };
        let at = Some(Instant::from_unix_seconds(1_795_446_000));
        let active = StripeAccount { checked_at: at, ..StripeAccount::charging("acct_1QhT4sGr33nL1ne") };
        let waiting = StripeAccount { charges_enabled: false, ..active.clone() };
        let due = vec!["person_1.verification.document".to_owned(), "external_account".to_owned()];
        let wanted = Requirements { due, deadline: at, ..Requirements::default() };
        let rejected = Requirements { disabled_reason: Some("rejected.fraud".into()), ..Requirements::default() };
        let stopped = Requirements { disabled_reason: Some("listed".into()), ..Requirements::default() };
        let of = |requirements: &Requirements, account: &StripeAccount| {
            page(Some(StripeAccount { requirements: requirements.clone(), ..account.clone() }))
        };
        let mut own = page(None);
        own.cards.may_use_own = true;
        let mut keyless = page(None);
        keyless.cards.has_key = false;
        let why = "Stripe no longer gives access to this account. Set up payments again.".to_owned();
        let gone = page(Some(StripeAccount { disconnected_at: at, ..active.clone() }));
        vec![
            ("settings-cards-setup", page(None)),
            ("settings-cards-setup-own", own),
            ("settings-cards-no-key", keyless),
            ("settings-cards-incomplete", page(Some(StripeAccount { details_submitted: false, ..waiting.clone() }))),
            ("settings-cards-review", page(Some(waiting.clone()))),
            ("settings-cards-active", page(Some(active.clone()))),
            ("settings-cards-disconnect", Self { asks: true, ..page(Some(active.clone())) }),
            ("settings-cards-action", of(&wanted, &waiting)),
            ("settings-cards-action-soon", of(&wanted, &active)),
            ("settings-cards-stopped", of(&stopped, &waiting)),
            ("settings-cards-rejected", of(&rejected, &waiting)),
            ("settings-cards-disconnected", Self { conflict: Some(why), ..gone }),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_do_names_each_thing_and_the_day() {
        let day = |at: Instant| at.date_in(&zoop_domain::time::TimeZone::UTC);
        let by = Some(Instant::from_unix_seconds(1_790_000_000));
        let soon = Onboarding::ActionNeeded(Action::HandInSoon(vec![Topic::Document, Topic::BankAccount], by));
        assert_eq!(to_do(&soon, day).as_deref(), Some("By Sep 21, 2026: an identity document, a bank account."));
        assert_eq!(to_do(&Onboarding::Active, day), None);
    }
}
