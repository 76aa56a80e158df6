//! Customers and open invoices from the command line.

use std::fs;

use super::database::Install;
use super::zoop::{Ended, run};

fn import(install: &Install, what: &str, text: &str, more: &[&str]) -> Ended {
    let file = install.folder.path().join("list.csv");
    fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    run(&mut install.zoop(&[&["import", what, path], more].concat()))
}

fn business(install: &Install) {
    let password = install.folder.path().join("password");
    fs::write(&password, "four good words\n").unwrap();
    let args = [
        "user",
        "create",
        "--email",
        "nora@example.com",
        "--name",
        "Nora",
        "--new-business",
        "Greenline",
        "--time-zone",
        "America/Chicago",
    ];
    run(install.zoop(&args).env("ZOOP_PASSWORD_FILE", password)).ok();
}

/// It failed, and said each of these, a line for each row.
#[track_caller]
fn fails(ended: &Ended, words: &[&str]) {
    assert!(ended.code == Some(1) && ended.out.is_empty(), "{ended:?}");
    assert!(words.iter().all(|word| ended.err.contains(word)), "{ended:?}");
}

#[test]
fn a_file_comes_in_whole_or_says_line_by_line_why_not() {
    let install = Install::ready();
    import(&install, "customers", "Name\nSam", &[]).fails_saying(&["there is no business yet"]);
    business(&install);
    let wrong = import(&install, "customers", "Name,Email\nSam,sam\n,x@y.example\n", &[]);
    fails(&wrong, &["line 2: “sam” is no email address", "line 3: Enter a name.", "2 rows of", "put right first"]);
    import(&install, "customers", "PK\u{3}\u{4}", &[]).fails_saying(&["workbook"]);
    let good = "Name,Email\nSam,sam@lee.example\nKim,\n";
    assert_eq!(import(&install, "customers", good, &["--check"]).ok(), "2 customers can come in; here already: 0.\n");
    assert_eq!(import(&install, "customers", good, &[]).ok(), "2 customers came in; here already: 0.\n");
    fails(
        &import(&install, "customers", good, &["--business", "Greenline"]),
        &["Sam is here already.", "everything in"],
    );
    let open = "Email,Number,Date,Amount\nsam@lee.example,7,2026-01-05,20.50\n";
    assert_eq!(import(&install, "invoices", open, &[]).ok(), "1 invoice came in; here already: 0.\n");
    fails(&import(&install, "invoices", open, &[]), &["line 2: Invoice “7”", "came in before", "1 row of"]);
    let missing = run(&mut install.zoop(&["import", "customers", "nowhere.csv"]));
    missing.fails_saying(&["nowhere.csv can’t be read"]);
}
