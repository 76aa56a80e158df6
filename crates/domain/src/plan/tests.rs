//! What may be done with a plan, by example and by property.

use proptest::prelude::*;

use super::*;
use crate::money::Currency;
use crate::schedule::Frequency;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn plan(word: &str, rrule: Option<&str>, starts_on: &str, lead: i64) -> Plan {
    let body = "0".repeat(26);
    let schedule = Schedule::new(Frequency::read(word, rrule).unwrap(), date(starts_on)).unwrap();
    Plan {
        id: format!("pln_{body}").parse().unwrap(),
        business: format!("biz_{body}").parse().unwrap(),
        customer: format!("cus_{body}").parse().unwrap(),
        title: "Lawn care".into(),
        state: PlanState::Active,
        next_cycle_on: schedule.first(),
        schedule,
        lead: LeadDays::new(lead).unwrap(),
        cap: None,
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

fn line(description: &str) -> PlanLine {
    PlanLine {
        description: description.into(),
        quantity: Quantity::from_e4(10_000),
        unit_price: UnitPrice::from_minor_e4(10_000, Currency::Usd),
        tax_rate: None,
    }
}

#[test]
fn what_passed_meanwhile_is_not_made_up() {
    let paused = plan("weekly", None, "2026-09-21", 0).paused().unwrap();
    assert_eq!(paused.billable(), Err(PlanRefusal::Paused));
    let resumed = paused.resumed(date("2026-10-14")).unwrap();
    assert_eq!(resumed.billable(), Ok(date("2026-10-19")));
    // On a cycle's own day it is not too late.
    assert_eq!(paused.resumed(date("2026-10-19")).unwrap().billable(), Ok(date("2026-10-19")));
}

#[test]
fn a_cycle_whose_invoice_should_be_out_is_left_alone() {
    let paused = plan("monthly", None, "2026-01-31", 5).paused().unwrap();
    assert_eq!(paused.resumed(date("2026-02-23")).unwrap().billable(), Ok(date("2026-02-28")));
    assert_eq!(paused.resumed(date("2026-02-24")).unwrap().billable(), Ok(date("2026-03-31")));
}

#[test]
fn what_was_billed_ahead_is_not_billed_again() {
    let ahead = plan("weekly", None, "2026-09-21", 0).past_next_cycle().past_next_cycle();
    let resumed = ahead.paused().unwrap().resumed(date("2026-09-21")).unwrap();
    assert_eq!(resumed.billable(), Ok(date("2026-10-05")));
}

#[test]
fn a_plan_ends_with_its_rule() {
    let once = plan("rrule", Some("FREQ=DAILY;COUNT=1"), "2026-09-21", 0);
    let ended = once.past_next_cycle();
    assert_eq!(ended.billable(), Err(PlanRefusal::Ended));
    assert_eq!(ended.next_run_at(&TimeZone::UTC), None);
    assert_eq!(once.paused().unwrap().resumed(date("2026-09-22")), Err(PlanRefusal::Ended));
}

#[test]
fn each_state_allows_what_it_allows() {
    let active = plan("weekly", None, "2026-09-21", 0);
    let (paused, cancelled) = (active.paused().unwrap(), active.cancelled().unwrap());
    let today = date("2026-09-21");
    assert_eq!(active.resumed(today), Err(PlanRefusal::NotPaused));
    assert_eq!(paused.paused(), Err(PlanRefusal::PausedAlready));
    assert_eq!(paused.cancelled().unwrap().state, PlanState::Cancelled);
    for refused in [cancelled.paused(), cancelled.resumed(today), cancelled.cancelled()] {
        assert_eq!(refused, Err(PlanRefusal::Cancelled));
    }
    assert_eq!(cancelled.billable(), Err(PlanRefusal::Cancelled));
    for idle in [paused, cancelled] {
        assert_eq!(idle.next_run_at(&TimeZone::UTC), None);
        assert_eq!(idle.notice_at(&TimeZone::UTC, Some(7), false, false), None);
    }
}

#[test]
fn a_charge_is_announced_apart_only_if_its_invoice_comes_too_late_for_that() {
    let at = |lead, setting, debit, capped| {
        let plan = plan("monthly", None, "2026-12-15", lead);
        plan.notice_at(&TimeZone::UTC, setting, debit, capped).map(|at| at.date_in(&TimeZone::UTC).iso())
    };
    assert_eq!(at(0, None, false, false).as_deref(), Some("2026-12-12"));
    assert_eq!(at(3, None, false, false), None);
    assert_eq!(at(3, Some(7), false, false).as_deref(), Some("2026-12-08"));
    assert_eq!(at(3, None, true, false).as_deref(), Some("2026-12-05"));
    assert_eq!(at(3, None, true, true), None);
}

#[test]
fn a_plan_begins_no_earlier_than_today() {
    let schedule = Schedule::new(Frequency::Monthly, date("2026-01-31")).unwrap();
    assert_eq!(first_cycle(&schedule, date("2025-12-01")), Ok(date("2026-01-31")));
    assert_eq!(first_cycle(&schedule, date("2026-02-28")), Ok(date("2026-02-28")));
    assert_eq!(first_cycle(&schedule, date("2026-03-01")), Ok(date("2026-03-31")));
    let rule = Frequency::read("rrule", Some("FREQ=MONTHLY;COUNT=2")).unwrap();
    let schedule = Schedule::new(rule, date("2026-01-31")).unwrap();
    assert_eq!(first_cycle(&schedule, date("2027-01-01")), Err(InvalidPlan::NoCycle));
}

#[test]
fn words_are_single_lines() {
    let fine = [line("Mowing")];
    assert_eq!(check_words("Lawn care – “weekly” 🌱", &fine), Ok(()));
    for title in ["", "  ", "\u{a0}"] {
        assert_eq!(check_words(title, &fine), Err(InvalidPlan::NoTitle), "{title:?}");
    }
    for title in ["a\0b", "a\nb", "a\u{7f}b", &"x".repeat(LONGEST_TITLE + 1)] {
        assert_eq!(check_words(title, &fine), Err(InvalidPlan::Title), "{title:?}");
    }
    assert_eq!(check_words("a", &[]), Err(InvalidPlan::Lines));
    assert_eq!(check_words("a", &vec![line("x"); MOST_LINES + 1]), Err(InvalidPlan::Lines));
    for description in ["", " ", "a\0", "a\nb"] {
        let lines = [line("Mowing"), line(description)];
        assert_eq!(check_words("a", &lines), Err(InvalidPlan::Description { line: 2 }), "{description:?}");
    }
}

#[test]
fn a_cap_below_the_price_would_stop_every_charge() {
    assert_eq!(check_cap(None, usd(100)), Ok(()));
    assert_eq!(check_cap(Some(usd(100)), usd(100)), Ok(()));
    assert!(check_cap(Some(usd(99)), usd(100)).is_err());
    assert!(check_cap(Some(usd(0)), usd(0)).is_err());
    assert!(check_cap(Some(Money::new(100, Currency::Eur)), usd(100)).is_err());
}

proptest! {
    #[test]
    fn a_resumed_plan_bills_a_cycle_of_its_own_that_is_neither_past_nor_billed(
        word in prop::sample::select(vec!["weekly", "every_two_weeks", "monthly", "quarterly", "yearly"]),
        billed in 0_usize..6, later in 0_i32..2_000, lead in 0_i64..=60,
    ) {
        let fresh = plan(word, None, "2024-01-31", lead);
        let before = (0..billed).fold(fresh.clone(), |plan, _| plan.past_next_cycle());
        let today = date("2024-01-31").plus_days(later);
        let resumed = before.paused().unwrap().resumed(today).unwrap();
        let next = resumed.billable().unwrap();
        prop_assert!(next >= before.billable().unwrap());
        prop_assert!(resumed.lead.before(next) >= today);
        // A cycle of the schedule, and the first that will do.
        prop_assert_eq!(fresh.schedule.first_from(next), Some(next));
        let earlier = next.plus_days(-1);
        if let Some(other) = fresh.schedule.first_from(before.billable().unwrap()).filter(|it| *it <= earlier) {
            let last = std::iter::successors(Some(other), |it| fresh.schedule.next_after(*it).filter(|it| *it < next)).last();
            prop_assert!(last.is_none_or(|last| resumed.lead.before(last) < today));
        }
    }
}
