//! The doctor names what is wrong and how to mend it, fails when there is a problem, and never
//! shows a secret.

use tempfile::TempDir;

use super::database::Install;
use super::zoop::{Ended, Running, free_address, run, zoop};

const KEY: &str = "sk_test_hushhushhush";

/// A stand-in for Stripe that takes `KEY`: its address.
fn stripe() -> (Running, String) {
    let address = free_address().to_string();
    let mut stripe = Running::start(zoop(["stripe-sandbox", "--listen", &address]).env("ZOOP_STRIPE_SECRET_KEY", KEY));
    stripe.line();
    (stripe, format!("http://{address}"))
}

fn doctor(install: &Install, variables: &[(&str, &str)]) -> Ended {
    let ended = run(install.zoop(&["doctor"]).envs(variables.iter().copied()));
    ended.never_says(&["hush"]);
    assert_eq!(ended.err, "");
    ended
}

#[track_caller]
fn finds(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    for word in words {
        assert!(ended.out.contains(word), "{word:?} is missing:\n{}", ended.out);
    }
}

#[test]
fn all_is_well() {
    let install = Install::ready();
    let (_stripe, base) = stripe();
    let ended = doctor(
        &install,
        &[
            ("ZOOP_STRIPE_SECRET_KEY", KEY),
            ("ZOOP_STRIPE_WEBHOOK_SECRET", "whsec_hushhush"),
            ("ZOOP_STRIPE_API_BASE", &base),
            ("ZOOP_BASE_URL", "https://pay.example.com"),
            ("ZOOP_TRUSTED_PROXIES", "127.0.0.1"),
            ("ZOOP_SMTP_URL", "smtps://me:hush@mail.example.com"),
            ("ZOOP_MAIL_FROM", "billing@example.com"),
        ],
    );
    finds(&ended, 0, &["ok       customers reach", "https://pay.example.com/", "can be written", "All is well."]);
    finds(&ended, 0, &["Stripe answers for acct_", "test mode", "checked by their signature"]);
    assert!(!ended.out.contains("note") && !ended.out.contains("PROBLEM"), "{ended:?}");
}

#[test]
fn what_is_left_out_is_a_note_and_no_problem() {
    let ended = doctor(&Install::ready(), &[("ZOOP_BASE_URL", "https://pay.example.com"), ("ZOOP_LISTENN", "x")]);
    finds(&ended, 0, &["note", "no Stripe key", "ZOOP_STRIPE_SECRET_KEY", "no proxy is trusted", "All is well."]);
    finds(&ended, 0, &["nothing reads the variable ZOOP_LISTENN"]);
    finds(&ended, 0, &["no mail server", "ZOOP_SMTP_URL", "ZOOP_MAIL_FROM"]);
}

#[test]
fn links_in_clear_over_the_net_are_refused() {
    let install = Install::ready();
    for base in ["http://pay.example.com", "http://192.168.1.20:8080"] {
        let ended = doctor(&install, &[("ZOOP_BASE_URL", base)]);
        finds(&ended, 1, &["PROBLEM", base, "travel in clear", "TLS", "ZOOP_BASE_URL", "1 problem."]);
    }
    for base in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
        finds(&doctor(&install, &[("ZOOP_BASE_URL", base)]), 0, &["All is well."]);
    }
}

#[test]
fn a_setting_that_cant_be_used() {
    let ended = doctor(&Install::ready(), &[("ZOOP_STRIPE_SECRET_KEY", "pk_live_hush")]);
    finds(&ended, 1, &["PROBLEM", "stripe_secret_key", "sk_", "Mend this setting"]);
    let clear = [("ZOOP_SMTP_URL", "smtp://me:hush@mail.example.com?tls=none"), ("ZOOP_MAIL_FROM", "a@example.com")];
    finds(&doctor(&Install::ready(), &clear), 1, &["PROBLEM", "smtp_url", "in clear", "ZOOP_SMTP_URL"]);
}

#[test]
fn databases_in_trouble() {
    finds(&doctor(&Install::empty(), &[]), 1, &["there is no database", "zoop migrate", "1 problem."]);
    let other = Install::empty();
    std::fs::write(other.file(), "Dear diary, ".repeat(1_000)).unwrap();
    finds(&doctor(&other, &[]), 1, &["no SQLite database", "Name another file"]);
    let newer = Install::ready();
    newer.sql("UPDATE _sqlx_migrations SET version = 9999");
    finds(&doctor(&newer, &[]), 1, &["newer version", "Run the version that made it"]);
    let away = "postgres://zoop:hush@127.0.0.1:1/zoop";
    finds(&doctor(&newer, &[("ZOOP_DATABASE_URL", away)]), 1, &["doesn’t answer", "host, port, user and password"]);
}

#[test]
fn jobs_that_were_given_up() {
    let install = Install::ready();
    install.sql(
        "INSERT INTO jobs (id, kind, payload, state, priority, run_at, tries, last_error, created_at) \
         SELECT 'job_0000000000000000000000000' || column1, 'refund', 'rfd_1', 'dead', 0, 0, 40, 'Stripe refused', column1 \
         FROM (VALUES (1), (2), (3), (4))",
    );
    let ended = doctor(&install, &[]);
    let first = format!("`zoop job retry job_{:026}` once this is mended", 1);
    finds(
        &ended,
        1,
        &["4 jobs were given up", &first, "refund said \"Stripe refused\"", "`zoop job list` has them all"],
    );
    assert_eq!(ended.out.matches("zoop job retry").count(), 3, "{}", ended.out);
}

#[test]
fn stripe_that_refuses_or_isnt_there() {
    let install = Install::ready();
    let (_stripe, base) = stripe();
    let wrong = [("ZOOP_STRIPE_SECRET_KEY", "sk_test_hushwrong"), ("ZOOP_STRIPE_API_BASE", &base)];
    finds(&doctor(&install, &wrong), 1, &["PROBLEM", "doesn’t know the configured key", "Dashboard"]);
    let away = [("ZOOP_STRIPE_SECRET_KEY", KEY), ("ZOOP_STRIPE_API_BASE", "http://127.0.0.1:1")];
    finds(&doctor(&install, &away), 1, &["PROBLEM", "no reply from Stripe", "reaches http://127.0.0.1:1/"]);
    let live = [("ZOOP_STRIPE_SECRET_KEY", "sk_live_hush"), ("ZOOP_STRIPE_API_BASE", &base)];
    finds(&doctor(&install, &live), 1, &["PROBLEM", "never sent over plain http"]);
    let unheard = [("ZOOP_STRIPE_SECRET_KEY", KEY), ("ZOOP_STRIPE_API_BASE", &base)];
    finds(&doctor(&install, &unheard), 0, &["note", "no webhook secret", "/stripe/webhook"]);
}

#[test]
fn nobody_has_to_listen_to_the_end() {
    let folder = TempDir::new().unwrap();
    let doctor = format!("{} doctor 2>err | true; cat err", env!("CARGO_BIN_EXE_zoop"));
    let ended = std::process::Command::new("sh").args(["-c", &doctor]).current_dir(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "");
}
