//! The form in which a team member writes down that a customer agreed: what it shows, and what was typed into it.

use zoop_domain::business::Business;
use zoop_domain::consent::DISCLOSURE_VERSION;
use zoop_domain::customer::Customer;
use zoop_domain::form::{FieldErrors, line};
use zoop_domain::id::{BusinessId, ConsentId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::payment_method::{ExpiryStatus, MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::time::{Date, Instant};
use zoop_store as store;

use super::attest::{Attestation, attest};
use super::offer::words;
use crate::{Actor, App, Error, plan};

/// What a bank is shown, at most.
const LONGEST_DETAIL: usize = 400;
/// No agreement is older.
const MOST_MONTHS: i32 = 10 * 12;

/// The ways to agree, each with the word of its field.
pub const WAYS: [(&str, &str); 4] = [
    ("person", "In person"),
    ("phone", "By phone"),
    ("written", "By email or text message"),
    ("paper", "On signed paper"),
];

/// What the form shows.
#[derive(Clone, Debug)]
pub struct Form {
    /// The plan whose invoices are to be charged.
    pub plan: Plan,
    /// Who agreed.
    pub customer: Customer,
    /// Cards on file that can be charged, default first.
    pub methods: Vec<PaymentMethod>,
    /// What an invoice comes to; `None` if it can't be billed.
    pub price: Option<Money>,
    /// The words that were agreed to.
    pub disclosure: String,
    /// Which version of them.
    pub version: i64,
    /// Why nothing can be written down.
    pub obstacle: Option<Obstacle>,
    /// The present moment.
    pub now: Instant,
    /// The business's day.
    pub today: Date,
}

/// Why a consent can't be written down now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The plan never bills again.
    Cancelled,
    /// It is on already.
    On,
    /// Charges aren't enabled.
    NoCardPayments,
    /// No copy can go out: no mail server is configured.
    NoMailServer,
    /// No copy can go out: the customer has no email address.
    NoEmail,
    /// Nothing to charge.
    NoCard,
    /// The plan's cap would keep every invoice from being charged, or it has no price.
    NoPrice,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedAttestation {
    /// The card: a method's id.
    pub method: String,
    /// How: one of [`WAYS`].
    pub how: String,
    /// The day, as ISO 8601.
    pub agreed_on: String,
    /// About what time: `09:40`.
    pub agreed_at: String,
    /// What a bank would be shown.
    pub detail: String,
    /// Whether the box was ticked.
    pub is_confirmed: bool,
}

/// The form for the plan.
///
/// # Errors
/// [`Error::NotFound`] without such a plan.
pub async fn ask(app: &App, actor: Actor, business: &BusinessId, id: &PlanId) -> Result<Form, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let found = store::plan::get(&mut tx, business, id).await?.ok_or(Error::NotFound)?;
    let customer = store::customer::get(&mut tx, business, &found.customer).await?.ok_or(Error::NotFound)?;
    let (now, today) = (app.now(), app.now().date_in(&owner.time_zone));
    let mut methods = store::payment_method::list_active(&mut tx, business, &customer.id).await?;
    methods.retain(|method| is_chargeable(method, &owner, today));
    let price = plan::totals(&mut tx, &owner, &found).await.ok().map(|totals| totals.total);
    let is_on = store::consent::find_live(&mut tx, business, id).await?.is_some();
    let no_price = price.is_none_or(|price| found.cap.is_some_and(|cap| cap.minor() < price.minor()));
    let obstacles = [
        (found.state == PlanState::Cancelled, Obstacle::Cancelled),
        (is_on, Obstacle::On),
        (owner.charging_account().is_none(), Obstacle::NoCardPayments),
        (!app.sends_mail(), Obstacle::NoMailServer),
        (customer.email.is_none(), Obstacle::NoEmail),
        (methods.is_empty(), Obstacle::NoCard),
        (no_price, Obstacle::NoPrice),
    ];
    let obstacle = obstacles.into_iter().find(|(stands, _)| *stands).map(|(_, obstacle)| obstacle);
    let disclosure = words(&owner, &found);
    Ok(Form { plan: found, customer, methods, price, disclosure, version: DISCLOSURE_VERSION, obstacle, now, today })
}

fn is_chargeable(method: &PaymentMethod, owner: &Business, today: Date) -> bool {
    let expired = method.expiry.is_some_and(|expiry| expiry.status_on(today) == ExpiryStatus::Expired);
    !expired && method.kind == MethodType::Card && Some(method.account.as_str()) == owner.charging_account()
}

/// Writes the consent down, in the name of whoever is signed in.
///
/// # Errors
/// [`Error::Fields`] for what can't be used; else as for [`attest`].
pub async fn write(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    plan: &PlanId,
    typed: &TypedAttestation,
) -> Result<ConsentId, Error> {
    actor.must_be_member()?;
    let form = ask(app, actor, business, plan).await?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let by = match actor {
        Actor::Owner(user) | Actor::Office(user) => store::user::get(&mut tx, user).await?.map(|user| user.name),
        _ => None,
    };
    drop(tx);
    let mut errors = FieldErrors::default();
    let method = form.methods.iter().find(|method| method.id.as_str() == typed.method);
    let method = errors.take("method", method.ok_or("Choose a card."));
    let how = WAYS.iter().find(|(word, _)| *word == typed.how).map(|(_, words)| *words);
    let how = errors.take("how", how.ok_or("Choose how it was agreed to."));
    let on = errors.take("agreed_on", day(&typed.agreed_on, form.today));
    let at = on.and_then(|on| {
        let at = on.at_time(&typed.agreed_at, &owner.time_zone).ok_or("Enter a time such as 09:40.");
        errors.take(
            "agreed_at",
            at.and_then(|at| if at > form.now { Err("Enter a time that has passed.") } else { Ok(at) }),
        )
    });
    let detail = typed.detail.split_whitespace().collect::<Vec<_>>().join(" ");
    let detail = errors.take("detail", line(&detail, "what you would show", LONGEST_DETAIL));
    if !typed.is_confirmed {
        errors.push("confirm", "Tick the box: without it nothing is recorded.");
    }
    let read = (|| Some((method?, how?, on?, at?, detail?)))();
    let (method, how, on, at, detail) = match read {
        Some(read) if errors.is_empty() => read,
        _ => return Err(errors.into()),
    };
    let attestation = Attestation {
        plan: plan.clone(),
        method: method.id.clone(),
        by: by.unwrap_or_else(|| actor.as_str().to_owned()),
        how: format!("{how}, {on} at {}: {detail}", at.clock_in(&owner.time_zone)),
    };
    attest(app, actor, business, &attestation).await
}

fn day(typed: &str, today: Date) -> Result<Date, &'static str> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter a date such as 2026-11-23.")?;
    match day {
        day if day > today => Err("Choose today or an earlier day."),
        day if day < today.plus_months(-MOST_MONTHS) => Err("Choose a day of the last ten years."),
        day => Ok(day),
    }
}
