//! Quotes, as the business has them, and what is done with them by hand.

use zoop_app::Actor;
use zoop_app::nonce;
use zoop_app::quote::link;
use zoop_domain::id::QuoteId;
use zoop_domain::invoice::entry::{ChosenLine, TaxChoice};
use zoop_domain::invoice::{LineDraft, Totals};
use zoop_domain::money::{Quantity, UnitPrice};
use zoop_domain::quote::{Quote, QuoteState};
use zoop_store as store;

use super::TestApp;
use super::bill::Shop;

impl TestApp {
    /// A quote of one line that waits for an answer, not stored yet.
    pub fn quote_of(&self, shop: &Shop, minor: i64) -> Quote {
        let app = self.app();
        let currency = shop.business.currency;
        let (quantity, unit_price) = (Quantity::from_e4(10_000), UnitPrice::from_minor_e4(minor * 10_000, currency));
        let description = String::from("French drain");
        let line = LineDraft { description: description.clone(), quantity, unit_price, tax: None };
        let id = QuoteId::generate(app.now(), app.random.as_ref());
        Quote {
            business: shop.business.id.clone(),
            customer: shop.customer.id.clone(),
            state: QuoteState::Sent,
            number: Some(format!("Q-{}", &id.as_str()[20..])),
            title: "East fence".into(),
            message: "Half is due up front.".into(),
            notes: "Side gate code 4417".into(),
            sent_on: Some(self.today()),
            expires_on: Some(self.today().plus_days(30)),
            mails: 0,
            answer: None,
            lines: vec![ChosenLine { description, quantity, unit_price, tax: TaxChoice::None, is_discount: false }],
            default_tax: None,
            totals: Totals::compute(vec![line], Vec::new(), currency).unwrap(),
            revision: 1,
            created_at: app.now(),
            id,
        }
    }

    /// A quote of the shop that waits for Dana's answer.
    pub async fn add_quote(&self, shop: &Shop, state: QuoteState) -> QuoteId {
        let mut quote = Quote { state, ..self.quote_of(shop, 185_000) };
        if state == QuoteState::Draft {
            (quote.number, quote.sent_on) = (None, None);
        }
        let app = self.app();
        let mut tx = app.db.begin().await.unwrap();
        store::quote::insert(&mut tx, &quote).await.unwrap();
        tx.commit().await.unwrap();
        quote.id
    }

    /// The path of a fresh link that opens the quote.
    pub async fn quote_link(&self, shop: &Shop, quote: &QuoteId) -> String {
        let app = self.app();
        let form = nonce::fresh(&app);
        let made = link::copy(&app, Actor::Operator, &shop.business.id, quote, &form).await.unwrap();
        made.expect("a form that wasn’t used").path().to_owned()
    }

    /// The quote as it is now.
    pub async fn quote(&self, quote: &QuoteId) -> Quote {
        let mut tx = self.app().db.read().await.unwrap();
        store::quote::get(&mut tx, &self.shop.business.id, quote).await.unwrap().expect("the quote")
    }

    /// What the audit trail says was done to something.
    pub async fn audit(&self, subject: &str) -> Vec<String> {
        let mut tx = self.app().db.read().await.unwrap();
        let events = store::audit_event::list(&mut tx, &self.shop.business.id, subject).await.unwrap();
        events.into_iter().map(|event| event.action).collect()
    }
}
