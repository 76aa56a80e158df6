//! Back from saving a card, in a browser that has lost the way: how it went, and no link.

use askama::Template;
use zoop_app::attempt::come_back::CardBack;
use zoop_app::card_setup::settle::Setup;
use zoop_domain::business::Business;

use crate::page::Samples;
use crate::portal::notice::Asked;

/// How saving a card went.
#[derive(Template)]
#[template(path = "card_setup/come_back.html", whitespace = "minimize")]
pub struct CardBackPage {
    back: CardBack,
}

impl CardBackPage {
    /// The page of `back`.
    #[must_use]
    pub fn new(back: CardBack) -> Self {
        Self { back }
    }

    fn business(&self) -> &Business {
        &self.back.business
    }

    fn title(&self) -> &'static str {
        match self.back.outcome {
            Setup::Saved => "Card saved",
            Setup::Open => "Almost done",
            Setup::NotSaved => "No card was saved",
        }
    }
}

/// How it went, as far as the customer is concerned. A page that is still open is one he went back
/// from, unless Stripe itself sent him here as done: then it only can't be asked what came of it.
pub(crate) fn seen_by_customer(mut back: CardBack, session: Option<&str>) -> CardBack {
    if back.outcome == Setup::Open && session.is_none() {
        back.outcome = Setup::NotSaved;
    }
    back
}

/// What the portal says of it.
pub(crate) fn asked(back: &CardBack) -> Asked {
    match (back.outcome, &back.changed) {
        (Setup::Saved, Some(consent)) => Asked::CardChanged(consent.clone()),
        (Setup::Saved, None) => Asked::CardSaved,
        (Setup::Open, _) => Asked::CardPending,
        (Setup::NotSaved, Some(_)) => Asked::CardNotChanged,
        (Setup::NotSaved, None) => Asked::CardNotSaved,
    }
}

impl Samples for CardBackPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |outcome| Self::new(CardBack { business: crate::sample::greenline(), outcome, changed: None });
        vec![
            ("card-back-saved", page(Setup::Saved)),
            ("card-back-open", page(Setup::Open)),
            ("card-back-not-saved", page(Setup::NotSaved)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s08_without_the_cookie_there_is_no_link() {
        for (name, page) in CardBackPage::samples() {
            assert!(!page.render().unwrap().contains("<a "), "{name}");
        }
    }

    #[test]
    fn who_went_back_without_a_card_is_not_kept_waiting() {
        let back = |outcome| CardBack { business: crate::sample::greenline(), outcome, changed: None };
        let said = |outcome, session| asked(&seen_by_customer(back(outcome), session));
        assert_eq!(said(Setup::Open, None), Asked::CardNotSaved);
        assert_eq!(said(Setup::Open, Some("cs_1")), Asked::CardPending);
        assert_eq!(said(Setup::Saved, None), Asked::CardSaved);
    }
}
