//! The queue: no job is given to two workers, and none is lost with its worker.

use std::collections::BTreeSet;
use std::time::Duration;

use zoop_domain::id::JobId;
use zoop_store::job::{self, Job};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_job_waits_for_its_time_and_its_turn,
    two_hundred_jobs_among_eight_workers_are_each_done_once,
    a_rolled_back_claim_is_none,
    an_expired_claim_comes_back,
    a_failed_job_is_tried_again_or_given_up,
    only_who_holds_a_claim_moves_its_job,
);

fn job(payload: &str) -> Job {
    Job { id: fixture::id!(JobId), business: None, kind: "webhook".into(), payload: payload.into(), tries: 0 }
}

async fn insert(store: &Store, job: &Job, seconds: i64) {
    commit!(store, |tx| job::insert(tx, job, at(seconds), at(0)));
}

async fn claim(store: &Store, now: i64) -> Option<Job> {
    commit!(store, |tx| job::lock_next(tx, at(now), at(now + 300)))
}

async fn count(store: &Store) -> (i64, i64) {
    read!(store, |tx| job::count(tx))
}

async fn a_job_waits_for_its_time_and_its_turn(store: &Store) {
    let home = home(store).await;
    assert_eq!((claim(store, 100).await, count(store).await), (None, (0, 0)));
    let late = Job { business: Some(home.business.id.clone()), tries: 3, ..job("late") };
    let early = job("early");
    insert(store, &late, 20).await;
    insert(store, &early, 10).await;
    assert_eq!(claim(store, 9).await, None);
    assert_eq!(claim(store, 20).await, Some(early.clone()));
    assert_eq!(claim(store, 19).await, None);
    assert_eq!(claim(store, 20).await, Some(late));
    assert_eq!(claim(store, 99).await, None, "claimed is claimed");
    assert_eq!(count(store).await, (2, 0));
    commit!(store, |tx| job::delete(tx, &early.id));
    assert_eq!(count(store).await, (1, 0));
}

async fn two_hundred_jobs_among_eight_workers_are_each_done_once(store: &Store) {
    let jobs: Vec<_> = (0..200).map(|n| job(&n.to_string())).collect();
    commit!(store, |tx| async {
        for job in &jobs {
            job::insert(tx, job, at(0), at(0)).await?;
        }
        Ok::<_, zoop_store::Error>(())
    });
    let workers = (0..8).map(|_| {
        let db = store.db.clone();
        tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let mut tx = db.begin().await.expect("a transaction");
                let claimed = job::lock_next(&mut tx, at(1), at(300)).await.expect("a claim");
                tokio::task::yield_now().await;
                tx.commit().await.expect("a commit");
                let Some(claimed) = claimed else { break done };
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
    let job = job("");
    insert(store, &job, 0).await;
    let mut tx = store.db.begin().await.expect("a transaction");
    let claimed = job::lock_next(&mut tx, at(0), at(300)).await.expect("a claim");
    assert!(claimed.is_some());
    drop(tx);
    // PostgreSQL hears of it a moment later, and until then the job is passed over.
    for _ in 0..500 {
        if let Some(again) = claim(store, 0).await {
            assert_eq!(again, job);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job is lost");
}

async fn an_expired_claim_comes_back(store: &Store) {
    let job = job("");
    insert(store, &job, 0).await;
    claim(store, 0).await;
    let expire = async |seconds| commit!(store, |tx| job::update_expired_claims(tx, at(seconds)));
    assert_eq!(expire(300).await, 0, "it lasts through its last moment");
    assert_eq!(expire(301).await, 1);
    assert_eq!(expire(301).await, 0);
    assert_eq!(claim(store, 301).await, Some(Job { tries: 1, ..job }), "a lost worker counts as a try");
}

async fn a_failed_job_is_tried_again_or_given_up(store: &Store) {
    let job = job("");
    insert(store, &job, 0).await;
    claim(store, 0).await;
    commit!(store, |tx| job::update_retry(tx, &job.id, at(60), "Stripe is away"));
    assert_eq!(claim(store, 59).await, None);
    assert_eq!(claim(store, 60).await, Some(Job { tries: 1, ..job.clone() }));
    commit!(store, |tx| job::update_dead(tx, &job.id, "no such refund"));
    assert_eq!(claim(store, 9_999).await, None);
    assert_eq!(commit!(store, |tx| job::update_expired_claims(tx, at(9_999))), 0);
    assert_eq!(count(store).await, (0, 1), "a job that was given up stays");
    assert_eq!(store.texts("SELECT last_error FROM jobs").await, ["no such refund"]);
}

async fn only_who_holds_a_claim_moves_its_job(store: &Store) {
    let job = job("");
    insert(store, &job, 0).await;
    commit!(store, |tx| job::update_dead(tx, &job.id, "unclaimed"));
    assert_eq!(count(store).await, (1, 0), "nobody had claimed it");
    claim(store, 0).await;
    commit!(store, |tx| job::update_dead(tx, &job.id, "over"));
    commit!(store, |tx| job::update_retry(tx, &job.id, at(0), "a worker that was thought lost"));
    assert_eq!((claim(store, 99).await, count(store).await), (None, (0, 1)), "what was given up stays so");
}
