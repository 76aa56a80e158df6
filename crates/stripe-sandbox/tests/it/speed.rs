//! How fast the sandbox is, so that a benchmark of a billing run knows whom it measures.
//! `cargo test --release -p zoop-stripe-sandbox --test it speed -- --ignored --nocapture`

use std::time::Instant;

use crate::bench::Bench;

const CHARGES: usize = 2_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: run it by hand, in release"]
#[expect(clippy::print_stdout, reason = "its result is to be read")]
async fn speed_of_making_and_confirming() {
    for at_once in [1, 8] {
        let bench = Bench::start().await;
        let (customer, method) = bench.saved("pm_card_visa").await;
        let begun = Instant::now();
        let workers = (0..at_once).map(|_| async {
            for _ in 0..CHARGES / at_once {
                bench.charge_off_session(&customer, &method).await.ok();
            }
        });
        futures_util::future::join_all(workers).await;
        let rate = u128::try_from(CHARGES).unwrap() * 1_000 / begun.elapsed().as_millis().max(1);
        println!("{at_once} at once: {rate} charges (create and confirm) a second");
        assert_eq!(bench.sandbox.ledger().await.len(), CHARGES);
    }
}
