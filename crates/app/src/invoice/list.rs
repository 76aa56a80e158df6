//! The office's list of invoices, and what stands under its tabs.

use zoop_domain::customer::folded;
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::invoice::Tab;
use zoop_domain::money::Money;
use zoop_domain::time::Date;
use zoop_store as store;
use zoop_store::invoice::{COUNTED, Wanted};
pub use zoop_store::invoice::{From, OfficeRow};

use crate::{Actor, App, Error};

/// As many stand on a page.
pub const A_PAGE: usize = 50;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The tab; `None` for all.
    pub tab: Option<Tab>,
    /// One customer's alone; nothing is searched for among them.
    pub of: Option<CustomerId>,
    /// A number, or a part of a customer's name; may be empty.
    pub words: String,
    /// From where the list is read on.
    pub from: From,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its invoices, newest first.
    pub rows: Vec<OfficeRow>,
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
    /// What stands under the tabs.
    pub tabs: Tabs,
    /// The business's local date.
    pub today: Date,
    /// Whose they are, if one customer's were asked for.
    pub of: Option<String>,
}

/// What stands under the tabs.
#[derive(Clone, Debug, Default)]
pub struct Tabs(Vec<Figures>);

/// What stands under one tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The tab; `None` for all.
    pub tab: Option<Tab>,
    /// How many: no more than a thousand are told apart.
    pub count: i64,
    /// What is owed, or what it comes to; `None` if not all of it was counted.
    pub sum: Option<Money>,
    /// How many of these are open.
    pub open: i64,
}

impl Figures {
    /// "1,132", or "1,000+".
    #[must_use]
    pub fn counted(&self) -> String {
        match self.count {
            ..=999 => self.count.to_string(),
            1_000 => "1,000".to_owned(),
            _ => "1,000+".to_owned(),
        }
    }
}

impl Tabs {
    /// From what is known of some tabs; the others have nothing.
    #[must_use]
    pub fn of(figures: Vec<Figures>) -> Self {
        Self(figures)
    }

    /// What stands under `tab`.
    #[must_use]
    pub fn under(&self, tab: Option<Tab>) -> Option<&Figures> {
        self.0.iter().find(|figures| figures.tab == tab)
    }
}

/// A page of the list, with what stands under the tabs.
///
/// # Errors
/// [`Error::NotFound`] without such a business or customer; the database does not answer.
pub async fn list(app: &App, actor: Actor, business: &BusinessId, asked: &Asked) -> Result<Listed, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let today = app.now().date_in(&owner.time_zone);
    let customer = folded(&asked.words);
    let number = number_of(&owner.invoice_prefix, &asked.words);
    let of = match &asked.of {
        Some(one) => Some(store::customer::get(&mut tx, business, one).await?.ok_or(Error::NotFound)?.name),
        None => None,
    };
    let wanted = Wanted { tab: asked.tab, of: asked.of.clone(), customer, number };
    let limit = i64::try_from(A_PAGE).unwrap_or_default() + 1;
    let mut rows = store::invoice::list_for_office(&mut tx, business, &wanted, &asked.from, today, limit).await?;
    let more = rows.len() > A_PAGE;
    let (has_newer, has_older) = match asked.from {
        From::Newest => (false, more),
        From::OlderThan(_) => (true, more),
        From::NewerThan(_) => (more, true),
    };
    match asked.from {
        From::NewerThan(_) if more => drop(rows.remove(0)),
        _ => rows.truncate(A_PAGE),
    }
    let figures = store::invoice::count_for_office(&mut tx, business, today).await?;
    let figure = |tab: Tab| {
        let (count, minor) =
            figures.iter().filter(|it| it.tab == tab).fold((0, 0), |sum, it| (sum.0 + it.count, sum.1 + it.minor));
        let whole = tab.is_open() || count <= COUNTED;
        let sum = whole.then(|| Money::new(minor, owner.currency));
        Figures { tab: Some(tab), count, sum, open: if tab.is_open() { count } else { 0 } }
    };
    let mut tabs: Vec<Figures> = Tab::ALL.iter().map(|tab| figure(*tab)).collect();
    let owed = figures.iter().filter(|it| it.tab.is_open()).map(|it| it.minor).sum();
    let (count, open) = tabs.iter().fold((0, 0), |(count, open), it| (count + it.count, open + it.open));
    tabs.push(Figures { tab: None, count, sum: Some(Money::new(owed, owner.currency)), open });
    Ok(Listed { rows, has_newer, has_older, tabs: Tabs(tabs), today, of })
}

/// How a number begins that somebody typed: with or without what stands before the figures. Empty if it is none.
pub(crate) fn number_of(prefix: &str, words: &str) -> String {
    let words = words.trim();
    let beyond =
        words.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix)).map(|_| &words[prefix.len()..]);
    let figures = beyond.unwrap_or(words);
    let is_number = figures.bytes().all(|byte| byte.is_ascii_digit()) && (beyond.is_some() || !figures.is_empty());
    if is_number && !words.is_empty() { format!("{prefix}{figures}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn a_number_is_found_with_or_without_its_prefix() {
        for (typed, found) in [
            ("1187", "INV-1187"),
            ("inv-1187", "INV-1187"),
            (" INV-11 ", "INV-11"),
            ("INV-", "INV-"),
            ("Delgado", ""),
            ("11a", ""),
            ("", ""),
            ("í", ""),
        ] {
            assert_eq!(number_of("INV-", typed), found, "{typed}");
        }
        assert_eq!((number_of("", "12").as_str(), number_of("", "x").as_str()), ("12", ""));
    }
}
