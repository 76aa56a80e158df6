//! The list of customers, by name: six tabs, a search, and pages by key.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use zoop_app::customer::list::{self, CustomerList, LinkStanding, ListQuery, Listed, MOST_COUNTED, TABS, Tab};

use super::counted;
use crate::Web;
use crate::error::PageError;
use crate::office::pages::Pages;
use crate::office::{Fields, Frame, Place, Staff, when};
use crate::page::Samples;
use crate::routes::office::customer as paths;

/// The page.
#[derive(Template)]
#[template(path = "office/customer/list.html", whitespace = "minimize")]
pub struct CustomerListPage {
    frame: Frame,
    list: CustomerList,
    tab: Tab,
    text: String,
}

/// `GET /office/customers`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let tab = TABS.into_iter().find(|tab| word(*tab) == fields.get("tab")).unwrap_or(Tab::All);
    // Nobody searches for more than a line.
    let text: String = fields.get("q").trim().chars().take(100).collect();
    let cursor = |name| fields.get(name).parse().ok();
    let asked = ListQuery { tab, text: text.clone(), after: cursor("after"), before: cursor("before") };
    let list = list::list(&web.app, staff.actor(), staff.at(), &asked).await?;
    staff.page(&CustomerListPage { frame: staff.frame(Place::Customers), list, tab, text })
}

/// The tab's word in the address; all has none.
const fn word(tab: Tab) -> &'static str {
    match tab {
        Tab::All => "",
        Tab::Owing => "owing",
        Tab::Overdue => "overdue",
        Tab::AutoPay => "auto-pay",
        Tab::NoLink => "no-link",
        Tab::Archived => "archived",
    }
}

/// What is said where a tab lists nobody.
struct Nobody {
    icon: &'static str,
    title: &'static str,
    words: &'static str,
}

impl CustomerListPage {
    fn tab_name(&self, tab: Tab) -> &'static str {
        match tab {
            Tab::All => "All",
            Tab::Owing => "Owing",
            Tab::Overdue => "Overdue",
            Tab::AutoPay => "Auto-pay",
            Tab::NoLink => "No portal link",
            Tab::Archived => "Archived",
        }
    }

    fn tab_path(&self, tab: Tab) -> String {
        paths::list(&[("tab", word(tab)), ("q", &self.text)])
    }

    fn word(&self) -> &'static str {
        word(self.tab)
    }

    fn count(&self, count: i64) -> String {
        counted(count, MOST_COUNTED)
    }

    /// What stands at the end of the search's line.
    fn tally(&self) -> String {
        let rows = self.list.rows.len();
        let whole = !self.list.has_earlier && !self.list.has_later;
        let count = match self.list.counts.iter().find(|(tab, _)| *tab == self.tab) {
            Some((_, count)) if self.text.is_empty() => self.count(*count),
            _ if whole => rows.to_string(),
            _ => return "By name".to_owned(),
        };
        let noun = if count == "1" { "customer" } else { "customers" };
        let found = if self.text.is_empty() { ", by name" } else { " found" };
        format!("{count} {noun}{found}")
    }

    fn pages(&self) -> Pages {
        let cursor = |end: &str, listed: Option<&Listed>| {
            let id = listed.map(|listed| listed.customer.id.to_string()).unwrap_or_default();
            paths::list(&[("tab", self.word()), ("q", &self.text), (end, &id)])
        };
        let range = list::range(&self.list.rows).map(|(first, last)| format!("{} to {}", first.name, last.name));
        Pages {
            range: range.unwrap_or_default(),
            back: self.list.has_earlier.then(|| cursor("before", self.list.rows.first())),
            more: self.list.has_later.then(|| cursor("after", self.list.rows.last())),
        }
    }

    fn nobody(&self) -> Nobody {
        let (icon, title, words) = match self.tab {
            Tab::All => ("users", "No customers yet", "Add the first one, and send an invoice or a portal link."),
            Tab::Owing => ("check-circle", "Nobody owes you anything", "Every invoice that was sent is paid."),
            Tab::Overdue => ("check-circle", "Nobody is late", "No open invoice is past its due date."),
            Tab::AutoPay => {
                ("repeat", "Nobody pays by auto-pay", "A customer turns it on while paying an invoice of a plan.")
            }
            Tab::NoLink => ("check-circle", "Everybody has a portal link", "Each customer can see and pay invoices."),
            Tab::Archived => ("ban", "Nobody is archived", "Archive a customer whom you bill no more."),
        };
        Nobody { icon, title, words }
    }

    /// What stands below a name: whom to ask for, and where.
    fn sub(&self, listed: &Listed) -> String {
        let contact = listed.customer.contact.iter().map(String::as_str);
        contact.chain(listed.customer.address.lines()).collect::<Vec<_>>().join(", ")
    }

    fn badge(&self, listed: &Listed) -> (&'static str, &'static str, &'static str) {
        match listed.link {
            LinkStanding::Active => ("good", "check", "Active"),
            LinkStanding::Revoked => ("", "ban", "Revoked"),
            LinkStanding::None => ("", "dash", "No link"),
        }
    }

    fn last_seen(&self, listed: &Listed) -> Option<String> {
        let zone = &self.frame.business.time_zone;
        listed.last_seen_at.map(|at| when::short(at, zone, self.list.today))
    }

    fn auto_pay(&self, listed: &Listed) -> Option<String> {
        match listed.auto_pay {
            0 => None,
            1 => Some("1 plan".into()),
            plans => Some(format!("{plans} plans")),
        }
    }

    /// "2 days late".
    fn late(&self, listed: &Listed) -> Option<String> {
        let days = listed.oldest_due_on.map_or(0, |day| self.list.today.days_since(day));
        (days > 0).then(|| format!("{} late", when::days(days)))
    }
}

impl Samples for CustomerListPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::{customer, office};
        let page =
            |list, tab, text: &str| Self { frame: office::frame(Place::Customers), list, tab, text: text.to_owned() };
        vec![
            ("office-customers", page(customer::list(), Tab::All, "")),
            ("office-customers-found", page(customer::found(), Tab::All, "rosa")),
            ("office-customers-not-found", page(customer::nobody(), Tab::Owing, "<Nobody>")),
            ("office-customers-empty", page(customer::nobody(), Tab::Overdue, "")),
            ("office-customers-none", page(customer::nobody(), Tab::All, "")),
        ]
    }
}
