//! Makes the demo's businesses and lives through their history with the program's own verbs,
//! the clock standing at each day in turn.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zoop_app::{Actor, App, portal_link};
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::consent::{Consent, ConsentSource, ConsentState};
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, InvoiceId, PaymentMethodId, PlanId, QuoteId};
use zoop_domain::money::{Currency, Money};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod, brand_name};
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::quote::QuoteSummary;
use zoop_domain::time::{Clock as _, Date};
use zoop_store as store;
use zoop_stripe::customer::CustomerFields;
use zoop_stripe::{IdempotencyKey, Metadata, Scope};
use zoop_stripe_sandbox::Sandbox;

use super::clock::DemoClock;
use super::history::{self, DanaPlan};
use super::outcome::Storyteller;
use crate::commands::Failure;

/// The account the demo's business charges on.
pub(super) const ACCOUNT: &str = "acct_demo_greenline";
const LOGO: &[u8] = include_bytes!("greenline.svg");
const FIRST_NUMBER: i64 = 841;

/// What the seed leaves: paths of links to try, below the base address.
#[derive(Serialize, Deserialize)]
pub(super) struct Seeded {
    pub(super) portal: String,
    pub(super) empty_portal: String,
    pub(super) revoked_portal: String,
    pub(super) customer: String,
    pub(super) invoices: BTreeMap<String, String>,
    pub(super) pay_block: PayBlocks,
}

/// One invoice for each row of the pay block.
#[derive(Serialize, Deserialize)]
pub(super) struct PayBlocks {
    pub(super) online: String,
    pub(super) online_and_offline: String,
    pub(super) offline: String,
    pub(super) none: String,
}

pub(super) async fn seed(app: &App, sandbox: &Sandbox, clock: &DemoClock) -> Result<Seeded, Failure> {
    let seeded = Seed { app, sandbox, clock }.all().await;
    clock.run();
    seeded
}

struct Seed<'a> {
    app: &'a App,
    sandbox: &'a Sandbox,
    clock: &'a DemoClock,
}

