//! Writes a draft: computes its lines, taxes and sums, and stores it.

use zoop_domain::id::{BusinessId, CustomerId, InvoiceId, PlanId};
use zoop_domain::invoice::{LineDraft, Totals};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;
use zoop_store::{self as store, invoice::Draft};

use crate::{App, Error, transaction};

/// What a draft is made of.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    /// Whom it bills.
    pub customer: CustomerId,
    /// The plan it belongs to.
    pub plan: Option<PlanId>,
    /// When it will be due.
    pub due_on: Date,
    /// Its lines.
    pub lines: Vec<LineDraft>,
    /// The tax rates that the lines name.
    pub rates: Vec<TaxRate>,
}

/// Stores a draft; it has no number and no customer sees it.
///
/// # Errors
/// [`Error::Invalid`] if the lines don't make an invoice, [`Error::NotFound`] without such a
/// customer or plan, [`Error::Conflict`] if the customer is archived.
pub async fn draft(app: &App, business: &BusinessId, new: NewInvoice) -> Result<InvoiceId, Error> {
    let now = app.now();
    let NewInvoice { customer, plan, due_on, lines, rates } = new;
    let id = InvoiceId::generate(now, app.random.as_ref());
    let token = InvoiceToken::generate(app.random.as_ref());
    transaction!(app, |tx| {
        let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
        store::customer::get(tx, business, &customer).await?.ok_or(Error::NotFound)?.must_be_billable()?;
        let plan_title = match &plan {
            Some(plan) => Some(store::plan::get(tx, business, plan).await?.ok_or(Error::NotFound)?.title),
            None => None,
        };
        let totals = Totals::compute(lines.clone(), rates.clone(), owner.currency)
            .map_err(|error| Error::Invalid(error.to_string()))?;
        let draft = Draft {
            id: id.clone(),
            business: business.clone(),
            customer: customer.clone(),
            plan: plan.clone(),
            token: token.clone(),
            due_on,
            totals,
            plan_title,
        };
        store::invoice::insert_draft(tx, &draft, now).await?;
    })?;
    Ok(id)
}
