//! The demo's businesses and their customers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::money::Currency;
use zoop_store as store;
use zoop_stripe::Metadata;
use zoop_stripe::customer::CustomerFields;

use super::ZONE;
use super::seed::{ACCOUNT, Seed, client, key, scope};
use crate::commands::Failure;

const LOGO: &[u8] = include_bytes!("greenline.svg");
const FIRST_NUMBER: i64 = 841;

impl Seed<'_> {
    pub(super) async fn greenline(&self) -> Result<Business, Failure> {
        let business = self.business(
            "Greenline Lawn & Garden",
            ("(512) 555-0148", "billing@greenline.example"),
            "2210 Menchaca Road\nAustin, TX 78704",
            "#2e8b57",
        )?;
        let business = Business {
            payment_instructions: Some(
                "Send a check payable to Greenline Lawn & Garden, 2210 Menchaca Road, Austin, TX 78704. \
                 Please write the invoice number on it."
                    .into(),
            ),
            stripe: Some(StripeAccount::charging(ACCOUNT)),
            invoice_prefix: "INV-".into(),
            ..business
        };
        self.keep(&business, FIRST_NUMBER).await?;
        let hash: String = Sha256::digest(LOGO).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let mut tx = self.app.db.begin().await?;
        store::business::insert_logo(&mut tx, &business.id, &hash, "image/svg+xml", &STANDARD.encode(LOGO)).await?;
        tx.commit().await?;
        Ok(business)
    }

    pub(super) fn business(
        &self,
        name: &str,
        contact: (&str, &str),
        address: &str,
        color: &str,
    ) -> Result<Business, Failure> {
        Ok(Business {
            id: BusinessId::generate(self.app.now(), self.app.random.as_ref()),
            name: name.into(),
            phone: Some(contact.0.into()),
            email: Some(contact.1.into()),
            address: address.into(),
            time_zone: ZONE.parse().map_err(Failure::from_error)?,
            currency: Currency::Usd,
            brand_color: color.parse().ok(),
            logo: None,
            payment_instructions: None,
            stripe: None,
            invoice_prefix: String::new(),
            notice_days: None,
            due_days: 30,
            default_tax_rate: None,
        })
    }

    pub(super) async fn keep(&self, business: &Business, first_number: i64) -> Result<(), Failure> {
        if let Some(stripe) = &business.stripe {
            self.sandbox.put_account(&stripe.id, true, &business.name).await.map_err(Failure::from_error)?;
        }
        let mut tx = self.app.db.begin().await?;
        store::business::insert(&mut tx, business, first_number, self.app.now()).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn customer(
        &self,
        business: &Business,
        name: &str,
        email: Option<&str>,
        address: &str,
    ) -> Result<Customer, Failure> {
        let id = CustomerId::generate(self.app.now(), self.app.random.as_ref());
        let customer = Customer {
            email: email.map(Into::into),
            address: address.into(),
            ..Customer::named(id, business.id.clone(), name)
        };
        let mut tx = self.app.db.begin().await?;
        store::customer::insert(&mut tx, &customer, self.app.now()).await?;
        tx.commit().await?;
        Ok(customer)
    }

    pub(super) async fn stripe_customer(&self, business: &Business, customer: &Customer) -> Result<String, Failure> {
        let fields = CustomerFields {
            name: Some(customer.name.clone()),
            email: customer.email.clone(),
            phone: None,
            metadata: Metadata::from([("customer_id".to_owned(), customer.id.to_string())]),
        };
        let made =
            zoop_stripe::customer::create(client(self.app)?, &scope(), &fields, &key(customer.id.as_str())?).await;
        let made = made.map_err(Failure::from_error)?;
        let mut tx = self.app.db.begin().await?;
        store::stripe_customer::insert(&mut tx, &business.id, &customer.id, ACCOUNT, &made.id).await?;
        tx.commit().await?;
        Ok(made.id)
    }
}
