//! Plans in the office: the list page by page, changes of one, and what one billed.

use zoop_domain::consent::ConsentState;
use zoop_domain::invoice::Lifecycle;
use zoop_domain::money::Currency;
use zoop_domain::payment::Payment;
use zoop_domain::plan::{Plan, PlanState};
use zoop_domain::schedule::{Frequency, LeadDays, Schedule};
use zoop_store::Side;
use zoop_store::invoice::From;
use zoop_store::plan::{self, Due, Filter};
use zoop_store::{billing, consent, invoice, payment};

use crate::fixture::{self, Home, at, day, home, usd};
use crate::harness::Store;

cases!(
    the_list_is_read_page_by_page,
    a_row_tells_how_auto_pay_stands,
    a_plan_is_changed_whole,
    what_a_plan_billed_is_read_page_by_page,
);

async fn titles(store: &Store, home: &Home, filter: &Filter, limit: i64) -> Vec<String> {
    let listed = read!(store, |tx| plan::list_page(tx, &home.business.id, filter, limit));
    listed.into_iter().map(|listed| listed.plan.title).collect()
}

async fn the_list_is_read_page_by_page(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    other.plan(store, "0_% elsewhere").await;
    let mut plans: Vec<_> = (0..5).map(|_| fixture::plan(&home.customer)).collect();
    plans.sort_by(|one, other| one.id.cmp(&other.id));
    for (index, plan) in plans.iter_mut().enumerate() {
        plan.title = format!("{index}_% Élan");
        plan.state = PlanState::ALL[index % 3];
        commit!(store, |tx| plan::insert(tx, plan, &[], Currency::Usd, Due::default(), at(0)));
    }
    let all = |side| Filter { side, ..Filter::default() };
    let named = |numbers: &[usize]| numbers.iter().map(|n| format!("{n}_% Élan")).collect::<Vec<_>>();
    assert_eq!(titles(store, &home, &all(Side::Start), 2).await, named(&[4, 3]));
    assert_eq!(titles(store, &home, &all(Side::Before(plans[3].id.clone())), 2).await, named(&[2, 1]));
    assert_eq!(titles(store, &home, &all(Side::After(plans[2].id.clone())), 2).await, named(&[4, 3]));
    let paused = Filter { state: Some(PlanState::Paused), ..Filter::default() };
    assert_eq!(titles(store, &home, &paused, 9).await, named(&[4, 1]));
    for (words, found) in [("0_%", 1), ("0__", 0), ("_%", 5), ("élan", 5), ("ada", 5), ("\\", 0)] {
        let filter = Filter { words: words.into(), ..Filter::default() };
        assert_eq!(titles(store, &home, &filter, 9).await.len(), found, "{words}");
    }
    let listed = read!(store, |tx| plan::list_page(tx, &home.business.id, &Filter::default(), 1)).remove(0);
    assert_eq!((listed.plan, listed.customer_name), (plans[4].clone(), home.customer.name.clone()));
    let mut counts = read!(store, |tx| plan::count_by_state(tx, &home.business.id));
    counts.sort_by_key(|(state, _)| state.as_str());
    assert_eq!(counts, [(PlanState::Active, 2), (PlanState::Cancelled, 1), (PlanState::Paused, 2)]);
}

async fn a_row_tells_how_auto_pay_stands(store: &Store) {
    let home = home(store).await;
    let plan = home.plan(store, "Mowing").await;
    let stands = async || {
        let listed = read!(store, |tx| plan::list_page(tx, &home.business.id, &Filter::default(), 9));
        listed.into_iter().map(|listed| listed.auto_pay).collect::<Vec<_>>()
    };
    assert_eq!(stands().await, [None]);
    let given = fixture::consent(&plan);
    assert!(commit!(store, |tx| consent::insert(tx, &given)));
    assert_eq!(stands().await, [Some(ConsentState::Live)]);
    let why = zoop_domain::consent::SuspendedWhy::Declined;
    assert!(commit!(store, |tx| consent::update_suspended(tx, &plan.business, &given.id, why, at(1))));
    assert_eq!(stands().await, [Some(ConsentState::Suspended)]);
}

