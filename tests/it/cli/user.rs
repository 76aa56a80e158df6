//! Accounts from the command line: made, listed, given a new password; which is never an argument.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::database::Install;
use super::http::Browser;
use super::zoop::{Ended, Running, free_address, run, until};

const PASSWORD: &str = "four good words";
const NEW: [&str; 4] = ["--new-business", "Greenline", "--time-zone", "America/Chicago"];

fn command(install: &Install, args: &[&str], password: &str) -> Command {
    let file = install.folder.path().join("password");
    fs::File::create(&file).unwrap().write_all(password.as_bytes()).unwrap();
    let mut command = install.zoop(args);
    command.env("ZOOP_PASSWORD_FILE", file);
    command
}

fn create(install: &Install, email: &str, more: &[&str]) -> Ended {
    let args = [&["user", "create", "--email", email], more].concat();
    run(&mut command(install, &args, &format!("{PASSWORD}\n")))
}

fn list(install: &Install) -> String {
    run(&mut install.zoop(&["user", "list"])).ok().to_owned()
}

#[test]
fn an_owner_his_office_and_a_second_business() {
    let install = Install::ready();
    let made = create(&install, "nora@example.com", &[&["--name", "Nora Keane"], &NEW[..]].concat());
    let nora = made.ok().trim().to_owned();
    assert!(nora.starts_with("usr_") && made.err.contains("/sign-in, as owner of Greenline"), "{made:?}");
    let office = ["--name", "Luis Ortega", "--role", "office", "--business", "Greenline"];
    create(&install, "luis@example.com", &office).ok();
    let second = ["--new-business", "Ash Plumbing", "--time-zone", "Europe/London", "--currency", "gbp"];
    let added = create(&install, "NORA@example.com", &second);
    assert!(added.ok().trim() == nora && added.err.contains("opens Ash Plumbing too"), "{added:?}");
    let listed = list(&install);
    for line in ["owner", "office", "Greenline", "Ash Plumbing", "luis@example.com Luis Ortega"] {
        assert!(listed.contains(line), "{listed}");
    }
    assert_eq!(listed.matches(&nora).count(), 2, "{listed}");
    let id = listed.split(' ').next().unwrap();
    create(&install, "luis@example.com", &["--business", id]).fails_saying(&["belongs to this business already"]);
}

#[test]
fn what_cant_be_used_is_said_in_one_line() {
    let install = Install::ready();
    let named = |more: &[&'static str]| [&["--name", "Nora"], more].concat();
    create(&install, "nora", &named(&NEW)).fails_saying(&["Enter an email address"]);
    create(&install, "nora@example.com", &NEW).fails_saying(&["--name"]);
    create(&install, "nora@example.com", &named(&["--role", "king", "--new-business", "A", "--time-zone", "UTC"]))
        .fails_saying(&["owner and office"]);
    create(&install, "nora@example.com", &named(&["--business", "Nowhere"])).fails_saying(&["no business \"Nowhere\""]);
    create(&install, "nora@example.com", &named(&["--new-business", "A", "--time-zone", "Mars"]))
        .fails_saying(&["time zone"]);
    let args = [&["user", "create", "--email", "nora@example.com", "--name", "Nora"], &NEW[..]].concat();
    run(&mut command(&install, &args, "short")).fails_saying(&["at least 10 characters"]);
    run(&mut command(&install, &args, "\n")).fails_saying(&["there is no password"]);
    run(install.zoop(&args).env("ZOOP_PASSWORD_FILE", "/nowhere/password")).fails_saying(&["/nowhere/password"]);
    assert_eq!(list(&install), "");
    let reset = ["user", "reset-password", "--email", "nora@example.com"];
    run(&mut command(&install, &reset, PASSWORD)).fails_saying(&["nobody signs in with nora@example.com"]);
    let off = ["user", "turn-off-authenticator", "nora@example.com"];
    run(&mut install.zoop(&off)).fails_saying(&["nobody signs in with nora@example.com; `zoop user list`"]);
    assert_eq!(run(&mut install.zoop(&["user", "create", "--email", "a@b.example"])).code, Some(2));
}

#[test]
fn a_password_comes_by_standard_input_too() {
    let install = Install::ready();
    let args = [&["user", "create", "--email", "nora@example.com", "--name", "Nora"], &NEW[..]].concat();
    let mut child = install.zoop(&args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(list(&install).contains("nora@example.com"));
    let off = ["user", "turn-off-authenticator", "Nora@example.com"];
    run(&mut install.zoop(&off)).fails_saying(&["nora@example.com signs in without an authenticator"]);
}

#[test]
fn the_server_prints_a_code_until_somebody_has_an_account() {
    let install = Install::ready();
    let address = free_address();
    let start = || Running::start(install.zoop(&["serve"]).env("ZOOP_LISTEN", address.to_string()));
    let server = start();
    let said = until("the code is told", || Some(server.err()).filter(|said| said.contains("set-up code ")));
    let code = said.split("set-up code ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    assert!(code.len() == 19 && said.contains(&format!("http://{address}/setup")), "{said}");
    let url = format!("http://{address}/setup").parse().unwrap();
    let mut browser = Browser::default();
    let page = until("the page is there", || browser.get(&url).ok());
    assert!(page.ok().body.contains("Set-up code"));
    let form = [
        ("code", code.as_str()),
        ("name", "Nora Keane"),
        ("email", "nora@example.com"),
        ("password", PASSWORD),
        ("business", "Greenline"),
        ("time_zone", "America/Chicago"),
        ("currency", "usd"),
    ];
    let done = browser.post(&url, &form).unwrap();
    assert_eq!((done.status, done.location().unwrap().path()), (303, "/office"));
    server.stop();
    assert!(list(&install).contains("owner nora@example.com Nora Keane"));
    let again = start();
    until("it answers", || browser.get(&format!("http://{address}/healthz").parse().unwrap()).ok());
    assert!(!again.err().contains("set-up code"), "{}", again.err());
    // A new password ends the session.
    let office = format!("http://{address}/office").parse().unwrap();
    assert_eq!(browser.get(&office).unwrap().status, 200);
    let reset = ["user", "reset-password", "--email", "nora@example.com"];
    run(&mut command(&install, &reset, "five other good words")).ok();
    assert_eq!(browser.get(&office).unwrap().status, 303);
    again.stop();
}
