//! A business with thousands of customers and a hundred thousand invoices, to see that nothing gets slow. Written in
//! bulk, month by month, so that one customer's rows lie as far apart as in life. The benchmark of the pages
//! fills its databases with it too.

use zoop_domain::business::Business;
use zoop_domain::consent::{Consent, ConsentSource, ConsentState, Evidence};
use zoop_domain::customer::Customer;
use zoop_domain::id::{ConsentId, CustomerId, InvoiceId, PaymentId, PaymentMethodId, PlanId, PortalLinkId};
use zoop_domain::invoice::{Lifecycle, LineDraft, Snapshot, Totals, TotalsError};
use zoop_domain::money::{Money, Quantity, UnitPrice};
use zoop_domain::payment::{Payment, PaymentKind, PaymentState};
use zoop_domain::payment_method::{CardExpiry, MethodState, MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::portal_link::PortalLink;
use zoop_domain::random::Random;
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_domain::secret::{InvoiceToken, PlainToken};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::{Date, Instant};
use zoop_store::billing::Sent;
use zoop_store::plan::Due;
use zoop_store::{self as store, Db, Tx};

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// How many customers.
    pub(crate) customers: usize,
    /// How many invoices each of them has, one a month until this month.
    pub(crate) each: i32,
    /// Whether they have cards and permissions to charge them, which no Stripe knows of.
    pub(crate) with_cards: bool,
}

/// What of a customer's can be opened: the secret of his portal, and an invoice of his.
pub(crate) type Filled = (PlainToken, InvoiceId);

/// Why it can't be filled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FillError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Totals(#[from] TotalsError),
    #[error("the schedule of a made-up plan: {0}")]
    Schedule(String),
}

const FIRST: [&str; 24] = [
    "Adaeze", "Ana", "Bea", "Carlos", "Dana", "Elif", "Felix", "Grace", "Hiro", "Ines", "Janet", "Kofi", "Leila",
    "Marion", "Nadia", "Omar", "Peter", "Quinn", "Rosa", "Sam", "Theo", "Uma", "Victor", "Wei",
];
const LAST: [&str; 25] = [
    "Abbott",
    "Becker",
    "Castillo",
    "Delgado",
    "Ekwueme",
    "Fischer",
    "Garza",
    "Hollis",
    "Ivanova",
    "Johansson",
    "Kim",
    "Lindqvist",
    "Marsh",
    "Nwosu",
    "Okafor",
    "Park",
    "Quintero",
    "Raman",
    "Silva",
    "Tran",
    "Underwood",
    "Vega",
    "Whitcomb",
    "Xu",
    "Young",
];
const STREETS: [&str; 7] =
    ["Alder Court", "Cedar Bend", "Finch Road", "Juniper Trail", "Live Oak Street", "Pecan Way", "W 12th Street"];
/// So many rows a transaction: a reader never waits long.
const AT_ONCE: usize = 1_000;
/// The months that aren't all paid yet.
const RECENT: i32 = 3;

/// Fills `business` as of `today`; the invoices bear its next numbers.
pub(crate) async fn fill(
    db: &Db,
    random: &dyn Random,
    business: &Business,
    size: Size,
    today: Date,
) -> Result<Vec<Filled>, FillError> {
    let now = today.at_hour(6, &business.time_zone);
    let mut people = Vec::with_capacity(size.customers);
    for first in (0..size.customers).step_by(AT_ONCE) {
        let mut tx = db.begin().await?;
        for n in first..size.customers.min(first + AT_ONCE) {
            people.push(person(&mut tx, random, business, size, (n, today)).await?);
        }
        tx.commit().await?;
    }
    for months_ago in (0..size.each).rev() {
        for (place, some) in people.chunks_mut(AT_ONCE).enumerate() {
            let mut tx = db.begin().await?;
            let count = i64::try_from(some.len()).unwrap_or_default();
            let number = store::business::update_next_numbers(&mut tx, &business.id, count).await?.unwrap_or_default();
            let month = Month { business, random, today, months_ago, number };
            let mut bills = Vec::with_capacity(some.len());
            for (n, person) in some.iter_mut().enumerate() {
                let bill = month.bill(place * AT_ONCE + n, n, person)?;
                person.invoice =
                    if bill.lifecycle == Lifecycle::Open { bill.id.clone() } else { person.invoice.clone() };
                bills.push(bill);
            }
            let payments: Vec<_> = bills.iter().filter_map(|bill| month.payment(bill)).collect();
            store::billing::insert_invoices(&mut tx, &business.id, &bills, now).await?;
            store::billing::insert_payments(&mut tx, &business.id, &payments).await?;
            tx.commit().await?;
        }
    }
    Ok(people.into_iter().map(|Person { portal, invoice, .. }| (portal, invoice)).collect())
}

