//! The list of quotes: tabs by how they stand, a search, page by page.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use url::form_urlencoded;
use zoop_app::quote::list::{Asked, Listed, QuoteList, list};
use zoop_domain::quote::QuoteStatus;

use super::look;
use crate::Web;
use crate::error::PageError;
use crate::office::pages::Pages;
use crate::office::{Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::quote;

/// A tab, and the word it has in the query.
const TABS: [(&str, Option<QuoteStatus>); 6] = [
    ("All", None),
    ("Draft", Some(QuoteStatus::Draft)),
    ("Sent", Some(QuoteStatus::Sent)),
    ("Accepted", Some(QuoteStatus::Accepted)),
    ("Declined", Some(QuoteStatus::Declined)),
    ("Expired", Some(QuoteStatus::Expired)),
];

/// The page.
#[derive(Template)]
#[template(path = "office/quote/list.html", whitespace = "minimize")]
pub struct QuoteListPage {
    frame: Frame,
    asked: Asked,
    list: QuoteList,
}

/// `GET /office/quotes`
pub async fn get(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let asked = Asked {
        status: TABS.iter().find_map(|(_, status)| status.filter(|status| status.as_str() == query.get("tab"))),
        words: query.get("q").chars().take(100).collect(),
        before: query.get("before").parse().ok(),
        after: query.get("after").parse().ok(),
    };
    let list = list(&web.app, staff.actor(), staff.at(), &asked).await?;
    staff.page(&QuoteListPage { frame: staff.frame(Place::Quotes), asked, list })
}

impl QuoteListPage {
    fn path(&self, status: Option<QuoteStatus>, words: &str, edge: Option<(&str, &str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(status) = status {
            query.append_pair("tab", status.as_str());
        }
        if !words.is_empty() {
            query.append_pair("q", words);
        }
        if let Some((name, key)) = edge {
            query.append_pair(name, key);
        }
        match query.finish().as_str() {
            "" => quote::QUOTES.to_owned(),
            query => format!("{}?{query}", quote::QUOTES),
        }
    }

    /// The tabs: name, path, count, whether it is the one.
    fn tabs(&self) -> Vec<(&'static str, String, i64, bool)> {
        let tab = |(name, status): &(&'static str, Option<QuoteStatus>)| {
            (*name, self.path(*status, "", None), self.list.count(*status), self.asked.status == *status)
        };
        TABS.iter().map(tab).collect()
    }

    fn pages(&self) -> Pages {
        let edge = |name, listed: Option<&Listed>| {
            listed.map(|listed| self.path(self.asked.status, &self.asked.words, Some((name, listed.id.as_str()))))
        };
        Pages {
            range: "Newest first".into(),
            back: edge("after", self.list.quotes.first().filter(|_| self.list.has_newer)),
            more: edge("before", self.list.quotes.last().filter(|_| self.list.has_older)),
        }
    }

    fn cleared(&self) -> String {
        self.path(self.asked.status, "", None)
    }

    fn look(listed: &Listed) -> (&'static str, &'static str, &'static str) {
        look(listed.status)
    }

    fn name(listed: &Listed) -> &str {
        listed.number.as_deref().unwrap_or("Draft")
    }

    fn tab_word(&self) -> &'static str {
        self.asked.status.map_or("", QuoteStatus::as_str)
    }

    /// What an empty tab means.
    fn nothing(&self) -> &'static str {
        match self.asked.status {
            None => "No quotes yet. A quote says what some work would cost, and the customer accepts it by a link.",
            Some(QuoteStatus::Draft) => "Nothing is half written.",
            Some(QuoteStatus::Sent) => "No quote waits for an answer.",
            Some(QuoteStatus::Accepted) => "No quote was accepted yet.",
            Some(QuoteStatus::Declined) => "No quote was declined.",
            Some(QuoteStatus::Expired | QuoteStatus::Withdrawn) => "No quote expired unanswered.",
        }
    }
}

impl Samples for QuoteListPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office;
        let page = |asked, list| Self { frame: office::frame(Place::Quotes), asked, list };
        let declined = Asked { status: Some(QuoteStatus::Declined), ..Asked::default() };
        let searched = Asked { words: "zzz".into(), ..Asked::default() };
        vec![
            ("office-quotes", page(Asked::default(), office::quotes())),
            ("office-quotes-empty", page(declined, QuoteList::default())),
            ("office-quotes-nothing-found", page(searched, QuoteList::default())),
        ]
    }
}
