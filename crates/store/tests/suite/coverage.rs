//! Every public function of the store has a case, and every one that takes a tenant's ids stands
//! in the test of tenancy. The sources are read, so a new function can't be forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What takes no id of a tenant besides the business's own.
const NOT_TENANTS: &[(&str, &str)] = &[
    ("alert::find_about", "its subject is a text; the alerts' own case holds businesses apart"),
    ("alert::insert", "its subject is a text; the alerts' own case holds businesses apart"),
    ("alert::insert_of_invoices", "what they are about is held by the foreign keys"),
    ("alert::list_open", "takes the business alone"),
    ("alert::update_mended", "its own case holds businesses apart"),
    ("alert::update_resolved", "its own case holds businesses apart"),
    ("attempt::find_by_code", "the secret is the key"),
    ("attempt::list_due", "for the program; each row carries its business"),
    ("attempt::list_live", "takes the business alone"),
    ("audit_event::insert", "its subject is a text"),
    ("audit_event::list_newest", "takes the business alone"),
    ("audit_event::list_next", "takes the business alone"),
    ("billing::insert_events", "its subject is a text"),
    ("billing::insert_jobs", "takes the business alone"),
    ("billing::insert_payments", "each payment carries its keys; the foreign keys hold businesses apart"),
    ("business::find_by_account", "finds the business"),
    ("business::find_notify", "takes the business alone"),
    ("business::find_settings", "takes the business alone"),
    ("business::find_stripe_setups", "takes the business alone"),
    ("business::get", "takes the business alone"),
    ("business::insert", "takes the business alone"),
    ("business::insert_logo", "takes the business alone"),
    ("business::list", "for the operator"),
    ("business::lock", "takes the business alone"),
    ("business::update_default_tax_rate", "its own case holds businesses apart"),
    ("business::update_info", "takes the business alone"),
    ("business::update_logo_removed", "takes the business alone"),
    ("business::update_next_number", "takes the business alone"),
    ("business::update_next_quote_number", "takes the business alone"),
    ("business::update_next_numbers", "takes the business alone"),
    ("business::update_notify", "takes the business alone"),
    ("business::update_payment_instructions", "takes the business alone"),
    ("business::update_stripe", "takes the business alone"),
    ("business::update_stripe_setups", "takes the business alone"),
    ("card_setup::find_by_code", "the secret is the key"),
    ("card_setup::list_due", "for the program; each row carries its business"),
    ("consent::list", "takes the business alone"),
    ("customer::count", "takes the business alone"),
    ("customer::count_matching", "takes the business alone"),
    ("customer::insert", "takes the business alone"),
    ("customer::list_all", "takes the business alone; an id says only where it goes on"),
    ("customer::list", "takes the business alone; its own case holds businesses apart"),
    ("customer::list_by_email", "takes the business alone; its own case holds businesses apart"),
    ("customer::list_choices", "takes the business alone"),
    ("invoice::count_for_office", "takes the business alone"),
    ("invoice::list_for_office", "takes the business alone"),
    ("payment::count_for_office", "takes the business alone"),
    ("payment::list_for_office", "takes the business alone"),
    ("export::list", "takes the business alone; its own case holds businesses apart"),
    ("home::count_attention", "takes the business alone"),
    ("home::list_expiring", "takes the business alone"),
    ("home::list_accepted", "takes the business alone"),
    ("home::list_attention", "takes the business alone"),
    ("home::list_failed", "takes the business alone"),
    ("home::list_latest", "takes the business alone"),
    ("home::list_owed", "takes the business alone"),
    ("home::list_received", "takes the business alone"),
    ("import::find_same", "takes the business alone; its own case holds businesses apart"),
    ("import::insert", "takes the business alone"),
    ("import::insert_customers", "takes the business alone"),
    ("import::list_references", "takes the business alone"),
    ("import::update_forgotten", "for the program"),
    ("invitation::delete_old", "for the program"),
    ("invitation::find_by_token", "the secret is the key"),
    ("invitation::insert", "people belong to the install, so anybody can be invited"),
    ("invitation::list_open", "takes the business alone"),
    ("invoice::find_by_token", "the secret is the key"),
    ("invoice::update_charge_due", "for the program; each row comes with its business"),
    ("membership::count_owners", "takes the business alone"),
    ("membership::insert", "people belong to the install, so anybody can be let in"),
    ("membership::list", "takes the business alone"),
    ("membership::list_members", "takes the business alone"),
    ("membership::list_by_user", "takes the person alone"),
    ("payment_method::list_expiring", "for the program; each row carries its business"),
    ("plan::count_by_state", "takes the business alone"),
    ("plan::list_all", "takes the business alone"),
    ("plan::list_due_businesses", "for the program"),
    ("plan::list_page", "takes the business alone; its own case holds businesses apart"),
    ("plan::lock_due", "takes the business alone"),
    ("plan::update_notice_due", "for the program; each row carries its business"),
    ("portal_link::find_visitor", "the secret is the key"),
    ("quote::count_by_status", "takes the business alone"),
    ("quote::list", "takes the business alone; its own case holds businesses apart"),
    ("quote_link::find", "the secret is the key"),
    ("tax_rate::insert", "takes the business alone"),
    ("tax_rate::list", "takes the business alone"),
    ("tax_rate::list_all", "takes the business alone"),
    ("turn_off_link::delete_ended", "for the program"),
    ("turn_off_link::find", "the secret is the key"),
];
/// Whole files that belong to the install or to a person, not to a tenant.
const NOT_TENANTS_FILES: &[&str] = &[
    "authenticator",
    "db",
    "job",
    "known_browser",
    "login_throttle",
    "password_reset",
    "session",
    "setting",
    "sign_in",
    "used_nonce",
    "user",
    "webhook_event",
];

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A source without comments and with single spaces, so that no line break hides anything.
fn flat(source: &str) -> String {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The names of public functions that can be awaited.
fn functions(source: &str) -> Vec<String> {
    let source = flat(source);
    let names = source.split("pub async fn ").skip(1);
    names.map(|rest| rest.split(['(', '<', ' ']).next().unwrap_or_default().to_owned()).collect()
}

/// All public functions, as `noun::verb`.
fn all() -> BTreeSet<String> {
    let src = folder("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut all = BTreeMap::<String, usize>::new();
    for file in &files {
        let source = std::fs::read_to_string(file).expect("a source");
        assert!(!flat(&source).contains("-> impl Future"), "{file:?} hides a function from this list");
        let noun = file.strip_prefix(&src).expect("below src").components().next().expect("a name");
        let noun = Path::new(noun.as_os_str()).file_stem().expect("a name").to_str().expect("UTF-8");
        for name in functions(&source) {
            *all.entry(format!("{noun}::{name}")).or_default() += 1;
        }
    }
    assert!(all.values().all(|times| *times == 1), "two functions of a noun have one name: {all:?}");
    all.into_keys().collect()
}

/// Whether a test calls `function`. Code that no test reaches would not compile without a warning.
fn is_called(function: &str, tests: &str) -> bool {
    let name = function.rsplit("::").next().unwrap_or_default();
    let method = function.starts_with("db::")
        && (tests.contains(&format!(".{name}(")) || tests.contains(&format!("Db::{name}(")));
    let pattern = format!("{function}(");
    method
        || tests.match_indices(&pattern).any(|(at, _)| {
            let before = tests[..at].chars().next_back();
            !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
        })
}

#[test]
fn the_list_of_functions_is_whole() {
    let sample =
        "/// pub async fn comment()\npub async fn one(tx: &mut Tx)\n  pub async\n fn two<T>() // pub async fn no()";
    assert_eq!(functions(sample), ["one", "two"]);
    let all = all();
    assert!(all.len() >= 118, "only {} functions were found", all.len());
    let nouns: BTreeSet<_> = all.iter().filter_map(|function| function.split("::").next()).collect();
    let library = flat(&std::fs::read_to_string(folder("src/lib.rs")).expect("lib.rs"));
    let public = library.split("pub mod ").skip(1).filter_map(|rest| rest.split(';').next());
    for noun in public {
        assert!(nouns.contains(noun), "no function of {noun} was found");
    }
    for known in ["db::begin", "db::commit", "invoice::lock", "invoice::list_for_portal", "job::lock_next"] {
        assert!(all.contains(known), "{known} was not found");
    }
}

#[test]
fn every_function_has_a_case() {
    let mut files = Vec::new();
    sources(&folder("tests/suite"), &mut files);
    // Not this file: it names functions without calling them.
    files.retain(|file| file.file_name().is_some_and(|name| name != "coverage.rs" && name != "tenancy.rs"));
    assert!(files.len() >= 15, "the tests were found");
    let read = |file| flat(&std::fs::read_to_string(file).expect("a source"));
    let tests: String = files.iter().map(read).collect();
    let missing: Vec<_> = all().into_iter().filter(|function| !is_called(function, &tests)).collect();
    assert!(missing.is_empty(), "no case calls {missing:?}");
    assert!(!is_called("invoice::no_such_function", &tests) && !is_called("voice::lock", &tests));
}

#[test]
fn every_function_that_takes_a_tenants_id_is_tried_with_anothers() {
    let tenancy = flat(&std::fs::read_to_string(folder("tests/suite/tenancy.rs")).expect("tenancy.rs"));
    let all = all();
    for (function, _) in NOT_TENANTS {
        assert!(all.contains(*function), "{function} is gone");
        assert!(!is_called(function, &tenancy), "{function} is tried, and excused as well");
    }
    let excused = |function: &str| {
        let file = function.split("::").next().unwrap_or_default();
        NOT_TENANTS_FILES.contains(&file) || NOT_TENANTS.iter().any(|(name, _)| *name == function)
    };
    let untried: Vec<_> = all.iter().filter(|it| !excused(it) && !is_called(it, &tenancy)).collect();
    assert!(untried.is_empty(), "not tried with another business's ids: {untried:?}");
}
