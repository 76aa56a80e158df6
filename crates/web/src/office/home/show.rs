//! Home: four figures, what needs attention, twelve months, what is owed by age, the latest payments.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::home::{self, Home};
use zoop_domain::dunning::DeclineClass;
use zoop_domain::home::{Age, Attention, Failed, Latest, Received};
use zoop_domain::money::{Currency, Money};
use zoop_domain::time::Date;

use super::attention::Told;
use super::chart::{Chart, named, ordinal};
use crate::Web;
use crate::error::PageError;
use crate::invoice::banner::reason;
use crate::office::settings::card_payments::to_do;
use crate::office::{Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::{card_payments, customer, home as paths, invoice, payment, quote};

/// The page.
#[derive(Template)]
#[template(path = "office/home/show.html", whitespace = "minimize")]
pub struct OfficeHomePage {
    pub(crate) frame: Frame,
    pub(crate) home: Home,
}

/// `GET /office`
pub async fn get(State(web): State<Web>, RawQuery(query): RawQuery, staff: Staff) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let home = home::home(&web.app, &staff.business, query.get("attention") == "all").await?;
    staff.page(&OfficeHomePage { frame: staff.frame(Place::Home), home })
}

impl Samples for OfficeHomePage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office;
        let frame = |toast: Option<&str>| Frame { toast: toast.map(str::to_owned), ..office::frame(Place::Home) };
        vec![
            ("office-home", Self { frame: frame(None), home: office::home() }),
            ("office-home-first-day", Self { frame: frame(Some("Welcome.")), home: office::first_day() }),
            (
                "office-home-no-mail",
                Self {
                    frame: Frame { sends_mail: false, ..frame(None) },
                    home: Home { unlisted: 12, ..office::home() },
                },
            ),
            ("office-home-office", Self { frame: office::office_frame(Place::Home), home: office::home() }),
        ]
    }
}

/// A figure and how many invoices stand behind it.
struct Figure {
    invoices: i64,
    amount: Money,
}

/// So many failed charges are listed; the figure counts them all.
const LISTED: usize = 6;

impl OfficeHomePage {
    fn currency(&self) -> Currency {
        self.frame.business.currency
    }

