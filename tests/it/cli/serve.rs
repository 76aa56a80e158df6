//! The server as a supervisor sees it: it comes up, says whether it is ready, finishes what it is
//! doing when it is told to stop, and tells why when it can't start.

use std::io::Write as _;
use std::net::TcpListener;

use serde_json::json;

use super::database::Install;
use super::http::{self, Browser};
use super::zoop::{Running, free_address, run, until, zoop};
use crate::demo::{Apart, Demo};

/// A server on a database of its own, and its address.
fn serve(install: &Install) -> (Running, String) {
    let address = free_address();
    let server = Running::start(install.zoop(&["serve"]).env("ZOOP_LISTEN", address.to_string()));
    let base = format!("http://{address}");
    until("the server answers", || {
        let healthz = format!("{base}/healthz").parse().unwrap();
        http::send("GET", &healthz, "", "").ok().filter(|reply| reply.status == 200)
    });
    (server, base)
}

#[test]
fn it_is_healthy_and_ready_and_stops_when_told() {
    for signal in ["TERM", "INT"] {
        let install = Install::ready();
        let (mut server, base) = serve(&install);
        assert_eq!(http::get(&format!("{base}/readyz")).ok().body, "ready\n");
        server.signal(signal);
        assert!(server.wait().success(), "{}", server.err());
        assert_eq!(server.rest(), "");
    }
}

#[test]
fn it_is_alive_but_not_ready_on_a_schema_of_the_future() {
    let install = Install::ready();
    let (server, base) = serve(&install);
    install.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'the future', TRUE, x'00', 1)",
    );
    let reply = http::get(&format!("{base}/readyz"));
    assert_eq!((reply.status, reply.body.as_str()), (503, "not ready\n"));
    http::get(&format!("{base}/healthz")).ok();
    install.sql("DELETE FROM _sqlx_migrations WHERE version = 9999");
    http::get(&format!("{base}/readyz")).ok();
    server.stop();
}

#[test]
fn a_request_under_way_is_finished_before_it_stops() {
    let mut apart = Apart::start();
    apart.slow("POST", "/v1/checkout/sessions", 1_500);
    let invoice = apart.invoice();
    let mut browser = Browser::default();
    let amount = browser.get(&invoice).unwrap().ok().field("amount").unwrap().to_owned();
    let pay = format!("{invoice}/pay").parse().unwrap();
    let paying = std::thread::spawn(move || browser.post(&pay, &[("amount", &amount)]));
    apart.until_faults_are_met();
    apart.server().signal("TERM");
    let reply = paying.join().unwrap().unwrap();
    assert_eq!(reply.status, 303, "{reply:?}");
    assert!(reply.location().unwrap().path().starts_with("/c/pay/"), "{reply:?}");
    assert!(apart.server().wait().success());
}

#[test]
fn the_second_signal_ends_it_at_once() {
    let install = Install::ready();
    let (mut server, base) = serve(&install);
    // A request that never comes to its end holds a stop up.
    let url: url::Url = base.parse().unwrap();
    let mut half = http::open(&url).unwrap();
    half.write_all(b"POST /stripe/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf").unwrap();
    http::get(&format!("{base}/healthz")).ok();
    server.signal("TERM");
    until("it no longer listens", || http::open(&url).err());
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(143));
}

#[test]
fn an_address_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let install = Install::ready();
    let ended = run(&mut install.zoop(&["serve", "--listen", &address]));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(&address) && ended.err.contains("Another program listens there"), "{ended:?}");
    run(&mut zoop(["stripe-sandbox", "--listen", &address])).fails_saying(&[&address, "Another program"]);
    let data = install.folder.path().join("demo");
    run(&mut zoop(["demo", "--data", data.to_str().unwrap(), "--listen", &address]))
        .fails_saying(&[&address, "Another program"]);
}

#[test]
fn the_flag_wins_over_the_variable() {
    let (install, address) = (Install::ready(), free_address().to_string());
    let server = Running::start(&mut install.zoop(&["serve", "--listen", &address]));
    until("it listens where the flag says", || {
        http::send("GET", &format!("http://{address}/healthz").parse().unwrap(), "", "").ok()
    });
    server.stop();
}

#[test]
fn migrate_and_serve_in_one() {
    let install = Install::empty();
    let address = free_address().to_string();
    let server = Running::start(&mut install.zoop(&["serve", "--migrate", "--listen", &address]));
    until("it is ready", || {
        let ready = format!("http://{address}/readyz").parse().unwrap();
        http::send("GET", &ready, "", "").ok().filter(|reply| reply.status == 200)
    });
    server.stop();
}

#[test]
fn the_log_has_patterns_and_no_secret() {
    let mut apart = Apart::start();
    let invoice = apart.invoice();
    let portal = apart.demo().url("portal");
    http::get(invoice.as_str()).ok();
    http::get(portal.as_str()).ok();
    assert_eq!(http::get(&format!("{portal}x")).status, 404);
    apart.server().signal("TERM");
    assert!(apart.server().wait().success());
    let log = apart.server().err();
    assert!(log.contains("/i/{token}") && log.contains("/p/{token}"), "{log}");
    for secret in [invoice, portal] {
        let token = secret.path_segments().unwrap().next_back().unwrap().to_owned();
        assert!(!log.contains(&token), "{log}");
    }
    for secret in ["sk_test_", "whsec_"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_webhook_that_nobody_signed_is_refused() {
    let demo = Demo::start();
    let url = format!("{}/stripe/webhook", demo.base()).parse().unwrap();
    let reply = http::send("POST", &url, "Stripe-Signature: t=1,v1=00\r\n", &json!({}).to_string()).unwrap();
    assert_eq!(reply.status, 400, "{reply:?}");
}
