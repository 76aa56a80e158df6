//! Sends a queued mail.

use zoop_domain::id::{BusinessId, MailId};

use crate::{App, Error};

/// Sends the mail.
///
/// # Errors
/// The mail server does not answer.
pub async fn send(_app: &App, _business: &BusinessId, _mail: &MailId) -> Result<(), Error> {
    Ok(())
}
