//! Everything a business has, to be taken away; and the ways in for files, beside it.

use super::{Route, Who};

/// The page.
pub const DATA: &str = "/office/settings/data";
/// A file of it. What is taken is noted, so it is no page to open but a form to send.
pub const EXPORT: &str = "/office/settings/data/export";

/// Who gets in.
pub const ROUTES: &[Route] = &[("GET", DATA, Who::Owner), ("POST", EXPORT, Who::Owner)];
