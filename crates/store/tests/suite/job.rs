//! The queue: no job is given to two workers, none is lost with its worker, and a worker that was
//! thought lost moves nothing.

use std::collections::BTreeSet;

use zoop_domain::id::JobId;
use zoop_store::job::{self, DeadJob, Job, NewJob};

use crate::fixture::{self, at, home};
use crate::harness::{Store, until};

cases!(
    a_job_waits_for_its_time_and_its_turn,
    what_is_urgent_goes_first,
    two_hundred_jobs_among_eight_workers_are_each_done_once,
    a_rolled_back_claim_is_none,
    an_expired_claim_comes_back,
    a_worker_whose_claim_ran_out_moves_nothing,
    a_failed_job_is_tried_again_or_given_up,
    only_who_holds_a_claim_moves_its_job,
    a_job_waits_or_runs_once_a_dedupe_key,
    one_of_eight_that_dedupe_at_once_is_added,
    what_runs_or_may_run_is_counted,
    jobs_that_were_given_up_are_listed_oldest_first_and_run_again,
);

async fn insert(store: &Store, job: &NewJob, seconds: i64) -> bool {
    commit!(store, |tx| job::insert(tx, job, at(seconds), at(0)))
}

/// Claims the next job for five minutes, in the name of the moment.
async fn claim(store: &Store, now: i64) -> Option<Job> {
    commit!(store, |tx| job::lock_next(tx, at(now), at(now + 300), &format!("worker {now}")))
}

fn claimed(job: &NewJob, tries: i64, now: i64) -> Job {
    Job {
        id: job.id.clone(),
        business: job.business.clone(),
        kind: job.kind.clone(),
        payload: job.payload.clone(),
        tries,
        claim: format!("worker {now}"),
    }
}

async fn done(store: &Store, job: &Job) -> bool {
    commit!(store, |tx| job::delete(tx, job))
}

async fn retry(store: &Store, job: &Job, seconds: i64) -> bool {
    commit!(store, |tx| job::update_retry(tx, job, at(seconds), "Stripe is away"))
}

async fn give_up(store: &Store, job: &Job) -> bool {
    commit!(store, |tx| job::update_dead(tx, job, "no such refund"))
}

async fn expire(store: &Store, seconds: i64) -> u64 {
    commit!(store, |tx| job::update_expired_claims(tx, at(seconds)))
}

async fn again(store: &Store, job: &JobId, seconds: i64) -> bool {
    commit!(store, |tx| job::update_again(tx, job, at(seconds)))
}

async fn dead(store: &Store, limit: i64) -> Vec<DeadJob> {
    read!(store, |tx| job::list_dead(tx, limit))
}

async fn count(store: &Store) -> (i64, i64) {
    read!(store, |tx| job::count(tx))
}

async fn due(store: &Store, now: i64) -> i64 {
    read!(store, |tx| job::count_due(tx, at(now)))
}

async fn a_job_waits_for_its_time_and_its_turn(store: &Store) {
    let home = home(store).await;
    assert_eq!((claim(store, 100).await, count(store).await), (None, (0, 0)));
    let late = NewJob { business: Some(home.business.id.clone()), ..fixture::job("late") };
    let early = fixture::job("early");
    assert!(insert(store, &late, 20).await);
    assert!(insert(store, &early, 10).await);
    assert_eq!(claim(store, 9).await, None);
    assert_eq!((due(store, 9).await, due(store, 10).await, due(store, 20).await), (0, 1, 2));
    let first = claim(store, 20).await.expect("a job");
    assert_eq!(due(store, 0).await, 1, "it is being done");
    assert_eq!(first, claimed(&early, 0, 20));
    assert_eq!(claim(store, 19).await, None);
    assert_eq!(claim(store, 21).await, Some(claimed(&late, 0, 21)));
    assert_eq!(claim(store, 99).await, None, "claimed is claimed");
    assert_eq!(count(store).await, (2, 0));
    assert!(done(store, &first).await);
    assert!(!done(store, &first).await, "done is done");
    assert_eq!(count(store).await, (1, 0));
}

async fn what_is_urgent_goes_first(store: &Store) {
    let jobs =
        [(9, 1, "bulk"), (5, 2, "mail"), (5, 3, "later mail"), (1, 4, "charge"), (0, 60, "not yet"), (-1, 5, "now")];
    for (priority, seconds, payload) in jobs {
        assert!(insert(store, &NewJob { priority, ..fixture::job(payload) }, seconds).await);
    }
    let mut order = Vec::new();
    while let Some(job) = claim(store, 59).await {
        order.push(job.payload);
    }
    assert_eq!(order, ["now", "charge", "mail", "later mail", "bulk"]);
}

