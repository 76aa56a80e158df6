//! The one line about what a customer just did in his portal. A URL names it from a closed set and
//! at most one id; names and amounts are looked up, so that nobody can put words on the page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use url::form_urlencoded;
use zoop_app::consent::{change_card, turn_off};
use zoop_app::payment_method::remove;
use zoop_app::portal::Portal;
use zoop_app::{App, Error};
use zoop_domain::id::{ConsentId, PaymentMethodId};
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;

use crate::routes::PortalPath;

/// What a URL asks the page to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Auto-pay was turned off.
    TurnedOff(ConsentId),
    /// A method was removed.
    Removed(PaymentMethodId),
    /// Another default was chosen.
    Default,
    /// A card was saved.
    CardSaved,
    /// Whether a card was saved isn't known yet.
    CardPending,
    /// No card was saved.
    CardNotSaved,
    /// Auto-pay charges another card now; the consent is the one before.
    CardChanged(ConsentId),
    /// No card was saved, so auto-pay stays as it was.
    CardNotChanged,
    /// What the page offered was gone.
    Gone,
    /// Cards can't be saved now.
    NoCards,
    /// Stripe didn't answer.
    Unavailable,
}

/// Which section a line belongs to; the redirect leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Saved payment methods.
    Methods,
    /// Auto-pay.
    AutoPay,
    /// The top of the page.
    Top,
}

impl Asked {
    fn name(&self) -> &'static str {
        match self {
            Self::TurnedOff(_) => "turned-off",
            Self::Removed(_) => "removed",
            Self::Default => "default",
            Self::CardSaved => "card-saved",
            Self::CardPending => "card-pending",
            Self::CardNotSaved => "card-not-saved",
            Self::CardChanged(_) => "card-changed",
            Self::CardNotChanged => "card-not-changed",
            Self::Gone => "gone",
            Self::NoCards => "no-cards",
            Self::Unavailable => "unavailable",
        }
    }

    fn of(&self) -> Option<&str> {
        match self {
            Self::TurnedOff(consent) | Self::CardChanged(consent) => Some(consent.as_str()),
            Self::Removed(method) => Some(method.as_str()),
            _ => None,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::TurnedOff(_) | Self::CardChanged(_) | Self::CardNotChanged => Place::AutoPay,
            Self::Removed(_) | Self::Default | Self::CardSaved | Self::CardPending | Self::CardNotSaved => {
                Place::Methods
            }
            Self::Gone | Self::NoCards | Self::Unavailable => Place::Top,
        }
    }

    /// The portal home that says it.
    #[must_use]
    pub fn url(&self, path: &PortalPath) -> String {
        let of = self.of().map_or_else(String::new, |of| format!("&of={of}"));
        let anchor = match self.place() {
            Place::Methods => "#methods",
            Place::AutoPay => "#auto-pay",
            Place::Top => "",
        };
        format!("{}?notice={}{of}{anchor}", path.home(), self.name())
    }

    fn parse(name: &str, of: &str) -> Option<Self> {
        Some(match name {
            "turned-off" => Self::TurnedOff(of.parse().ok()?),
            "removed" => Self::Removed(of.parse().ok()?),
            "default" => Self::Default,
            "card-saved" => Self::CardSaved,
            "card-pending" => Self::CardPending,
            "card-not-saved" => Self::CardNotSaved,
            "card-changed" => Self::CardChanged(of.parse().ok()?),
            "card-not-changed" => Self::CardNotChanged,
            "gone" => Self::Gone,
            "no-cards" => Self::NoCards,
            "unavailable" => Self::Unavailable,
            _ => return None,
        })
    }

    fn read(query: &str) -> Option<Self> {
        let value = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        Self::parse(&value("notice")?, &value("of").unwrap_or_default())
    }
}

/// The notice a URL asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeQuery(pub Option<Asked>);

impl<S: Send + Sync> FromRequestParts<S> for NoticeQuery {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Asked::read(parts.uri.query().unwrap_or_default())))
    }
}

/// The line itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where it stands.
    pub place: Place,
    /// The words.
    pub words: String,
    /// The icon's name in the sprite.
    pub icon: &'static str,
    /// The tone's class: good is none.
    pub tone: &'static str,
}

