//! The bars of twelve months: plain rectangles in a drawing of 1200 by 200, with a scale of three lines.

use zoop_domain::home::{Month, Received, chart_step};
use zoop_domain::money::{Currency, Money};

/// A chart of what was received each month.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The bars, oldest first.
    pub bars: Vec<Bar>,
    /// What stands beside the lines, from the highest down to zero.
    pub scale: [String; 4],
}

/// A month's bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its left edge.
    pub x: usize,
    /// Its top.
    pub y: String,
    /// Its height.
    pub height: String,
    /// What it says when pointed at: "November 2026, to the 23rd: $18,460.00".
    pub title: String,
    /// Its month's first letter, and the two after it.
    pub letters: (&'static str, &'static str),
    /// Whether the month is in progress.
    pub now: bool,
}

const HEIGHT: i64 = 200;
const EACH: usize = 100;

impl Chart {
    /// Draws `months`; the last one is in progress.
    #[must_use]
    pub fn of(months: &[Received], to: &str, currency: Currency) -> Self {
        let step = chart_step(months.iter().map(|month| month.amount.minor()).max().unwrap_or_default());
        let top = step * 3;
        let bars = months.iter().enumerate().map(|(place, month)| {
            // Tenths of a unit are as fine as a screen shows.
            let tenths = month.amount.minor().max(0).saturating_mul(HEIGHT * 10) / top;
            let now = place + 1 == months.len();
            Bar {
                x: place * EACH + 22,
                y: decimal(HEIGHT * 10 - tenths),
                height: decimal(tenths),
                title: format!("{}: {}", named(month.month, to, now), month.amount),
                letters: (&month.month.name()[..1], &month.month.name()[1..3]),
                now,
            }
        });
        let scale = [3, 2, 1, 0].map(|lines| short(Money::new(step * lines, currency), lines == 3));
        Self { bars: bars.collect(), scale }
    }
}

/// "November 2026", with how far it has come if it is in progress.
#[must_use]
pub fn named(month: Month, to: &str, now: bool) -> String {
    if now { format!("{}, to the {to}", month.with_year()) } else { month.with_year() }
}

fn decimal(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// "$24k", "16k", "0": as short as a scale needs.
fn short(amount: Money, with_sign: bool) -> String {
    let per = amount.currency().minor_per_major();
    let (whole, rest) = (amount.minor() / per, amount.minor() % per);
    let sign = if with_sign { amount.currency().symbol() } else { "" };
    match whole {
        1_000_000.. if whole % 100_000 == 0 => format!("{sign}{}M", decimal(whole / 100_000).trim_end_matches(".0")),
        1_000.. if whole % 100 == 0 => format!("{sign}{}k", decimal(whole / 100).trim_end_matches(".0")),
        _ if rest == 0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// "23rd".
#[must_use]
pub fn ordinal(day: i8) -> String {
    let ending = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoop_domain::home::twelve_months;

    #[test]
    fn bars_stand_on_the_line_and_below_the_top() {
        let amount = |minor| Money::new(minor, Currency::Usd);
        let months = twelve_months("2026-11-23".parse().unwrap());
        let months: Vec<_> = months
            .into_iter()
            .zip([984_000, 0, -500, 2_130_650, 1, 1, 1, 1, 1, 1, 1, 1_846_000])
            .map(|(month, minor)| Received { month, payments: 1, amount: amount(minor) })
            .collect();
        let chart = Chart::of(&months, "23rd", Currency::Usd);
        assert_eq!(chart.scale, ["$24k", "16k", "8k", "0"].map(str::to_owned));
        assert_eq!((chart.bars[0].y.as_str(), chart.bars[0].height.as_str()), ("118.0", "82.0"));
        assert_eq!((chart.bars[2].height.as_str(), chart.bars[11].now), ("0.0", true));
        assert_eq!(chart.bars[11].title, "November 2026, to the 23rd: $18,460.00");
        assert_eq!(["1st", "2nd", "3rd", "11th", "12th", "22nd", "30th"], [1, 2, 3, 11, 12, 22, 30].map(ordinal)[..]);
    }

    #[test]
    fn an_empty_year_is_drawn_too() {
        let months = twelve_months("2026-11-23".parse().unwrap());
        let months: Vec<_> = months
            .into_iter()
            .map(|month| Received { month, payments: 0, amount: Money::zero(Currency::Usd) })
            .collect();
        assert_eq!(Chart::of(&months, "1st", Currency::Usd).scale[0], "$0.03");
    }
}