async fn a_plan_is_changed_whole(store: &Store) {
    let home = home(store).await;
    let (plan, business) = (home.plan(store, "Mowing").await, &home.business.id);
    let revision = async || read!(store, |tx| plan::find_revision(tx, business, &plan.id));
    assert_eq!(revision().await, Some(1));
    let changed = Plan {
        title: "Ärger im Garten".into(),
        schedule: Schedule::new(Frequency::Weekly, day("2026-10-05")).expect("a schedule"),
        lead: LeadDays::new(2).expect("a lead time"),
        next_cycle_on: Some(day("2026-10-12")),
        cap: None,
        ..plan.clone()
    };
    let lines = [fixture::plan_line(), fixture::plan_line()];
    for lines in [&lines[..], &lines[..1]] {
        assert!(commit!(store, |tx| plan::update_details(tx, &changed, lines, Due::default())));
        assert_eq!(read!(store, |tx| plan::list_lines(tx, business, &plan.id)), lines);
    }
    assert_eq!(read!(store, |tx| plan::get(tx, business, &plan.id)), Some(changed.clone()));
    assert_eq!(revision().await, Some(3));
    let filter = Filter { words: "ärger".into(), ..Filter::default() };
    assert_eq!(titles(store, &home, &filter, 9).await, ["Ärger im Garten"]);
    let nowhere = Plan { id: fixture::id!(PlanId), ..changed };
    assert!(!commit!(store, |tx| plan::update_details(tx, &nowhere, &[], Due::default())));
    assert_eq!(read!(store, |tx| plan::find_revision(tx, business, &nowhere.id)), None);
}

async fn what_a_plan_billed_is_read_page_by_page(store: &Store) {
    let home = home(store).await;
    let (plan, business) = (home.plan(store, "Mowing").await, &home.business.id);
    let last = async || read!(store, |tx| plan::find_last_cycle(tx, business, &plan.id));
    assert_eq!((last().await, read!(store, |tx| plan::count_billed(tx, business, &plan.id))), (None, (0, 0)));
    let mut bills = vec![fixture::billed(&plan, "B-1"), fixture::billed(&plan.past_next_cycle(), "B-2")];
    commit!(store, |tx| billing::insert_invoices(tx, business, &bills, at(0)));
    let draft = invoice::Draft { plan: Some(plan.id.clone()), ..fixture::draft(&home.customer) };
    commit!(store, |tx| invoice::insert_draft(tx, &draft, at(0)));
    assert_eq!(last().await, bills[1].cycle_on.into());
    bills.sort_by(|one, other| one.id.cmp(&other.id));
    let mut ids: Vec<_> = bills.iter().map(|bill| bill.id.clone()).chain([draft.id.clone()]).collect();
    ids.sort_by(|one, other| other.cmp(one));
    let page = async |from: From| {
        let billed = read!(store, |tx| plan::list_billed(tx, business, &plan.id, &from, 2));
        billed.into_iter().map(|billed| billed.id).collect::<Vec<_>>()
    };
    assert_eq!(page(From::Newest).await, ids[..2]);
    assert_eq!(page(From::OlderThan(ids[1].clone())).await, ids[2..]);
    assert_eq!(page(From::NewerThan(ids[2].clone())).await, ids[..2]);
    let paid =
        Payment { invoice: bills[0].id.clone(), method_label: "Check #7".into(), ..fixture::payment(&draft, "a") };
    commit!(store, |tx| payment::insert(tx, &paid));
    let all = read!(store, |tx| plan::list_billed(tx, business, &plan.id, &From::Newest, 9));
    let found = all.iter().find(|billed| billed.id == bills[0].id).expect("the invoice");
    assert_eq!((found.paid_by.as_deref(), found.cycle_on), (Some("Check #7"), Some(bills[0].cycle_on)));
    assert_eq!(found.number.as_deref(), Some(bills[0].number.as_str()));
    assert!(all.iter().any(|billed| billed.number.is_none() && billed.cycle_on.is_none()), "the draft");
    let mut ledger = found.facts.ledger;
    ledger.applied = usd(1_500);
    commit!(store, |tx| invoice::update_ledger(tx, business, &bills[0].id, Lifecycle::Open, &ledger, false));
    assert_eq!(read!(store, |tx| plan::count_billed(tx, business, &plan.id)), (3, 1_500));
}
