//! The first page of the owner's application.

use zoop_domain::id::AlertId;

use super::{Route, Who};

/// The address alone: on to the application.
pub const ROOT: &str = "/";
/// Home.
pub const HOME: &str = "/office";
/// Home with every alert.
pub const ALL_ALERTS: &str = "/office?attention=all#attention";
/// An alert was seen.
pub const ALERT_RESOLVE: &str = "/office/alerts/{alert}/resolve";

/// Who gets in.
pub const ROUTES: &[Route] =
    &[("GET", ROOT, Who::Everybody), ("GET", HOME, Who::Member), ("POST", ALERT_RESOLVE, Who::Member)];

/// Where "Got it" posts to.
#[must_use]
pub fn resolve(alert: &AlertId) -> String {
    format!("/office/alerts/{alert}/resolve")
}