struct Person {
    customer: Customer,
    plan: PlanId,
    portal: PlainToken,
    invoice: InvoiceId,
}

async fn person(
    tx: &mut Tx,
    random: &dyn Random,
    business: &Business,
    size: Size,
    (n, today): (usize, Date),
) -> Result<Person, FillError> {
    let made = today.plus_months(-size.each).at_hour(9, &business.time_zone);
    let (first, last) = (FIRST[n % FIRST.len()], LAST[n / FIRST.len() % LAST.len()]);
    let name = match n / (FIRST.len() * LAST.len()) {
        0 => format!("{first} {last}"),
        round => format!("{first} {last} {}", round + 1),
    };
    let bare = Customer::named(CustomerId::generate(made, random), business.id.clone(), name);
    let customer = Customer {
        email: Some(format!("customer-{n}@household.example")),
        phone: Some(format!("(512) 555-{:04}", n % 10_000)),
        address: format!("{} {}\nAustin, TX 787{:02}", n % 900 + 10, STREETS[n % STREETS.len()], n % 60),
        ..bare
    };
    store::customer::insert(tx, &customer, made).await?;
    let portal = PlainToken::generate(random);
    let link = PortalLink {
        id: PortalLinkId::generate(made, random),
        business: business.id.clone(),
        customer: customer.id.clone(),
        created_at: made,
        last_seen_at: (n % 4 != 0)
            .then(|| today.plus_days(-(i32::try_from(n % 60).unwrap_or_default())).at_hour(8, &business.time_zone)),
        ended: None,
    };
    store::portal_link::insert(tx, &link, portal.hash()).await?;
    let plan = plan(random, business, &customer, today, made)?;
    let line = PlanLine {
        description: "Lawn care visit".into(),
        quantity: Quantity::from_e4(10_000),
        unit_price: UnitPrice::from_minor_e4(62_500_000, business.currency),
        tax_rate: None,
    };
    store::plan::insert(tx, &plan, &[line], business.currency, Due::default(), made).await?;
    if size.with_cards {
        cards(tx, random, &plan, made).await?;
    }
    let invoice = InvoiceId::generate(made, random);
    Ok(Person { customer, plan: plan.id, portal, invoice })
}

/// Nobody bills it by itself: what it billed is written below.
fn plan(
    random: &dyn Random,
    business: &Business,
    customer: &Customer,
    today: Date,
    made: Instant,
) -> Result<Plan, FillError> {
    let wrong = |error: &dyn std::fmt::Display| FillError::Schedule(error.to_string());
    Ok(Plan {
        id: PlanId::generate(made, random),
        business: business.id.clone(),
        customer: customer.id.clone(),
        title: "Monthly lawn care".into(),
        state: PlanState::Paused,
        schedule: Schedule::new(Frequency::Monthly, today).map_err(|error| wrong(&error))?,
        lead: LeadDays::new(7).map_err(|error| wrong(&error))?,
        next_cycle_on: Some(today.plus_months(1)),
        cap: None,
    })
}

async fn cards(tx: &mut Tx, random: &dyn Random, plan: &Plan, made: Instant) -> Result<(), FillError> {
    let Plan { business, customer, .. } = plan;
    for card in 0..3 {
        let method = PaymentMethod {
            id: PaymentMethodId::generate(made, random),
            business: business.clone(),
            customer: customer.clone(),
            account: format!("acct_{business}"),
            stripe_payment_method: format!("pm_{customer}_{card}"),
            kind: MethodType::Card,
            brand: "Visa".into(),
            last4: format!("424{card}"),
            expiry: CardExpiry::new(4, 2031),
            fingerprint: Some(format!("print_{customer}_{card}")),
            is_default: card == 0,
            state: MethodState::Active,
            added_at: made,
        };
        store::payment_method::insert(tx, &method).await?;
        if card == 0 {
            let agreed = Money::new(6_250, zoop_domain::money::Currency::Usd);
            let consent = Consent {
                id: ConsentId::generate(made, random),
                business: business.clone(),
                customer: customer.clone(),
                plan: plan.id.clone(),
                evidence: Evidence {
                    source: ConsentSource::Inline,
                    disclosure_text: "I authorize the charge of each invoice.".into(),
                    disclosure_version: 1,
                    cap: None,
                    agreed,
                    granted_at: made,
                    ip: None,
                    user_agent: None,
                    attested: None,
                    attempt: None,
                    method_brand: method.brand,
                    method_last4: method.last4,
                },
                method: Some(method.id),
                state: ConsentState::Live,
                suspended: None,
                ended: None,
            };
            store::consent::insert(tx, &consent).await?;
        }
    }
    Ok(())
}

