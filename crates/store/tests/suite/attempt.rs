//! Attempts: one live one an invoice, and which way one may move on.

use zoop_domain::attempt::{Attempt, AttemptKind, AttemptState, AttemptTerms, ConsentDraft};
use zoop_domain::time::Instant;
use zoop_store::attempt::Progress;
use zoop_store::{attempt, consent, payment_method};

use crate::fixture::{self, Home, at, home, token, usd};
use crate::harness::Store;

cases!(
    an_attempt_reads_back_with_all_that_was_ticked,
    one_live_attempt_an_invoice_among_eight_at_once,
    every_state_that_is_live_keeps_others_away,
    an_attempt_is_found_by_its_way_back_for_a_while,
    a_session_opens_only_what_is_being_created,
    a_live_attempt_moves_on_and_an_ended_one_stays,
    a_success_is_never_overlooked,
    a_live_attempt_learns_what_it_charges,
    an_intent_is_noted_only_on_what_is_being_created,
    the_method_that_stands_for_what_was_charged_is_noted,
    why_an_attempt_failed_is_known_of_that_one_only,
    a_job_has_one_failed_attempt,
    live_attempts_are_found_by_what_they_charge,
    the_last_charge_by_a_consent_is_the_last_that_succeeded,
    the_reconciler_sees_what_is_due_longest_waiting_first,
);

async fn insert(store: &Store, attempt: &Attempt, next_check_at: Option<Instant>) -> bool {
    commit!(store, |tx| attempt::insert(tx, attempt, None, next_check_at))
}

async fn get(store: &Store, attempt: &Attempt) -> Attempt {
    read!(store, |tx| attempt::get(tx, &attempt.business, &attempt.id)).expect("the attempt")
}

async fn advance(store: &Store, attempt: &Attempt, state: AttemptState, progress: Progress<'_>) -> bool {
    commit!(store, |tx| attempt::update_state(tx, &attempt.business, &attempt.id, state, progress, at(60)))
}

async fn stored(store: &Store, home: &Home, state: AttemptState) -> Attempt {
    let sent = home.sent(store, fixture::id!(InvoiceId).as_str(), "2026-09-21").await;
    let attempt = Attempt { state, ..fixture::attempt(&sent, &home.account) };
    assert!(insert(store, &attempt, Some(at(120))).await);
    attempt
}

async fn an_attempt_reads_back_with_all_that_was_ticked(store: &Store) {
    let home = home(store).await;
    let (sent, plan) = (home.sent(store, "INV-1", "2026-09-21").await, home.plan(store, "Mowing").await);
    let (consent, method) = (fixture::consent(&plan), fixture::method(&home.customer, &home.account));
    commit!(store, |tx| async {
        payment_method::insert(tx, &method).await?;
        consent::insert(tx, &consent).await
    });
    let full = Attempt {
        kind: AttemptKind::SavedCard,
        state: AttemptState::Failed,
        amount: usd(12_345),
        terms: AttemptTerms {
            save_card: true,
            consent: Some(ConsentDraft { cap: None, ip: None, email: None, ..fixture::consent_draft(&plan) }),
        },
        consent: Some(consent.id),
        job: Some(fixture::id!(JobId)),
        method: Some(method.id.clone()),
        method_label: Some(method.label()),
        session: Some("cs_1".into()),
        payment_intent: Some("pi_1".into()),
        expires_at: None,
        checks: 7,
        ..fixture::attempt(&sent, &home.account)
    };
    let terms = AttemptTerms { save_card: false, consent: Some(fixture::consent_draft(&plan)) };
    let capped = Attempt { state: AttemptState::Canceled, terms, ..fixture::attempt(&sent, &home.account) };
    let bare = fixture::attempt(&sent, &home.account);
    for attempt in [full, capped, bare] {
        assert!(insert(store, &attempt, None).await);
        assert_eq!(get(store, &attempt).await, attempt);
    }
    assert_eq!(read!(store, |tx| attempt::get(tx, &home.business.id, &fixture::id!(AttemptId))), None);
}

async fn one_live_attempt_an_invoice_among_eight_at_once(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let tries = (0..8).map(|_| {
        let (db, attempt) = (store.db.clone(), fixture::attempt(&sent, &home.account));
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let stored = attempt::insert(&mut tx, &attempt, None, None).await.expect("no error");
            tx.commit().await.expect("a commit");
            stored.then_some(attempt)
        })
    });
    let mut winners = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        winners.extend(attempt.await.expect("no panic"));
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(read!(store, |tx| attempt::find_live(tx, &sent.business, &sent.id)), winners.pop());
}

