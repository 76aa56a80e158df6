//! Invoices one by one: a draft is stored, sent, locked, changed and read whole again.

use zoop_domain::invoice::{ClosingDates, Ledger, Lifecycle};
use zoop_domain::secret::InvoiceToken;
use zoop_store::invoice;

use crate::fixture::{self, Counting, at, day, home, snapshot, usd};
use crate::harness::Store;

cases!(
    a_draft_is_seen_by_nobody_but_its_lock,
    a_sent_invoice_reads_back_whole,
    sending_twice_changes_nothing,
    a_lock_waits_for_the_transaction_before,
    a_changed_ledger_and_its_dates_read_back,
    a_void_invoice_names_what_takes_its_place,
    lines_and_taxes_keep_their_order,
);

async fn a_draft_is_seen_by_nobody_but_its_lock(store: &Store) {
    let home = home(store).await;
    let draft = home.draft(store).await;
    assert!(read!(store, |tx| invoice::get(tx, &draft.business, &draft.id)).is_none());
    assert!(read!(store, |tx| invoice::find_by_token(tx, &draft.token)).is_none());
    let locked = commit!(store, |tx| invoice::lock(tx, &draft.business, &draft.id)).expect("the draft");
    assert_eq!((locked.id, locked.customer), (draft.id.clone(), home.customer.id.clone()));
    assert_eq!((locked.lifecycle, locked.number, locked.bank_returned), (Lifecycle::Draft, None, false));
    assert_eq!((locked.plan, locked.cycle_on, locked.made_late), (None, None, false));
    assert_eq!((locked.ledger, locked.due_on), (Ledger::new(draft.totals.total), draft.due_on));
    assert_eq!(locked.dates, ClosingDates::default());
    let unknown = fixture::id!(InvoiceId);
    assert!(commit!(store, |tx| invoice::lock(tx, &draft.business, &unknown)).is_none());
}

async fn a_sent_invoice_reads_back_whole(store: &Store) {
    let home = home(store).await;
    let plan = home.plan(store, "Mowing").await;
    let mut draft = fixture::draft(&home.customer);
    (draft.plan, draft.plan_title) = (Some(plan.id.clone()), Some(plan.title.clone()));
    commit!(store, |tx| async {
        invoice::insert_draft(tx, &draft, at(0)).await?;
        let (business, id) = (&draft.business, &draft.id);
        invoice::update_number_and_snapshot(tx, business, id, "INV-1051", day("2026-09-21"), &snapshot()).await
    });
    let found = read!(store, |tx| invoice::find_by_token(tx, &draft.token)).expect("the token's invoice");
    assert_eq!((&found.business, &found.invoice), (&draft.business, &draft.id));
    let other = InvoiceToken::generate(&Counting);
    assert!(read!(store, |tx| invoice::find_by_token(tx, &other)).is_none());

    let read = read!(store, |tx| invoice::get(tx, &draft.business, &draft.id)).expect("the invoice");
    assert_eq!((&read.id, &read.business, &read.customer), (&draft.id, &draft.business, &draft.customer));
    assert_eq!((read.plan, read.plan_title), (draft.plan, draft.plan_title));
    assert_eq!((read.number.as_str(), read.issued_on), ("INV-1051", day("2026-09-21")));
    assert_eq!((read.token, read.totals), (draft.token, draft.totals.clone()));
    assert_eq!((read.snapshot, read.dates, read.replaced_by), (snapshot(), ClosingDates::default(), None));
    assert_eq!((read.facts.lifecycle, read.facts.ledger), (Lifecycle::Open, Ledger::new(draft.totals.total)));
    assert_eq!((read.facts.due_on, read.facts.bank_returned), (draft.due_on, false));
    assert_eq!((read.facts.live_attempt, read.facts.dunning), (None, None));
}

async fn sending_twice_changes_nothing(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let before = store.dump().await;
    commit!(store, |tx| async {
        let (business, id) = (&sent.business, &sent.id);
        invoice::update_number_and_snapshot(tx, business, id, "INV-2", day("2026-09-22"), &snapshot()).await
    });
    assert_eq!(store.dump().await, before);
}

