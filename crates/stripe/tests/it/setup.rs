//! Which configurations are refused, and what each request carries.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;
use zoop_stripe::{API_VERSION, Client, ClientConfig, Error, RetryPolicy, Scope, account};

use crate::server::{KEY, Server, reply};

fn config(key: &str, base: &str) -> ClientConfig {
    ClientConfig {
        secret_key: SecretString::from(key),
        api_base: Url::parse(base).unwrap(),
        timeout: Duration::from_secs(1),
        retry: RetryPolicy::default(),
    }
}

#[test]
fn a_client_is_made_for_http_and_https() {
    for base in
        ["https://api.stripe.com", "https://api.stripe.com/", "http://127.0.0.1:1", "http://sandbox:8420/stripe"]
    {
        Client::new(config(KEY, base)).unwrap();
    }
    assert_eq!(ClientConfig::live(SecretString::from(KEY)).unwrap().api_base.as_str(), "https://api.stripe.com/");
}

#[test]
fn a_wrong_configuration_is_refused_without_showing_the_key() {
    for (key, base) in [
        ("", "https://api.stripe.com"),
        ("sk_test_\n", "https://api.stripe.com"),
        (KEY, "ftp://api.stripe.com"),
        (KEY, "https://user@api.stripe.com"),
        (KEY, "https://api.stripe.com/?a=b"),
        ("sk_live_1", "http://127.0.0.1:1"),
        ("rk_live_1", "http://api.stripe.com"),
    ] {
        let error = Client::new(config(key, base)).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{base}");
        assert!(!format!("{error:?} {error}").contains("live_1"));
    }
}

#[test]
fn debug_never_shows_the_key() {
    let config = config(KEY, "http://127.0.0.1:1");
    let shown = format!("{config:?} {:?}", Client::new(config.clone()).unwrap());
    assert!(shown.contains("127.0.0.1") && !shown.contains("51Secret"), "{shown}");
}

#[tokio::test]
async fn each_request_says_who_asks_and_in_which_version() {
    let server = Server::start([reply(200, r#"{"id":"acct_1"}"#)]).await;
    let client = server.client();
    account::get(&client, &Scope::Own).await.unwrap();
    account::get(&client, &Scope::Connected("acct_2".to_owned())).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].header("authorization"), Some("Bearer sk_test_51Secret"));
    assert_eq!(asked[0].header("stripe-version"), Some(API_VERSION));
    assert_eq!(asked[0].header("user-agent"), Some(concat!("zoop/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(asked[0].header("stripe-account"), None);
    assert_eq!(asked[1].header("stripe-account"), Some("acct_2"));
}

#[tokio::test]
async fn a_text_that_is_no_id_is_never_sent() {
    let server = Server::start([reply(200, "{}")]).await;
    let client = server.client();
    for id in ["", "../account", "pi_1?x=y", "pi_1/confirm"] {
        let error = zoop_stripe::payment_intent::get(&client, &Scope::Own, id).await.unwrap_err();
        assert!(error.is_not_found(), "{id:?}");
    }
    let error = account::get(&client, &Scope::Connected("acct_1\r\nX: y".to_owned())).await.unwrap_err();
    assert!(matches!(error, Error::InvalidId));
    assert!(server.asked().is_empty());
}
