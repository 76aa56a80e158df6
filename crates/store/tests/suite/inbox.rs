//! What arrives and what is told: webhook events once each, alerts once while open, the trail whole.

use zoop_domain::id::BusinessId;
use zoop_store::alert::{self, About, Alert};
use zoop_store::audit_event::{self, AuditEvent};
use zoop_store::webhook_event::{self, WebhookEvent};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    an_event_is_stored_once_an_account_among_eight_at_once,
    an_event_reads_back_and_is_marked_as_dealt_with,
    an_alert_is_raised_once_while_it_is_open,
    one_business_never_silences_anothers_alert,
    the_trail_is_read_in_order,
);

fn event(account: &str, event: &str) -> WebhookEvent {
    WebhookEvent {
        id: fixture::id!(WebhookEventId),
        account: account.into(),
        event: event.into(),
        kind: "checkout.session.completed".into(),
        object: "cs_1".into(),
        payment_intent: Some("pi_1".into()),
        received_at: at(0),
    }
}

async fn an_event_is_stored_once_an_account_among_eight_at_once(store: &Store) {
    let deliveries = (0..8).map(|_| {
        let (db, event) = (store.db.clone(), event("acct_1", "evt_1"));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = webhook_event::insert(&mut tx, &event).await.expect("no error");
            tx.commit().await.expect("a commit");
            stored
        })
    });
    let mut stored = 0;
    for delivery in deliveries.collect::<Vec<_>>() {
        stored += u32::from(delivery.await.expect("no panic"));
    }
    assert_eq!(stored, 1);
    assert!(commit!(store, |tx| webhook_event::insert(tx, &event("acct_2", "evt_1"))), "another account's");
    assert!(commit!(store, |tx| webhook_event::insert(tx, &event("acct_1", "evt_2"))), "another event");
}

async fn an_event_reads_back_and_is_marked_as_dealt_with(store: &Store) {
    let bare = WebhookEvent { payment_intent: None, ..event("acct_1", "evt_1") };
    for event in [bare, event("", "")] {
        assert!(commit!(store, |tx| webhook_event::insert(tx, &event)));
        let read = read!(store, |tx| webhook_event::get(tx, &event.id)).expect("the event");
        assert_eq!(format!("{read:?}"), format!("{event:?}"));
        commit!(store, |tx| webhook_event::update_processed(tx, &event.id, at(7)));
    }
    let unknown = fixture::id!(WebhookEventId);
    assert!(read!(store, |tx| webhook_event::get(tx, &unknown)).is_none());
    let processed = store.texts("SELECT CAST(processed_at AS TEXT) FROM webhook_events").await;
    assert_eq!(processed, vec![at(7).as_microseconds().to_string(); 2]);
}

fn alarm(kind: &str, subject: &str, seconds: i64) -> Alert {
    let id = fixture::id!(AlertId);
    let (message, about) = (format!("at {seconds}"), About::default());
    Alert { id, kind: kind.into(), subject: subject.into(), message, about, raised_at: at(seconds) }
}

async fn raise(store: &Store, business: Option<&BusinessId>, alert: &Alert) {
    commit!(store, |tx| alert::insert(tx, business, alert));
}

async fn an_alert_is_raised_once_while_it_is_open(store: &Store) {
    let home = home(store).await;
    for business in [Some(&home.business.id), None] {
        let list = async || read!(store, |tx| alert::list_open(tx, business));
        assert_eq!(list().await, []);
        let (first, again, other) =
            (alarm("surplus", "pi_1", 1), alarm("surplus", "pi_1", 2), alarm("surplus", "pi_2", 3));
        for alert in [&first, &again, &other] {
            raise(store, business, alert).await;
        }
        assert_eq!(list().await, [other.clone(), first], "newest first");
        store.raw("UPDATE alerts SET resolved_at = 1 WHERE subject = 'pi_1'").await;
        raise(store, business, &again).await;
        assert_eq!(list().await, [other, again], "what was settled may come up again");
    }
}

async fn one_business_never_silences_anothers_alert(store: &Store) {
    let (one, other) = (home(store).await, home(store).await);
    let alert = alarm("payment.mismatch", "inv_1", 0);
    for business in [Some(&other.business.id), None, Some(&one.business.id)] {
        let alert = Alert { id: fixture::id!(AlertId), ..alert.clone() };
        raise(store, business, &alert).await;
        assert_eq!(read!(store, |tx| alert::list_open(tx, business)), [alert]);
    }
}

async fn the_trail_is_read_in_order(store: &Store) {
    let home = home(store).await;
    let line = |subject: &str, action: &str, seconds| AuditEvent {
        id: fixture::id!(AuditId),
        actor: "operator".into(),
        action: action.into(),
        subject: subject.into(),
        detail: String::new(),
        happened_at: at(seconds),
    };
    let lines = [line("plk_1", "rotated", 2), line("plk_1", "generated", 1), line("plk_2", "generated", 1)];
    for line in &lines {
        commit!(store, |tx| audit_event::insert(tx, &home.business.id, line));
    }
    let [rotated, generated, _] = lines;
    assert_eq!(read!(store, |tx| audit_event::list(tx, &home.business.id, "plk_1")), [generated, rotated]);
    assert_eq!(read!(store, |tx| audit_event::list(tx, &home.business.id, "plk_3")), []);
}
