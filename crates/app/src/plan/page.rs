//! The office's list of plans, page by page, each with what an invoice of it comes to.

use zoop_domain::consent::ConsentState;
use zoop_domain::customer::folded;
use zoop_domain::id::{BusinessId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::plan::{Plan, PlanState};
use zoop_store as store;
use zoop_store::Side;
use zoop_store::plan::Filter;

use super::count;
use crate::{Actor, App, Error};

/// As many on a page.
const PAGE: usize = 25;
/// No search is longer.
const LONGEST_SEARCH: usize = 100;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whether they run; `None`: all.
    pub state: Option<PlanState>,
    /// What is searched for, as typed.
    pub words: String,
    /// What is older than this plan.
    pub before: Option<PlanId>,
    /// What is newer than this plan.
    pub after: Option<PlanId>,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The plan.
    pub plan: Plan,
    /// Whom it bills.
    pub customer_name: String,
    /// How auto-pay stands; `None`: off.
    pub auto_pay: Option<ConsentState>,
    /// What an invoice comes to; `None` if it can't be billed.
    pub price: Option<Money>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanPage {
    /// Its plans, newest first.
    pub plans: Vec<Row>,
    /// How many are in which state, whatever is searched for.
    pub counts: Vec<(PlanState, i64)>,
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
}

impl PlanPage {
    /// How many are in that state; all of them for `None`.
    #[must_use]
    pub fn count(&self, state: Option<PlanState>) -> i64 {
        let counted = self.counts.iter().filter(|(of, _)| state.is_none_or(|state| state == *of));
        counted.map(|(_, count)| count).sum()
    }
}

/// A page of the business's plans.
///
/// # Errors
/// The database does not answer.
pub async fn page(app: &App, actor: Actor, business: &BusinessId, asked: &Asked) -> Result<PlanPage, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let side = Side::of(asked.before.as_ref(), asked.after.as_ref());
    let words: String = folded(&asked.words).chars().take(LONGEST_SEARCH).collect();
    let filter = Filter { state: asked.state, words, side };
    let mut listed = store::plan::list_page(&mut tx, business, &filter, PAGE as i64 + 1).await?;
    let (has_newer, has_older) = filter.side.cut(&mut listed, PAGE);
    let plans: Vec<_> = listed.iter().map(|listed| listed.plan.clone()).collect();
    let mut lines = store::billing::list_lines(&mut tx, business, &plans).await?;
    let rates = store::tax_rate::list_all(&mut tx, business).await?;
    let rows = listed.into_iter().map(|listed| {
        let totals = count(lines.remove(&listed.plan.id).unwrap_or_default(), &rates, owner.currency);
        let price = totals.ok().map(|totals| totals.total);
        Row { plan: listed.plan, customer_name: listed.customer_name, auto_pay: listed.auto_pay, price }
    });
    let plans = rows.collect();
    let counts = store::plan::count_by_state(&mut tx, business).await?;
    Ok(PlanPage { plans, counts, has_newer, has_older })
}