async fn two_hundred_jobs_among_eight_workers_are_each_done_once(store: &Store) {
    let jobs: Vec<_> = (0..200).map(|n| NewJob { priority: n % 3, ..fixture::job(&n.to_string()) }).collect();
    commit!(store, |tx| async {
        for job in &jobs {
            assert!(job::insert(tx, job, at(0), at(0)).await?);
        }
        Ok::<_, zoop_store::Error>(())
    });
    let workers = (0..8).map(|worker| {
        let db = store.db.clone();
        tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let mut tx = db.begin().await.expect("a transaction");
                let name = format!("worker {worker}");
                let claimed = job::lock_next(&mut tx, at(1), at(300), &name).await.expect("a claim");
                tokio::task::yield_now().await;
                tx.commit().await.expect("a commit");
                let Some(claimed) = claimed else { break done };
                assert_eq!(claimed.claim, name);
                done.push(claimed.id);
            }
        })
    });
    let mut done = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        done.extend(worker.await.expect("no panic"));
    }
    let distinct: BTreeSet<&JobId> = done.iter().collect();
    assert_eq!((done.len(), distinct.len()), (200, 200));
}

async fn a_rolled_back_claim_is_none(store: &Store) {
    let job = fixture::job("");
    insert(store, &job, 0).await;
    let mut tx = store.db.begin().await.expect("a transaction");
    let taken = job::lock_next(&mut tx, at(0), at(300), "worker").await.expect("a claim");
    assert!(taken.is_some());
    drop(tx);
    // PostgreSQL hears of it a moment later, and until then the job is passed over.
    let again = until("the job can be claimed again", async || claim(store, 0).await).await;
    assert_eq!(again, claimed(&job, 0, 0));
}

async fn an_expired_claim_comes_back(store: &Store) {
    let job = fixture::job("");
    insert(store, &job, 0).await;
    claim(store, 0).await;
    assert_eq!(expire(store, 300).await, 0, "it lasts through its last moment");
    assert_eq!(expire(store, 301).await, 1);
    assert_eq!(expire(store, 301).await, 0);
    assert_eq!(claim(store, 301).await, Some(claimed(&job, 1, 301)), "a lost worker counts as a try");
}

async fn a_worker_whose_claim_ran_out_moves_nothing(store: &Store) {
    let job = fixture::job("");
    insert(store, &job, 0).await;
    let lost = claim(store, 0).await.expect("a claim");
    assert_eq!(expire(store, 301).await, 1);
    for again in [None, Some(301)] {
        let held = if let Some(now) = again { claim(store, now).await } else { None };
        assert_eq!(held.is_some(), again.is_some());
        let before = store.dump().await;
        assert!(!done(store, &lost).await, "claimed by another: {again:?}");
        assert!(!retry(store, &lost, 0).await);
        assert!(!give_up(store, &lost).await);
        assert_eq!(store.dump().await, before);
        if let Some(held) = held {
            assert!(done(store, &held).await, "whoever holds it now does");
        }
    }
    assert_eq!(count(store).await, (0, 0));
}

async fn a_failed_job_is_tried_again_or_given_up(store: &Store) {
    let job = fixture::job("");
    insert(store, &job, 0).await;
    let first = claim(store, 0).await.expect("a claim");
    assert!(retry(store, &first, 60).await);
    assert!(!retry(store, &first, 0).await, "its claim has gone with the try");
    assert_eq!(store.texts("SELECT last_error FROM jobs").await, ["Stripe is away"]);
    assert_eq!(claim(store, 59).await, None);
    let second = claim(store, 60).await.expect("a claim");
    assert_eq!(second, claimed(&job, 1, 60));
    assert!(give_up(store, &second).await);
    assert!(!give_up(store, &second).await);
    assert_eq!(claim(store, 9_999).await, None);
    assert_eq!(expire(store, 9_999).await, 0);
    assert_eq!(count(store).await, (0, 1), "a job that was given up stays");
    assert_eq!(due(store, 9_999).await, 0, "and waits for a person");
    assert_eq!(store.texts("SELECT last_error FROM jobs").await, ["no such refund"]);
}

async fn only_who_holds_a_claim_moves_its_job(store: &Store) {
    let job = fixture::job("");
    insert(store, &job, 0).await;
    for claim in ["", "somebody"] {
        let stranger = Job { claim: claim.into(), ..claimed(&job, 0, 0) };
        assert!(!give_up(store, &stranger).await && !retry(store, &stranger, 0).await, "nobody had claimed it");
        assert!(!done(store, &stranger).await);
    }
    assert_eq!(count(store).await, (1, 0));
    let held = claim(store, 0).await.expect("a claim");
    let other = fixture::job("");
    insert(store, &other, 0).await;
    let name = held.claim.clone();
    let neighbour = Job { claim: name, ..claim(store, 1).await.expect("another claim") };
    assert!(!done(store, &neighbour).await, "a claim is of one job");
    assert!(give_up(store, &held).await);
    assert!(!retry(store, &held, 0).await && !done(store, &held).await, "what was given up stays so");
    assert_eq!((claim(store, 99).await, count(store).await), (None, (1, 1)));
}

