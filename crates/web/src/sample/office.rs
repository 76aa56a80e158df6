//! Samples of the owner's application: Nora Keane of Greenline at her desk, on Nov 23, 2026.

use zoop_app::audit::{AuditEvent, Told};
use zoop_app::home::Home;
use zoop_domain::audit::Action;
use zoop_domain::dunning::Dunning;
use zoop_domain::home::{Accepted, Age, Attention, Expiring, Failed, Latest, Received, Undelivered, twelve_months};
use zoop_domain::mail::MailKind;
use zoop_domain::time::{Date, Instant};
use zoop_domain::user::{Role, User};

use super::{day, greenline, id, instant, usd};
use crate::office::{Frame, Place};

pub(crate) use super::quote::{dana, line_editor, quote, quote_detail, quote_view, quotes};

/// The day the office's samples are looked at.
pub(crate) fn office_today() -> Date {
    day("2026-11-23")
}

/// Nora Keane, owner.
pub(crate) fn nora() -> User {
    User { id: id("usr", 1), name: "Nora Keane".into(), email: "nora@greenline.example".into(), has_totp: false }
}

/// Luis Ortega of the office.
pub(crate) fn luis() -> User {
    User { id: id("usr", 2), name: "Luis Ortega".into(), email: "luis@greenline.example".into(), has_totp: false }
}

/// What stands around a page of the owner's.
/// A line of the audit trail about nothing in particular.
pub(crate) fn told(number: u32, action: Action, detail: &str) -> Told {
    Told {
        event: AuditEvent {
            id: id("aud", number),
            actor: String::new(),
            action: action.as_str().into(),
            subject: String::new(),
            detail: detail.into(),
            happened_at: instant("2026-09-18T13:00:00Z").plus_seconds(-i64::from(number) * 30_000),
        },
        by: None,
        invoice: None,
        quote: None,
        plan: None,
        customer: None,
        alert: None,
    }
}

pub(crate) fn frame(place: Place) -> Frame {
    Frame {
        business: greenline(),
        user: nora(),
        role: Role::Owner,
        form_token: "A".repeat(43),
        sends_mail: true,
        toast: None,
        place,
    }
}

/// The same for somebody of the office.
pub(crate) fn office_frame(place: Place) -> Frame {
    Frame { user: luis(), role: Role::Office, ..frame(place) }
}

fn months() -> Vec<Received> {
    let minors = [
        984_000, 821_500, 896_000, 1_243_000, 1_690_500, 1_948_000, 2_112_000, 2_036_500, 1_987_000, 1_824_000,
        2_130_650,
    ];
    let all = minors.into_iter().chain([1_846_000]);
    let months = twelve_months(office_today()).into_iter().zip(all);
    months.map(|(month, minor)| Received { month, payments: minor / 40_000, amount: usd(minor) }).collect()
}

fn failed(number: u32, customer_name: &str, owed: i64, code: &str, next_try_on: Option<&str>) -> Failed {
    Failed {
        invoice: id("inv", number),
        number: format!("INV-{number}"),
        customer: id("cus", number),
        customer_name: customer_name.into(),
        owed: usd(owed),
        dunning: Dunning {
            tries: 1,
            first_failed_on: day("2026-11-21"),
            failed_at: Instant::from_unix_seconds(1_795_262_400),
            failed_on: day("2026-11-21"),
            decline_code: code.into(),
            method_label: "Visa •••• 0341".into(),
            next_try_on: next_try_on.map(day),
            stopped: false,
        },
        can_retry: next_try_on.is_some(),
    }
}

fn latest(number: u32, customer_name: &str, method_label: &str, automatic: bool, on: &str, minor: i64) -> Latest {
    Latest {
        payment: id("pay", number),
        customer_name: customer_name.into(),
        number: format!("INV-{number}"),
        method_label: method_label.into(),
        automatic,
        received_on: day(on),
        amount: usd(minor),
    }
}