    fn currency_name(&self) -> &'static str {
        match self.currency() {
            Currency::Usd => "US dollars",
            Currency::Cad => "Canadian dollars",
            Currency::Eur => "euros",
            Currency::Gbp => "pounds sterling",
            Currency::Aud => "Australian dollars",
            Currency::Nzd => "New Zealand dollars",
        }
    }

    fn this_month(&self) -> Option<&Received> {
        self.home.months.last()
    }

    /// By how much this month is ahead of the last one on the same day; below zero if it is behind.
    fn ahead(&self) -> Option<Money> {
        self.this_month()?.amount.minus(self.home.last_month_so_far).ok()
    }

    /// "October 1–23".
    fn last_month_words(&self) -> String {
        let day = self.home.today.plus_months(-1);
        let month = zoop_domain::home::Month::of(day).name();
        match day.day() {
            1 => format!("{month} 1"),
            last => format!("{month} 1–{last}"),
        }
    }

    fn sum(&self, ages: impl Fn(Age) -> bool) -> Figure {
        let (invoices, minor) = self
            .home
            .owed
            .iter()
            .filter(|(age, ..)| ages(*age))
            .fold((0, 0_i64), |(invoices, minor), (_, count, amount)| {
                (invoices + count, minor.saturating_add(amount.minor()))
            });
        Figure { invoices, amount: Money::new(minor, self.currency()) }
    }

    fn owed(&self) -> Figure {
        self.sum(|_| true)
    }

    fn late(&self) -> Figure {
        let (invoices, amount) = self.home.overdue;
        Figure { invoices, amount }
    }

    fn not_due(&self) -> i64 {
        self.sum(|age| age == Age::NotDue).invoices
    }

    fn very_late(&self) -> Figure {
        self.sum(|age| matches!(age, Age::ThreeMonths | Age::Older))
    }

    fn failed(&self) -> Money {
        let minor = self.home.failed.iter().map(|failed| failed.owed.minor()).sum();
        Money::new(minor, self.currency())
    }

    /// "3 invoices: 1 is retried, 2 wait for the customer".
    fn failed_words(&self) -> String {
        let all = self.home.failed.len();
        let retried = self.home.failed.iter().filter(|failed| failed.dunning.next_try_on.is_some()).count();
        let retry = match retried {
            0 => String::new(),
            1 => "1 is retried".to_owned(),
            some => format!("{some} are retried"),
        };
        let wait = match all - retried {
            0 => String::new(),
            1 => "1 waits for the customer".to_owned(),
            some => format!("{some} wait for the customer"),
        };
        let parts: Vec<_> = [retry, wait].into_iter().filter(|part| !part.is_empty()).collect();
        match all {
            0 => "No charge has failed".to_owned(),
            1 => format!("1 invoice: {}", parts.join(", ")),
            _ => format!("{all} invoices: {}", parts.join(", ")),
        }
    }

    fn listed(&self) -> &[Failed] {
        &self.home.failed[..self.home.failed.len().min(LISTED)]
    }

    /// How many failed charges the list leaves out.
    fn unlisted(&self) -> usize {
        self.home.failed.len() - self.listed().len()
    }

    /// How many alerts the list leaves out.
    fn more_alerts(&self) -> usize {
        usize::try_from(self.home.unlisted).unwrap_or(0)
    }

    fn attention(&self) -> usize {
        let late = usize::from(self.very_late().invoices > 0);
        let unlisted = usize::from(self.unlisted() > 0);
        let account = usize::from(self.stripe_wants().is_some());
        account
            + self.listed().len()
            + unlisted
            + self.home.accepted.len()
            + self.home.alerts.len()
            + self.more_alerts()
            + self.home.expiring.len()
            + late
    }

    /// What Stripe wants of the business; only its owner can give it.
    fn stripe_wants(&self) -> Option<String> {
        let business = &self.frame.business;
        let wanted = to_do(&business.onboarding(), |at| at.date_in(&business.time_zone));
        wanted.filter(|_| self.frame.is_owner())
    }

    /// "Rosa Delgado’s card was declined".
    fn what_happened(&self, failed: &Failed) -> String {
        let name = &failed.customer_name;
        match DeclineClass::of(&failed.dunning.decline_code, None) {
            DeclineClass::AuthenticationRequired => format!("{name}’s bank wants the payment confirmed"),
            DeclineClass::ExpiredCard => format!("{name}’s card has expired"),
            DeclineClass::Soft | DeclineClass::Hard => format!("{name}’s card was declined"),
        }
    }

    /// "not enough money was available. Next try Nov 24, 2026."
    fn what_next(&self, failed: &Failed) -> String {
        let why = reason(&failed.dunning.decline_code)
            .filter(|_| DeclineClass::of(&failed.dunning.decline_code, None) == DeclineClass::Soft);
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        match failed.dunning.next_try_on {
            Some(day) => format!("{why}. Next try {}.", self.near(day)),
            None => format!("{why}. It waits for the customer."),
        }
    }

    /// "today", "tomorrow", "yesterday" or the day.
    fn near(&self, day: Date) -> String {
        match day.days_since(self.home.today) {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            -1 => "yesterday".to_owned(),
            _ => day.to_string(),
        }
    }

    fn told(&self, attention: &Attention) -> Told {
        Told::of(attention, &self.frame)
    }

    fn method_of<'a>(&self, latest: &'a Latest) -> &'a str {
        if latest.automatic { "auto-pay" } else { &latest.method_label }
    }

    fn to(&self) -> String {
        ordinal(self.home.today.day())
    }

    fn chart(&self) -> Chart {
        Chart::of(&self.home.months, &self.to(), self.currency())
    }

    fn year(&self) -> Money {
        let minor = self.home.months.iter().map(|month| month.amount.minor()).sum();
        Money::new(minor, self.currency())
    }

    fn month_name(&self, month: &Received) -> String {
        named(month.month, &self.to(), Some(month.month) == self.this_month().map(|last| last.month))
    }

    /// The chart in a sentence.
    fn chart_words(&self) -> String {
        let amounts = || self.home.months.iter().map(|month| (month.amount.minor(), month));
        let ends = amounts().min_by_key(|(minor, _)| *minor).zip(amounts().max_by_key(|(minor, _)| *minor));
        let months = self.home.months.first().zip(self.home.months.last());
        let (Some(((_, least), (_, most))), Some((first, last))) = (ends, months) else { return String::new() };
        format!(
            "Bar chart. Received each month from {} to {}, between {} in {} and {} in {}. The table below has every figure.",
            first.month.with_year(),
            last.month.with_year(),
            least.amount,
            least.month.name(),
            most.amount,
            most.month.name()
        )
    }

    /// The parts of the bar above the ages: left edge and width of a drawing 1000 wide, youngest first.
    fn age_bar(&self) -> Vec<(usize, String, String)> {
        let all = self.owed().amount.minor().max(1);
        let mut x = 0_i64;
        let mut parts = Vec::new();
        for (place, (_, _, amount)) in self.home.owed.iter().enumerate() {
            let width = amount.minor().max(0).saturating_mul(10_000) / all;
            if width > 0 {
                // A hairline of ground between two parts.
                parts.push((place, tenths(x), tenths((width - 40).max(10))));
                x += width;
            }
        }
        parts
    }
}

fn tenths(value: i64) -> String {
    format!("{}.{}", value / 10, value % 10)
}
