//! The dialogs of the portal home. A query names one, and the server draws it open over the page;
//! what is asked for and isn't there (any more) is the plain page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use url::form_urlencoded;
use zoop_app::consent::change_card::{self, CardChoice};
use zoop_app::consent::turn_off::{self, TurnOff};
use zoop_app::payment_method::remove::{self, Removal};
use zoop_app::{App, Error};
use zoop_domain::id::PaymentMethodId;
use zoop_domain::payment_method::MethodType;

/// What a URL asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogQuery {
    /// `?turn-off={consent}`
    TurnOff(String),
    /// `?remove={method}`
    Remove(String),
    /// `?change-card={consent}`
    ChangeCard(String),
    /// Nothing.
    None,
}

impl DialogQuery {
    fn read(query: &str) -> Self {
        let asked = form_urlencoded::parse(query.as_bytes()).find_map(|(name, id)| match name.as_ref() {
            "turn-off" => Some(Self::TurnOff(id.into_owned())),
            "remove" => Some(Self::Remove(id.into_owned())),
            "change-card" => Some(Self::ChangeCard(id.into_owned())),
            _ => None,
        });
        asked.unwrap_or(Self::None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DialogQuery {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

/// A question over the page.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Turn auto-pay off?
    TurnOff(TurnOff),
    /// Remove a method?
    Remove(Box<Removal>),
    /// Which card is to be charged?
    ChangeCard(CardChoice),
}

impl Dialog {
    /// What `asked` comes to for the portal behind `token`.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find(app: &App, token: &str, asked: &DialogQuery) -> Result<Option<Self>, Error> {
        let found = match asked {
            DialogQuery::TurnOff(id) => turn_off::ask(app, token, id).await.map(|found| found.map(Self::TurnOff)),
            DialogQuery::Remove(id) => {
                remove::ask(app, token, id).await.map(|found| Some(Self::Remove(Box::new(found))))
            }
            DialogQuery::ChangeCard(id) => {
                change_card::ask(app, token, id).await.map(|found| Some(Self::ChangeCard(found)))
            }
            DialogQuery::None => Ok(None),
        };
        match found {
            Err(Error::NotFound) => Ok(None),
            found => found,
        }
    }
}

/// The choice that is ticked at first: a card that isn't charged now, or one that is typed. A bank
/// account is never taken by oversight.
pub fn suggested(choice: &CardChoice) -> Option<&PaymentMethodId> {
    let mut cards = choice.methods.iter().filter(|method| method.kind == MethodType::Card).map(|method| &method.id);
    cards.find(|card| choice.current.as_ref() != Some(card))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_one_dialog() {
        assert_eq!(DialogQuery::read("turn-off=cns_1&remove=pmt_1"), DialogQuery::TurnOff("cns_1".into()));
        assert_eq!(DialogQuery::read("remove=pmt_1"), DialogQuery::Remove("pmt_1".into()));
        assert_eq!(DialogQuery::read("change-card=cns_1"), DialogQuery::ChangeCard("cns_1".into()));
        assert_eq!(DialogQuery::read("turnoff=cns_1&x"), DialogQuery::None);
    }
}