impl Notice {
    /// What `asked` comes to in this portal. `None` if it no longer holds.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find(app: &App, path: &PortalPath, portal: &Portal, asked: &Asked) -> Result<Option<Self>, Error> {
        let token = path.token();
        let words = match asked {
            Asked::TurnedOff(consent) => turn_off::outcome(app, token, consent.as_str())
                .await
                .map(|found| found.map(|off| turned_off(&off.plan_title, off.on_its_way))),
            Asked::Removed(method) => remove::outcome(app, token, method.as_str())
                .await
                .map(|found| found.map(|removed| self::removed(&removed.label, &removed.plans, removed.on_its_way))),
            Asked::CardChanged(consent) => change_card::outcome(app, token, consent.as_str()).await.map(|found| {
                let changed = found.map(|(plan, label)| format!("From now on {plan} is charged to {label}."));
                // Turned off while the card was being typed: it is on file, and charges nothing.
                changed.or_else(|| plain_words(&Asked::CardSaved, portal))
            }),
            plain => Ok(plain_words(plain, portal)),
        };
        match words {
            Ok(words) => Ok(words.map(|words| Self::new(asked, words))),
            // Somebody wrote another's id into the URL.
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn new(asked: &Asked, words: String) -> Self {
        let (icon, tone) = match asked {
            Asked::TurnedOff(_) | Asked::Removed(_) | Asked::Default | Asked::CardSaved | Asked::CardChanged(_) => {
                ("check", "good")
            }
            Asked::CardPending | Asked::CardNotSaved | Asked::CardNotChanged | Asked::Gone => ("card", "calm"),
            Asked::NoCards | Asked::Unavailable => ("alert", "bad"),
        };
        Self { place: asked.place(), words, icon, tone }
    }
}

fn plain_words(asked: &Asked, portal: &Portal) -> Option<String> {
    let methods = || portal.methods.iter().map(|saved| &saved.method);
    Some(match asked {
        Asked::Default => {
            let label = methods().find(|method| method.is_default)?.label();
            format!("{label} is your default now: the one we offer first when you pay.")
        }
        Asked::CardSaved => {
            let newest: &PaymentMethod = methods().max_by_key(|method| (method.added_at, method.id.clone()))?;
            format!("{} is saved. You can pay with it in one tap.", newest.label())
        }
        Asked::CardPending => {
            "We’re waiting to hear that your card is saved. It will appear here in a minute.".to_owned()
        }
        Asked::CardNotSaved => "No card was saved, and nothing was charged.".to_owned(),
        Asked::CardNotChanged => "No card was saved, so auto-pay stays as it was.".to_owned(),
        Asked::Gone => "That had changed already. This page shows how it stands now.".to_owned(),
        Asked::NoCards => "Cards can’t be saved here at the moment. Nothing was changed.".to_owned(),
        Asked::Unavailable => {
            "The page to save a card isn’t answering. Nothing was changed. Please try again in a minute.".to_owned()
        }
        Asked::TurnedOff(_) | Asked::Removed(_) | Asked::CardChanged(_) => return None,
    })
}

pub(crate) fn turned_off(plan: &str, on_its_way: Option<Money>) -> String {
    let words = format!("Auto-pay for {plan} is off. You’ll still get each invoice and can pay it yourself.");
    match on_its_way {
        Some(amount) => format!("{words} A payment of {amount} was already on its way when you turned this off."),
        None => words,
    }
}

pub(crate) fn removed(label: &str, plans: &[String], on_its_way: Option<Money>) -> String {
    let mut words = format!("{label} is removed.");
    if !plans.is_empty() {
        words += &format!(" Auto-pay is off for {}.", and(plans));
    }
    if let Some(amount) = on_its_way {
        words += &format!(" A payment of {amount} was already on its way when you removed it.");
    }
    words
}

/// "A", "A and B", "A, B and C".
fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use zoop_domain::money::Currency;

    fn every() -> Vec<Asked> {
        let (consent, method) = (sample::id::<ConsentId>("cns", 1), sample::id("pmt", 1));
        vec![
            Asked::TurnedOff(consent.clone()),
            Asked::Removed(method),
            Asked::Default,
            Asked::CardSaved,
            Asked::CardPending,
            Asked::CardNotSaved,
            Asked::CardChanged(consent),
            Asked::CardNotChanged,
            Asked::Gone,
            Asked::NoCards,
            Asked::Unavailable,
        ]
    }

    #[test]
    fn what_is_asked_for_reads_back() {
        for asked in every() {
            let url = asked.url(&sample::portal_path());
            let query = url.split(['?', '#']).nth(1).unwrap();
            assert_eq!(Asked::read(query), Some(asked), "{url}");
        }
    }

    #[test]
    fn a_url_can_put_no_words_on_the_page() {
        for query in ["notice=free+text", "notice=removed&of=Visa", "notice=turned-off", "of=x", "", "notice=Default"] {
            assert_eq!(Asked::read(query), None, "{query}");
        }
    }

    #[test]
    fn s38_removing_says_which_plans_it_turned_off() {
        let plans = ["A".to_owned(), "B".to_owned(), "C".to_owned()];
        assert_eq!(removed("Visa •••• 4242", &[], None), "Visa •••• 4242 is removed.");
        assert_eq!(
            removed("Visa •••• 4242", &plans, Some(Money::new(6_495, Currency::Usd))),
            "Visa •••• 4242 is removed. Auto-pay is off for A, B and C. A payment of $64.95 was already on its way when \
             you removed it."
        );
    }

    #[test]
    fn s42_a_payment_on_its_way_is_said() {
        assert!(
            turned_off("Mowing", Some(Money::new(6_495, Currency::Usd)))
                .ends_with("A payment of $64.95 was already on its way when you turned this off.")
        );
    }
}
