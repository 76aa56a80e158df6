//! Recurring plans: made, changed, billed, announced; run now, skipped, paused, resumed, cancelled.

pub mod announce;
pub mod bill;
pub mod cancel;
pub mod create;
pub mod edit;
pub mod list;
pub mod page;
pub mod pause;
pub mod resume;
pub mod run_now;
pub mod show;
pub mod skip;
pub mod typed;

use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::id::{BusinessId, PlanId, TaxRateId};
use zoop_domain::invoice::{LineDraft, Totals, TotalsError};
use zoop_domain::money::Currency;
use zoop_domain::plan::{Plan, PlanLine};
use zoop_domain::tax::TaxRate;
use zoop_store::billing::LiveConsent;
use zoop_store::plan::Due;
use zoop_store::{self as store, Tx};

use crate::{Actor, App, Error, actor};

/// Why a plan's lines don't make an invoice.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Uncountable {
    /// A line names a rate that the business hasn't.
    #[error("line {line} names a tax rate that this business hasn’t")]
    UnknownRate {
        /// The line, counted from 1.
        line: usize,
    },
    /// The sums don't come out.
    #[error(transparent)]
    Totals(#[from] TotalsError),
}

/// What an invoice of the plan comes to now.
pub(crate) async fn totals(tx: &mut Tx, business: &Business, plan: &Plan) -> Result<Totals, Error> {
    let rates = store::tax_rate::list_all(tx, &business.id).await?;
    let lines = store::plan::list_lines(tx, &business.id, &plan.id).await?;
    count(lines, &rates, business.currency).map_err(Error::internal)
}

/// What the lines come to.
pub(crate) fn count(
    lines: Vec<PlanLine>,
    rates: &[(TaxRateId, TaxRate)],
    currency: Currency,
) -> Result<Totals, Uncountable> {
    let mut used: Vec<&(TaxRateId, TaxRate)> = Vec::new();
    let mut drafts = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        let tax = match &line.tax_rate {
            None => None,
            Some(id) => Some(match used.iter().position(|(known, _)| known == id) {
                Some(position) => position,
                None => {
                    let found = rates.iter().find(|(known, _)| known == id);
                    used.push(found.ok_or(Uncountable::UnknownRate { line: index + 1 })?);
                    used.len() - 1
                }
            }),
        };
        let (description, quantity, unit_price) = (line.description, line.quantity, line.unit_price);
        drafts.push(LineDraft { description, quantity, unit_price, tax });
    }
    let rates = used.into_iter().map(|(_, rate)| rate.clone()).collect();
    Ok(Totals::compute(drafts, rates, currency)?)
}

/// When something is to be done for the plan, wherever its next cycle changes. `live` is what is
/// charged by auto-pay, if it is on.
pub(crate) fn due_of(plan: &Plan, business: &Business, live: Option<LiveConsent>) -> Due {
    let (bank_debit, within_cap) = live.map_or((false, false), |live| (live.bank_debit, live.capped));
    Due {
        run_at: plan.next_run_at(&business.time_zone),
        notice_at: plan.notice_at(&business.time_zone, business.notice_days, bank_debit, within_cap),
    }
}

/// The business, and one plan of it under its lock.
async fn lock(tx: &mut Tx, business: &BusinessId, plan: &PlanId) -> Result<(Business, Plan), Error> {
    let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
    let plan = store::plan::lock(tx, business, plan).await?.ok_or(Error::NotFound)?;
    Ok((owner, plan))
}

/// Stores how a locked plan goes on, and who wanted that.
async fn store_next(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &Business,
    plan: &Plan,
    action: Action,
    detail: &str,
) -> Result<(), Error> {
    let live = store::billing::list_live_consents(tx, &business.id, std::slice::from_ref(plan)).await?;
    store::plan::update_next(tx, plan, due_of(plan, business, live.get(&plan.id).copied())).await?;
    actor::record(app, tx, actor, &business.id, action, plan.id.as_str(), detail).await
}
