//! Settings that can't be used are told in one line that helps and holds no secret, and the later
//! layer wins: defaults, file, variables, command line.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::zoop::{run, zoop};

const KEY: &str = "sk_live_hushhushhush";

fn migrate_with(file: &str) -> (TempDir, Command) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("zoop.toml"), file).unwrap();
    let mut command = zoop(["migrate", "--config", "zoop.toml"]);
    command.current_dir(folder.path());
    (folder, command)
}

#[test]
fn a_file_that_cant_be_used() {
    let cases: &[(&str, &[&str])] = &[
        (&format!("stripe_secret_key = \"{KEY}\n"), &["zoop.toml", "line 1"]),
        (&format!("stripe_secret_key = {KEY}\n"), &["zoop.toml", "line 1"]),
        ("= nothing", &["zoop.toml", "line 1"]),
        ("lisen = \"127.0.0.1:8080\"", &["\"lisen\"", "zoop.toml", "no setting", "listen"]),
        ("[stripe]\nsecret_key = \"hushhush\"", &["\"stripe\"", "no setting", "stripe_secret_key"]),
        ("listen = 8080", &["listen", "zoop.toml", "text in quotes"]),
        ("trusted_proxies = 10", &["trusted_proxies", "10.0.0.0/8"]),
        ("listen = \"8080\"", &["listen", "\"8080\"", "127.0.0.1:8080"]),
        ("listen = \"localhost:8080\"", &["listen", "127.0.0.1:8080"]),
        ("base_url = \"pay.example.com\"", &["base_url", "https://"]),
        ("base_url = \"ftp://pay.example.com\"", &["base_url", "https://"]),
        ("base_url = \"https://pay.example.com/pay\"", &["base_url", "path"]),
        ("base_url = \"https://me:hushhush@pay.example.com\"", &["base_url", "https://"]),
        ("trusted_proxies = \"10.0.0.0/8, proxy\"", &["trusted_proxies", "\"proxy\"", "10.0.0.0/8"]),
        ("trusted_proxies = [\"10.0.0.0/99\"]", &["trusted_proxies", "10.0.0.0/99"]),
        ("stripe_secret_key = \"pk_live_hushhush\"", &["stripe_secret_key", "sk_live_"]),
        ("stripe_webhook_secret = \"hushhush\"", &["stripe_webhook_secret", "whsec_"]),
        ("workers = \"many\"", &["workers", "\"many\"", "from 0 to 64"]),
        ("workers = -1", &["workers", "whole number"]),
        ("workers = true", &["workers", "whole number"]),
        ("smtp_url = \"smtps://me:hushhush@mail.example.com\"", &["smtp_url", "mail_from"]),
        ("mail_from = \"billing\"", &["mail_from", "billing@example.com"]),
        ("stripe_secret_key_file = \"/nowhere/key\"", &["/nowhere/key", "No such file"]),
        ("stripe_secret_key_file = \"zoop.db\"\nstripe_secret_key = \"sk_test_hushhush\"", &["both", "keep one"]),
        ("database_url = \"mysql://zoop:hushhush@db/zoop\"", &["database_url", "sqlite://", "postgres://"]),
    ];
    for (file, words) in cases {
        let (folder, mut command) = migrate_with(file);
        let ended = run(&mut command);
        ended.fails_saying(words);
        ended.never_says(&["hush", "panicked"]);
        assert!(!folder.path().join("zoop.db").exists(), "{file}");
    }
}

#[test]
fn a_file_that_isnt_there() {
    run(&mut zoop(["migrate", "--config", "/nowhere/zoop.toml"])).fails_saying(&["/nowhere/zoop.toml", "no "]);
}

#[test]
fn an_empty_secrets_file_is_no_secret() {
    let (folder, mut command) = migrate_with("stripe_secret_key_file = \"key\"");
    fs::write(folder.path().join("key"), "\n").unwrap();
    run(&mut command).fails_saying(&["key", "empty"]);
}

