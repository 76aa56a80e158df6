//! What a mail's link says once its consent is over: that it is off, since when, and nothing else.

use askama::Template;
use zoop_app::portal::EndedOne;
use zoop_domain::business::Business;

use crate::page::Samples;

/// The page of a consent that is over.
#[derive(Template)]
#[template(path = "portal/ended.html", whitespace = "minimize")]
pub struct EndedPage {
    ended: EndedOne,
}

impl EndedPage {
    /// The page of `ended`.
    #[must_use]
    pub fn new(ended: EndedOne) -> Self {
        Self { ended }
    }

    fn business(&self) -> &Business {
        &self.ended.business
    }
}

impl Samples for EndedPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample;
        let page = |on_its_way| Self {
            ended: EndedOne { business: sample::greenline(), turned_off: sample::turned_off(on_its_way) },
        };
        vec![("ended", page(None)), ("ended-on-its-way", page(Some(sample::usd(6_495))))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s42_it_says_since_when_it_is_off_and_links_nowhere() {
        for (name, page) in EndedPage::samples() {
            let html = page.render().unwrap();
            assert!(html.contains("is off since"), "{name}");
            assert!(!html.contains("\"/p/") && !html.contains("<form"), "{name}");
            assert_eq!(html.contains("A payment of $64.95 was already on its way"), name == "ended-on-its-way");
        }
    }
}
