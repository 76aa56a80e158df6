//! Mails: one of a kind about one thing, and closed once.

use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_store::{customer, mail};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_mail_reads_back,
    one_mail_a_kind_and_subject_among_eight_at_once,
    a_queued_mail_is_closed_once,
    mails_are_listed_newest_first,
);

async fn insert(store: &Store, mail: &Mail) -> bool {
    commit!(store, |tx| mail::insert(tx, mail))
}

async fn get(store: &Store, mail: &Mail) -> Mail {
    read!(store, |tx| mail::get(tx, &mail.business, &mail.id)).expect("the mail")
}

async fn a_mail_reads_back(store: &Store) {
    let home = home(store).await;
    let (business, sent) = (&home.business.id, home.sent(store, "INV-1", "2026-09-21").await);
    let mut mails = Vec::new();
    for (n, kind) in MailKind::ALL.iter().copied().enumerate() {
        let state = MailState::ALL[n % MailState::ALL.len()];
        mails.push(Mail { state, ..fixture::mail(&home.customer, kind, "subject", None) });
    }
    mails.push(Mail {
        message: Some("See you\r\nsoon ✓".into()),
        error: Some("550 no such user".into()),
        created_at: at(1),
        closed_at: Some(at(2)),
        ..fixture::mail(&home.customer, MailKind::Invoice, sent.id.as_str(), Some(&sent.id))
    });
    for mail in mails {
        assert!(insert(store, &mail).await);
        assert_eq!(get(store, &mail).await, mail);
        let found = read!(store, |tx| mail::find(tx, business, mail.kind.as_str(), &mail.subject));
        assert_eq!(found, Some(mail));
    }
    assert_eq!(read!(store, |tx| mail::get(tx, business, &fixture::id!(MailId))), None);
    assert_eq!(read!(store, |tx| mail::find(tx, business, MailKind::Refund.as_str(), "another")), None);
}

async fn one_mail_a_kind_and_subject_among_eight_at_once(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let tries = (0..8).map(|_| {
        let (db, mail) = (store.db.clone(), fixture::mail(&home.customer, MailKind::Receipt, "pay_1", None));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = mail::insert(&mut tx, &mail).await.expect("no error");
            tokio::task::yield_now().await;
            tx.commit().await.expect("a commit");
            stored
        })
    });
    let mut stored = 0;
    for attempt in tries.collect::<Vec<_>>() {
        stored += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(stored, 1);
    assert!(insert(store, &fixture::mail(&home.customer, MailKind::Receipt, "pay_2", None)).await, "another subject");
    assert!(insert(store, &fixture::mail(&home.customer, MailKind::Refund, "pay_1", None)).await, "another kind");
    assert!(insert(store, &fixture::mail(&other.customer, MailKind::Receipt, "pay_1", None)).await, "another business");
    let neighbour = fixture::customer(&home.business.id);
    commit!(store, |tx| customer::insert(tx, &neighbour, at(0)));
    assert!(!insert(store, &fixture::mail(&neighbour, MailKind::Receipt, "pay_1", None)).await, "whoever it goes to");
}

async fn a_queued_mail_is_closed_once(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    for from in MailState::ALL.iter().copied() {
        for to in [MailState::Sent, MailState::Failed, MailState::Dropped] {
            let queued = Mail {
                state: from,
                message: Some("https://pay.example/p/secret".into()),
                ..fixture::mail(&home.customer, MailKind::Invoice, &format!("{from} → {to}"), None)
            };
            assert!(insert(store, &queued).await);
            let (error, message) = (Some("550 no"), Some("https://pay.example/p/…"));
            let closed = commit!(store, |tx| mail::update_closed(tx, business, &queued.id, to, error, message, at(9)));
            assert_eq!(closed, from == MailState::Queued, "{from} → {to}");
            let expected = Mail {
                state: to,
                error: error.map(str::to_owned),
                message: message.map(str::to_owned),
                closed_at: Some(at(9)),
                ..queued.clone()
            };
            assert_eq!(get(store, &queued).await, if closed { expected } else { queued.clone() }, "{from} → {to}");
            assert!(!insert(store, &Mail { id: fixture::id!(MailId), ..queued }).await, "none goes out again");
        }
    }
}

async fn mails_are_listed_newest_first(store: &Store) {
    let home = home(store).await;
    let list = async |limit| {
        let mails = read!(store, |tx| mail::list(tx, &home.business.id, &home.customer.id, limit));
        mails.into_iter().map(|mail| mail.subject).collect::<Vec<_>>()
    };
    assert!(list(10).await.is_empty());
    for (seconds, subject) in [(2, "second"), (3, "third"), (1, "first")] {
        let mail = fixture::mail(&home.customer, MailKind::Receipt, subject, None);
        assert!(insert(store, &Mail { created_at: at(seconds), ..mail }).await);
    }
    let neighbour = fixture::customer(&home.business.id);
    commit!(store, |tx| customer::insert(tx, &neighbour, at(0)));
    assert!(insert(store, &fixture::mail(&neighbour, MailKind::Receipt, "another's", None)).await);
    assert_eq!(list(10).await, ["third", "second", "first"]);
    assert_eq!(list(2).await, ["third", "second"]);
}
