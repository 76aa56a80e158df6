//! Imports: what a file of customers or open invoices says, row by row. What can't be used is told by its line,
//! and then nothing of the file is. Reading bytes as text and text as rows is done elsewhere.

pub mod customer;
pub mod header;
pub mod invoice;

use crate::id::{BusinessId, ImportId};
use crate::time::Instant;

pub use header::{Column, Header};

/// As many rows are taken at once: a customer's visit waits no longer than the import of so many takes.
pub const MOST_ROWS: usize = 20_000;

crate::words! {
    /// What a file holds.
    pub enum ImportKind {
        /// Customers.
        Customers = "customers",
        /// Invoices of an older system that are still owed.
        Invoices = "invoices",
    }
}

crate::words! {
    /// How far an import has come.
    pub enum ImportState {
        /// Its file can be used; nobody has said yes yet.
        Checked = "checked",
        /// Background work takes it over.
        Running = "running",
        /// Every row is here.
        Done = "done",
        /// Not a row is; it may be tried again.
        Failed = "failed",
    }
}

/// A file on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Whose.
    pub business: BusinessId,
    /// What it holds.
    pub kind: ImportKind,
    /// How far it has come.
    pub state: ImportState,
    /// What the file is called where it comes from.
    pub file_name: String,
    /// How its letters were read: `UTF-8`.
    pub encoding: String,
    /// The same file has the same.
    pub content_hash: String,
    /// So many rows were good when it was looked at, or are here now.
    pub row_count: i64,
    /// So many were left out, because they are here already.
    pub left_out: i64,
    /// Who brought it, as the audit trail names him.
    pub made_by: String,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was brought.
    pub created_at: Instant,
    /// When it was done.
    pub finished_at: Option<Instant>,
}

impl Import {
    /// Whether somebody may say that it is to be done.
    #[must_use]
    pub const fn may_start(&self) -> bool {
        matches!(self.state, ImportState::Checked | ImportState::Failed)
    }
}

/// Something to say of one line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowNote {
    /// The line the row begins on, counted from 1 with the header.
    pub line: u64,
    /// A whole sentence that says what to do, or what becomes of the row.
    pub words: String,
}

/// What a file's rows come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<R> {
    /// The rows that are good, with their lines.
    pub rows: Vec<(u64, R)>,
    /// What must be put right first.
    pub problems: Vec<RowNote>,
    /// What is worth knowing.
    pub warnings: Vec<RowNote>,
    /// What is here already, and not taken twice.
    pub left_out: Vec<RowNote>,
}

impl<R> Default for Reading<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), problems: Vec::new(), warnings: Vec::new(), left_out: Vec::new() }
    }
}

impl<R> Reading<R> {
    /// Whether the rows may come in.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.is_empty() && !self.rows.is_empty()
    }
}
