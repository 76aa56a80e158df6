//! When a request is sent again, and that it is then the same request.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use url::Url;
use zoop_stripe::payment_intent::{self, ConfirmPaymentIntent};
use zoop_stripe::{Client, Error, IdempotencyKey, PaymentIntent, RetryPolicy, Scope};

use crate::server::{Server, Step, config, reply};

const PAID: &str =
    r#"{"id":"pi_1","status":"succeeded","amount":5,"amount_received":5,"currency":"usd","livemode":false}"#;

async fn confirm(client: &Client) -> Result<PaymentIntent, Error> {
    let key = IdempotencyKey::new("confirm-att_1").unwrap();
    let params = ConfirmPaymentIntent { off_session: true, ..ConfirmPaymentIntent::default() };
    payment_intent::confirm(client, &Scope::Connected("acct_1".to_owned()), "pi_1", &params, &key).await
}

#[tokio::test]
async fn the_same_request_goes_out_again_until_there_is_an_answer() {
    for status in [409, 429, 500, 502, 503] {
        let server = Server::start([reply(status, "{}"), reply(status, "oops"), reply(200, PAID)]).await;
        let intent = confirm(&server.client()).await.unwrap();
        assert_eq!(intent.id, "pi_1");
        let asked = server.asked();
        assert_eq!(asked.len(), 3, "{status}");
        assert_eq!(asked[0].header("idempotency-key"), Some("confirm-att_1"));
        assert!(asked[0].body.contains("off_session=true"));
        assert!(asked.iter().all(|next| *next == asked[0]), "{status}: {asked:#?}");
    }
}

#[tokio::test]
async fn it_stops_after_three_repeats() {
    let server = Server::start([reply(500, r#"{"error":{"type":"api_error","code":"down"}}"#)]).await;
    let error = confirm(&server.client()).await.unwrap_err();
    assert_eq!(server.asked().len(), 4);
    assert!(error.outcome_unknown() && error.is_transient());
    assert_eq!(error.request_id(), Some("req_1"));
}

#[tokio::test]
async fn a_refusal_is_final() {
    for status in [400, 401, 402, 403, 404] {
        let server = Server::start([reply(status, r#"{"error":{"type":"card_error","code":"card_declined"}}"#)]).await;
        let error = confirm(&server.client()).await.unwrap_err();
        assert_eq!(server.asked().len(), 1, "{status}");
        assert!(!error.outcome_unknown(), "{status}");
    }
}

#[tokio::test]
async fn stripes_own_word_goes_first() {
    let no = Step::Reply(500, &[("stripe-should-retry", "false")], "{}".to_owned());
    let server = Server::start([no, reply(200, PAID)]).await;
    let error = confirm(&server.client()).await.unwrap_err();
    assert_eq!(server.asked().len(), 1);
    assert!(error.outcome_unknown(), "a 500 is open, repeated or not");

    let yes = Step::Reply(400, &[("stripe-should-retry", "true")], "{}".to_owned());
    let server = Server::start([yes, reply(200, PAID)]).await;
    confirm(&server.client()).await.unwrap();
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn retry_after_is_waited_for_but_not_beyond_the_limit() {
    let wait = Step::Reply(429, &[("retry-after", "1")], "{}".to_owned());
    let server = Server::start([wait, reply(200, PAID)]).await;
    let started = Instant::now();
    confirm(&server.client()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));

    let wait = Step::Reply(429, &[("retry-after", "121")], "{}".to_owned());
    let server = Server::start([wait, reply(200, PAID)]).await;
    let error = confirm(&server.client()).await.unwrap_err();
    assert_eq!(server.asked().len(), 1);
    assert!(error.is_rate_limited() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_silent_server_is_asked_again_and_then_the_outcome_is_unknown() {
    let server = Server::start([Step::Hang]).await;
    let mut config = config(server.base.clone());
    config.timeout = Duration::from_millis(500);
    let error = confirm(&Client::new(config).unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout), "{error:?}");
    assert!(error.outcome_unknown());
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn no_try_starts_after_the_time_is_over() {
    let server = Server::start([Step::Hang]).await;
    let mut config = config(server.base.clone());
    config.retry = RetryPolicy { within: Duration::from_millis(500), ..config.retry };
    let started = Instant::now();
    let error = confirm(&Client::new(config).unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout), "{error:?}");
    assert_eq!(server.asked().len(), 1);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_limit_after_a_silence_leaves_the_outcome_unknown() {
    let server = Server::start([Step::Hang, reply(401, "{}")]).await;
    let mut config = config(server.base.clone());
    config.timeout = Duration::from_millis(500);
    let client = Client::new(config).unwrap();
    let error = confirm(&client).await.unwrap_err();
    assert!(error.is_access_denied() && error.outcome_unknown(), "{error:?}");

    let declined = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card"}}"#;
    let server = Server::start([reply(500, "{}"), reply(402, declined)]).await;
    let error = confirm(&server.client()).await.unwrap_err();
    assert!(error.is_card_error() && !error.outcome_unknown(), "under one key, a refusal is the first try's too");
}

#[tokio::test]
async fn a_dropped_connection_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let dropper = tokio::spawn(async move {
        for _ in 0..4 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut some = [0; 64];
            let _ = stream.read(&mut some).await.unwrap();
        }
    });
    let error = confirm(&Client::new(config(base)).unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Network { .. }), "{error:?}");
    assert!(error.outcome_unknown());
    assert!(!format!("{error:?}").contains("pi_1"), "the address isn't part of the error");
    dropper.await.unwrap();
}

#[tokio::test]
async fn an_unreadable_success_is_not_repeated() {
    let server = Server::start([reply(200, r#"{"id":"pi_1"}"#)]).await;
    let error = confirm(&server.client()).await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }) && error.outcome_unknown(), "{error:?}");
    assert!(error.to_string().contains("status") && error.to_string().contains("req_1"), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start([Step::Reply(302, &[("location", "/elsewhere")], String::new())]).await;
    let error = confirm(&server.client()).await.unwrap_err();
    assert_eq!(error.api().map(|error| error.http_status), Some(302));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn reading_is_repeated_too_and_carries_no_key() {
    let server = Server::start([reply(503, ""), reply(200, PAID)]).await;
    payment_intent::get(&server.client(), &Scope::Own, "pi_1").await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].header("idempotency-key"), None);
}
