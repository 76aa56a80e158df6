//! Three years of Greenline Lawn & Garden and its customer Dana, as days before today: what was
//! done, what it cost, and what became of the invoice.

use zoop_domain::invoice::LineDraft;
use zoop_domain::money::{Currency, Quantity, UnitPrice};

/// The sales tax of Austin, Texas.
pub(super) const TAX: (&str, &str) = ("Texas sales tax", "8.25");

/// When Dana told the office that her card may be charged for the cleanups.
pub(super) const ATTESTED_DAYS_AGO: i32 = 258;

/// A plan of Dana's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum DanaPlan {
    Lawn,
    Hedge,
    Cleanup,
}

impl DanaPlan {
    pub(super) const ALL: [Self; 3] = [Self::Lawn, Self::Hedge, Self::Cleanup];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Lawn => "Monthly lawn care",
            Self::Hedge => "Hedge trimming",
            Self::Cleanup => "Spring and fall cleanup",
        }
    }

    /// What it goes by in the list of things to try.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lawn => "lawn",
            Self::Hedge => "hedge",
            Self::Cleanup => "cleanup",
        }
    }

    /// What each of its invoices bills.
    pub(super) fn lines(self) -> Vec<LineDraft> {
        match self {
            Self::Lawn => lawn(),
            Self::Hedge => hedge(),
            Self::Cleanup => cleanup(),
        }
    }

    /// The cap the owner set, in cents.
    pub(super) const fn cap(self) -> Option<i64> {
        match self {
            Self::Cleanup => Some(30_000),
            _ => None,
        }
    }
}

/// What became of an invoice. Days count from the day it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Unpaid,
    Card {
        after: i32,
    },
    /// Paid with the card on file, and agreed to auto-pay.
    CardAndConsent {
        after: i32,
    },
    /// Charged by itself on its due day.
    Charged,
    Check {
        after: i32,
        number: u32,
    },
    Cash {
        after: i32,
    },
    /// A check for part of it, in cents.
    PartCheck {
        after: i32,
        cents: i64,
        number: u32,
    },
    BankDebitUnderWay {
        after: i32,
    },
    BankReturned {
        after: i32,
    },
    Refunded {
        after: i32,
    },
    PartlyRefunded {
        after: i32,
        cents: i64,
    },
    /// Canceled, and sent again as the next invoice.
    Replaced {
        after: i32,
    },
    WrittenOff {
        after: i32,
    },
    /// So many automatic charges were declined, from its due day on.
    Declined {
        tries: u32,
        code: &'static str,
    },
}

/// An invoice of the past.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) days_ago: i32,
    pub(super) due_after: i32,
    pub(super) plan: Option<DanaPlan>,
    pub(super) lines: Vec<LineDraft>,
    pub(super) fate: Fate,
    /// The name it goes by in the list of links to try.
    pub(super) name: Option<&'static str>,
}

fn line(description: &str, quantity: &str, cents: i64, taxed: bool) -> LineDraft {
    LineDraft {
        description: description.into(),
        quantity: quantity.parse().unwrap_or(Quantity::from_e4(10_000)),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax: taxed.then_some(0),
    }
}

fn past(days_ago: i32, lines: Vec<LineDraft>, fate: Fate) -> Past {
    Past { days_ago, due_after: 14, plan: None, lines, fate, name: None }
}

fn named(name: &'static str, past: Past) -> Past {
    Past { name: Some(name), ..past }
}

fn lawn() -> Vec<LineDraft> {
    vec![line("Mowing and edging", "4", 3_800, true), line("Green waste disposal, per bag", "3", 670, true)]
}

fn hedge() -> Vec<LineDraft> {
    vec![line("Hedge trimming, front and side", "1", 6_000, true)]
}

fn cleanup() -> Vec<LineDraft> {
    vec![
        line("Seasonal cleanup, crew of two", "3.5", 5_200, true),
        line("Hauling to the compost yard", "1", 3_500, false),
    ]
}

/// After a storm: beyond the cap that was agreed to.
fn big_cleanup() -> Vec<LineDraft> {
    vec![
        line("Seasonal cleanup, crew of two", "5.5", 5_200, true),
        line("Hauling to the compost yard", "2", 3_500, false),
    ]
}

/// Dana's invoices, oldest first.
pub(super) fn dana() -> Vec<Past> {
    let mut all = regular();
    all.extend(one_off());
    all.extend(recent());
    all.sort_by_key(|past| std::cmp::Reverse(past.days_ago));
    all
}

fn regular() -> Vec<Past> {
    let mut all = Vec::new();
    for month in 2..34 {
        let after = [0, 2, 1, 6, 3][month as usize % 5];
        all.push(Past { plan: Some(DanaPlan::Lawn), ..past(month * 30 + 12, lawn(), Fate::Card { after }) });
    }
    for visit in 3..19 {
        let fate = match visit {
            3..6 => Fate::Charged,
            6 => Fate::CardAndConsent { after: 1 },
            _ => Fate::Card { after: 15 },
        };
        all.push(Past { plan: Some(DanaPlan::Hedge), due_after: 15, ..past(visit * 31 + 17, hedge(), fate) });
    }
    for season in 0..5 {
        let days_ago = season * 182 + 47;
        let fate = if days_ago < ATTESTED_DAYS_AGO { Fate::Charged } else { Fate::Card { after: 14 } };
        all.push(Past { plan: Some(DanaPlan::Cleanup), ..past(days_ago, cleanup(), fate) });
    }
    all
}

