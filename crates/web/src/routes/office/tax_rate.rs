//! Tax rates, among the settings.

use zoop_domain::id::TaxRateId;

use super::{Route, Who};

/// The list; a rate is added there.
pub const TAX_RATES: &str = "/office/settings/tax-rates";
/// Nothing is taxed unless its line says so.
pub const NO_DEFAULT: &str = "/office/settings/tax-rates/no-default";
/// Make one the default.
pub const SET_DEFAULT: &str = "/office/settings/tax-rates/{rate}/default";
/// Put one away.
pub const ARCHIVE: &str = "/office/settings/tax-rates/{rate}/archive";

/// Who gets in.
pub const ROUTES: &[Route] = &[
    ("GET", TAX_RATES, Who::Owner),
    ("POST", TAX_RATES, Who::Owner),
    ("POST", NO_DEFAULT, Who::Owner),
    ("POST", SET_DEFAULT, Who::Owner),
    ("POST", ARCHIVE, Who::Owner),
];

/// Where a rate is made the default.
#[must_use]
pub fn set_default(rate: &TaxRateId) -> String {
    SET_DEFAULT.replace("{rate}", rate.as_str())
}

/// Where a rate is put away.
#[must_use]
pub fn archive(rate: &TaxRateId) -> String {
    ARCHIVE.replace("{rate}", rate.as_str())
}

/// The list with the dialog that asks whether a rate is to be put away.
#[must_use]
pub fn asking_to_archive(rate: &TaxRateId) -> String {
    format!("{TAX_RATES}?archive={rate}")
}