async fn every_state_that_is_live_keeps_others_away(store: &Store) {
    let home = home(store).await;
    for state in AttemptState::ALL.iter().copied() {
        let first = stored(store, &home, state).await;
        let second = Attempt { id: fixture::id!(AttemptId), state: AttemptState::Creating, ..first.clone() };
        let live = read!(store, |tx| attempt::find_live(tx, &first.business, &first.invoice));
        assert_eq!(live, state.is_live().then_some(first), "{state}");
        assert_eq!(insert(store, &second, None).await, !state.is_live(), "{state}");
    }
}

async fn an_attempt_is_found_by_its_way_back_for_a_while(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    let (attempt, code) = (fixture::attempt(&sent, &home.account), token());
    commit!(store, |tx| attempt::insert(tx, &attempt, Some(code.hash()), None));
    let find = async |code, since| read!(store, |tx| attempt::find_by_code(tx, code, since));
    assert_eq!(find(code.hash(), at(-1)).await, Some(attempt));
    assert_eq!(find(code.hash(), at(0)).await, None, "made before");
    assert_eq!(find(token().hash(), at(-1)).await, None, "another code");
}

async fn a_session_opens_only_what_is_being_created(store: &Store) {
    let home = home(store).await;
    for state in AttemptState::ALL.iter().copied() {
        let attempt = stored(store, &home, state).await;
        let session = format!("cs_{state}");
        let opened = commit!(store, |tx| attempt::update_opened(tx, &attempt.business, &attempt.id, &session));
        assert_eq!(opened, state == AttemptState::Creating, "{state}");
        let expected = if opened { (AttemptState::Open, Some(session)) } else { (state, None) };
        let read = get(store, &attempt).await;
        assert_eq!((read.state, read.session), expected);
    }
}

async fn a_live_attempt_moves_on_and_an_ended_one_stays(store: &Store) {
    let home = home(store).await;
    for from in AttemptState::ALL.iter().copied() {
        for to in AttemptState::ALL.iter().copied().filter(|to| *to != AttemptState::Succeeded) {
            let attempt = stored(store, &home, from).await;
            let changes = from.is_live() && from != to;
            assert_eq!(advance(store, &attempt, to, Progress::default()).await, changes, "{from} → {to}");
            let read = get(store, &attempt).await;
            assert_eq!(read.state, if changes { to } else { from }, "{from} → {to}");
            let due = read!(store, |tx| attempt::list_due(tx, at(120), 1_000));
            let asked = due.iter().any(|due| due.id == attempt.id);
            assert_eq!(asked, !changes || to.is_live(), "an ended attempt is asked about no more: {from} → {to}");
        }
    }
    let closed =
        store.texts("SELECT state FROM attempts WHERE closed_at IS NOT NULL GROUP BY state ORDER BY state").await;
    assert_eq!(closed, ["canceled", "failed"], "only what was moved to an end has one");
}

async fn a_success_is_never_overlooked(store: &Store) {
    let home = home(store).await;
    for (n, from) in AttemptState::ALL.iter().copied().enumerate() {
        let attempt = stored(store, &home, from).await;
        let intent = format!("pi_{n}");
        let progress = Progress { payment_intent: Some(&intent), method_label: Some("Visa"), ..Progress::default() };
        let changes = from != AttemptState::Succeeded;
        assert_eq!(advance(store, &attempt, AttemptState::Succeeded, progress).await, changes, "{from}");
        let read = get(store, &attempt).await;
        assert_eq!((read.state, read.payment_intent), (AttemptState::Succeeded, changes.then_some(intent)), "{from}");
    }
}

async fn a_live_attempt_learns_what_it_charges(store: &Store) {
    let home = home(store).await;
    let attempt = stored(store, &home, AttemptState::Processing).await;
    let state = AttemptState::Processing;
    let intent = Progress { payment_intent: Some("pi_1"), ..Progress::default() };
    let label = Progress { method_label: Some("First Prairie Bank •••• 6789"), ..Progress::default() };
    assert!(!advance(store, &attempt, state, Progress::default()).await, "nothing new");
    assert!(advance(store, &attempt, state, intent).await);
    assert!(!advance(store, &attempt, state, intent).await, "known already");
    assert!(advance(store, &attempt, state, label).await);
    let read = get(store, &attempt).await;
    assert_eq!(read.payment_intent.as_deref(), Some("pi_1"), "what is known is not forgotten");
    assert_eq!(read.method_label.as_deref(), Some("First Prairie Bank •••• 6789"));
    let failed = Progress { failure_code: Some("insufficient_funds"), ..Progress::default() };
    assert!(advance(store, &attempt, AttemptState::Failed, failed).await);
    assert!(!advance(store, &attempt, AttemptState::Failed, Progress { method_label: Some("x"), ..failed }).await);
    assert_eq!(store.texts("SELECT failure_code FROM attempts").await, ["insufficient_funds"]);
}