fn one_off() -> Vec<Past> {
    let seed = |pounds| line("Tall fescue seed, per pound", pounds, 240, true);
    vec![
        past(1_040, vec![line("First visit and lawn survey", "1", 8_500, false)], Fate::Cash { after: 0 }),
        past(
            903,
            vec![line("Core aeration, front and back lawn", "1", 12_000, true), seed("20")],
            Fate::Check { after: 9, number: 988 },
        ),
        past(811, vec![line("Sprinkler head, replaced", "2", 2_500, true)], Fate::Unpaid),
        past(
            644,
            vec![
                line("Mulch, hardwood, per cubic yard", "6.25", 5_800, true),
                line("Spreading, by the hour", "4", 4_500, true),
            ],
            Fate::Card { after: 5 },
        ),
        past(
            517,
            vec![line("Storm cleanup, by the hour", "5.5", 6_400, false)],
            Fate::Check { after: 12, number: 1_007 },
        ),
        past(
            402,
            vec![line("Irrigation controller, 8 zones", "1", 21_900, true), line("Installation", "1", 14_000, false)],
            Fate::Card { after: 3 },
        ),
        past(
            236,
            vec![
                line("Sod, St. Augustine, per pallet", "3", 28_500, true),
                line("Labor, by the hour", "8", 4_500, false),
                line("Returning customer discount", "1", -10_000, true),
            ],
            Fate::Card { after: 1 },
        ),
    ]
}

fn recent() -> Vec<Past> {
    vec![
        named(
            "written_off",
            past(172, vec![line("Late visit fee", "1", 3_800, false)], Fate::WrittenOff { after: 95 }),
        ),
        named("refunded", past(120, vec![line("Gutter flush", "1", 7_500, false)], Fate::Refunded { after: 6 })),
        Past {
            plan: Some(DanaPlan::Hedge),
            due_after: 15,
            name: Some("past_due"),
            ..past(79, hedge(), Fate::Declined { tries: 5, code: "generic_decline" })
        },
        named("void", past(78, lawn(), Fate::Replaced { after: 4 })),
        past(
            71,
            vec![line("Drip line repair, by the hour", "3", 8_000, false)],
            Fate::PartlyRefunded { after: 2, cents: 6_000 },
        ),
        past(52, vec![line("Fertilizer, fall blend, per bag", "2", 4_250, true)], Fate::BankReturned { after: 3 }),
        Past { plan: Some(DanaPlan::Hedge), due_after: 15, ..past(48, hedge(), Fate::Charged) },
        named("paid", Past { plan: Some(DanaPlan::Lawn), ..past(42, lawn(), Fate::Card { after: 0 }) }),
        named(
            "overdue",
            past(
                32,
                vec![
                    line("Core aeration, front and back lawn", "1", 12_000, true),
                    line("Overseeding, by the hour", "2.5", 3_000, true),
                    line("Tall fescue seed, per pound", "20", 240, true),
                ],
                Fate::PartCheck { after: 16, cents: 10_000, number: 1_042 },
            ),
        ),
        Past {
            plan: Some(DanaPlan::Hedge),
            due_after: 15,
            name: Some("dunning"),
            ..past(17, hedge(), Fate::Declined { tries: 2, code: "insufficient_funds" })
        },
        named("plan", Past { plan: Some(DanaPlan::Lawn), ..past(12, lawn(), Fate::Unpaid) }),
        named(
            "processing",
            past(
                10,
                vec![line("Irrigation check, spring start", "1", 8_500, true)],
                Fate::BankDebitUnderWay { after: 2 },
            ),
        ),
        named("over_cap", Past { plan: Some(DanaPlan::Cleanup), ..past(6, big_cleanup(), Fate::Unpaid) }),
        named(
            "open",
            past(
                4,
                vec![
                    line("Pruning, live oaks", "3", 4_800, true),
                    line("Brush hauled away, per load", "2", 3_150, true),
                ],
                Fate::Unpaid,
            ),
        ),
    ]
}

/// An invoice of a plan of somebody's who gave no email address.
pub(super) fn mowing() -> Past {
    Past { plan: Some(DanaPlan::Lawn), ..past(5, lawn(), Fate::Unpaid) }
}

/// One invoice of a small business, to show a row of the pay block.
pub(super) fn plumbing() -> Past {
    past(
        0,
        vec![
            line("Water heater flush and safety check", "1", 12_900, false),
            line("Anode rod, magnesium, 42 in", "1", 4_650, true),
            line("Labor, by the hour", "1.25", 9_600, false),
        ],
        Fate::Unpaid,
    )
}
