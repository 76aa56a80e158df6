//! The portal's list: the 50 newest and older open ones, drafts never, in one order.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::dunning::Dunning;
use zoop_domain::invoice::{DunningStage, Ledger, Lifecycle};
use zoop_store::invoice::{Draft, PortalInvoices};
use zoop_store::{attempt, customer, dunning, invoice};

use crate::fixture::{self, Home, at, day, home, snapshot, usd};
use crate::harness::Store;

cases!(
    drafts_are_never_listed,
    fifty_fill_the_list_and_the_fifty_first_stays_below,
    older_ones_are_listed_only_while_they_are_open,
    invoices_of_one_day_keep_one_order_across_the_border,
    facts_follow_attempts_and_dunning,
    only_the_customers_own_are_listed,
);

async fn list(store: &Store, home: &Home) -> PortalInvoices {
    read!(store, |tx| invoice::list_for_portal(tx, &home.business.id, &home.customer.id))
}

fn numbers(invoices: &[zoop_domain::invoice::InvoiceSummary]) -> Vec<String> {
    invoices.iter().map(|invoice| invoice.number.clone()).collect()
}

/// Sends `count` invoices, a day apart, the first on 1 Jan 2026 with number 1.
async fn send_many(store: &Store, home: &Home, count: i32) -> Vec<Draft> {
    let drafts: Vec<_> = (0..count).map(|_| fixture::draft(&home.customer)).collect();
    commit!(store, |tx| async {
        for (n, draft) in (1..).zip(&drafts) {
            invoice::insert_draft(tx, draft, at(0)).await?;
            let (business, id, on) = (&draft.business, &draft.id, day("2026-01-01").plus_days(n - 1));
            invoice::update_number_and_snapshot(tx, business, id, &n.to_string(), on, &snapshot()).await?;
        }
        Ok::<_, zoop_store::Error>(())
    });
    drafts
}

async fn close(store: &Store, draft: &Draft, lifecycle: Lifecycle) {
    let ledger = Ledger { applied: usd(1), refunded: usd(2), ..Ledger::new(draft.totals.total) };
    commit!(store, |tx| invoice::update_ledger(tx, &draft.business, &draft.id, lifecycle, &ledger, true));
}

async fn drafts_are_never_listed(store: &Store) {
    let home = home(store).await;
    home.draft(store).await;
    let empty = list(store, &home).await;
    assert!(empty.newest.is_empty() && empty.older_open.is_empty());
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let listed = list(store, &home).await;
    assert_eq!((listed.newest.len(), listed.older_open.len()), (1, 0));
    let row = &listed.newest[0];
    assert_eq!((&row.id, row.number.as_str(), row.issued_on), (&sent.id, "INV-1", day("2026-09-21")));
    assert_eq!(row.facts, read!(store, |tx| invoice::get(tx, &sent.business, &sent.id)).expect("the invoice").facts);
}

async fn fifty_fill_the_list_and_the_fifty_first_stays_below(store: &Store) {
    let (fifty, more) = (home(store).await, home(store).await);
    send_many(store, &fifty, 50).await;
    let listed = list(store, &fifty).await;
    assert_eq!(numbers(&listed.newest), (1..=50).rev().map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(listed.older_open.is_empty(), "none is left over");

    let drafts = send_many(store, &more, 51).await;
    let listed = list(store, &more).await;
    assert_eq!(numbers(&listed.newest), (2..=51).rev().map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(numbers(&listed.older_open), ["1"]);
    close(store, &drafts[0], Lifecycle::Paid).await;
    assert!(list(store, &more).await.older_open.is_empty());
}

async fn older_ones_are_listed_only_while_they_are_open(store: &Store) {
    let home = home(store).await;
    let drafts = send_many(store, &home, 58).await;
    for (draft, lifecycle) in drafts.iter().zip([Lifecycle::Paid, Lifecycle::Void, Lifecycle::Uncollectible]) {
        close(store, draft, lifecycle).await;
    }
    close(store, &drafts[57], Lifecycle::Void).await;
    close(store, &drafts[56], Lifecycle::Uncollectible).await;
    let listed = list(store, &home).await;
    assert_eq!(numbers(&listed.older_open), ["8", "7", "6", "5", "4"], "newest first");
    assert_eq!(listed.newest.len(), 50);
    let top: Vec<_> = listed.newest.iter().take(3).map(|row| row.facts.lifecycle).collect();
    assert_eq!(top, [Lifecycle::Void, Lifecycle::Uncollectible, Lifecycle::Open], "void ones are listed");
    let closed = &listed.newest[0].facts;
    assert_eq!((closed.ledger.applied, closed.ledger.refunded, closed.bank_returned), (usd(1), usd(2), true));
}

async fn invoices_of_one_day_keep_one_order_across_the_border(store: &Store) {
    let home = home(store).await;
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(home.sent(store, &format!("{n}"), "2026-09-21").await.id);
    }
    ids.sort();
    ids.reverse();
    let listed = list(store, &home).await;
    let all: Vec<_> = listed.newest.iter().chain(&listed.older_open).map(|row| row.id.clone()).collect();
    assert_eq!(all, ids, "each once, by id when the day is the same");
    assert_eq!(listed.newest.len(), 50);
}

async fn facts_follow_attempts_and_dunning(store: &Store) {
    let home = home(store).await;
    let plain = home.sent(store, "1", "2026-09-01").await;
    let trying = home.sent(store, "2", "2026-09-02").await;
    let failed = home.sent(store, "3", "2026-09-03").await;
    let over = home.sent(store, "4", "2026-09-04").await;
    let dunned = Dunning { next_try_on: Some(day("2026-09-28")), ..fixture::dunning() };
    commit!(store, |tx| async {
        for (draft, state) in
            [(&trying, AttemptState::Failed), (&over, AttemptState::Canceled), (&trying, AttemptState::Processing)]
        {
            let attempt = Attempt { state, ..fixture::attempt(draft, &home.account) };
            assert!(attempt::insert(tx, &attempt, None, None).await?);
        }
        dunning::insert(tx, &failed.business, &failed.id, &dunned).await
    });
    let listed = list(store, &home).await;
    let facts: Vec<_> = listed.newest.iter().map(|row| (row.facts.live_attempt, row.facts.dunning)).collect();
    let next = DunningStage::NextTry(day("2026-09-28"));
    assert_eq!(facts, [(None, None), (None, Some(next)), (Some(AttemptState::Processing), None), (None, None)]);
    assert_eq!(listed.newest[3].id, plain.id);

    close(store, &trying, Lifecycle::Paid).await;
    close(store, &failed, Lifecycle::Void).await;
    let listed = list(store, &home).await;
    assert!(listed.newest.iter().all(|row| row.facts.live_attempt.is_none() && row.facts.dunning.is_none()));
}

async fn only_the_customers_own_are_listed(store: &Store) {
    let home = home(store).await;
    home.sent(store, "INV-1", "2026-09-21").await;
    let neighbour = fixture::customer(&home.business.id);
    commit!(store, |tx| customer::insert(tx, &neighbour, at(0)));
    let listed = read!(store, |tx| invoice::list_for_portal(tx, &home.business.id, &neighbour.id));
    assert!(listed.newest.is_empty() && listed.older_open.is_empty());
}
