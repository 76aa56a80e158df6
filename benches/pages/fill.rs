//! Fills a database with a business of many customers, and with its owner signed in; writes down what is to be
//! visited.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use zoop_app::Actor;
use zoop_app::user::set_password::set_password;
use zoop_domain::business::{Business, StripeAccount};
use zoop_domain::id::{BusinessId, SessionId, UserId};
use zoop_domain::money::Currency;
use zoop_domain::random::Random;
use zoop_domain::secret::PlainToken;
use zoop_domain::time::{Clock as _, Date};
use zoop_domain::user::{Role, User};
use zoop_store::session::NewSession;
use zoop_store::{self as store, Db};

use crate::large::{self, Size};
use crate::server::{self, Counting, Fixed};

/// The owner’s.
pub(crate) const EMAIL: &str = "nora@greenline.example";
/// What he signs in with.
pub(crate) const PASSWORD: &str = "green lawns in october";
/// As many customers are visited in turn.
const VISITED: usize = 500;

/// How many invoices, over how many customers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    pub(crate) customers: usize,
    pub(crate) each: i32,
}

impl Count {
    pub(crate) fn invoices(self) -> usize {
        self.customers * self.each.unsigned_abs() as usize
    }
}

/// A database of its own in the cluster at `address`.
pub(crate) async fn create_database(address: &str, count: usize) -> String {
    let mut connection = PgConnection::connect(address).await.unwrap();
    let name = format!("zoop_bench_{count}");
    for sql in [
        format!("DROP DATABASE IF EXISTS {name}"),
        format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

fn greenline(random: &dyn Random, today: Date) -> Business {
    let zone = "America/Chicago".parse().unwrap();
    let id = BusinessId::generate(today.at_hour(6, &zone), random);
    Business {
        name: "Greenline Lawn & Garden".into(),
        phone: Some("(512) 555-0148".into()),
        email: Some("billing@greenline.example".into()),
        address: "2210 Menchaca Road\nAustin, TX 78704".into(),
        time_zone: zone,
        currency: Currency::Usd,
        brand_color: "#2e8b57".parse().ok(),
        logo: None,
        payment_instructions: Some("Send a check to 2210 Menchaca Road.".into()),
        stripe: Some(StripeAccount::charging(format!("acct_{id}"))),
        invoice_prefix: "INV-".into(),
        notice_days: None,
        due_days: 30,
        default_tax_rate: None,
        id,
    }
}

/// Writes about `count` invoices, and into `links` what to visit: the owner's session first, then a portal and an
/// invoice a line.
pub(crate) async fn fill(address: &str, count: Count, links: &Path) {
    let db = Db::open(address).await.unwrap();
    db.migrate().await.unwrap();
    let (random, now) = (Counting::from(0), Fixed.now());
    let today = now.date_in(&"America/Chicago".parse().unwrap());
    let business = greenline(&random, today);
    let owner =
        User { id: UserId::generate(now, &random), name: "Nora Keane".into(), email: EMAIL.into(), has_totp: false };
    let token = PlainToken::generate(&random);
    let mut tx = db.begin().await.unwrap();
    store::business::insert(&mut tx, &business, 1, now).await.unwrap();
    store::user::insert(&mut tx, &owner, "no password", now).await.unwrap();
    store::membership::insert(&mut tx, &business.id, owner.id, Role::Owner, now).await.unwrap();
    tx.commit().await.unwrap();
    let app = server::app(Db::open(address).await.unwrap());
    set_password(&app, Actor::Operator, owner.id, &PASSWORD.into()).await.unwrap();
    app.db.close().await;
    let mut tx = db.begin().await.unwrap();
    let session = NewSession {
        id: SessionId::generate(now, &random),
        user: owner.id,
        business: business.id.clone(),
        user_agent: "wrk".into(),
        created_at: now,
        expires_at: now.plus_seconds(86_400),
    };
    store::session::insert(&mut tx, &session, token.hash()).await.unwrap();
    tx.commit().await.unwrap();
    // PostgreSQL keeps the plans of its key checks: made on empty tables, they would scan full ones.
    let few = Size { customers: 20, each: 2, with_cards: true };
    large::fill(&db, &random, &business, few, today).await.unwrap();
    analyze(address, "ANALYZE").await;
    let size = Size { customers: count.customers, each: count.each, with_cards: true };
    let filled = large::fill(&db, &random, &business, size, today).await.unwrap();
    drop(db);
    let after =
        if address.starts_with("sqlite://") { "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)" } else { "VACUUM (ANALYZE)" };
    analyze(address, after).await;
    let step = (filled.len() / VISITED).max(1);
    let lines = filled.iter().step_by(step).map(|(portal, invoice)| {
        let portal = format!("/p/{}", portal.expose());
        format!("{portal} {portal}/invoices/{invoice}\n")
    });
    std::fs::write(links, format!("{}\n{}", token.expose(), lines.collect::<String>())).unwrap();
}

async fn analyze(address: &str, sql: &'static str) {
    if address.starts_with("sqlite://") {
        let mut connection = SqliteConnection::connect(address).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = PgConnection::connect(address).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}
