//! One page of a list, and the cursor to the next one.

use serde::Deserialize;

use crate::{Form, HasId};

/// One page, newest first.
#[derive(Debug, Clone, Deserialize)]
pub struct List<T> {
    /// The objects of this page. All or none: a page that can't be read whole is an error, never a shorter page.
    pub data: Vec<T>,
    /// Whether older objects follow.
    #[serde(default)]
    pub has_more: bool,
}

impl<T: HasId> List<T> {
    /// The page after this one, of the same size, if there is one.
    #[must_use]
    pub fn next(&self, page: &Page) -> Option<Page> {
        let last = self.data.last().filter(|_| self.has_more)?;
        Some(Page { starting_after: Some(last.id().to_owned()), ..page.clone() })
    }
}

/// Which part of a list to ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// 1 to 100 objects; Stripe's default is 10.
    pub limit: Option<u8>,
    /// The id of the last object seen.
    pub starting_after: Option<String>,
}

impl Page {
    /// The first page, as long as Stripe allows.
    #[must_use]
    pub fn largest() -> Self {
        Self { limit: Some(100), starting_after: None }
    }

    pub(crate) fn encode(&self, form: &mut Form) {
        form.maybe("limit", self.limit);
        form.maybe("starting_after", self.starting_after.as_deref());
    }
}

/// Seconds of Unix time: from (inclusive) and to (exclusive).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Created {
    /// Not before this second.
    pub from: Option<i64>,
    /// Before this second.
    pub until: Option<i64>,
}

impl Created {
    pub(crate) fn encode(&self, form: &mut Form) {
        form.nest("created", |form| {
            form.maybe("gte", self.from);
            form.maybe("lt", self.until);
        });
    }
}
