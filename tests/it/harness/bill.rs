//! Businesses, customers, plans and invoices, made with the program's own verbs; and how an
//! invoice stands.

use std::sync::atomic::{AtomicU32, Ordering};

use zoop_app::invoice::draft::{self, NewInvoice};
use zoop_app::invoice::send::{self, Delivery};
use zoop_app::payment::record::{self, HandPayment, Recording};
use zoop_app::{Actor, Error, portal_link};
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, PaymentId, PlanId};
use zoop_domain::invoice::{Invoice, LineDraft, Status};
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};
use zoop_domain::payment::{Payment, PaymentKind};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::refund::Refund;
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Clock as _;
use zoop_store as store;
use zoop_store::alert::Alert;
use zoop_store::plan::Due;

use super::TestApp;

static SHOPS: AtomicU32 = AtomicU32::new(1);

/// A business and one customer of it.
#[derive(Clone, Debug)]
pub struct Shop {
    pub business: Business,
    pub customer: Customer,
}

/// How a business differs from the usual one.
#[derive(Clone, Debug)]
pub struct ShopSpec {
    pub name: &'static str,
    pub currency: Currency,
    pub connected: bool,
    pub instructions: Option<&'static str>,
}

impl Default for ShopSpec {
    fn default() -> Self {
        Self { name: "Greenline Lawn & Garden", currency: Currency::Usd, connected: true, instructions: None }
    }
}

/// An invoice that was sent.
#[derive(Clone, Debug)]
pub struct Bill {
    pub business: BusinessId,
    pub customer: CustomerId,
    pub id: InvoiceId,
    /// Its public page: `/i/…`.
    pub path: String,
    pub account: String,
}

impl Shop {
    /// Stands where the first shop will be.
    pub(super) fn placeholder() -> Self {
        let body = "0".repeat(26);
        let business = business(format!("biz_{body}").parse().unwrap(), &ShopSpec::default());
        let customer = Customer::named(format!("cus_{body}").parse().unwrap(), business.id.clone(), "");
        Self { business, customer }
    }

    pub fn account(&self) -> String {
        self.business.stripe.as_ref().map(|stripe| stripe.id.clone()).unwrap_or_default()
    }
}

fn business(id: BusinessId, spec: &ShopSpec) -> Business {
    let account = format!("acct_it_{:04}", SHOPS.fetch_add(1, Ordering::SeqCst));
    Business {
        id,
        name: spec.name.into(),
        phone: Some("(512) 555-0148".into()),
        email: Some("billing@greenline.example".into()),
        address: "2210 Menchaca Road\nAustin, TX 78704".into(),
        time_zone: "America/Chicago".parse().unwrap(),
        currency: spec.currency,
        brand_color: "#2e8b57".parse().ok(),
        logo: None,
        payment_instructions: spec.instructions.map(Into::into),
        stripe: spec.connected.then(|| StripeAccount::charging(account)),
        invoice_prefix: "INV-".into(),
        notice_days: None,
        due_days: 30,
        default_tax_rate: None,
    }
}

/// One line of so many minor units, untaxed.
pub fn line(description: &str, minor: i64, currency: Currency) -> LineDraft {
    LineDraft {
        description: description.into(),
        quantity: Quantity::from_e4(10_000),
        unit_price: UnitPrice::from_minor_e4(minor * 10_000, currency),
        tax: None,
    }
}

