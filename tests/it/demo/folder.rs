//! The demo's folder: kept between runs, one demo at a time, and never somebody else's.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{Demo, demo, run, run_command};
use crate::cli::http;
use crate::cli::zoop::{Running, run as run_to_its_end, until, zoop};

fn links(line: &Value) -> Vec<&Value> {
    let names = ["portal", "revoked_portal", "customer", "plans", "invoices", "turn_off_link", "pay_block"];
    let more = ["stripe", "mailbox", "stripe_secret_key"];
    names.into_iter().chain(more).map(|name| &line[name]).collect()
}

#[test]
fn it_is_kept_until_it_is_reset() {
    let mut demo = Demo::asleep();
    let folder = demo.folder().to_str().unwrap().to_owned();
    let first = demo.restart();
    let mut demo = demo.stop();
    let second = demo.restart();
    assert_eq!(links(&first), links(&second));
    let _demo = demo.stop();
    let (_running, third) = run(&["--data", &folder, "--reset"]);
    assert!(links(&first).iter().zip(links(&third)).filter(|(before, after)| **before == *after).count() <= 2);
    assert_eq!(http::get(third["portal"].as_str().unwrap()).status, 200);
    let old = first["portal"].as_str().unwrap().rsplit('/').next().unwrap();
    assert_eq!(http::get(&format!("{}/p/{old}", third["base"].as_str().unwrap())).status, 404);
}

#[test]
fn a_second_one_runs_beside_the_first() {
    let here = TempDir::new().unwrap();
    let (first, second) = std::thread::scope(|scope| {
        let start = || run_command(demo(&[]).current_dir(here.path()));
        let other = scope.spawn(start);
        (start(), other.join().unwrap())
    });
    assert_ne!(first.1["base"], second.1["base"]);
    assert_ne!(first.1["stripe"], second.1["stripe"]);
    assert_ne!(first.1["mailbox"], second.1["mailbox"]);
    for (running, line) in [first, second] {
        http::get(line["portal"].as_str().unwrap()).ok();
        running.stop();
    }
    for name in ["zoop-demo", "zoop-demo-2"] {
        assert!(here.path().join(name).join("demo.json").is_file(), "{name}");
    }
}

#[test]
fn a_folder_in_use_is_refused() {
    let demo = Demo::start();
    let folder = demo.folder().to_str().unwrap();
    for more in [&[][..], &["--reset"]] {
        let mut command = zoop(["demo", "--data", folder].into_iter().chain(more.iter().copied()));
        run_to_its_end(&mut command).fails_saying(&["another demo runs in", folder, "--data"]);
    }
    demo.page(&demo.url("portal"));
}

#[test]
fn a_folder_that_cant_be_used_is_refused() {
    let here = TempDir::new().unwrap();
    fs::write(here.path().join("file"), "").unwrap();
    let mut command = zoop(["demo", "--data", "file"]);
    run_to_its_end(command.current_dir(here.path())).fails_saying(&["can’t use the folder file"]);
}

#[test]
fn a_real_database_is_never_cleared() {
    let here = TempDir::new().unwrap();
    run_to_its_end(zoop(["migrate"]).current_dir(here.path())).ok();
    let before = fs::read(here.path().join("zoop.db")).unwrap();
    for more in [&[][..], &["--reset"]] {
        let mut command = zoop(["demo", "--data", "."].into_iter().chain(more.iter().copied()));
        run_to_its_end(command.current_dir(here.path())).fails_saying(&["no demo made", "--data"]);
        assert_eq!(fs::read(here.path().join("zoop.db")).unwrap(), before);
    }
}

#[test]
fn another_versions_demo_is_refused_until_reset() {
    let demo = Demo::asleep();
    let folder = demo.folder().to_str().unwrap();
    fs::write(demo.folder().join("demo.json"), "{\"pages\":").unwrap();
    run_to_its_end(&mut zoop(["demo", "--data", folder])).fails_saying(&["another version’s demo", "--reset"]);
    let newer = Demo::asleep();
    let folder = newer.folder().to_str().unwrap();
    crate::cli::sql(&newer.folder().join("zoop.db"), "UPDATE _sqlx_migrations SET checksum = x'00'");
    run_to_its_end(&mut zoop(["demo", "--data", folder])).fails_saying(&["another version’s demo", "--reset"]);
    run(&["--data", folder, "--reset"]).0.stop();
}

fn half_seeded(folder: &Path, enough: u64) {
    let mut command = demo(&["--listen", "127.0.0.1:0", "--data", folder.to_str().unwrap()]);
    let mut running = Running::start(&mut command);
    let size = |name: &str| fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    until("it has begun", || (size("zoop.db-wal") + size("zoop.db") > enough).then_some(()));
    running.kill();
    assert!(!folder.join("demo.json").exists(), "it was over already");
}

#[test]
fn half_a_history_is_begun_afresh() {
    let here = TempDir::new().unwrap();
    let folder = here.path().join("demo");
    half_seeded(&folder, 0);
    half_seeded(&folder, 400_000);
    let (_running, line) = run(&["--data", folder.to_str().unwrap()]);
    http::get(line["portal"].as_str().unwrap()).ok();
    assert_eq!(super::rows::<(i64,)>(&folder.join("zoop.db"), "SELECT COUNT(*) FROM businesses"), [(5,)]);
}

#[test]
fn a_stop_while_history_is_made_is_obeyed() {
    let here = TempDir::new().unwrap();
    let mut command = demo(&["--listen", "127.0.0.1:0", "--data", here.path().to_str().unwrap()]);
    let mut running = Running::start(&mut command);
    until("it has begun", || here.path().join("stripe.db").exists().then_some(()));
    running.signal("TERM");
    running.wait();
    assert!(!running.err().contains("panicked"), "{}", running.err());
    let (_running, line) = run(&["--data", here.path().to_str().unwrap()]);
    http::get(line["portal"].as_str().unwrap()).ok();
}

#[test]
fn the_letter_is_for_people() {
    let demo = Demo::asleep();
    let mut running = Running::start(&mut zoop(["demo", "--data", demo.folder().to_str().unwrap()]));
    assert_eq!(running.line(), "Zoop’s demo is ready. Everything is made up: no real card, no real money.");
    until("it answers", || http::send("GET", &demo.url("portal"), "", "").ok());
    running.signal("INT");
    assert!(running.wait().success());
    let letter = running.rest();
    let mailbox = format!("http://{}\n", demo.kept()["mailbox"].as_str().unwrap());
    for words in [
        demo.url("portal").as_str(),
        demo.invoice("overdue").as_str(),
        demo.invoice("plan").as_str(),
        demo.url("turn_off").as_str(),
        &mailbox,
        "moves the clock",
        "4242 4242 4242 4242",
        "--reset",
    ] {
        assert!(letter.contains(words), "{words}:\n{letter}");
    }
    assert_eq!(letter.replace("http://", "").replace("sqlite:///", "").matches("//").count(), 0, "{letter}");
    // The command it suggests works as it stands.
    let revoke = letter.lines().find(|line| line.contains("zoop portal-link revoke")).unwrap();
    run_to_its_end(&mut zoop(revoke.split_whitespace().skip(1))).ok();
}
