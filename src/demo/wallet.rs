//! Dana's saved payment methods: the card she pays with, one that expires this month, one that has
//! expired, and a bank account.

use zoop_domain::business::Business;
use zoop_domain::customer::Customer;
use zoop_domain::id::PaymentMethodId;
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod, brand_name};
use zoop_domain::time::Date;
use zoop_store as store;
use zoop_stripe::payment_method::{self, PaymentMethod as StripeMethod};

use super::outcome::control;
use super::seed::{ACCOUNT, Seed, client, key, scope};
use crate::commands::Failure;

/// What Stripe has ready to be attached, how long ago she saved it, and until when a card is good.
struct Saved {
    token: &'static str,
    days_ago: i32,
    expiry: Option<(i8, i16)>,
}

fn saved(today: Date) -> [Saved; 4] {
    let (month, year) = (today.month(), today.year());
    let over = if month > 5 { (month - 5, year) } else { (month + 7, year - 1) };
    [
        Saved { token: "pm_card_visa", days_ago: 400, expiry: Some((4, year + 2)) },
        Saved { token: "pm_card_mastercard", days_ago: 780, expiry: Some((month, year)) },
        Saved { token: "pm_card_discover", days_ago: 1_050, expiry: Some(over) },
        Saved { token: "pm_usBankAccount", days_ago: 290, expiry: None },
    ]
}

impl Seed<'_> {
    /// Saves them all; the first is the default.
    pub(super) async fn methods(
        &self,
        business: &Business,
        customer: &Customer,
        stripe_customer: &str,
        today: Date,
    ) -> Result<Vec<PaymentMethod>, Failure> {
        let mut methods = Vec::new();
        for Saved { token, days_ago, expiry } in saved(today) {
            self.at(business, today.plus_days(-days_ago), 11);
            let key = key(&format!("{}-{token}", customer.id))?;
            let attached = payment_method::attach(client(self.app)?, &scope(), token, stripe_customer, &key).await;
            let stripe = attached.map_err(Failure::from_error)?;
            if let Some((month, year)) = expiry {
                let expiry = serde_json::json!({ "exp_month": month, "exp_year": year });
                control(self.sandbox, &format!("payment_methods/{}", stripe.id), &expiry).await?;
            }
            let expiry = expiry.and_then(|(month, year)| CardExpiry::new(month.into(), year.into()));
            let (kind, brand, last4, fingerprint) = described(&stripe);
            let method = PaymentMethod {
                id: PaymentMethodId::generate(self.app.now(), self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                account: ACCOUNT.into(),
                stripe_payment_method: stripe.id,
                kind,
                brand,
                last4,
                expiry,
                fingerprint,
                is_default: methods.is_empty(),
                state: MethodState::Active,
                added_at: self.app.now(),
            };
            methods.push(method);
        }
        let mut tx = self.app.db.begin().await?;
        for method in &methods {
            store::payment_method::insert(&mut tx, method).await?;
        }
        tx.commit().await?;
        Ok(methods)
    }
}

/// Kind, brand or bank, last four digits and fingerprint.
fn described(stripe: &StripeMethod) -> (MethodType, String, String, Option<String>) {
    if let Some(bank) = &stripe.us_bank_account {
        let (name, last4) = (bank.bank_name.clone(), bank.last4.clone());
        let kind = MethodType::UsBankAccount;
        return (kind, name.unwrap_or_default(), last4.unwrap_or_default(), bank.fingerprint.clone());
    }
    let card = stripe.card.clone().unwrap_or_default();
    let brand = brand_name(card.brand.as_deref().unwrap_or_default());
    (MethodType::Card, brand, card.last4.unwrap_or_default(), card.fingerprint)
}