/// A business in the middle of its season.
pub(crate) fn home() -> Home {
    let owed = [(22, 853_575), (5, 261_000), (2, 112_000), (1, 40_000), (1, 18_000)];
    let attention = |number, kind: &str, message: &str| Attention {
        alert: id("alr", number),
        kind: kind.into(),
        message: message.into(),
        customer: Some((id("cus", number), "Hollis Property Management".into())),
        has_email: true,
        invoice: Some((id("inv", number), "INV-1192".into())),
        payment: None,
        plan: None,
        quote: None,
        mail: None,
    };
    let refused = Undelivered {
        kind: MailKind::Invoice,
        recipient: "hollis@property.example".into(),
        error: "550 5.1.1 no such address".into(),
    };
    let surplus = "$95.00 more than was owed arrived by Visa •••• 4242 and is being refunded.";
    let unbillable = "The plan “Irrigation check” could not be billed: its total is below zero.";
    let lawn = Some((id("pln", 4), "Monthly lawn care".into()));
    Home {
        today: office_today(),
        months: months(),
        last_month_so_far: usd(1_614_950),
        owed: Age::ALL.into_iter().zip(owed).map(|(age, (count, minor))| (age, count, usd(minor))).collect(),
        overdue: (9, usd(431_000)),
        failed: vec![
            failed(1187, "Rosa Delgado", 29_896, "insufficient_funds", Some("2026-11-24")),
            failed(1179, "Theo Lindqvist", 24_000, "authentication_required", None),
        ],
        accepted: vec![Accepted {
            quote: id("quo", 1),
            number: "Q-0217".into(),
            customer_name: "Dana Whitfield".into(),
            total: usd(185_000),
        }],
        alerts: vec![
            Attention {
                customer: Some((id("cus", 1), "Marion Okafor".into())),
                payment: Some(id("pay", 1)),
                ..attention(1, "payment.surplus", surplus)
            },
            Attention { mail: Some(refused), ..attention(2, "mail.failed", "An email could not be delivered.") },
            Attention {
                customer: Some((id("cus", 3), "Bellweather HOA".into())),
                invoice: None,
                plan: Some((id("pln", 3), "Irrigation check".into())),
                ..attention(3, "plan.unbillable", unbillable)
            },
            Attention {
                customer: Some((id("cus", 4), "Rosa <b>Vega".into())),
                has_email: false,
                invoice: Some((id("inv", 4), "INV-1193".into())),
                plan: lawn,
                ..attention(4, "invoice.unsent", "INV-1193 was made by “Monthly lawn care” and not emailed.")
            },
        ],
        unlisted: 0,
        expiring: vec![Expiring {
            customer: id("cus", 5),
            customer_name: "Janet Wu".into(),
            method_label: "Mastercard •••• 5518".into(),
            expires_on: Some(day("2026-11-30")),
            plan_title: "Monthly lawn care".into(),
        }],
        latest: vec![
            latest(1190, "Marion Okafor", "Visa •••• 4242", false, "2026-11-23", 16_238),
            latest(1181, "Sunrise Daycare", "Check #1042", false, "2026-11-23", 54_000),
            latest(1188, "Ana Whitcomb", "Visa •••• 4242", true, "2026-11-22", 27_063),
            latest(1171, "Bellweather HOA", "Wire", false, "2026-11-20", 172_000),
        ],
    }
}

/// A business on its first day.
pub(crate) fn first_day() -> Home {
    let nothing = |received: Received| Received { payments: 0, amount: usd(0), ..received };
    Home {
        months: months().into_iter().map(nothing).collect(),
        last_month_so_far: usd(0),
        owed: Age::ALL.into_iter().map(|age| (age, 0, usd(0))).collect(),
        overdue: (0, usd(0)),
        failed: Vec::new(),
        accepted: Vec::new(),
        alerts: Vec::new(),
        expiring: Vec::new(),
        latest: Vec::new(),
        ..home()
    }
}
