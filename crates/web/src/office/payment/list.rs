//! The list: filters, days, search, newest first, and what the filter comes to.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::payment::list::{self, Asked, Direction, Listed, OfficePayment};
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::{DisputeState, Payment, PaymentState, Which};
use zoop_domain::time::Date;

use crate::Web;
use crate::error::PageError;
use crate::office::pages::Pages;
use crate::office::{Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::payment as paths;

/// Longer words are cut: no name is that long.
const LONGEST_SEARCH: usize = 100;

/// What a query asks for. What can't be read is left out.
#[must_use]
pub(super) fn asked(query: &Fields) -> Asked {
    let after = match (query.get("after").parse(), query.get("before").parse()) {
        (Ok(id), _) => Some((Direction::Older, id)),
        (_, Ok(id)) => Some((Direction::Newer, id)),
        _ => None,
    };
    Asked {
        which: query.get("show").parse().unwrap_or(Which::All),
        from: query.get("from").parse().ok(),
        to: query.get("to").parse().ok(),
        words: query.get("q").trim().chars().take(LONGEST_SEARCH).collect(),
        after,
    }
}

/// `GET /office/payments`
pub async fn get(State(web): State<Web>, RawQuery(query): RawQuery, staff: Staff) -> Result<Response, PageError> {
    let asked = asked(&Fields::read(query.unwrap_or_default().as_bytes()));
    let listed = list::list(&web.app, staff.actor(), staff.at(), &asked).await?;
    let page = PaymentsPage::new(staff.frame(Place::Payments), asked, listed).map_err(PageError::internal)?;
    staff.page(&page)
}

/// The page.
#[derive(Template)]
#[template(path = "office/payment/list.html", whitespace = "minimize")]
pub struct PaymentsPage {
    frame: Frame,
    asked: Asked,
    listed: Listed,
    rows: Vec<Row>,
    pages: Pages,
}

/// A payment in the list.
pub struct Row {
    path: String,
    customer: String,
    invoice: String,
    method: String,
    on: Date,
    badge: Badge,
    amount: Money,
    refunded: Option<Money>,
}

/// How a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// "Received".
    pub word: &'static str,
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The tone's class; may be empty.
    pub tone: &'static str,
}

impl Badge {
    /// How `payment` stands.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn of(payment: &Payment) -> Result<Self, MoneyError> {
        let all_back = payment.refunded.is_positive() && !payment.amount.minus(payment.refunded)?.is_positive();
        let (word, icon, tone) = match (payment.state, payment.dispute) {
            (_, Some(DisputeState::Open)) => ("Disputed", "alert", "warn"),
            (_, Some(DisputeState::Lost)) => ("Dispute lost", "undo", "bad"),
            (PaymentState::Returned, _) => ("Returned", "undo", "bad"),
            _ if all_back => ("Refunded", "undo", ""),
            _ if payment.refunded.is_positive() => ("Partly refunded", "undo", ""),
            _ => ("Received", "check", "good"),
        };
        Ok(Self { word, icon, tone })
    }
}

impl Row {
    fn new(found: &OfficePayment) -> Result<Self, MoneyError> {
        let payment = &found.payment;
        Ok(Self {
            path: paths::show(&payment.id),
            customer: found.customer.clone(),
            invoice: found.invoice_number.clone(),
            method: payment.method_label.clone(),
            on: payment.received_on,
            badge: Badge::of(payment)?,
            amount: payment.amount,
            refunded: Some(payment.refunded).filter(|refunded| refunded.is_positive()),
        })
    }
}

const FILTERS: [(Which, &str); 5] = [
    (Which::All, "All"),
    (Which::Card, "By card"),
    (Which::Hand, "By hand"),
    (Which::Refunded, "Refunded"),
    (Which::Disputed, "Disputed"),
];

impl PaymentsPage {
    /// The page of what was `asked` for.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn new(frame: Frame, asked: Asked, listed: Listed) -> Result<Self, MoneyError> {
        let rows = listed.rows.iter().map(Row::new).collect::<Result<Vec<_>, _>>()?;
        let page = |key: &'static str, row: Option<&OfficePayment>| {
            row.map(|row| {
                paths::list(
                    &query(&asked, asked.which, Some((key, row.payment.id.as_str())))
                        .iter()
                        .map(|(name, value)| (*name, value.as_str()))
                        .collect::<Vec<_>>(),
                )
            })
        };
        let pages = Pages {
            range: String::new(),
            back: page("before", listed.rows.first()).filter(|_| listed.has_newer),
            more: page("after", listed.rows.last()).filter(|_| listed.has_older),
        };
        Ok(Self { frame, rows, pages, asked, listed })
    }

    /// The filters: name, path, whether it is chosen.
    fn filters(&self) -> Vec<(&'static str, String, bool)> {
        let path = |which| {
            let query = query(&self.asked, which, None);
            paths::list(&query.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
        };
        FILTERS.iter().map(|(which, name)| (*name, path(*which), *which == self.asked.which)).collect()
    }

    fn export(&self) -> String {
        let query = query(&self.asked, self.asked.which, None);
        paths::export(&query.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
    }

    fn is_filtered(&self) -> bool {
        self.asked.which != Which::All
            || !self.asked.words.is_empty()
            || self.asked.from.is_some()
            || self.asked.to.is_some()
    }

    fn from(&self) -> String {
        self.asked.from.map(Date::iso).unwrap_or_default()
    }

    fn to(&self) -> String {
        self.asked.to.map(Date::iso).unwrap_or_default()
    }

    fn counted(&self) -> String {
        if self.listed.count == 1 { "1 payment".to_owned() } else { format!("{} payments", self.listed.count) }
    }
}

/// The query that asks for the same with another filter, from a key on.
fn query(asked: &Asked, which: Which, key: Option<(&'static str, &str)>) -> Vec<(&'static str, String)> {
    let show = if which == Which::All { "" } else { which.as_str() };
    let mut query = vec![
        ("show", show.to_owned()),
        ("from", asked.from.map(Date::iso).unwrap_or_default()),
        ("to", asked.to.map(Date::iso).unwrap_or_default()),
        ("q", asked.words.clone()),
    ];
    query.extend(key.map(|(name, id)| (name, id.to_owned())));
    query
}

impl Samples for PaymentsPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        crate::sample::office_payment::lists()
    }
}
