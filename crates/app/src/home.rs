//! How a business's money is doing, in one look.

use zoop_domain::business::Business;
use zoop_domain::home::{Accepted, Age, Attention, Expiring, Failed, Latest, Month, Received, twelve_months};
use zoop_domain::invoice::Tab;
use zoop_domain::money::Money;
use zoop_domain::payment_method::EXPIRING_DAYS;
use zoop_domain::time::Date;
use zoop_store as store;

use crate::{App, Error};

/// What the first page shows.
#[derive(Clone, Debug)]
pub struct Home {
    /// Today, where the business is.
    pub today: Date,
    /// The last twelve months, oldest first; the last one is in progress.
    pub months: Vec<Received>,
    /// What the month before this one had brought by the same day.
    pub last_month_so_far: Money,
    /// What is owed, age by age: how many invoices, and how much.
    pub owed: Vec<(Age, i64, Money)>,
    /// What stands under the tab Overdue: how many invoices, and how much. One that is being retried isn't among them.
    pub overdue: (i64, Money),
    /// Automatic charges that failed on open invoices, the latest first; the list may be cut.
    pub failed: Vec<Failed>,
    /// Quotes that were accepted and aren't billed yet, the latest answer first.
    pub accepted: Vec<Accepted>,
    /// What somebody should look at, newest first; the list may be cut.
    pub alerts: Vec<Attention>,
    /// How many of those it leaves out.
    pub unlisted: i64,
    /// Cards that pay plans and expire soon.
    pub expiring: Vec<Expiring>,
    /// The latest payments.
    pub latest: Vec<Latest>,
}

const MOST_FAILED: i64 = 200;
const MOST_EXPIRING: i64 = 5;
const MOST_ACCEPTED: i64 = 5;
const MOST_ALERTS: i64 = 10;
const ALL_ALERTS: i64 = 500;
const LATEST: i64 = 5;

/// Reads it; with `every` alert, as many as a page can hold.
///
/// # Errors
/// [`Error::Upstream`] if the database doesn't answer.
pub async fn home(app: &App, business: &Business, every: bool) -> Result<Home, Error> {
    let (id, currency) = (&business.id, business.currency);
    let today = app.now().date_in(&business.time_zone);
    let first = today.plus_days(1 - i32::from(today.day()));
    let mut tx = app.db.read().await?;
    let received = store::home::list_received(&mut tx, id, first.plus_months(-11), today).await?;
    let so_far = store::home::list_received(&mut tx, id, first.plus_months(-1), today.plus_months(-1)).await?;
    let owed = store::home::list_owed(&mut tx, id, today).await?;
    let tabs = store::invoice::count_for_office(&mut tx, id, today).await?;
    let overdue = tabs.iter().find(|tab| tab.tab == Tab::Overdue);
    let failed = store::home::list_failed(&mut tx, id, MOST_FAILED).await?;
    let accepted = store::home::list_accepted(&mut tx, id, MOST_ACCEPTED).await?;
    // The last month that ends by then.
    let soon = today.plus_days(EXPIRING_DAYS + 1).plus_months(-1);
    let until = (i64::from(soon.year()), i64::from(soon.month()));
    let expiring = store::home::list_expiring(&mut tx, id, until, MOST_EXPIRING).await?;
    let latest = store::home::list_latest(&mut tx, id, LATEST).await?;
    let most = if every { ALL_ALERTS } else { MOST_ALERTS };
    let alerts = store::home::list_attention(&mut tx, id, most).await?;
    let unlisted = match i64::try_from(alerts.len()) {
        Ok(listed) if listed == most => store::home::count_attention(&mut tx, id).await? - listed,
        _ => 0,
    };
    let of = |month: Month| {
        let found = received.iter().find(|(other, ..)| *other == month);
        let (payments, minor) = found.map_or((0, 0), |(_, payments, minor)| (*payments, *minor));
        Received { month, payments, amount: Money::new(minor, currency) }
    };
    Ok(Home {
        today,
        months: twelve_months(today).into_iter().map(of).collect(),
        last_month_so_far: Money::new(so_far.iter().map(|(.., minor)| minor).sum(), currency),
        owed: Age::ALL
            .into_iter()
            .zip(owed)
            .map(|(age, (count, minor))| (age, count, Money::new(minor, currency)))
            .collect(),
        overdue: overdue.map_or((0, Money::zero(currency)), |tab| (tab.count, Money::new(tab.minor, currency))),
        failed,
        accepted,
        alerts,
        unlisted,
        expiring,
        latest,
    })
}
