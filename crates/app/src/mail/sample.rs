//! The sample businesses and bill that mails are drawn from in tests, as in the reference design.

use std::str::FromStr;

use url::Url;
use zoop_domain::business::Business;
use zoop_domain::invoice::{LineDraft, Totals};
use zoop_domain::money::{Currency, Money, UnitPrice};
use zoop_domain::tax::TaxRate;
use zoop_domain::time::Date;

use super::{Mail, Rendered};

fn parsed<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("samples are well-formed")
}

pub(super) fn day(text: &str) -> Date {
    parsed(text)
}

pub(super) fn url(text: &str) -> Url {
    parsed(text)
}

pub(super) fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

pub(super) fn drawn(mail: &impl Mail) -> Rendered {
    mail.render().expect("samples can be drawn")
}

/// Has a colour, a phone and an email.
pub(super) fn greenline() -> Business {
    Business {
        id: parsed(&format!("biz_{:026}", 1)),
        name: "Greenline Lawn & Garden".into(),
        phone: Some("(512) 555-0148".into()),
        email: Some("billing@greenline.example".into()),
        address: "2210 Menchaca Road\nAustin, TX 78704".into(),
        time_zone: parsed("America/Chicago"),
        currency: Currency::Usd,
        brand_color: Some(parsed("#2e8b57")),
        logo: None,
        payment_instructions: None,
        stripe: None,
        invoice_prefix: "INV-".into(),
        notice_days: None,
        due_days: 30,
        default_tax_rate: None,
    }
}

/// Has a light colour and no phone.
pub(super) fn hartley() -> Business {
    Business {
        name: "Hartley Plumbing & Heating".into(),
        phone: None,
        address: "86 Foundry Lane\nRound Rock, TX 78664".into(),
        brand_color: Some(parsed("#f2a900")),
        ..greenline()
    }
}

/// Has nothing but an awkward name.
pub(super) fn bare() -> Business {
    Business {
        name: "<Heating> & \"Sons\"".into(),
        phone: None,
        email: None,
        address: String::new(),
        brand_color: None,
        ..greenline()
    }
}

pub(super) fn totals() -> Totals {
    let line = |description: &str, quantity: &str, cents: i64, tax| LineDraft {
        description: description.into(),
        quantity: parsed(quantity),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax,
    };
    let lines =
        vec![line("Mowing and edging", "4", 3_800, Some(0)), line("Green waste disposal, per bag", "3", 670, Some(0))];
    let rate = TaxRate { name: "Texas sales tax".into(), percent: parsed("8.25") };
    Totals::compute(lines, vec![rate], Currency::Usd).expect("samples add up")
}

pub(super) fn free_totals() -> Totals {
    let line = LineDraft {
        description: "Warranty visit".into(),
        quantity: parsed("1"),
        unit_price: UnitPrice::from_minor_e4(0, Currency::Usd),
        tax: None,
    };
    Totals::compute(vec![line], Vec::new(), Currency::Usd).expect("samples add up")
}
