//! The list: eight tabs that don't overlap, what stands under each, search, newest first.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::invoice::list::{self, Asked, Figures, From, Listed, OfficeRow, Tabs};
use zoop_domain::invoice::Tab;
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::time::Date;

use super::badge::Badge;
use crate::Web;
use crate::error::PageError;
use crate::office::pages::Pages;
use crate::office::{Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::invoice as paths;

/// Longer words are cut: no name is that long.
const LONGEST_SEARCH: usize = 100;

/// `GET /office/invoices`
pub async fn get(State(web): State<Web>, RawQuery(query): RawQuery, staff: Staff) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let words: String = query.get("q").trim().chars().take(LONGEST_SEARCH).collect();
    let from = match (query.get("after").parse(), query.get("before").parse()) {
        (Ok(id), _) => From::OlderThan(id),
        (_, Ok(id)) => From::NewerThan(id),
        _ => From::Newest,
    };
    let of = query.get("customer");
    let of = if of.is_empty() { None } else { Some(of.parse().map_err(|_| PageError::NotFound)?) };
    let asked = Asked { tab: query.get("tab").parse().ok(), of, words, from };
    let listed = list::list(&web.app, staff.actor(), staff.at(), &asked).await?;
    let page = InvoicesPage::new(staff.frame(Place::Invoices), asked, listed).map_err(PageError::internal)?;
    staff.page(&page)
}

/// The page.
#[derive(Template)]
#[template(path = "office/invoice/list.html", whitespace = "minimize")]
pub struct InvoicesPage {
    frame: Frame,
    asked: Asked,
    /// Whose they are, if one customer's were asked for.
    of: Option<String>,
    tabs: Tabs,
    rows: Vec<Row>,
    pages: Pages,
}

/// An invoice in the list.
pub struct Row {
    path: String,
    /// Its number, or that it is a draft.
    name: String,
    customer: String,
    issued_on: Option<Date>,
    due_on: Date,
    badge: Badge,
    total: Money,
    owed: Money,
}

impl Row {
    fn new(row: &OfficeRow, today: Date) -> Result<Self, MoneyError> {
        Ok(Self {
            path: paths::show(&row.id),
            name: row.number.clone().unwrap_or_else(|| "Draft".into()),
            customer: row.customer.clone(),
            issued_on: row.issued_on,
            due_on: row.facts.due_on,
            badge: Badge::of(&row.facts, today, row.not_mailed),
            total: row.facts.ledger.total,
            owed: row.facts.owed()?,
        })
    }
}

/// A tab of the strip.
pub struct Strip {
    name: &'static str,
    path: String,
    is_here: bool,
    counted: String,
}

impl InvoicesPage {
    /// The page of what was `asked` for.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn new(frame: Frame, asked: Asked, listed: Listed) -> Result<Self, MoneyError> {
        let rows = listed.rows.iter().map(|row| Row::new(row, listed.today)).collect::<Result<Vec<_>, _>>()?;
        let tab = asked.tab.map_or("", Tab::as_str);
        let page = |key: &str, row: Option<&OfficeRow>| {
            row.map(|row| paths::list(&[("tab", tab), asked_for(&asked), (key, row.id.as_str())]))
        };
        let pages = Pages {
            range: String::new(),
            back: page("before", listed.rows.first()).filter(|_| listed.has_newer),
            more: page("after", listed.rows.last()).filter(|_| listed.has_older),
        };
        Ok(Self { frame, tabs: listed.tabs, rows, pages, of: listed.of, asked })
    }

    fn strip(&self) -> Vec<Strip> {
        let all = std::iter::once(None).chain(Tab::ALL.iter().copied().map(Some));
        all.map(|tab| Strip {
            name: name(tab),
            path: paths::list(&[("tab", tab.map_or("", Tab::as_str)), asked_for(&self.asked)]),
            is_here: tab == self.asked.tab,
            counted: self.tabs.under(tab).map(Figures::counted).unwrap_or_default(),
        })
        .collect()
    }

    /// Whether it isn't all of the business's.
    fn is_narrowed(&self) -> bool {
        self.is_searched() || self.of.is_some()
    }

    fn is_searched(&self) -> bool {
        !self.asked.words.is_empty()
    }

    fn tab_word(&self) -> &'static str {
        self.asked.tab.map_or("", Tab::as_str)
    }

    /// "$12,845.75" and "owed on 31 invoices", of all of them.
    fn tally(&self) -> Option<(Money, String)> {
        let figures = self.tabs.under(self.asked.tab).filter(|_| !self.is_narrowed())?;
        let invoices = |count: i64| if count == 1 { "1 invoice".to_owned() } else { format!("{count} invoices") };
        let words = match self.asked.tab {
            None => format!("owed on {}", invoices(figures.open)),
            Some(tab) if tab.is_open() => format!("owed on {}", invoices(figures.count)),
            Some(Tab::Draft) => "not sent yet".to_owned(),
            Some(Tab::Paid) => "paid".to_owned(),
            Some(Tab::Uncollectible) => "written off".to_owned(),
            Some(_) => "voided".to_owned(),
        };
        Some((figures.sum?, words))
    }

    /// What an empty tab means.
    fn nothing(&self) -> (&'static str, &'static str, &'static str) {
        match self.asked.tab {
            None => ("invoice", "No invoices yet", "What you bill stands here, newest first."),
            Some(Tab::Draft) => ("pencil", "No drafts", "An invoice you have begun and not sent waits here."),
            Some(Tab::Sent) => ("check-circle", "Nothing is waiting", "Sent invoices that aren’t due yet wait here."),
            Some(Tab::InDunning) => (
                "check-circle",
                "No charge is being retried",
                "When an auto-pay charge fails, its invoice waits here with the date of the next try.",
            ),
            Some(Tab::Overdue) => {
                ("check-circle", "Nobody is late", "Invoices whose due date has passed stand here until they are paid.")
            }
            Some(Tab::Paid) => ("coins", "Nothing is paid yet", "Paid invoices stand here, refunded ones too."),
            Some(Tab::Uncollectible) => {
                ("check-circle", "Nothing is written off", "Invoices that nobody expects to be paid stand here.")
            }
            Some(Tab::Void) => ("ban", "Nothing is void", "Canceled invoices keep their numbers and stand here."),
        }
    }
}

/// What each page and tab keeps of what was asked for.
fn asked_for(asked: &Asked) -> (&'static str, &str) {
    asked.of.as_ref().map_or(("q", &asked.words), |customer| ("customer", customer.as_str()))
}

fn name(tab: Option<Tab>) -> &'static str {
    match tab {
        None => "All",
        Some(Tab::Draft) => "Draft",
        Some(Tab::Sent) => "Sent",
        Some(Tab::InDunning) => "In dunning",
        Some(Tab::Overdue) => "Overdue",
        Some(Tab::Paid) => "Paid",
        Some(Tab::Uncollectible) => "Uncollectible",
        Some(Tab::Void) => "Void",
    }
}

impl Samples for InvoicesPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        crate::sample::office_invoice::lists()
    }
}
