//! The office's list of quotes, page by page.

use zoop_domain::customer::folded;
use zoop_domain::id::{BusinessId, QuoteId};
use zoop_domain::quote::QuoteStatus;
use zoop_store as store;
use zoop_store::Side;
use zoop_store::quote::Filter;
pub use zoop_store::quote::Listed;

use crate::{Actor, App, Error};

/// As many on a page.
const PAGE: usize = 25;
/// No search is longer.
const LONGEST_SEARCH: usize = 100;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How they stand; `None`: however.
    pub status: Option<QuoteStatus>,
    /// What is searched for, as typed.
    pub words: String,
    /// What is older than this quote.
    pub before: Option<QuoteId>,
    /// What is newer than this quote.
    pub after: Option<QuoteId>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuoteList {
    /// Its quotes, newest first.
    pub quotes: Vec<Listed>,
    /// How many stand how, whatever is searched for.
    pub counts: Vec<(QuoteStatus, i64)>,
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
}

impl QuoteList {
    /// How many stand so; all of them for `None`.
    #[must_use]
    pub fn count(&self, status: Option<QuoteStatus>) -> i64 {
        let counted = self.counts.iter().filter(|(of, _)| status.is_none_or(|status| status == *of));
        counted.map(|(_, count)| count).sum()
    }
}

/// A page of the business's quotes.
///
/// # Errors
/// The database does not answer.
pub async fn list(app: &App, actor: Actor, business: &BusinessId, asked: &Asked) -> Result<QuoteList, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let today = app.now().date_in(&owner.time_zone);
    let side = Side::of(asked.before.as_ref(), asked.after.as_ref());
    let words: String = folded(&asked.words).chars().take(LONGEST_SEARCH).collect();
    let filter = Filter { status: asked.status, words, side };
    let mut quotes = store::quote::list(&mut tx, business, today, &filter, PAGE as i64 + 1).await?;
    let (has_newer, has_older) = filter.side.cut(&mut quotes, PAGE);
    let counts = store::quote::count_by_status(&mut tx, business, today).await?;
    Ok(QuoteList { quotes, counts, has_newer, has_older })
}
