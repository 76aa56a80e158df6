//! The mail that brings a quote, with its own secret link.

use zoop_domain::id::QuoteId;
use zoop_domain::quote::QuoteStatus;
use zoop_store::{self as store, Tx};

use super::{Desk, Written};
use crate::mail::{Mail as _, QuoteMail};
use crate::{Error, quote};

impl Desk<'_> {
    pub(super) async fn quote(&self, tx: &mut Tx) -> Result<Written, Error> {
        let id: QuoteId = self.mail.about().parse().map_err(Error::internal)?;
        let found = store::quote::get(tx, &self.business.id, &id).await?.ok_or(Error::NotFound)?;
        // Answered, expired or taken back meanwhile: there is nothing to accept any more.
        if found.status_on(self.today) != QuoteStatus::Sent {
            return Ok(None);
        }
        // The secret is minted now, and stands in this mail alone.
        let url = quote::link::mint(self.app, &self.business.id, &found.id).await?;
        let words = QuoteMail {
            letterhead: self.letterhead(),
            customer: &self.customer.name,
            number: found.name(),
            title: &found.title,
            totals: &found.totals,
            expires_on: found.expires_on,
            message: self.mail.message.as_deref(),
            url: &url,
        };
        Ok(Some((words.render()?, None)))
    }
}