impl Seed<'_> {
    async fn all(&self) -> Result<Seeded, Failure> {
        let greenline = self.greenline().await?;
        let today = self.app.now().date_in(&greenline.time_zone);
        self.at(&greenline, today.plus_days(-1_100), 9);
        let dana = self
            .customer(&greenline, "Dana Whitfield", Some("dana@whitfield.example"), "118 Alder Court\nAustin, TX 78745")
            .await?;
        let stripe_customer = self.stripe_customer(&greenline, &dana).await?;
        let methods = self.methods(&greenline, &dana, &stripe_customer, today).await?;
        let plans = self.plans(&greenline, &dana).await?;
        let storyteller = Storyteller {
            app: self.app,
            sandbox: self.sandbox,
            clock: self.clock,
            business: &greenline,
            customer: &dana,
            stripe_customer: &stripe_customer,
            plans: &plans,
        };
        let mut invoices = BTreeMap::new();
        for past in history::dana() {
            let id = storyteller.tell(&past, today).await?;
            if let Some(name) = past.name {
                invoices.insert(name.to_owned(), self.public_path(&greenline.id, &id).await?);
            }
        }
        self.consents(&greenline, &dana, &methods, &plans, today).await?;
        self.quotes(&greenline, &dana, today).await?;
        self.at(&greenline, today.plus_days(-420), 8);
        let portal = self.link(&greenline, &dana).await?;
        let priya = self.customer(&greenline, "Priya Raman", Some("priya@raman.example"), "").await?;
        let empty_portal = self.link(&greenline, &priya).await?;
        let tom = self.customer(&greenline, "Tom Becker", None, "7 Cedar Bend\nAustin, TX 78704").await?;
        let revoked_portal = self.link(&greenline, &tom).await?;
        portal_link::revoke::revoke(self.app, Actor::Operator, &greenline.id, &tom.id).await?;
        let pay_block = PayBlocks {
            online: self.plumber("Bluebonnet Plumbing", Some("acct_demo_bluebonnet"), None, "#0057b8").await?,
            online_and_offline: self
                .plumber("Pecan Street HVAC", Some("acct_demo_pecan"), Some(CHECK_OR_CASH), "#e4002b")
                .await?,
            offline: self.plumber("Hartley Plumbing & Heating", None, Some(CHECK_OR_CASH), "#f2a900").await?,
            none: self.plumber("Mueller Drain Service", None, None, "#5b3fa0").await?,
        };
        let customer = dana.id.to_string();
        Ok(Seeded { portal, empty_portal, revoked_portal, customer, invoices, pay_block })
    }

    /// Stops the clock at `hour` of the business's `day`, but never in the future.
    fn at(&self, business: &Business, day: Date, hour: i8) {
        self.clock.run();
        let now = self.clock.now();
        let wanted = day.at_hour(hour, &business.time_zone);
        self.clock.stand_at(if wanted < now { wanted } else { now });
    }

    async fn greenline(&self) -> Result<Business, Failure> {
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
            stripe: Some(StripeAccount { id: ACCOUNT.into(), charges_enabled: true }),
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

    fn business(&self, name: &str, contact: (&str, &str), address: &str, color: &str) -> Result<Business, Failure> {
        Ok(Business {
            id: BusinessId::generate(self.app.now(), self.app.random.as_ref()),
            name: name.into(),
            phone: Some(contact.0.into()),
            email: Some(contact.1.into()),
            address: address.into(),
            time_zone: "America/Chicago".parse().map_err(Failure::from_error)?,
            currency: Currency::Usd,
            brand_color: color.parse().ok(),
            logo: None,
            payment_instructions: None,
            stripe: None,
            invoice_prefix: String::new(),
        })
    }

    async fn keep(&self, business: &Business, first_number: i64) -> Result<(), Failure> {
        if let Some(stripe) = &business.stripe {
            self.sandbox.put_account(&stripe.id, true, &business.name).await.map_err(Failure::from_error)?;
        }
        let mut tx = self.app.db.begin().await?;
        store::business::insert(&mut tx, business, first_number, self.app.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn customer(
        &self,
        business: &Business,
        name: &str,
        email: Option<&str>,
        address: &str,
    ) -> Result<Customer, Failure> {
        let customer = Customer {
            id: CustomerId::generate(self.app.now(), self.app.random.as_ref()),
            business: business.id.clone(),
            name: name.into(),
            email: email.map(Into::into),
            phone: None,
            address: address.into(),
        };
        let mut tx = self.app.db.begin().await?;
        store::customer::insert(&mut tx, &customer, self.app.now()).await?;
        tx.commit().await?;
        Ok(customer)
    }

    async fn stripe_customer(&self, business: &Business, customer: &Customer) -> Result<String, Failure> {
        let fields = CustomerFields {
            name: Some(customer.name.clone()),
            email: customer.email.clone(),
            phone: None,
            metadata: Metadata::from([("customer_id".to_owned(), customer.id.to_string())]),
        };
        let made = zoop_stripe::customer::create(self.client()?, &scope(), &fields, &key(customer.id.as_str())?).await;
        let made = made.map_err(Failure::from_error)?;
        let mut tx = self.app.db.begin().await?;
        store::stripe_customer::insert(&mut tx, &business.id, &customer.id, ACCOUNT, &made.id).await?;
        tx.commit().await?;
        Ok(made.id)
    }

    fn client(&self) -> Result<&zoop_stripe::Client, Failure> {
        client(self.app)
    }

    /// Three cards: the usual one, one that expires this month, one that has expired.
    async fn methods(
        &self,
        business: &Business,
        customer: &Customer,
        stripe_customer: &str,
        today: Date,
    ) -> Result<Vec<PaymentMethod>, Failure> {
        let soon = (today.month(), today.year());
        let over =
            if today.month() > 5 { (today.month() - 5, today.year()) } else { (today.month() + 7, today.year() - 1) };
        let cards = [
            ("pm_card_visa", (4, today.year() + 2), 400, true),
            ("pm_card_mastercard", soon, 780, false),
            ("pm_card_discover", over, 1_050, false),
        ];
        let mut methods = Vec::new();
        for (token, (month, year), days_ago, is_default) in cards {
            self.at(business, today.plus_days(-days_ago), 11);
            let key = key(&format!("{}-{token}", customer.id))?;
            let attached =
                zoop_stripe::payment_method::attach(self.client()?, &scope(), token, stripe_customer, &key).await;
            let stripe = attached.map_err(Failure::from_error)?;
            let expiry = serde_json::json!({ "exp_month": month, "exp_year": year });
            super::outcome::control(self.sandbox, &format!("payment_methods/{}", stripe.id), &expiry).await?;
            let card = stripe.card.unwrap_or_default();
            let method = PaymentMethod {
                id: PaymentMethodId::generate(self.app.now(), self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                account: ACCOUNT.into(),
                stripe_payment_method: stripe.id,
                kind: MethodType::Card,
                brand: brand_name(card.brand.as_deref().unwrap_or_default()),
                last4: card.last4.unwrap_or_default(),
                expiry: CardExpiry::new(month.into(), year.into()),
                fingerprint: card.fingerprint,
                is_default,
                state: MethodState::Active,
                added_at: self.app.now(),
            };
            let mut tx = self.app.db.begin().await?;
            store::payment_method::insert(&mut tx, &method).await?;
            tx.commit().await?;
            methods.push(method);
        }
        Ok(methods)
    }

    async fn plans(&self, business: &Business, customer: &Customer) -> Result<HashMap<DanaPlan, PlanId>, Failure> {
        let mut plans = HashMap::new();
        let mut tx = self.app.db.begin().await?;
        for title in DanaPlan::ALL {
            let plan = Plan {
                id: PlanId::generate(self.app.now(), self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                title: title.title().into(),
                state: PlanState::Active,
                cap: title.cap().map(|cents| Money::new(cents, Currency::Usd)),
            };
            store::plan::insert(&mut tx, &plan, Currency::Usd, self.app.now()).await?;
            plans.insert(title, plan.id);
        }
        tx.commit().await?;
        Ok(plans)
    }

    /// One consent that Dana gave while paying, and one, with a cap, that the business wrote down.
    async fn consents(
        &self,
        business: &Business,
        customer: &Customer,
        methods: &[PaymentMethod],
        plans: &HashMap<DanaPlan, PlanId>,
        today: Date,
    ) -> Result<(), Failure> {
        let given = [(DanaPlan::Hedge, 204, ConsentSource::Inline), (DanaPlan::Cleanup, 258, ConsentSource::Attested)];
        for (plan, days_ago, source) in given {
            self.at(business, today.plus_days(-days_ago), 15);
            let (Some(method), Some(id)) = (methods.first(), plans.get(&plan)) else { continue };
            let cap = plan.cap().map(|cents| Money::new(cents, Currency::Usd));
            let inline = source == ConsentSource::Inline;
            let consent = Consent {
                id: ConsentId::generate(self.app.now(), self.app.random.as_ref()),
                business: business.id.clone(),
                customer: customer.id.clone(),
                plan: id.clone(),
                method: Some(method.id.clone()),
                cap,
                source,
                state: ConsentState::Live,
                disclosure_text: disclosure(business, plan, cap),
                disclosure_version: 1,
                granted_at: self.app.now(),
                ip: inline.then(|| "203.0.113.24".into()),
                user_agent: inline.then(|| "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)".into()),
                method_brand: method.brand.clone(),
                method_last4: method.last4.clone(),
            };
            let mut tx = self.app.db.begin().await?;
            store::consent::insert(&mut tx, &consent, Currency::Usd).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Two quotes that wait, one that was answered, one that has expired.
    async fn quotes(&self, business: &Business, customer: &Customer, today: Date) -> Result<(), Failure> {
        let quotes = [
            ("Q-0198", "Stone border for the rose bed", 640_00, 95, 30, true),
            ("Q-0205", "Second irrigation zone", 1_120_00, 60, 30, false),
            ("Q-0214", "Fall leaf cleanup, 3 visits", 420_00, 9, 30, false),
            ("Q-0217", "French drain along the east fence", 1_850_00, 4, 30, false),
        ];
        for (number, title, cents, days_ago, valid_days, answered) in quotes {
            self.at(business, today.plus_days(-days_ago), 16);
            let sent_on = today.plus_days(-days_ago);
            let quote = QuoteSummary {
                id: QuoteId::generate(self.app.now(), self.app.random.as_ref()),
                number: number.into(),
                title: title.into(),
                sent_on,
                total: Money::new(cents, Currency::Usd),
            };
            let (expires_on, now) = (Some(sent_on.plus_days(valid_days)), self.app.now());
            let mut tx = self.app.db.begin().await?;
            store::quote::insert(&mut tx, &business.id, &customer.id, &quote, expires_on, now).await?;
            if answered {
                store::quote::update_answered(&mut tx, &business.id, &quote.id, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    async fn link(&self, business: &Business, customer: &Customer) -> Result<String, Failure> {
        let link = portal_link::generate::generate(self.app, Actor::Operator, &business.id, &customer.id).await?;
        Ok(link.url.path().trim_start_matches('/').to_owned())
    }

    async fn public_path(&self, business: &BusinessId, invoice: &InvoiceId) -> Result<String, Failure> {
        let mut tx = self.app.db.read().await?;
        let invoice = store::invoice::get(&mut tx, business, invoice).await?;
        Ok(invoice.map(|invoice| format!("i/{}", invoice.token.expose())).unwrap_or_default())
    }

    /// A small business with one customer and one invoice that is open.
    async fn plumber(
        &self,
        name: &str,
        account: Option<&str>,
        instructions: Option<&str>,
        color: &str,
    ) -> Result<String, Failure> {
        self.clock.run();
        let contact = ("(737) 555-0119", "office@plumbing.example");
        let business = Business {
            payment_instructions: instructions.map(Into::into),
            stripe: account.map(|id| StripeAccount { id: id.into(), charges_enabled: true }),
            ..self.business(name, contact, "86 Foundry Lane\nRound Rock, TX 78664", color)?
        };
        self.keep(&business, 4_417).await?;
        let customer = self
            .customer(
                &business,
                "Marcus Oyelaran",
                Some("marcus@oyelaran.example"),
                "9 Juniper Trail\nRound Rock, TX 78665",
            )
            .await?;
        let storyteller = Storyteller {
            app: self.app,
            sandbox: self.sandbox,
            clock: self.clock,
            business: &business,
            customer: &customer,
            stripe_customer: "",
            plans: &HashMap::new(),
        };
        let today = self.app.now().date_in(&business.time_zone);
        let invoice = storyteller.tell(&history::plumbing(), today).await?;
        self.public_path(&business.id, &invoice).await
    }
}

const CHECK_OR_CASH: &str = "Send a check to 86 Foundry Lane, Round Rock, TX 78664, or pay our technician in cash. \
                             Please write the invoice number on your check.";

fn disclosure(business: &Business, plan: DanaPlan, cap: Option<Money>) -> String {
    let cap = cap.map_or_else(String::new, |cap| format!(", never more than {cap}"));
    format!(
        "I authorize {} to charge the card I pay with the total of each {} invoice, on its due date{cap}, until I \
         turn it off.",
        business.name,
        plan.title()
    )
}

pub(super) fn scope() -> Scope {
    Scope::Connected(ACCOUNT.into())
}

pub(super) fn key(text: &str) -> Result<IdempotencyKey, Failure> {
    IdempotencyKey::new(text).map_err(Failure::from_error)
}

pub(super) fn client(app: &App) -> Result<&zoop_stripe::Client, Failure> {
    app.stripe.as_ref().map(|stripe| &stripe.client).ok_or_else(|| Failure::new("the demo has no Stripe"))
}