/// One month of some people.
struct Month<'a> {
    business: &'a Business,
    random: &'a dyn Random,
    today: Date,
    months_ago: i32,
    /// The number of its first invoice.
    number: i64,
}

impl Month<'_> {
    /// The invoice of the `n`th customer, the `place`th of his chunk.
    fn bill(&self, n: usize, place: usize, person: &Person) -> Result<Sent, FillError> {
        let day = i32::try_from(n % 28).unwrap_or_default();
        let due_on = self.today.plus_months(-self.months_ago).plus_days(14 - day);
        let issued_on = due_on.plus_days(-14);
        // Of the last months a part is open still, and a few never paid.
        let open = (self.months_ago < RECENT && !(n + self.months_ago.unsigned_abs() as usize).is_multiple_of(4))
            || (n % 97 == 5 && self.months_ago < 12);
        let open = open && (self.months_ago == 0 || n.is_multiple_of(5));
        let number = self.number + i64::try_from(place).unwrap_or_default();
        let rate = TaxRate {
            name: "Texas sales tax".into(),
            percent: zoop_domain::tax::Percent::from_e4(82_500)
                .map_err(|error| FillError::Schedule(error.to_string()))?,
        };
        let line = |description: &str, quantity, cents: i64, tax| LineDraft {
            description: description.into(),
            quantity: Quantity::from_e4(quantity),
            unit_price: UnitPrice::from_minor_e4(cents * 10_000, self.business.currency),
            tax,
        };
        let visits = i64::try_from(n % 4).unwrap_or_default() + 1;
        let lines = vec![
            line("Lawn care visit", visits * 10_000, 6_250, Some(0)),
            line("Green waste disposal, per bag", 30_000, 425, None),
        ];
        Ok(Sent {
            id: InvoiceId::generate(issued_on.at_hour(6, &self.business.time_zone), self.random),
            customer: person.customer.id.clone(),
            plan: person.plan.clone(),
            plan_title: "Monthly lawn care".into(),
            cycle_on: due_on,
            lifecycle: if open { Lifecycle::Open } else { Lifecycle::Paid },
            number: format!("{}{number:04}", self.business.invoice_prefix),
            token: InvoiceToken::generate(self.random),
            totals: Totals::compute(lines, vec![rate], self.business.currency)?,
            issued_on,
            due_on,
            paid_on: (!open).then_some(due_on.min(self.today)),
            snapshot: Snapshot {
                customer_name: person.customer.name.clone(),
                customer_address: person.customer.address.clone(),
                business_name: self.business.name.clone(),
                business_address: self.business.address.clone(),
            },
            made_late: false,
            charge_at: None,
        })
    }

    /// What paid it, if it is paid.
    fn payment(&self, bill: &Sent) -> Option<Payment> {
        let received_on = bill.paid_on?;
        let received_at = received_on.at_hour(11, &self.business.time_zone);
        let by_check = bill.number.ends_with('7');
        Some(Payment {
            id: PaymentId::generate(received_at, self.random),
            business: self.business.id.clone(),
            invoice: bill.id.clone(),
            customer: bill.customer.clone(),
            attempt: None,
            kind: if by_check { PaymentKind::Check } else { PaymentKind::Other },
            state: PaymentState::Succeeded,
            amount: bill.totals.total,
            applied: bill.totals.total,
            refunded: Money::zero(bill.totals.total.currency()),
            method_label: if by_check { format!("Check #{}", bill.number) } else { "Zelle".into() },
            account: None,
            payment_intent: None,
            charge: None,
            received_at,
            received_on,
            dispute: None,
            disputed_on: None,
            returned_on: None,
        })
    }
}