async fn a_job_waits_or_runs_once_a_dedupe_key(store: &Store) {
    let keyed = |key: &str| NewJob { dedupe_key: Some(key.into()), ..fixture::job(key) };
    let add = async |key: &str| insert(store, &keyed(key), 0).await;
    assert!(add("one").await);
    assert!(!add("one").await, "it waits");
    assert!(add("other").await, "another key");
    for _ in 0..2 {
        assert!(insert(store, &fixture::job("none"), 50).await, "no key");
    }
    let held = claim(store, 1).await.expect("a claim");
    assert_eq!(held.payload, "one");
    assert!(!add("one").await, "it runs");
    assert_eq!(count(store).await, (4, 0), "what was there is not added");
    assert!(retry(store, &held, 1).await);
    assert!(!add("one").await, "it waits again");
    let other = claim(store, 0).await.expect("a claim");
    assert!(done(store, &other).await);
    assert!(add("other").await, "the one before is done");
    let held = claim(store, 2).await.filter(|job| job.payload == "other").expect("the new one");
    assert!(done(store, &held).await);
    let held = claim(store, 3).await.filter(|job| job.payload == "one").expect("the first one");
    assert!(give_up(store, &held).await);
    assert!(add("one").await, "one that was given up doesn't count");
    assert!(!add("one").await);
    assert!(again(store, &held.id, 9).await, "and it comes back beside the one that took its place");
    assert_eq!(count(store).await, (4, 0));
}

async fn one_of_eight_that_dedupe_at_once_is_added(store: &Store) {
    let tries = (0..8).map(|_| {
        let (db, job) = (store.db.clone(), NewJob { dedupe_key: Some("charge inv_1".into()), ..fixture::job("inv_1") });
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let added = job::insert(&mut tx, &job, at(0), at(0)).await.expect("no error");
            tokio::task::yield_now().await;
            tx.commit().await.expect("a commit");
            added
        })
    });
    let mut added = 0;
    for attempt in tries.collect::<Vec<_>>() {
        added += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!((added, count(store).await), (1, (1, 0)));
}

async fn what_runs_or_may_run_is_counted(store: &Store) {
    let due = async |seconds| read!(store, |tx| job::count_due(tx, at(seconds)));
    assert_eq!(due(0).await, 0);
    for seconds in [10, 20, 30] {
        insert(store, &fixture::job(""), seconds).await;
    }
    assert_eq!((due(9).await, due(10).await, due(99).await), (0, 1, 3));
    let held = claim(store, 10).await.expect("a claim");
    assert_eq!((due(0).await, due(20).await), (1, 2), "what runs counts whatever the time");
    assert!(give_up(store, &held).await);
    assert_eq!(due(99).await, 2);
}

async fn jobs_that_were_given_up_are_listed_oldest_first_and_run_again(store: &Store) {
    let home = home(store).await;
    assert_eq!(dead(store, 10).await, []);
    let mut given_up = Vec::new();
    for (seconds, business) in [(3, None), (1, Some(home.business.id.clone())), (2, None)] {
        let job = NewJob { business, ..fixture::job(&format!("added at {seconds}")) };
        commit!(store, |tx| job::insert(tx, &job, at(0), at(seconds)));
        let held = claim(store, 10).await.expect("a claim");
        assert!(retry(store, &held, 10).await);
        assert!(give_up(store, &claim(store, 11).await.expect("a claim")).await);
        given_up.push(DeadJob {
            id: job.id,
            business: job.business,
            kind: job.kind,
            payload: job.payload,
            tries: 2,
            last_error: "no such refund".into(),
            created_at: at(seconds),
        });
    }
    let waiting = fixture::job("waiting");
    insert(store, &waiting, 99).await;
    given_up.sort_by_key(|job| job.created_at);
    assert_eq!(dead(store, 10).await, given_up);
    assert_eq!(dead(store, 2).await, given_up[..2]);
    assert!(!again(store, &waiting.id, 0).await, "it was not given up");
    assert!(!again(store, &fixture::id!(JobId), 0).await);
    assert!(again(store, &given_up[1].id, 50).await);
    assert!(!again(store, &given_up[1].id, 0).await, "it waits already");
    assert_eq!(claim(store, 49).await, None);
    let back = claim(store, 50).await.expect("a claim");
    assert_eq!((&back.id, back.tries), (&given_up[1].id, 0), "as if it were new");
    assert_eq!((dead(store, 10).await.len(), count(store).await), (2, (2, 2)));
}
