//! The list of customers: which, how many, and a page of them.

use zoop_domain::customer::{Customer, search_words};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::time::Date;
use zoop_store as store;
use zoop_store::customer::{Asked, Edge};

use crate::{Actor, App, Error};

pub use zoop_store::customer::{LinkStanding, Listed, Tab};

/// As many stand on a page.
const A_PAGE: usize = 25;
/// Nobody needs to know by how many more.
pub const MOST_COUNTED: i64 = 1_000;

/// What is asked of the list.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which customers.
    pub tab: Tab,
    /// What was typed into the search field.
    pub text: String,
    /// The page begins after this customer,
    pub after: Option<CustomerId>,
    /// or ends before this one.
    pub before: Option<CustomerId>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct CustomerList {
    /// The customers, by name.
    pub rows: Vec<Listed>,
    /// Whether there are others before them.
    pub has_earlier: bool,
    /// Whether there are others after them.
    pub has_later: bool,
    /// How many each tab lists, counted up to one more than [`MOST_COUNTED`].
    pub counts: Vec<(Tab, i64)>,
    /// The business's date.
    pub today: Date,
}

/// Every tab, in the order they stand in.
pub const TABS: [Tab; 6] = [Tab::All, Tab::Owing, Tab::Overdue, Tab::AutoPay, Tab::NoLink, Tab::Archived];

/// A page of customers.
///
/// # Errors
/// [`Error::NotFound`] without such a business.
pub async fn list(app: &App, actor: Actor, business: &BusinessId, query: &ListQuery) -> Result<CustomerList, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let today = app.now().date_in(&owner.time_zone);
    let mut find = async |id: &Option<CustomerId>| match id {
        Some(id) => store::customer::get(&mut tx, business, id).await,
        None => Ok(None),
    };
    let edge = match (find(&query.after).await?, find(&query.before).await?) {
        (Some(customer), _) => Edge::After(customer),
        (None, Some(customer)) => Edge::Before(customer),
        (None, None) => Edge::Start,
    };
    let (words, number) = (search_words(&query.text), invoice_number(&query.text, &owner.invoice_prefix));
    let asked = Asked {
        tab: query.tab,
        edge: &edge,
        words: &words,
        number: number.as_deref(),
        currency: owner.currency,
        today,
        limit: A_PAGE as i64 + 1,
    };
    let mut rows = store::customer::list(&mut tx, business, &asked).await?;
    let has_more = rows.len() > A_PAGE;
    let (has_earlier, has_later) = match &edge {
        Edge::Before(_) => {
            if has_more {
                rows.remove(0);
            }
            (has_more, true)
        }
        Edge::Start | Edge::After(_) => {
            rows.truncate(A_PAGE);
            (matches!(edge, Edge::After(_)), has_more)
        }
    };
    let mut counts = Vec::with_capacity(TABS.len());
    for tab in TABS {
        counts.push((tab, store::customer::count(&mut tx, business, tab, today, MOST_COUNTED + 1).await?));
    }
    Ok(CustomerList { rows, has_earlier, has_later, counts, today })
}

/// The number of an invoice that `text` may begin: as it is written, or without the prefix.
fn invoice_number(text: &str, prefix: &str) -> Option<String> {
    let text = text.trim();
    let is_number = |rest: &str| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_digit());
    let rest = match text.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => &text[prefix.len()..],
        _ => text,
    };
    is_number(rest).then(|| format!("{prefix}{rest}"))
}

/// How a customer is called in the range of a page.
#[must_use]
pub fn range(rows: &[Listed]) -> Option<(&Customer, &Customer)> {
    Some((&rows.first()?.customer, &rows.last()?.customer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoices_number_is_known_with_its_prefix_and_without() {
        for text in ["INV-1187", "inv-1187", " 1187 "] {
            assert_eq!(invoice_number(text, "INV-").as_deref(), Some("INV-1187"), "{text}");
        }
        assert_eq!(invoice_number("1187", "").as_deref(), Some("1187"));
        for text in ["", "INV-", "rosa", "12 Elm", "(512) 555"] {
            assert_eq!(invoice_number(text, "INV-"), None, "{text}");
        }
    }
}
