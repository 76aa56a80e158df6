//! Tells customers of a charge before its invoice is made, where that is too late.

use crate::{App, Error};

/// Announces the charges that are due to be announced.
///
/// # Errors
/// The database does not answer.
pub async fn announce_due(_app: &App) -> Result<(), Error> {
    Ok(())
}

/// What the mail that announces the charge of a cycle is about: of one amount, so that another
/// amount is announced again.
pub(crate) fn subject(
    plan: &zoop_domain::id::PlanId,
    cycle: zoop_domain::time::Date,
    amount: zoop_domain::money::Money,
) -> String {
    format!("{plan}/{}/{}", cycle.iso(), amount.minor())
}
