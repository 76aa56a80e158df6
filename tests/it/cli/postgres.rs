//! The same commands on PostgreSQL, where `ZOOP_TEST_POSTGRES_URL` names a server.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

use super::http;
use super::zoop::{Running, block_on, free_address, run, until, zoop};

/// A database of its own: its address. Each run of the tests has a server that is thrown away.
fn database(name: &str, collation: &str) -> Option<String> {
    let server = std::env::var("ZOOP_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())?;
    let name = format!("cli_{name}_{}", std::process::id());
    block_on(async {
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let make = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {collation}");
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    let mut url: Url = server.parse().unwrap();
    url.set_path(&name);
    Some(url.into())
}

#[test]
fn migrate_doctor_and_serve() {
    let Some(url) = database("whole", "LC_COLLATE 'C' LC_CTYPE 'C'") else { return };
    let listen = free_address().to_string();
    let on_it = |args: &[&str]| {
        let mut command = zoop(args.iter().copied());
        command.env("ZOOP_DATABASE_URL", &url).env("ZOOP_LISTEN", &listen);
        command
    };
    run(&mut on_it(&["serve"])).fails_saying(&["isn’t set up", "zoop migrate"]);
    for _ in 0..2 {
        assert!(run(&mut on_it(&["migrate"])).ok().contains("at version "));
    }
    assert!(run(&mut on_it(&["doctor"])).ok().contains("All is well."));
    let server = Running::start(&mut on_it(&["serve"]));
    until("it is ready", || {
        let ready = format!("http://{listen}/readyz").parse().unwrap();
        http::send("GET", &ready, "", "").ok().filter(|reply| reply.status == 200)
    });
    server.stop();
}

#[test]
fn an_order_of_letters_that_isnt_bytes() {
    let Some(url) = database("sorted", "LOCALE_PROVIDER icu ICU_LOCALE 'en' LC_COLLATE 'C' LC_CTYPE 'C'") else {
        return;
    };
    run(zoop(["migrate"]).env("ZOOP_DATABASE_URL", &url)).fails_saying(&["sorts by", "LC_COLLATE 'C'"]);
}

#[test]
fn a_database_that_isnt_there() {
    let Some(url) = database("other", "LC_COLLATE 'C' LC_CTYPE 'C'") else { return };
    let mut url: Url = url.parse().unwrap();
    url.set_path("no_such_database");
    let ended = run(zoop(["serve"]).env("ZOOP_DATABASE_URL", url.as_str()));
    ended.fails_saying(&["can’t be opened", "no_such_database", "ZOOP_DATABASE_URL"]);
}
