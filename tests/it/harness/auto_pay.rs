//! Cards on file and permissions to charge them, as a customer of the usual shop has them.

use zoop_domain::consent::{Consent, ConsentSource, ConsentState, Evidence};
use zoop_domain::id::{ConsentId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::payment_method::PaymentMethod;
use zoop_store as store;

use super::TestApp;

impl TestApp {
    /// The customer's cards and bank accounts on file, default first.
    pub async fn methods(&self) -> Vec<PaymentMethod> {
        let mut tx = self.app().db.read().await.unwrap();
        let (business, customer) = (&self.shop.business.id, &self.shop.customer.id);
        store::payment_method::list_active(&mut tx, business, customer).await.unwrap()
    }

    /// A card that was saved while a small invoice was paid with it.
    pub async fn card_on_file(&self, number: &str) -> PaymentMethod {
        let bill = self.bill(1_000).await;
        self.browser().pays_with(&bill.path, number, &[("save_card", "yes")]).await.says(&["Paid on"]);
        self.settled().await;
        let mut methods = self.methods().await;
        methods.sort_by_key(|method| method.added_at);
        let found = methods.into_iter().rev().find(|method| number.ends_with(&method.last4));
        found.expect("the card is on file")
    }

    /// A permission to charge `card` for `plan`, given now, when an invoice of it came to $64.95.
    pub async fn add_consent(
        &self,
        plan: &PlanId,
        card: &PaymentMethod,
        source: ConsentSource,
        cap: Option<i64>,
    ) -> ConsentId {
        let app = self.app();
        let currency = self.shop.business.currency;
        let consent = Consent {
            id: ConsentId::generate(app.now(), app.random.as_ref()),
            business: self.shop.business.id.clone(),
            customer: self.shop.customer.id.clone(),
            plan: plan.clone(),
            evidence: Evidence {
                source,
                disclosure_text: "I authorize …".into(),
                disclosure_version: 1,
                cap: cap.map(|minor| Money::new(minor, currency)),
                agreed: Money::new(6_495, currency),
                granted_at: app.now(),
                ip: None,
                user_agent: None,
                attested: None,
                attempt: None,
                method_brand: card.brand.clone(),
                method_last4: card.last4.clone(),
            },
            method: Some(card.id.clone()),
            state: ConsentState::Live,
            suspended: None,
            ended: None,
        };
        let mut tx = app.db.begin().await.unwrap();
        assert!(store::consent::insert(&mut tx, &consent).await.unwrap());
        tx.commit().await.unwrap();
        consent.id
    }

    /// The consent as it stands.
    pub async fn consent(&self, id: &ConsentId) -> Consent {
        let mut tx = self.app().db.read().await.unwrap();
        store::consent::get(&mut tx, &self.shop.business.id, id).await.unwrap().unwrap()
    }
}
