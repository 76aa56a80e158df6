//! What a stranger reads first. A change of these words shows as a diff of the snapshot.

use super::zoop::{run, zoop};

#[test]
fn the_help_of_every_command() {
    let commands = [
        "",
        "serve",
        "demo",
        "migrate",
        "portal-link",
        "portal-link generate",
        "portal-link rotate",
        "portal-link revoke",
        "portal-link status",
        "work",
        "plan",
        "plan list",
        "plan create",
        "plan run",
        "consent",
        "consent list",
        "consent attest",
        "consent end",
        "import",
        "import customers",
        "invoice retry",
        "job",
        "job retry",
        "user",
        "user create",
        "user reset-password",
        "stripe-sandbox",
        "doctor",
    ];
    for name in commands {
        let help = run(&mut zoop(name.split_whitespace().chain(["--help"])));
        assert_eq!(help.err, "");
        insta::assert_snapshot!(format!("help {name}").trim().replace(' ', "-"), help.ok());
    }
}

#[test]
fn the_version_is_told() {
    assert_eq!(run(&mut zoop(["--version"])).ok(), concat!("zoop ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn an_unknown_word_is_refused_and_help_is_pointed_to() {
    for args in [&["--nonsense"][..], &["sevre"], &["serve", "--nonsense"], &["portal-link", "burn"], &[]] {
        let ended = run(&mut zoop(args.iter().copied()));
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("Usage: zoop") && ended.out.is_empty(), "{ended:?}");
    }
    let misspelt = run(&mut zoop(["sevre"]));
    assert!(misspelt.err.contains("'serve'"), "{misspelt:?}");
}

#[test]
fn a_flag_that_would_change_nothing_is_refused() {
    for command in ["demo", "stripe-sandbox"] {
        run(&mut zoop([command, "--database-url", "sqlite://x.db"])).fails_saying(&["--database-url", "--data"]);
    }
}