async fn the_reconciler_sees_what_is_due_longest_waiting_first(store: &Store) {
    let home = home(store).await;
    let mut attempts = Vec::new();
    for wait in [30, 10, 20, 40] {
        let sent = home.sent(store, &format!("{wait}"), "2026-09-21").await;
        let attempt = fixture::attempt(&sent, &home.account);
        assert!(insert(store, &attempt, Some(at(wait))).await);
        attempts.push(attempt);
    }
    let due = async |seconds, limit| {
        let due = read!(store, |tx| attempt::list_due(tx, at(seconds), limit));
        due.into_iter().map(|due| (due.id, due.checks)).collect::<Vec<_>>()
    };
    let id = |n: usize| attempts[n].id.clone();
    assert_eq!(due(9, 10).await, []);
    assert_eq!(due(30, 10).await, [(id(1), 0), (id(2), 0), (id(0), 0)]);
    assert_eq!(due(99, 2).await, [(id(1), 0), (id(2), 0)]);
    let (business, first) = (&home.business.id, &attempts[1]);
    commit!(store, |tx| attempt::update_next_check(tx, business, &first.id, at(35)));
    assert_eq!(due(35, 10).await, [(id(2), 0), (id(0), 0), (id(1), 1)]);
    assert!(advance(store, first, AttemptState::Canceled, Progress::default()).await);
    commit!(store, |tx| attempt::update_next_check(tx, business, &first.id, at(1)));
    assert_eq!(due(99, 10).await, [(id(2), 0), (id(0), 0), (id(3), 0)], "an ended one is not asked about again");
}

async fn an_intent_is_noted_only_on_what_is_being_created(store: &Store) {
    let home = home(store).await;
    for state in AttemptState::ALL.iter().copied() {
        let attempt = stored(store, &home, state).await;
        let intent = format!("pi_{state}");
        let noted = commit!(store, |tx| attempt::update_intent(tx, &attempt.business, &attempt.id, &intent));
        assert_eq!(noted, state == AttemptState::Creating, "{state}");
        let read = get(store, &attempt).await;
        assert_eq!((read.state, read.payment_intent), (state, noted.then_some(intent)), "{state}");
    }
}

async fn the_method_that_stands_for_what_was_charged_is_noted(store: &Store) {
    let home = home(store).await;
    let method = fixture::method(&home.customer, &home.account);
    commit!(store, |tx| payment_method::insert(tx, &method));
    let attempt = stored(store, &home, AttemptState::Open).await;
    let known = Progress { method: Some(&method.id), ..Progress::default() };
    assert!(advance(store, &attempt, AttemptState::Processing, known).await);
    assert!(advance(store, &attempt, AttemptState::Succeeded, Progress::default()).await);
    assert_eq!(get(store, &attempt).await.method, Some(method.id), "what is known is not forgotten");
}

async fn why_an_attempt_failed_is_known_of_that_one_only(store: &Store) {
    let home = home(store).await;
    let code =
        async |attempt: &Attempt| read!(store, |tx| attempt::find_failure_code(tx, &attempt.business, &attempt.id));
    let attempt = stored(store, &home, AttemptState::Processing).await;
    let declined = Progress { failure_code: Some("lost_card"), method_label: Some("Visa"), ..Progress::default() };
    assert!(advance(store, &attempt, AttemptState::RequiresAction, declined).await);
    assert_eq!(code(&attempt).await, None, "it may pass yet");
    assert!(advance(store, &attempt, AttemptState::Failed, Progress::default()).await);
    assert_eq!(code(&attempt).await.as_deref(), Some("lost_card"));
    let unexplained = stored(store, &home, AttemptState::Open).await;
    assert!(advance(store, &unexplained, AttemptState::Failed, Progress::default()).await);
    assert_eq!(code(&unexplained).await, None);
    assert!(advance(store, &attempt, AttemptState::Succeeded, Progress::default()).await);
    assert_eq!(code(&attempt).await, None, "it did pass");
}

