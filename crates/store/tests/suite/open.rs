//! Opening, migrating, committing and closing: what [`Db`] itself promises.

use zoop_store::{Db, Error, Health, Migration, alert, business, customer};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_migrated_database_is_ready_and_migrating_again_changes_nothing,
    what_is_committed_stays_and_what_is_dropped_never_was,
    a_reader_sees_what_is_committed_and_nothing_else,
    a_database_outlives_its_connections,
    a_newer_or_an_edited_schema_is_refused,
    a_half_run_migration_is_refused,
);

#[tokio::test]
async fn an_empty_file_needs_its_migration() {
    let store = Store::empty_sqlite().await;
    needs_migration(&store).await;
}

#[tokio::test]
async fn an_empty_postgres_needs_its_migration() {
    if let Some(store) = Store::empty_postgres().await {
        needs_migration(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_eight_migrate_at_once_is_ready() {
    migrates_at_once(Store::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_eight_migrate_at_once_is_ready() {
    if let Some(store) = Store::empty_postgres().await {
        migrates_at_once(store).await;
    }
}

async fn migrates_at_once(store: Store) {
    let programs = (0..8).map(|_| {
        let address = store.address.clone();
        tokio::spawn(async move { Db::open(&address).await?.migrate().await })
    });
    for program in programs.collect::<Vec<_>>() {
        program.await.expect("no panic").expect("the schema applies, or is there");
    }
    assert_eq!(store.db.health().await.expect("an answer"), Health::Ready);
}

async fn needs_migration(store: &Store) {
    assert_eq!(store.db.health().await.expect("an answer"), Health::NeedsMigration);
    let Migration { version } = store.db.migrate().await.expect("the schema applies");
    assert!(version >= 1);
    assert_eq!(store.db.health().await.expect("an answer"), Health::Ready);
    store.raw("DELETE FROM _sqlx_migrations").await;
    assert_eq!(store.db.health().await.expect("an answer"), Health::NeedsMigration);
}

async fn a_migrated_database_is_ready_and_migrating_again_changes_nothing(store: &Store) {
    let before = store.dump().await;
    let again = store.db.migrate().await.expect("nothing to do");
    assert_eq!(again, store.db.migrate().await.expect("nothing to do"));
    assert_eq!(store.dump().await, before);
    assert_eq!(store.db.health().await.expect("an answer"), Health::Ready);
    assert_eq!(store.db.is_postgres(), store.is_postgres());
}

async fn what_is_committed_stays_and_what_is_dropped_never_was(store: &Store) {
    let (kept, lost) = (fixture::business(), fixture::business());
    let mut tx = store.db.begin().await.expect("a transaction");
    business::insert(&mut tx, &lost, 1, at(0)).await.expect("stored");
    assert!(business::get(&mut tx, &lost.id).await.expect("an answer").is_some(), "it sees its own");
    drop(tx);
    commit!(store, |tx| business::insert(tx, &kept, 1, at(0)));
    let mut half = store.db.begin().await.expect("a transaction");
    business::insert(&mut half, &lost, 1, at(0)).await.expect("stored");
    let unknown = fixture::customer(&fixture::id!(BusinessId));
    let refused = customer::insert(&mut half, &unknown, at(0)).await;
    assert!(matches!(refused, Err(Error::Database(_))), "no customer without his business: {refused:?}");
    drop(half);
    let ids: Vec<_> = read!(store, |tx| business::list(tx)).into_iter().map(|business| business.id).collect();
    assert_eq!(ids, [kept.id]);
}

async fn a_reader_sees_what_is_committed_and_nothing_else(store: &Store) {
    let business = fixture::business();
    let mut reader = store.db.read().await.expect("a reader");
    let mut writer = store.db.begin().await.expect("a transaction");
    business::insert(&mut writer, &business, 1, at(0)).await.expect("stored");
    assert_eq!(business::get(&mut reader, &business.id).await.expect("an answer"), None);
    writer.commit().await.expect("a commit");
    assert!(business::get(&mut reader, &business.id).await.expect("an answer").is_some());
    reader.commit().await.expect("nothing to do");
}

async fn a_database_outlives_its_connections(store: &Store) {
    let home = home(store).await;
    store.db.close().await;
    let closed = store.db.begin().await.map(drop);
    assert!(matches!(closed, Err(Error::Unavailable(_))), "{closed:?}");
    let closed = store.db.read().await.map(drop);
    assert!(matches!(closed, Err(Error::Unavailable(_))), "{closed:?}");
    let again = Db::open(&store.address).await.expect("it opens again");
    let mut reader = again.read().await.expect("a reader");
    let found = business::get(&mut reader, &home.business.id).await.expect("an answer");
    assert_eq!(found, Some(home.business));
    drop(reader);
    again.close().await;
}

async fn a_newer_or_an_edited_schema_is_refused(store: &Store) {
    let checksum = if store.is_postgres() { "'\\x00'::bytea" } else { "x'00'" };
    let newer = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999999, 'from the future', TRUE, {checksum}, 1)"
    );
    store.raw(&newer).await;
    for refused in [store.db.health().await.map(drop), store.db.migrate().await.map(drop)] {
        assert!(matches!(refused, Err(Error::Schema(_))), "{refused:?}");
    }
    store.raw("DELETE FROM _sqlx_migrations WHERE version = 999999").await;
    assert_eq!(store.db.health().await.expect("an answer"), Health::Ready);
    store.raw(&format!("UPDATE _sqlx_migrations SET checksum = {checksum}")).await;
    let refused = store.db.migrate().await;
    assert!(matches!(refused, Err(Error::Schema(_))), "{refused:?}");
}

async fn a_half_run_migration_is_refused(store: &Store) {
    store.raw("UPDATE _sqlx_migrations SET success = FALSE").await;
    assert_eq!(store.db.health().await.expect("an answer"), Health::NeedsMigration);
    let refused = store.db.migrate().await;
    assert!(matches!(refused, Err(Error::Schema(_))), "{refused:?}");
    assert_eq!(read!(store, |tx| alert::list_open(tx, None)), []);
}
