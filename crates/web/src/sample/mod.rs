//! The sample business and its customer, as in the reference design; today is Sep 18, 2026.
//! Pages are drawn from these in tests and in `examples/pages.rs`, never in the program.

pub(crate) mod customer;
pub(crate) mod import;
pub mod invoice;
pub(crate) mod office;
pub(crate) mod office_invoice;
pub(crate) mod office_payment;
pub(crate) mod plan;
mod portal;
mod quote;

use std::str::FromStr;

use zoop_app::attempt::come_back::{Outcome, WayBack};
use zoop_app::consent::turn_off::{TurnOff, TurnedOff};
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::money::{Currency, Money};
use zoop_domain::time::{Date, Instant, TimeZone};

use crate::routes::{InvoicePath, PortalPath};

pub use portal::{card_choice, empty_portal, offline_portal, one_invoice_portal, portal, removal, suspended_portal};

/// Greenline's logo, the only one among the samples.
pub const LOGO: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#2e8b57"/><g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><path d="M24 37V13"/><path d="M24 37c0-8-2.5-13-8.5-16"/><path d="M24 37c0-8 2.5-13 8.5-16"/><path d="M9.5 37h29"/></g></svg>"##;

pub(crate) fn parsed<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("samples are well-formed")
}

/// The id with this prefix and number.
pub(crate) fn id<T: FromStr<Err: std::fmt::Debug>>(prefix: &str, number: u32) -> T {
    parsed(&format!("{prefix}_{number:026}"))
}

pub(crate) fn day(text: &str) -> Date {
    parsed(text)
}

pub(crate) fn instant(text: &str) -> Instant {
    let (day, rest) = text.split_once('T').expect("samples are well-formed");
    let clock: Vec<i64> = rest.trim_end_matches('Z').split(':').map(parsed).collect();
    let midnight = self::day(day).at_hour(0, &TimeZone::UTC);
    midnight.plus_seconds(clock[0] * 3_600 + clock[1] * 60 + clock[2])
}

pub(crate) fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

/// The day the samples are looked at.
pub(crate) fn today() -> Date {
    day("2026-09-18")
}

/// Takes cards and checks; has a logo and a colour.
#[must_use]
pub fn greenline() -> Business {
    Business {
        id: id("biz", 1),
        name: "Greenline Lawn & Garden".into(),
        phone: Some("(512) 555-0148".into()),
        email: Some("billing@greenline.example".into()),
        address: "2210 Menchaca Road\nAustin, TX 78704".into(),
        time_zone: parsed("America/Chicago"),
        currency: Currency::Usd,
        brand_color: Some(parsed("#2e8b57")),
        logo: Some(crate::asset::short_hash(LOGO)),
        payment_instructions: Some(
            "Send a check payable to Greenline Lawn & Garden, 2210 Menchaca Road, Austin, TX 78704.".into(),
        ),
        stripe: Some(StripeAccount::charging("acct_1Greenline")),
        invoice_prefix: "INV-".into(),
        notice_days: Some(3),
        due_days: 30,
        default_tax_rate: None,
    }
}

/// Takes no cards; has a colour and no logo.
#[must_use]
pub fn hartley() -> Business {
    Business {
        id: id("biz", 2),
        name: "Hartley Plumbing & Heating".into(),
        phone: Some("(737) 555-0119".into()),
        email: Some("office@hartley.example".into()),
        address: "86 Foundry Lane\nRound Rock, TX 78664".into(),
        brand_color: Some(parsed("#f2a900")),
        logo: None,
        payment_instructions: Some(
            "Send a check payable to Hartley Plumbing & Heating, 86 Foundry Lane, Round Rock, TX 78664, \
             or pay our technician in cash."
                .into(),
        ),
        stripe: None,
        invoice_prefix: String::new(),
        ..greenline()
    }
}

/// A portal link.
#[must_use]
pub fn portal_path() -> PortalPath {
    PortalPath::new("A".repeat(43))
}

/// An invoice's own link.
#[must_use]
pub fn public_path() -> InvoicePath {
    InvoicePath::Public { token: "A".repeat(22) }
}

/// Back from Stripe.
#[must_use]
pub fn way_back(outcome: Outcome) -> WayBack {
    WayBack { business: greenline(), invoice_number: "INV-1051".into(), amount: usd(16_305), outcome }
}

/// What is asked before auto-pay is turned off.
#[must_use]
pub fn turn_off() -> TurnOff {
    TurnOff {
        consent: id("cns", 1),
        plan_title: "Hedge trimming".into(),
        method_label: "Visa •••• 4242".into(),
        unpaid: vec![("INV-1057".into(), usd(6_495))],
    }
}

/// What was turned off.
#[must_use]
pub fn turned_off(on_its_way: Option<Money>) -> TurnedOff {
    TurnedOff { plan_title: "Hedge trimming".into(), since: today(), on_its_way }
}
