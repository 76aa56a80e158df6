//! Recurring plans: made, billed, announced; run now, skipped, paused, resumed, cancelled.

pub mod announce;
pub mod bill;

use zoop_domain::business::Business;
use zoop_domain::invoice::{LineDraft, Totals};
use zoop_domain::plan::Plan;
use zoop_store::{self as store, Tx};

use crate::Error;

/// What an invoice of the plan comes to now.
pub(crate) async fn totals(tx: &mut Tx, business: &Business, plan: &Plan) -> Result<Totals, Error> {
    let rates = store::tax_rate::list(tx, &business.id).await?;
    let lines = store::plan::list_lines(tx, &business.id, &plan.id).await?;
    let mut used = Vec::new();
    let mut drafts = Vec::with_capacity(lines.len());
    for line in lines {
        let tax = match &line.tax_rate {
            None => None,
            Some(id) => Some(match used.iter().position(|(known, _)| known == id) {
                Some(position) => position,
                None => {
                    let found = rates.iter().find(|(known, _)| known == id);
                    let (id, rate) = found.ok_or_else(|| Error::internal("a plan’s tax rate is gone"))?;
                    used.push((id.clone(), rate.clone()));
                    used.len() - 1
                }
            }),
        };
        let (description, quantity, unit_price) = (line.description, line.quantity, line.unit_price);
        drafts.push(LineDraft { description, quantity, unit_price, tax });
    }
    let rates = used.into_iter().map(|(_, rate)| rate).collect();
    Totals::compute(drafts, rates, business.currency).map_err(Error::internal)
}