impl TestApp {
    pub async fn open_shop(&self, spec: ShopSpec) -> Shop {
        let app = self.app();
        let business = business(BusinessId::generate(app.now(), app.random.as_ref()), &spec);
        if let Some(stripe) = &business.stripe {
            self.stripe.sandbox.put_account(&stripe.id, true, &business.name).await.unwrap();
        }
        let mut tx = app.db.begin().await.unwrap();
        store::business::insert(&mut tx, &business, 1_051, app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let customer = self.add_customer(&business, "Dana Whitfield").await;
        Shop { business, customer }
    }

    pub async fn add_customer(&self, business: &Business, name: &str) -> Customer {
        let app = self.app();
        let id = CustomerId::generate(app.now(), app.random.as_ref());
        let customer = Customer {
            email: Some("dana@whitfield.example".into()),
            address: "118 Alder Court\nAustin, TX 78745".into(),
            ..Customer::named(id, business.id.clone(), name)
        };
        let mut tx = app.db.begin().await.unwrap();
        store::customer::insert(&mut tx, &customer, app.now()).await.unwrap();
        tx.commit().await.unwrap();
        customer
    }

    /// A monthly plan at $64.95, whose first cycle is a month from today.
    pub async fn add_plan(&self, shop: &Shop, title: &str) -> PlanId {
        self.add_plan_with(shop, title, None).await
    }

    /// The same, with a cap.
    pub async fn add_plan_with(&self, shop: &Shop, title: &str, cap: Option<i64>) -> PlanId {
        let app = self.app();
        let currency = shop.business.currency;
        let starts_on = self.today().plus_months(1);
        let plan = Plan {
            id: PlanId::generate(app.now(), app.random.as_ref()),
            business: shop.business.id.clone(),
            customer: shop.customer.id.clone(),
            title: title.into(),
            state: PlanState::Active,
            schedule: Schedule::new(Frequency::Monthly, starts_on).unwrap(),
            lead: LeadDays::new(0).unwrap(),
            next_cycle_on: Some(starts_on),
            cap: cap.map(|minor| Money::new(minor, currency)),
        };
        let line = PlanLine {
            description: "Mowing and edging".into(),
            quantity: Quantity::from_e4(10_000),
            unit_price: UnitPrice::from_minor_e4(6_495 * 10_000, currency),
            tax_rate: None,
        };
        let run_at = plan.next_run_at(&shop.business.time_zone);
        let mut tx = app.db.begin().await.unwrap();
        store::plan::insert(&mut tx, &plan, &[line], currency, Due { run_at, notice_at: None }, app.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        plan.id
    }

    /// An invoice of the usual shop for so many cents, sent, due in 14 days.
    pub async fn bill(&self, cents: i64) -> Bill {
        self.bill_of(&self.shop, cents).await
    }

    /// The same, of another shop.
    pub async fn bill_of(&self, shop: &Shop, minor: i64) -> Bill {
        let lines = vec![line("Mowing and edging", minor, shop.business.currency)];
        self.send(shop, 14, lines, Vec::new(), None).await
    }

    pub async fn send(
        &self,
        shop: &Shop,
        due_in: i32,
        lines: Vec<LineDraft>,
        rates: Vec<TaxRate>,
        plan: Option<PlanId>,
    ) -> Bill {
        let app = self.app();
        let due_on = self.clock.now().date_in(&shop.business.time_zone).plus_days(due_in);
        let new = NewInvoice { customer: shop.customer.id.clone(), plan, due_on, lines, rates };
        let id = draft::draft(&app, &shop.business.id, new).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let customer = store::customer::get(&mut tx, &shop.business.id, &shop.customer.id).await.unwrap().unwrap();
        drop(tx);
        let by_mail = customer.email.is_some();
        let delivery = if by_mail { Delivery::Mail { message: None } } else { Delivery::ByHand };
        send::send(&app, Actor::Operator, &shop.business.id, &id, &delivery).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let invoice = store::invoice::get(&mut tx, &shop.business.id, &id).await.unwrap().unwrap();
        Bill {
            business: shop.business.id.clone(),
            customer: shop.customer.id.clone(),
            id,
            path: format!("/i/{}", invoice.token.expose()),
            account: shop.account(),
        }
    }

    /// An invoice of a plan of the usual shop, sent, due in 14 days.
    pub async fn bill_on(&self, plan: &PlanId, minor: i64) -> Bill {
        let lines = vec![line("Mowing and edging", minor, self.shop.business.currency)];
        self.send(&self.shop, 14, lines, Vec::new(), Some(plan.clone())).await
    }

    /// The path of a new portal link of the shop's customer.
    pub async fn portal_link(&self, shop: &Shop) -> String {
        let (business, customer) = (&shop.business.id, &shop.customer.id);
        let link = portal_link::generate::generate(&self.app(), Actor::Operator, business, customer).await.unwrap();
        link.url.path().to_owned()
    }

    pub async fn invoice(&self, bill: &Bill) -> Invoice {
        let mut tx = self.app().db.read().await.unwrap();
        store::invoice::get(&mut tx, &bill.business, &bill.id).await.unwrap().unwrap()
    }

    pub async fn status(&self, bill: &Bill) -> Status {
        let mut tx = self.app().db.read().await.unwrap();
        let business = store::business::get(&mut tx, &bill.business).await.unwrap().unwrap();
        drop(tx);
        self.invoice(bill).await.facts.status_on(self.clock.now().date_in(&business.time_zone))
    }

    /// What is still owed, in minor units.
    pub async fn owed(&self, bill: &Bill) -> i64 {
        self.invoice(bill).await.facts.owed().unwrap().minor()
    }

    pub async fn payments(&self, bill: &Bill) -> Vec<Payment> {
        let mut tx = self.app().db.read().await.unwrap();
        store::payment::list(&mut tx, &bill.business, &bill.id).await.unwrap()
    }

    pub async fn refunds(&self, bill: &Bill) -> Vec<Refund> {
        let mut tx = self.app().db.read().await.unwrap();
        store::refund::list(&mut tx, &bill.business, &bill.id).await.unwrap()
    }

    /// The states of the invoice's attempts, oldest first.
    pub async fn attempts(&self, bill: &Bill) -> Vec<String> {
        let sql =
            format!("SELECT state FROM attempts WHERE invoice_id = '{}' ORDER BY created_at, id", bill.id.as_str());
        self.database.rows::<(String,)>(&sql).await.into_iter().map(|(state,)| state).collect()
    }

    /// The alerts the owner of the usual shop has to look at, oldest first.
    pub async fn alerts(&self) -> Vec<Alert> {
        let mut tx = self.app().db.read().await.unwrap();
        let mut alerts = store::alert::list_open(&mut tx, Some(&self.shop.business.id)).await.unwrap();
        alerts.reverse();
        alerts
    }

    pub async fn alert_kinds(&self) -> Vec<String> {
        self.alerts().await.into_iter().map(|alert| alert.kind).collect()
    }

    /// A check arrives at the office.
    pub async fn check_arrives(&self, bill: &Bill, minor: i64) -> Result<PaymentId, Error> {
        let currency = self.invoice(bill).await.totals.total.currency();
        let paid = HandPayment {
            kind: PaymentKind::Check,
            amount: Money::new(minor, currency),
            label: "Check #1042".into(),
            received_on: self.today(),
        };
        record::record(
            &self.app(),
            Actor::Operator,
            &bill.business,
            &bill.id,
            &paid,
            Recording { receipt: true, seen: None },
        )
        .await
    }
}
