//! The first run.

use super::{Route, Who};

/// Makes the first owner and his business; there only while nobody has an account.
pub const SETUP: &str = "/setup";

/// Who gets in.
pub const ROUTES: &[Route] = &[("GET", SETUP, Who::Everybody), ("POST", SETUP, Who::Everybody)];
