//! Dunning: one row an invoice, in place of the one before, and no retry once it was stopped.

use zoop_domain::dunning::Dunning;
use zoop_domain::invoice::{DunningStage, Ledger, Lifecycle};
use zoop_store::dunning;
use zoop_store::invoice::{self, Draft};

use crate::fixture::{self, at, day, home, usd};
use crate::harness::Store;

cases!(
    dunning_takes_the_place_of_what_stood_there,
    retries_stop_once,
    the_open_invoices_of_a_plan_whose_retries_go_on_are_listed,
);

async fn dunning_takes_the_place_of_what_stood_there(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let (business, id) = (&sent.business, &sent.id);
    assert_eq!(read!(store, |tx| dunning::find(tx, business, id)), None);
    let first = fixture::dunning();
    let used_up = Dunning {
        tries: 5,
        first_failed_on: day("2026-09-01"),
        failed_at: at(9),
        failed_on: day("2026-09-22"),
        decline_code: "lost_card".into(),
        method_label: String::new(),
        next_try_on: None,
        stopped: false,
    };
    let stopped = Dunning { stopped: true, ..first.clone() };
    let stages = [
        (first, DunningStage::NextTry(day("2026-09-22"))),
        (used_up, DunningStage::UsedUp),
        (stopped, DunningStage::Stopped),
    ];
    for (dunning, stage) in stages {
        commit!(store, |tx| dunning::insert(tx, business, id, &dunning));
        assert_eq!(read!(store, |tx| dunning::find(tx, business, id)), Some(dunning));
        let read = read!(store, |tx| invoice::get(tx, business, id)).expect("the invoice");
        assert_eq!(read.facts.dunning, Some(stage));
    }
    let paid = Ledger::new(sent.totals.total);
    commit!(store, |tx| invoice::update_ledger(tx, business, id, Lifecycle::Paid, &paid, false));
    let read = read!(store, |tx| invoice::get(tx, business, id)).expect("the invoice");
    assert_eq!(read.facts.dunning, None, "a paid invoice is in no dunning");
}

async fn retries_stop_once(store: &Store) {
    let home = home(store).await;
    let stop = async |sent: &Draft| commit!(store, |tx| dunning::update_stopped(tx, &sent.business, &sent.id));
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    assert!(!stop(&sent).await, "nothing of it ever failed");
    let (going, used_up) = (fixture::dunning(), Dunning { next_try_on: None, ..fixture::dunning() });
    for (dunning, stops) in [(&used_up, false), (&going, true)] {
        commit!(store, |tx| dunning::insert(tx, &sent.business, &sent.id, dunning));
        assert_eq!(stop(&sent).await, stops);
        assert!(!stop(&sent).await, "once");
        let expected = Dunning { stopped: stops, next_try_on: None, ..dunning.clone() };
        assert_eq!(read!(store, |tx| dunning::find(tx, &sent.business, &sent.id)), Some(expected));
    }
}

async fn the_open_invoices_of_a_plan_whose_retries_go_on_are_listed(store: &Store) {
    let home = home(store).await;
    let (mowing, snow) = (home.plan(store, "Mowing").await, home.plan(store, "Snow").await);
    let mut listed = Vec::new();
    let cases = [
        (&mowing, Some(fixture::dunning()), Lifecycle::Open),
        (&mowing, Some(fixture::dunning()), Lifecycle::Paid),
        (&mowing, Some(Dunning { next_try_on: None, ..fixture::dunning() }), Lifecycle::Open),
        (&mowing, None, Lifecycle::Open),
        (&snow, Some(fixture::dunning()), Lifecycle::Open),
        (&mowing, Some(Dunning { tries: 4, ..fixture::dunning() }), Lifecycle::Open),
    ];
    for (n, (plan, dunning, lifecycle)) in cases.iter().enumerate() {
        let draft = Draft { plan: Some(plan.id.clone()), ..fixture::draft(&home.customer) };
        commit!(store, |tx| async {
            let (business, id, ledger) = (&draft.business, &draft.id, Ledger::new(usd(1)));
            invoice::insert_draft(tx, &draft, at(0)).await?;
            invoice::update_ledger(tx, business, id, *lifecycle, &ledger, false).await?;
            match dunning {
                Some(dunning) => dunning::insert(tx, business, id, dunning).await,
                None => Ok(()),
            }
        });
        if [0, 5].contains(&n) {
            listed.push(draft.id);
        }
    }
    listed.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    assert_eq!(read!(store, |tx| dunning::list_by_plan(tx, &home.business.id, &mowing.id)), listed);
    assert_eq!(read!(store, |tx| dunning::list_by_plan(tx, &home.business.id, &fixture::id!(PlanId))), []);
}
