//! What an owner does with the business itself. Its Stripe account: through onboarding, and out of use
//! and back.

use zoop_domain::business::{Business, Onboarding};
use zoop_domain::id::BusinessId;
use zoop_store as store;

use crate::harness::TestApp;

mod disconnect;
mod onboarding;
mod own_account;

impl TestApp {
    async fn business(&self, id: &BusinessId) -> Business {
        let mut tx = self.app().db.read().await.unwrap();
        store::business::get(&mut tx, id).await.unwrap().unwrap()
    }

    async fn standing(&self, id: &BusinessId) -> Onboarding {
        self.business(id).await.onboarding()
    }

    /// What the audit trail tells of the account, oldest first: who, and how it stood then.
    async fn told_of(&self, account: &str) -> Vec<(String, String)> {
        let sql = format!(
            "SELECT actor, detail FROM audit_events WHERE action = 'business.stripe' AND subject = '{account}' \
             ORDER BY happened_at, id"
        );
        self.database.rows(&sql).await
    }
}