async fn a_job_has_one_failed_attempt(store: &Store) {
    let home = home(store).await;
    let (business, job) = (&home.business.id, fixture::id!(JobId));
    let find = async |job| read!(store, |tx| attempt::find_failed_by_job(tx, business, job));
    let made = |sent: &zoop_store::invoice::Draft, state| Attempt {
        state,
        job: Some(job.clone()),
        ..fixture::attempt(sent, &home.account)
    };
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    for state in [AttemptState::Canceled, AttemptState::Succeeded, AttemptState::Processing] {
        assert!(insert(store, &made(&sent, state), None).await);
    }
    assert_eq!(find(&job).await, None, "none of them has failed");
    let failed = made(&home.sent(store, "INV-2", "2026-09-21").await, AttemptState::Creating);
    assert!(insert(store, &failed, None).await);
    assert!(advance(store, &failed, AttemptState::Failed, Progress::default()).await);
    assert_eq!(find(&job).await, Some(Attempt { state: AttemptState::Failed, ..failed.clone() }));
    assert_eq!(find(&fixture::id!(JobId)).await, None);
    for _ in 0..2 {
        let manual = Attempt { job: None, ..made(&sent, AttemptState::Failed) };
        assert!(insert(store, &manual, None).await, "what no job made may fail as often as it likes");
    }
    let mut tx = store.db.begin().await.expect("a transaction");
    let twice = attempt::insert(&mut tx, &made(&sent, AttemptState::Failed), None, None).await;
    assert!(matches!(twice, Err(zoop_store::Error::Database(_))), "{twice:?}");
}

async fn live_attempts_are_found_by_what_they_charge(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let (card, other) =
        (fixture::method(&home.customer, &home.account), fixture::method(&home.customer, &home.account));
    let consent = fixture::consent(&home.plan(store, "Mowing").await);
    commit!(store, |tx| async {
        payment_method::insert(tx, &card).await?;
        payment_method::insert(tx, &other).await?;
        consent::insert(tx, &consent).await
    });
    let (mut by_consent, mut by_card, mut by_invoice) = (Vec::new(), Vec::new(), Vec::new());
    for (n, state) in AttemptState::ALL.iter().copied().enumerate() {
        for (consented, method) in [(true, &card), (true, &other), (false, &card)] {
            let sent = home.sent(store, fixture::id!(InvoiceId).as_str(), "2026-09-21").await;
            let attempt = Attempt {
                state,
                consent: consented.then(|| consent.id.clone()),
                method: Some(method.id.clone()),
                // As if the clock had been set back again and again.
                created_at: at(-(n as i64)),
                ..fixture::attempt(&sent, &home.account)
            };
            assert!(insert(store, &attempt, None).await);
            if state.is_live() {
                by_invoice.push(attempt.clone());
            }
            if state.is_live() && consented {
                by_consent.push(attempt.clone());
            }
            if state.is_live() && method.id == card.id {
                by_card.push(attempt);
            }
        }
    }
    for live in [&mut by_consent, &mut by_card] {
        live.sort_by(|one, two| (two.created_at, two.id.as_str()).cmp(&(one.created_at, one.id.as_str())));
        assert_eq!(live.len(), 10);
    }
    by_invoice.sort_by(|one, two| one.invoice.as_str().cmp(two.invoice.as_str()));
    assert_eq!(read!(store, |tx| attempt::list_live(tx, business)), by_invoice);
    assert_eq!(read!(store, |tx| attempt::list_live(tx, &fixture::id!(BusinessId))), []);
    assert_eq!(read!(store, |tx| attempt::list_live_by_consent(tx, business, &consent.id)), by_consent);
    assert_eq!(read!(store, |tx| attempt::list_live_by_method(tx, business, &card.id)), by_card);
    assert_eq!(read!(store, |tx| attempt::list_live_by_consent(tx, business, &fixture::id!(ConsentId))), []);
    assert_eq!(read!(store, |tx| attempt::list_live_by_method(tx, business, &fixture::id!(PaymentMethodId))), []);
}

async fn the_last_charge_by_a_consent_is_the_last_that_succeeded(store: &Store) {
    let home = home(store).await;
    let (mowing, snow) =
        (fixture::consent(&home.plan(store, "Mowing").await), fixture::consent(&home.plan(store, "Snow").await));
    commit!(store, |tx| async {
        consent::insert(tx, &mowing).await?;
        consent::insert(tx, &snow).await
    });
    let find = async || read!(store, |tx| attempt::find_last_charged(tx, &home.business.id, &mowing.id));
    let cases = [
        (&mowing, 1, AttemptState::Failed, None),
        (&mowing, 5, AttemptState::Succeeded, Some(5)),
        (&mowing, 3, AttemptState::Succeeded, Some(5)),
        (&mowing, 8, AttemptState::Processing, Some(5)),
        (&snow, 9, AttemptState::Succeeded, Some(5)),
        (&mowing, 7, AttemptState::Succeeded, Some(7)),
    ];
    for (consent, n, state, last) in cases {
        let sent = home.sent(store, &format!("{n}"), "2026-09-21").await;
        let attempt = Attempt {
            state,
            amount: usd(n),
            consent: Some(consent.id.clone()),
            created_at: at(n),
            ..fixture::attempt(&sent, &home.account)
        };
        assert!(insert(store, &attempt, None).await);
        assert_eq!(find().await, last, "after the one of {n}");
    }
}
