//! The first page of the owner's application.

use super::{Route, Who};

/// The address alone: on to the application.
pub const ROOT: &str = "/";
/// Home.
pub const HOME: &str = "/office";

/// Who gets in.
pub const ROUTES: &[Route] = &[("GET", ROOT, Who::Everybody), ("GET", HOME, Who::Member)];
