//! Whose something is: the operator is above businesses, everybody else is inside one. An id from
//! the command line names its business.

use std::str::FromStr;

use zoop_app::App;
use zoop_domain::business::Business;
use zoop_domain::consent::Consent;
use zoop_domain::customer::Customer;
use zoop_domain::id::{BusinessId, ConsentId, CustomerId, InvoiceId, PlanId};
use zoop_domain::invoice::Invoice;
use zoop_domain::plan::Plan;
use zoop_store::{self as store, Tx};

use super::Failure;

/// An id as typed; `noun` and `prefix` say what was wanted.
pub(super) fn parse<T: FromStr>(typed: &str, noun: &str, prefix: &str) -> Result<T, Failure> {
    let wrong = |_| Failure::new(format!("{typed:?} is no {noun}’s id; one is {prefix}_ and 26 letters and digits"));
    typed.trim().parse().map_err(wrong)
}

/// The customer, and whose he is.
pub(super) async fn customer(app: &App, typed: &str) -> Result<(Business, Customer), Failure> {
    let id: CustomerId = parse(typed, "customer", CustomerId::PREFIX)?;
    find(app, "customer", id.as_str(), async |tx, business| store::customer::get(tx, business, &id).await).await
}

/// The plan, and whose it is.
pub(super) async fn plan(app: &App, typed: &str) -> Result<(Business, Plan), Failure> {
    let id: PlanId = parse(typed, "plan", PlanId::PREFIX)?;
    find(app, "plan", id.as_str(), async |tx, business| store::plan::get(tx, business, &id).await).await
}

/// The consent, and whose it is.
pub(super) async fn consent(app: &App, typed: &str) -> Result<(Business, Consent), Failure> {
    let id: ConsentId = parse(typed, "consent", ConsentId::PREFIX)?;
    find(app, "consent", id.as_str(), async |tx, business| store::consent::get(tx, business, &id).await).await
}

/// The invoice, and whose it is.
pub(super) async fn invoice(app: &App, typed: &str) -> Result<(Business, Invoice), Failure> {
    let id: InvoiceId = parse(typed, "invoice", InvoiceId::PREFIX)?;
    find(app, "invoice", id.as_str(), async |tx, business| store::invoice::get(tx, business, &id).await).await
}

async fn find<T>(
    app: &App,
    noun: &str,
    id: &str,
    get: impl AsyncFn(&mut Tx, &BusinessId) -> store::Result<Option<T>>,
) -> Result<(Business, T), Failure> {
    let mut tx = app.db.read().await?;
    for business in store::business::list(&mut tx).await? {
        if let Some(found) = get(&mut tx, &business.id).await? {
            return Ok((business, found));
        }
    }
    Err(Failure::new(format!("there is no {noun} {id} in this database")))
}
