//! Makes the demo's businesses and lives through their history with the program's own verbs,
//! the clock standing at each day in turn.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use zoop_app::{Actor, App, portal_link};
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, ConsentId, InvoiceId, TaxRateId};
use zoop_domain::time::{Clock as _, Date};
use zoop_store as store;
use zoop_stripe::{IdempotencyKey, Scope};
use zoop_stripe_sandbox::Sandbox;

use super::clock::DemoClock;
use super::history::{self, ATTESTED_DAYS_AGO, DanaPlan};
use super::large::{self, Size};
use super::mailbox::Mailbox;
use super::outcome::Storyteller;
use crate::commands::Failure;

/// The account the demo's business charges on.
pub(super) const ACCOUNT: &str = "acct_demo_greenline";

/// What the seed leaves: paths of links to try, below the base address.
#[derive(Serialize, Deserialize)]
pub(super) struct Seeded {
    pub(super) portal: String,
    pub(super) empty_portal: String,
    pub(super) revoked_portal: String,
    pub(super) customer: String,
    pub(super) plans: BTreeMap<String, String>,
    pub(super) invoices: BTreeMap<String, String>,
    /// What a mail holds to turn auto-pay off.
    pub(super) turn_off: String,
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

pub(super) async fn seed(
    app: &App,
    sandbox: &Sandbox,
    clock: &DemoClock,
    mailbox: &Mailbox,
    large: bool,
) -> Result<Seeded, Failure> {
    let seeded = Seed { app, sandbox, clock, mailbox, large }.all().await;
    clock.run();
    seeded
}

/// What the seed works with; its parts are told in `cast`, `wallet` and `agreement`.
pub(super) struct Seed<'a> {
    pub(super) app: &'a App,
    pub(super) sandbox: &'a Sandbox,
    pub(super) clock: &'a DemoClock,
    pub(super) mailbox: &'a Mailbox,
    pub(super) large: bool,
}

/// What `--large` adds: a hundred thousand invoices.
const LARGE: Size = Size { customers: 5_000, each: 20, with_cards: false };

