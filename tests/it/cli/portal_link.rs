//! The owner's hold on a customer's link, from the command line, beside a server that runs.

use std::fs;

use super::http;
use super::zoop::{Ended, run, zoop};
use crate::demo::Demo;

fn portal_link(demo: &Demo, verb: &str, customer: &str) -> Ended {
    let mut command = zoop(["portal-link", verb, "--customer", customer]);
    run(command.env("ZOOP_DATABASE_URL", demo.database_url()).env("ZOOP_BASE_URL", demo.base()))
}

/// Its address alone is on stdout; words about it are on stderr.
#[track_caller]
fn handed_out(demo: &Demo, ended: &Ended) -> String {
    let url = ended.ok().strip_suffix('\n').unwrap();
    let token = url.strip_prefix(&format!("{}/p/", demo.base())).unwrap();
    assert_eq!(token.len(), 43, "{url}");
    assert!(ended.err.contains("shown once") && !ended.err.contains(token), "{ended:?}");
    url.to_owned()
}

#[test]
fn from_generate_to_revoke() {
    let demo = Demo::start();
    let customer = demo.other_customer();
    let status = |wanted: &str| {
        let status = portal_link(&demo, "status", &customer);
        assert!(status.ok().contains(wanted), "{wanted:?}: {status:?}");
        status.out
    };
    status("no link");
    portal_link(&demo, "rotate", &customer).fails_saying(&["no live portal link"]);
    portal_link(&demo, "revoke", &customer).fails_saying(&["no live portal link"]);

    let first = handed_out(&demo, &portal_link(&demo, "generate", &customer));
    status("active\ncreated   ");
    status("last seen never");
    portal_link(&demo, "generate", &customer).fails_saying(&["already", "rotate"]);
    http::get(&first).ok();

    let second = handed_out(&demo, &portal_link(&demo, "rotate", &customer));
    assert_ne!(first, second);
    assert_eq!(http::get(&first).status, 404);
    status("last seen never");
    http::get(&second).ok();
    // A visit is written within a minute, or when the server stops.
    let demo = demo.stop().resume();
    let seen = portal_link(&demo, "status", &customer);
    assert!(seen.ok().starts_with("active\n") && !seen.out.contains("never"), "{seen:?}");
    http::get(&second).ok();

    portal_link(&demo, "revoke", &customer).ok();
    assert_eq!(http::get(&second).status, 404);
    let over = portal_link(&demo, "status", &customer);
    assert!(over.ok().starts_with("no live link: revoked "), "{over:?}");
    let third = handed_out(&demo, &portal_link(&demo, "generate", &customer));
    http::get(&third).ok();

    for url in [first, second, third] {
        let token = url.rsplit('/').next().unwrap();
        for name in ["zoop.db", "zoop.db-wal", "stripe.db", "stripe.db-wal", "demo.json"] {
            let bytes = fs::read(demo.folder().join(name)).unwrap_or_default();
            assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{name}");
        }
    }
}

#[test]
fn a_customer_that_isnt_there() {
    let demo = Demo::asleep();
    for verb in ["generate", "rotate", "revoke", "status"] {
        let unknown = "cus_00000000000000000000000000";
        portal_link(&demo, verb, unknown).fails_saying(&["there is no customer", unknown]);
        for wrong in ["dana", "cus_", "inv_01hfhf47c0zejzq64fnfh1c9mh", "cus_01hfhf47c0zejzq64fnfh1c9m!", ""] {
            portal_link(&demo, verb, wrong).fails_saying(&[&format!("{wrong:?}"), "cus_"]);
        }
    }
}

#[test]
fn it_needs_no_server_and_no_stripe() {
    let demo = Demo::asleep();
    let status = portal_link(&demo, "status", &demo.customer());
    assert!(status.ok().starts_with("active\ncreated   ") && status.out.contains("last seen "), "{status:?}");
}
