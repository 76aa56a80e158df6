//! How far the imports of this process have come. A transaction hides its own counts from everybody else, so they are
//! told from memory; what is true stands in the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use zoop_domain::id::ImportId;

/// Rows that are in, of how many, for each import that this process does.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<HashMap<ImportId, (usize, usize)>>);

impl Progress {
    pub(super) fn set(&self, import: &ImportId, done: usize, all: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(import.clone(), (done, all));
    }

    pub(super) fn find(&self, import: &ImportId) -> Option<(usize, usize)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(import).copied()
    }

    pub(super) fn end(&self, import: &ImportId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(import);
    }
}
