//! The clock: seen by everybody, moved where there is a lever.
//! The lever here belongs to the bench; in life it is the demo's.

use serde_json::json;

use crate::bench::{Bench, NOW, send};

const DAY: i64 = 86_400;

#[tokio::test]
async fn without_a_lever_the_clock_is_only_shown() {
    let bench = Bench::start().await;
    let page = bench.open(&bench.url("/?days=3")).await;
    assert!(page.text.contains("Saturday, November 21, 2026, 10:26 PM UTC"), "{}", page.text);
    assert!(!page.text.contains("Advance") && !page.text.contains("moved on"));
    let clock = send(bench.http.get(bench.url("/_sandbox/clock"))).await.ok();
    assert_eq!(clock, json!({ "now": NOW }));
    bench.control("clock", json!({ "days": 1 })).await.error(404, "");
    let page = bench.submit(&bench.url("/_sandbox/clock"), &[("days", "1")]).await;
    assert_eq!(page.status, 404);
    assert_eq!(bench.now(), NOW);
}

#[tokio::test]
async fn a_person_moves_the_clock_and_is_told() {
    let bench = Bench::start_movable().await;
    let page = bench.open(&bench.url("/")).await;
    for words in ["Advance 1 day", "Advance 7 days", "Advance 30 days", "may take a moment"] {
        assert!(page.text.contains(words), "{words}");
    }
    let page = bench.submit(&bench.url("/_sandbox/clock"), &[("days", "30")]).await;
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/?days=30")));
    assert_eq!(bench.now(), NOW + 30 * DAY);
    let page = bench.open(&bench.url("/?days=30")).await;
    assert!(page.text.contains("The clock moved on by 30 days."));
    assert!(page.text.contains("Monday, December 21, 2026"));
}

#[tokio::test]
async fn a_program_moves_the_clock_and_hears_the_time() {
    let bench = Bench::start_movable().await;
    assert_eq!(bench.control("clock", json!({ "days": 1 })).await.ok(), json!({ "now": NOW + DAY }));
    assert_eq!(bench.control("clock", json!({ "days": 366 })).await.ok(), json!({ "now": NOW + 367 * DAY }));
    for days in [json!(0), json!(367), json!(-1), json!("x"), json!(null)] {
        assert_eq!(bench.control("clock", json!({ "days": days })).await.status, 400);
    }
    for days in ["0", "367", "-1", "x", ""] {
        let page = bench.submit(&bench.url("/_sandbox/clock"), &[("days", days)]).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains("by 1 to 366 days"));
    }
    assert_eq!(bench.now(), NOW + 367 * DAY);
}

#[tokio::test]
async fn what_the_lever_could_not_do_is_said() {
    let bench = Bench::start_movable().await;
    let error = bench.control("clock", json!({ "days": 7 })).await.error(500, "");
    assert!(error["message"].as_str().unwrap().ends_with("a job failed"));
    let page = bench.submit(&bench.url("/_sandbox/clock"), &[("days", "7")]).await;
    assert_eq!(page.status, 500);
    assert!(page.text.contains("a job failed"));
}

#[tokio::test]
async fn what_falls_due_meanwhile_has_happened() {
    let bench = Bench::start_movable().await;
    bench.session(&[]).await;
    bench.control("clock", json!({ "days": 1 })).await.ok();
    bench.open(&bench.url("/")).await;
    assert_eq!(bench.event_types().await, ["checkout.session.expired"]);
}