async fn a_lock_waits_for_the_transaction_before(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let payers = (0..8).map(|_| {
        let (db, sent) = (store.db.clone(), sent.clone());
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let locked = invoice::lock(&mut tx, &sent.business, &sent.id).await.expect("a lock").expect("an invoice");
            let applied = locked.ledger.apply(locked.lifecycle, usd(1_000)).expect("a ledger");
            tokio::task::yield_now().await;
            invoice::update_ledger(&mut tx, &sent.business, &sent.id, applied.lifecycle, &applied.ledger, false)
                .await
                .expect("an update");
            tx.commit().await.expect("a commit");
        })
    });
    for payer in payers.collect::<Vec<_>>() {
        payer.await.expect("no panic");
    }
    let locked = commit!(store, |tx| invoice::lock(tx, &sent.business, &sent.id)).expect("the invoice");
    assert_eq!(locked.ledger.applied, usd(8_000), "no payer read a ledger that another was changing");
}

async fn a_changed_ledger_and_its_dates_read_back(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let ledger = Ledger { total: sent.totals.total, applied: usd(3), returned: usd(2), refunded: usd(1) };
    let dates = ClosingDates {
        paid_on: Some(day("2026-09-22")),
        voided_on: Some(day("2026-09-23")),
        written_off_on: Some(day("2026-09-24")),
        refunded_on: Some(day("2026-09-25")),
        returned_on: Some(day("2026-09-26")),
    };
    commit!(store, |tx| async {
        invoice::update_ledger(tx, &sent.business, &sent.id, Lifecycle::Uncollectible, &ledger, true).await?;
        invoice::update_dates(tx, &sent.business, &sent.id, &dates).await
    });
    let locked = commit!(store, |tx| invoice::lock(tx, &sent.business, &sent.id)).expect("the invoice");
    let read = read!(store, |tx| invoice::get(tx, &sent.business, &sent.id)).expect("the invoice");
    assert_eq!((locked.ledger, locked.dates, locked.bank_returned), (ledger, dates, true));
    assert_eq!((read.facts.ledger, read.dates, read.facts.bank_returned), (ledger, dates, true));
    assert_eq!((locked.lifecycle, read.facts.lifecycle), (Lifecycle::Uncollectible, Lifecycle::Uncollectible));
    assert_eq!(locked.number.as_deref(), Some("INV-1"));
    commit!(store, |tx| invoice::update_dates(tx, &sent.business, &sent.id, &ClosingDates::default()));
    let cleared = read!(store, |tx| invoice::get(tx, &sent.business, &sent.id)).expect("the invoice");
    assert_eq!(cleared.dates, ClosingDates::default());
}

async fn a_void_invoice_names_what_takes_its_place(store: &Store) {
    let home = home(store).await;
    let (old, new) = (home.sent(store, "INV-1", "2026-09-21").await, home.draft(store).await);
    commit!(store, |tx| invoice::update_replaced_by(tx, &old.business, &old.id, &new.id));
    let replaced_by = async || {
        let invoice = read!(store, |tx| invoice::get(tx, &old.business, &old.id));
        invoice.expect("the invoice").replaced_by
    };
    assert_eq!(replaced_by().await, None, "a draft has no number to name");
    commit!(store, |tx| async {
        let (business, id) = (&new.business, &new.id);
        invoice::update_number_and_snapshot(tx, business, id, "INV-2", day("2026-09-22"), &snapshot()).await
    });
    assert_eq!(replaced_by().await, Some((new.id.clone(), "INV-2".into())));
}

async fn lines_and_taxes_keep_their_order(store: &Store) {
    let home = home(store).await;
    let mut draft = fixture::draft(&home.customer);
    let all = draft.totals.clone();
    (draft.totals.lines, draft.totals.taxes) = (Vec::new(), Vec::new());
    let mut many = all.clone();
    many.lines = (0..30)
        .map(|n| zoop_domain::invoice::Line { description: format!("{n}"), ..all.lines[n % 2].clone() })
        .collect();
    commit!(store, |tx| async {
        invoice::insert_draft(tx, &draft, at(0)).await?;
        invoice::insert_lines(tx, &draft.business, &draft.id, &many).await?;
        let (business, id) = (&draft.business, &draft.id);
        invoice::update_number_and_snapshot(tx, business, id, "INV-1", day("2026-09-21"), &snapshot()).await
    });
    let read = read!(store, |tx| invoice::get(tx, &draft.business, &draft.id)).expect("the invoice");
    assert_eq!((read.totals.lines, read.totals.taxes), (many.lines, many.taxes));
}
