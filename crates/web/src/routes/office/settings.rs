//! Settings of the business: the way in.

use super::{Route, Who};

/// On to the first of them that one may see.
pub const SETTINGS: &str = "/office/settings";

/// Who gets in.
pub const ROUTES: &[Route] = &[("GET", SETTINGS, Who::Owner)];