impl Seed<'_> {
    async fn all(&self) -> Result<Seeded, Failure> {
        let greenline = self.greenline().await?;
        let today = self.app.now().date_in(&greenline.time_zone);
        self.at(&greenline, today.plus_days(-1_100), 9);
        let owner = Actor::Owner(self.staff(&greenline).await?);
        let dana = self
            .customer(&greenline, "Dana Whitfield", Some("dana@whitfield.example"), "118 Alder Court\nAustin, TX 78745")
            .await?;
        let stripe_customer = self.stripe_customer(&greenline, &dana).await?;
        let methods = self.methods(&greenline, &dana, &stripe_customer, today).await?;
        let card = methods.first().ok_or_else(|| Failure::new("the demo’s customer has no card"))?;
        self.at(&greenline, today.plus_days(-1_045), 9);
        let rate = self.tax_rate(&greenline).await?;
        let plans = self.plans(&dana, &rate, today).await?;
        self.at(&greenline, today.plus_days(-420), 8);
        let portal = self.link(owner, &greenline, &dana).await?;
        let storyteller = Storyteller {
            app: self.app,
            sandbox: self.sandbox,
            clock: self.clock,
            business: &greenline,
            customer: &dana,
            stripe_customer: &stripe_customer,
            portal: portal.trim_start_matches("p/"),
            card: Some(card),
            plans: &plans,
        };
        let mut invoices = BTreeMap::new();
        let mut attested = None;
        for past in history::dana() {
            if attested.is_none() && past.days_ago <= ATTESTED_DAYS_AGO {
                attested = Some(self.attest(&greenline, card, &plans[&DanaPlan::Cleanup], today).await?);
            }
            let id = storyteller.tell(&past, today).await?;
            if let Some(name) = past.name {
                invoices.insert(name.to_owned(), self.public_path(&greenline.id, &id).await?);
            }
        }
        let turn_off = self.turn_off(attested.as_ref()).await?;
        self.quotes(&greenline, &dana, today).await?;
        self.at(&greenline, today.plus_days(-420), 8);
        let priya = self.customer(&greenline, "Priya Raman", Some("priya@raman.example"), "").await?;
        let empty_portal = self.link(owner, &greenline, &priya).await?;
        let tom = self.customer(&greenline, "Tom Becker", None, "7 Cedar Bend\nAustin, TX 78704").await?;
        let revoked_portal = self.link(owner, &greenline, &tom).await?;
        portal_link::revoke::revoke(self.app, owner, &greenline.id, &tom.id).await?;
        invoices.insert("plan_no_email".into(), self.mowing(&greenline, &tom, &rate, today).await?);
        let pay_block = PayBlocks {
            online: self.plumber("Bluebonnet Plumbing", Some("acct_demo_bluebonnet"), None, "#0057b8").await?,
            online_and_offline: self
                .plumber("Pecan Street HVAC", Some("acct_demo_pecan"), Some(CHECK_OR_CASH), "#e4002b")
                .await?,
            offline: self.plumber("Hartley Plumbing & Heating", None, Some(CHECK_OR_CASH), "#f2a900").await?,
            none: self.plumber("Mueller Drain Service", None, None, "#5b3fa0").await?,
        };
        if self.large {
            let filled = large::fill(&self.app.db, self.app.random.as_ref(), &greenline, LARGE, today).await;
            filled.map_err(Failure::from_error)?;
        }
        let customer = dana.id.to_string();
        let plans = plans.iter().map(|(plan, id)| (plan.name().to_owned(), id.to_string())).collect();
        Ok(Seeded { portal, empty_portal, revoked_portal, customer, plans, invoices, turn_off, pay_block })
    }

    /// Stops the clock at `hour` of the business's `day`, but never in the future.
    pub(super) fn at(&self, business: &Business, day: Date, hour: i8) {
        self.clock.run();
        let now = self.clock.now();
        let wanted = day.at_hour(hour, &business.time_zone);
        self.clock.stand_at(if wanted < now { wanted } else { now });
    }

    async fn link(&self, actor: Actor, business: &Business, customer: &Customer) -> Result<String, Failure> {
        let link = portal_link::generate::generate(self.app, actor, &business.id, &customer.id).await?;
        Ok(link.url.path().trim_start_matches('/').to_owned())
    }

    async fn public_path(&self, business: &BusinessId, invoice: &InvoiceId) -> Result<String, Failure> {
        let mut tx = self.app.db.read().await?;
        let invoice = store::invoice::get(&mut tx, business, invoice).await?;
        Ok(invoice.map(|invoice| format!("i/{}", invoice.token.expose())).unwrap_or_default())
    }

    /// The link that Dana's copy of her consent holds.
    async fn turn_off(&self, consent: Option<&ConsentId>) -> Result<String, Failure> {
        let query = format!("?turn-off={}", consent.map(ConsentId::as_str).unwrap_or_default());
        let link = self.mailbox.find_link(&query).await?;
        let path = link.as_deref().and_then(|link| link.strip_prefix(self.app.base_url().as_str()));
        path.map(str::to_owned).ok_or_else(|| Failure::new("no mail of the demo holds a link to turn auto-pay off"))
    }

    /// A plan, and an open invoice of it, of somebody whose email address nobody knows.
    async fn mowing(
        &self,
        business: &Business,
        customer: &Customer,
        rate: &TaxRateId,
        today: Date,
    ) -> Result<String, Failure> {
        let plan = self.plan(customer, DanaPlan::Lawn, rate, today).await?;
        let storyteller = Storyteller {
            app: self.app,
            sandbox: self.sandbox,
            clock: self.clock,
            business,
            customer,
            stripe_customer: "",
            portal: "",
            card: None,
            plans: &HashMap::from([(DanaPlan::Lawn, plan)]),
        };
        let invoice = storyteller.tell(&history::mowing(), today).await?;
        self.public_path(&business.id, &invoice).await
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
            stripe: account.map(StripeAccount::charging),
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
            portal: "",
            card: None,
            plans: &HashMap::new(),
        };
        let today = self.app.now().date_in(&business.time_zone);
        let invoice = storyteller.tell(&history::plumbing(), today).await?;
        self.public_path(&business.id, &invoice).await
    }
}

const CHECK_OR_CASH: &str = "Send a check to 86 Foundry Lane, Round Rock, TX 78664, or pay our technician in cash. \
                             Please write the invoice number on your check.";

pub(super) fn scope() -> Scope {
    Scope::Connected(ACCOUNT.into())
}

pub(super) fn key(text: &str) -> Result<IdempotencyKey, Failure> {
    IdempotencyKey::new(text).map_err(Failure::from_error)
}

pub(super) fn client(app: &App) -> Result<&zoop_stripe::Client, Failure> {
    app.stripe.as_ref().map(|stripe| &stripe.client).ok_or_else(|| Failure::new("the demo has no Stripe"))
}