#[test]
fn a_variable_that_cant_be_used() {
    type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: &[Case] = &[
        (&[("ZOOP_LISTEN", "nowhere")], &["listen", "\"nowhere\""]),
        (&[("ZOOP_STRIPE_SECRET_KEY", "hushhush")], &["stripe_secret_key", "sk_"]),
        (&[("ZOOP_STRIPE_SECRET_KEY_FILE", "/nowhere/key")], &["/nowhere/key"]),
        (&[("ZOOP_DATABASE_URL_FILE", "/nowhere/url")], &["/nowhere/url"]),
        (&[("ZOOP_TRUSTED_PROXIES", "everyone")], &["trusted_proxies", "\"everyone\""]),
        (
            &[("ZOOP_STRIPE_SECRET_KEY", KEY), ("ZOOP_STRIPE_SECRET_KEY_FILE", "/nowhere/key")],
            &["ZOOP_STRIPE_SECRET_KEY", "ZOOP_STRIPE_SECRET_KEY_FILE", "keep one"],
        ),
    ];
    for (variables, words) in cases {
        let ended = run(zoop(["migrate"]).envs(variables.iter().copied()));
        ended.fails_saying(words);
        ended.never_says(&["hush"]);
    }
}

#[test]
fn the_later_layer_wins() {
    let made = |folder: &Path| {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".db"))
            .collect();
        names.sort();
        names.join(" ")
    };
    let check = |file: &str, variables: &[(&str, &str)], args: &[&str], wanted: &str| {
        let (folder, mut command) = migrate_with(file);
        fs::write(folder.path().join("address"), "sqlite://from-file-of-file.db\n").unwrap();
        fs::write(folder.path().join("address2"), "sqlite://from-file-of-variable.db\n").unwrap();
        run(command.envs(variables.iter().copied()).args(args)).ok();
        assert_eq!(made(folder.path()), wanted, "{file} {variables:?} {args:?}");
    };
    let in_file = "database_url = \"sqlite://from-file.db\"";
    let elsewhere = "database_url_file = \"address\"";
    let variable = ("ZOOP_DATABASE_URL", "sqlite://from-variable.db");
    let named = ("ZOOP_DATABASE_URL_FILE", "address2");
    let flag = &["--database-url", "sqlite://from-flag.db"][..];
    check("", &[], &[], "zoop.db");
    check(in_file, &[], &[], "from-file.db");
    check(elsewhere, &[], &[], "from-file-of-file.db");
    check(in_file, &[variable], &[], "from-variable.db");
    check(elsewhere, &[variable], &[], "from-variable.db");
    check(in_file, &[named], &[], "from-file-of-variable.db");
    check(in_file, &[variable], flag, "from-flag.db");
    check(elsewhere, &[named], flag, "from-flag.db");
    check(in_file, &[("ZOOP_DATABASE_URL", "")], &[], "from-file.db");
}

#[test]
fn the_example_file_is_accepted_and_names_every_setting() {
    let example = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/zoop.example.toml")).unwrap();
    let (_folder, mut command) = migrate_with(&example);
    run(&mut command).ok();
    let all: Vec<&str> =
        example.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' ')).collect();
    let help = run(&mut zoop(["--help"]));
    let lines =
        help.ok().lines().filter_map(|line| line.strip_prefix("  ZOOP_")).filter(|line| !line.starts_with("LOG"));
    for setting in lines.map(|line| line.split(' ').next().unwrap().to_lowercase()) {
        let written = format!("{setting} = ");
        assert!(all.iter().any(|line| line.starts_with(&written)), "zoop.example.toml lacks {setting}");
    }
    // With the comment signs taken away it is a whole configuration, too.
    let set: Vec<&str> =
        all.into_iter().filter(|line| !line.starts_with("database_url") && !line.contains("_file = ")).collect();
    let set = set.join("\n");
    let (_folder, mut command) = migrate_with(&set);
    run(&mut command).ok();
}
