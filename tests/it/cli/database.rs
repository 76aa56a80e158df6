//! A database that can't be served: each command that needs it says so in one line, and leaves
//! every byte as it was.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use super::zoop::{Ended, block_on, command, free_address, run, zoop};

const CUSTOMER: &str = "cus_01hfhf47c0zejzq64fnfh1c9mh";
/// The commands that need a database; `migrate` may make one.
const NEED_IT: [&[&str]; 3] = [&["serve"], &["serve", "--migrate"], &["portal-link", "status", "--customer", CUSTOMER]];

/// A folder with a database that is set up, or whatever a test makes of it.
pub struct Install {
    pub folder: TempDir,
}

impl Install {
    pub fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn ready() -> Self {
        let install = Self::empty();
        run(&mut install.zoop(&["migrate"])).ok();
        install
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("zoop.db")
    }

    pub fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    pub fn zoop(&self, args: &[&str]) -> Command {
        let mut command = zoop(args.iter().copied());
        command.env("ZOOP_DATABASE_URL", self.url()).env("ZOOP_LISTEN", free_address().to_string());
        command.current_dir(self.folder.path());
        command
    }

    pub fn sql(&self, statement: &'static str) {
        sql(&self.file(), statement);
    }

    /// Each command fails and says `words`, and the folder stays as it is.
    #[track_caller]
    fn refuses(&self, commands: &[&[&str]], words: &[&str]) {
        let before = contents(self.folder.path());
        for args in commands {
            run(&mut self.zoop(args)).fails_saying(words);
        }
        assert_eq!(contents(self.folder.path()), before);
    }
}

pub fn sql(file: &Path, statement: &'static str) {
    block_on(async {
        let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// Every file with its bytes; the write-ahead log comes and goes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !path.to_string_lossy().contains("-shm"))
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .filter(|(path, bytes)| !(path.to_string_lossy().ends_with("-wal") && bytes.is_empty()))
        .collect();
    all.sort();
    all
}

#[test]
fn migrating_twice_changes_nothing() {
    let install = Install::ready();
    let before = fs::read(install.file()).unwrap();
    let again = run(&mut install.zoop(&["migrate"]));
    assert!(again.ok().contains("at version "), "{again:?}");
    assert_eq!(fs::read(install.file()).unwrap(), before);
}

#[test]
fn who_owes_what_is_for_the_owner_of_the_file_alone() {
    let install = Install::ready();
    assert_eq!(fs::metadata(install.file()).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_missing_database_is_not_made_by_the_way() {
    let install = Install::empty();
    install.refuses(&[NEED_IT[0], NEED_IT[2]], &["there is no database", "zoop.db", "zoop migrate"]);
    run(&mut install.zoop(&["doctor"]));
    assert!(!install.file().exists());
}

#[test]
fn a_missing_folder() {
    for args in [&["migrate"][..], &["serve"]] {
        let mut command = Install::empty().zoop(args);
        run(command.env("ZOOP_DATABASE_URL", "sqlite:///nowhere/at/all/zoop.db").current_dir("/")).fails_saying(&[
            "/nowhere/at/all",
            "doesn’t exist",
            "Make it",
        ]);
    }
}

#[test]
fn a_folder_in_place_of_a_file() {
    let install = Install::empty();
    fs::create_dir(install.file()).unwrap();
    install.refuses(&NEED_IT, &["is a folder", "zoop.db/zoop.db"]);
}

#[test]
fn an_address_of_no_kind() {
    let install = Install::empty();
    for address in ["zoop.db", "mysql://me:hush@db/zoop", "sqlite://", "sqlite://:memory:", "postgresq://x"] {
        let ended = run(install.zoop(&["serve"]).env("ZOOP_DATABASE_URL", address));
        ended.never_says(&["hush"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(contents(install.folder.path()).is_empty());
    }
}

#[test]
fn not_set_up_yet() {
    let install = Install::empty();
    sql_file(&install);
    install.refuses(&[NEED_IT[0], NEED_IT[2]], &["isn’t set up", "zoop migrate"]);
}

/// An SQLite database of somebody else's.
fn sql_file(install: &Install) {
    fs::write(install.file(), "").unwrap();
    install.sql("PRAGMA journal_mode = WAL; CREATE TABLE guests (name TEXT)");
}

#[test]
fn no_database_at_all() {
    let install = Install::empty();
    fs::write(install.file(), "Dear diary, ".repeat(1_000)).unwrap();
    install.refuses(&NEED_IT, &["no SQLite database", "Nothing was changed"]);
    install.refuses(&[&["migrate"]], &["no SQLite database", "Nothing was changed"]);
}

#[test]
fn of_a_newer_version() {
    let install = Install::ready();
    install.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'the future', TRUE, x'00', 1)",
    );
    install.refuses(&NEED_IT, &["newer version", "Nothing was changed", "backup"]);
    install.refuses(&[&["migrate"]], &["newer version", "Nothing was changed"]);
}

#[test]
fn changed_by_hand() {
    let install = Install::ready();
    install.sql("UPDATE _sqlx_migrations SET checksum = x'00'");
    install.refuses(&[&["migrate"], &["serve", "--migrate"]], &["changed by hand", "backup"]);
}

#[test]
fn locked_by_another_program() {
    let install = Install::ready();
    block_on(async {
        let mut other = SqliteConnection::connect(&install.url()).await.unwrap();
        sqlx::raw_sql("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO settings VALUES ('a', 'b')")
            .execute(&mut other)
            .await
            .unwrap();
        let words = &["locked by another program", "Nothing was changed"];
        let started = [NEED_IT[0], NEED_IT[2], &["migrate"]].map(|args| {
            std::thread::spawn({
                let mut command = install.zoop(args);
                move || run(&mut command)
            })
        });
        for ended in started.map(|thread| thread.join().unwrap()) {
            ended.fails_saying(words);
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        other.close().await.unwrap();
    });
    run(&mut install.zoop(&["doctor"])).ok();
}

/// The superuser may write whatever is read-only; so that case is run by somebody else.
pub fn as_somebody_else(install: &Install, args: &[&str]) -> Ended {
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return run(&mut install.zoop(args));
    }
    let elsewhere = TempDir::new().unwrap();
    open(elsewhere.path(), 0o755);
    let binary = elsewhere.path().join("zoop");
    fs::copy(env!("CARGO_BIN_EXE_zoop"), &binary).unwrap();
    open(&binary, 0o755);
    let mut command = command(&binary, args.iter().copied());
    command.env("ZOOP_DATABASE_URL", install.url()).env("ZOOP_LISTEN", free_address().to_string());
    run(command.current_dir(install.folder.path()).uid(65_534).gid(65_534))
}

#[test]
fn read_only() {
    let install = Install::ready();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&install.file(), 0o444);
    mode(install.folder.path(), 0o555);
    let before = contents(install.folder.path());
    for args in NEED_IT {
        let ended = as_somebody_else(&install, args);
        ended.fails_saying(&["database", "write the file and its folder"]);
    }
    let doctor = as_somebody_else(&install, &["doctor"]);
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    assert!(doctor.out.contains("write the file and its folder"), "{doctor:?}");
    assert_eq!(contents(install.folder.path()), before);
    mode(install.folder.path(), 0o755);
}

#[test]
fn may_not_be_read() {
    let install = Install::ready();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(install.folder.path(), 0o755);
    mode(&install.file(), 0o000);
    for args in NEED_IT {
        as_somebody_else(&install, args).fails_saying(&["database", "read and write the file and its folder"]);
    }
}
