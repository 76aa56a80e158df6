//! Tells customers of a charge before its invoice is made, where that is too late.

use std::collections::BTreeMap;

use zoop_domain::business::Business;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::mail::MailKind;
use zoop_domain::money::Money;
use zoop_domain::plan::Plan;
use zoop_domain::time::Date;
use zoop_store::{self as store, Tx};

use super::count;
use crate::mail::queue::{NewMail, queue};
use crate::{App, Error, transaction};

/// As many plans are looked at in one transaction.
const AT_ONCE: i64 = 200;

/// Announces the charges that are due to be announced: how many plans were looked at.
///
/// # Errors
/// The database does not answer.
pub async fn announce_due(app: &App) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let found = transaction!(app, |tx| {
            let plans = store::plan::update_notice_due(tx, app.now(), AT_ONCE).await?;
            let found = plans.len();
            let mut by_business = BTreeMap::<BusinessId, Vec<Plan>>::new();
            for plan in plans {
                by_business.entry(plan.business.clone()).or_default().push(plan);
            }
            for (business, plans) in &by_business {
                let owner = store::business::get(tx, business).await?.ok_or(Error::NotFound)?;
                let live = store::billing::list_live_consents(tx, business, plans).await?;
                for plan in plans.iter().filter(|plan| live.contains_key(&plan.id)) {
                    announce(app, tx, &owner, plan).await?;
                }
            }
            found
        })?;
        count += found;
        if found == 0 {
            return Ok(count);
        }
    }
}

/// Queues the notice of the plan's next charge, unless it is as the last one and needs none, or won't be made.
async fn announce(app: &App, tx: &mut Tx, owner: &Business, plan: &Plan) -> Result<(), Error> {
    let Ok(cycle) = plan.billable() else { return Ok(()) };
    let Some(consent) = store::consent::find_live(tx, &owner.id, &plan.id).await? else { return Ok(()) };
    let rates = store::tax_rate::list_all(tx, &owner.id).await?;
    let lines = store::plan::list_lines(tx, &owner.id, &plan.id).await?;
    // What can't be billed isn't charged; the run tells the owner.
    let Ok(totals) = count(lines, &rates, owner.currency) else { return Ok(()) };
    if consent.evidence.allows(totals.total).is_err() {
        return Ok(());
    }
    let last = store::attempt::find_last_charged(tx, &owner.id, &consent.id).await?;
    let last = last.map_or(consent.evidence.agreed, |minor| Money::new(minor, totals.total.currency()));
    if totals.total == last && owner.notice_days.is_none() {
        return Ok(());
    }
    let subject = subject(&plan.id, cycle, totals.total);
    let mail = NewMail::about(MailKind::UpcomingCharge, &owner.id, &plan.customer, &subject);
    queue(app, tx, mail).await?;
    Ok(())
}

/// What the mail that announces the charge of a cycle is about: of one amount, so that another
/// amount is announced again.
pub(crate) fn subject(plan: &PlanId, cycle: Date, amount: Money) -> String {
    format!("{plan}/{}/{}", cycle.iso(), amount.minor())
}
