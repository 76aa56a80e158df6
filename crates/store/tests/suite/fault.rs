//! What goes wrong around a database has a name, and nobody waits for ever.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, SqliteConnection};
use zoop_store::{Db, Error, Options, business, invoice};

use crate::fixture::{self, at, home};
use crate::harness::{Store, create_database, options};

const BRIEF: Duration = Duration::from_millis(300);

/// Waits briefly for another's lock, and long for a connection.
fn brief_lock() -> Options {
    Options { lock_wait: BRIEF, ..options() }
}

async fn refusal(address: &str, options: Options) -> Error {
    let started = Instant::now();
    let refused = Db::open_with(address, options).await.expect_err("it can't be opened");
    assert!(started.elapsed() < Duration::from_secs(60), "it took {:?}", started.elapsed());
    refused
}

#[tokio::test]
async fn an_address_of_no_database_is_refused() {
    for address in ["", "zoop.db", "mysql://localhost/zoop", "sqlite:zoop.db", "sqlite://", "sqlite://:memory:"] {
        assert!(matches!(refusal(address, options()).await, Error::Address), "{address}");
    }
    for address in ["postgres://host:port/zoop", "postgresql://[::1"] {
        assert!(matches!(refusal(address, options()).await, Error::Address), "{address}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_cannot_be_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("letter.txt");
    std::fs::write(&text, "Dear Sir or Madam, ".repeat(100)).expect("a file");
    for path in [folder.path().join("missing/zoop.db"), text, folder.path().to_owned()] {
        let refused = refusal(&format!("sqlite://{}", path.display()), options()).await;
        assert!(matches!(refused, Error::Unavailable(_)), "{path:?}: {refused:?}");
        assert!(!refused.is_transient());
    }
}

#[tokio::test]
async fn a_locked_file_is_busy_and_free_again_when_the_lock_goes() {
    let store = Store::sqlite().await;
    let db = Db::open_with(&store.address, brief_lock()).await.expect("it opens");
    let mut other = SqliteConnection::connect(&store.address).await.expect("another program");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("its lock");
    let busy = db.begin().await.expect_err("somebody else writes");
    assert!(matches!(busy, Error::Busy(_)) && busy.is_transient(), "{busy:?}");
    let mut reader = db.read().await.expect("readers don't wait");
    assert_eq!(business::list(&mut reader).await.expect("an answer"), []);
    sqlx::query("COMMIT").execute(&mut other).await.expect("its end");
    db.begin().await.expect("a transaction").commit().await.expect("a commit");
}

#[tokio::test]
async fn a_second_writer_of_the_same_program_waits_no_longer_than_it_was_told() {
    let store = Store::sqlite().await;
    // Its own writer is opened within that time too.
    let options = Options { connection_wait: Duration::from_secs(5), ..options() };
    let db = Db::open_with(&store.address, options).await.expect("it opens");
    let first = db.begin().await.expect("a transaction");
    let second = db.begin().await.map(drop);
    assert!(matches!(second, Err(Error::Unavailable(_))), "{second:?}");
    drop(first);
    db.begin().await.expect("the writer is free again");
}

#[tokio::test]
async fn a_read_only_file_can_be_read_and_says_so_when_written() {
    let store = Store::sqlite().await;
    let home = home(&store).await;
    let path = store.address.trim_start_matches("sqlite://");
    let db = Db::open_with(&format!("sqlite://file:{path}?mode=ro"), brief_lock()).await.expect("it opens");
    let mut reader = db.read().await.expect("a reader");
    assert!(business::get(&mut reader, &home.business.id).await.expect("an answer").is_some());
    let refused = match db.begin().await {
        Ok(mut tx) => business::update_next_number(&mut tx, &home.business.id).await.map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
}

#[tokio::test]
async fn a_reader_never_writes_to_a_file() {
    let store = Store::sqlite().await;
    let home = home(&store).await;
    let mut reader = store.db.read().await.expect("a reader");
    let refused = business::update_next_number(&mut reader, &home.business.id).await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
}

#[tokio::test]
async fn a_read_only_postgres_says_so() {
    let Some(store) = Store::postgres().await else { return };
    let database = store.texts("SELECT CURRENT_DATABASE()::text").await.remove(0);
    store.raw(&format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    let db = Db::open(&store.address).await.expect("it opens");
    let mut tx = db.begin().await.expect("a transaction");
    let refused = business::insert(&mut tx, &fixture::business(), 1, at(0)).await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
}

#[tokio::test]
async fn a_row_that_another_transaction_holds_is_busy() {
    let Some(store) = Store::postgres().await else { return };
    let sent = home(&store).await.sent(&store, "INV-1", "2026-09-21").await;
    let brief = Db::open_with(&store.address, brief_lock()).await.expect("it opens");
    let mut holder = store.db.begin().await.expect("a transaction");
    invoice::lock(&mut holder, &sent.business, &sent.id).await.expect("a lock").expect("the invoice");
    let mut waiter = brief.begin().await.expect("a transaction");
    let busy = invoice::lock(&mut waiter, &sent.business, &sent.id).await.expect_err("it is held");
    assert!(matches!(busy, Error::Busy(_)), "{busy:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_that_wait_for_each_other_is_told_to_try_again() {
    let Some(store) = Store::postgres().await else { return };
    let home = home(&store).await;
    let (one, two) = (home.sent(&store, "1", "2026-09-21").await, home.sent(&store, "2", "2026-09-21").await);
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2));
    let run = |first: invoice::Draft, second: invoice::Draft| {
        let (db, barrier) = (store.db.clone(), barrier.clone());
        tokio::spawn(async move {
            let mut tx = db.begin().await.expect("a transaction");
            invoice::lock(&mut tx, &first.business, &first.id).await.expect("a lock");
            barrier.wait().await;
            invoice::lock(&mut tx, &second.business, &second.id).await.map(drop)?;
            tx.commit().await
        })
    };
    let (left, right) = (run(one.clone(), two.clone()), run(two, one));
    let outcomes = [left.await.expect("no panic"), right.await.expect("no panic")];
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().any(|it| matches!(it, Err(Error::Busy(_)))), "{outcomes:?}");
}

#[tokio::test]
async fn a_postgres_that_sorts_by_language_is_refused() {
    // ICU beside LC_COLLATE 'C': the name alone would pass.
    let language = "LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'";
    let Some((address, _place)) = create_database(language).await else { return };
    let refused = Db::open(&address).await.expect_err("it sorts otherwise");
    assert!(matches!(&refused, Error::Collation { found } if found == "C, by ICU"), "{refused:?}");
}

#[tokio::test]
async fn a_postgres_that_does_not_answer_is_away_within_the_time_given() {
    let brief = Options { connection_wait: BRIEF, ..options() };
    for address in ["postgres://127.0.0.1:1/zoop", "postgres://no-such-host.invalid/zoop"] {
        let refused = refusal(address, brief).await;
        assert!(matches!(refused, Error::Unavailable(_)), "{address}: {refused:?}");
    }
    // It takes the call and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("postgres://{}/zoop", silent.local_addr().expect("an address"));
    let refused = refusal(&address, brief).await;
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
}

#[tokio::test]
async fn a_postgres_without_that_database_or_user_is_away() {
    let Some((address, _place)) = create_database("LC_COLLATE 'C' LC_CTYPE 'C'").await else { return };
    for wrong in [address.replace("zoop_test_", "missing_"), address.replace("postgres@", "nobody_here@")] {
        assert_ne!(wrong, address);
        let refused = refusal(&wrong, options()).await;
        assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn connections_that_the_server_cut_are_replaced() {
    let Some(store) = Store::postgres().await else { return };
    let kill = "SELECT PG_TERMINATE_BACKEND(pid)::text FROM pg_stat_activity \
                WHERE datname = CURRENT_DATABASE() AND pid <> PG_BACKEND_PID()";
    let db = Db::open(&store.address).await.expect("it opens");
    for idle in [Duration::ZERO, Duration::from_millis(1_200)] {
        let mut readers = Vec::new();
        for _ in 0..4 {
            readers.push(db.read().await.expect("a reader"));
        }
        drop(readers);
        store.texts(kill).await;
        tokio::time::sleep(idle).await;
        let mut failures = 0;
        loop {
            let listed = async { business::list(&mut db.read().await?).await };
            match listed.await {
                Ok(_) => break,
                Err(Error::Unavailable(_)) => failures += 1,
                Err(error) => panic!("not said to be away: {error:?}"),
            }
        }
        assert!(failures <= 4, "each cut connection fails at most once, not {failures} times");
        assert!(idle.is_zero() || failures == 0, "one that lay idle is asked first");
    }
}
