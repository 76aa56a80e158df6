//! Where the real clock, real chance, the database and Stripe are put together into an [`App`].

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use zoop_app::mail::Smtp;
use zoop_app::{App, Mailer, Stripe};
use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};
use zoop_store::{Db, Health, Options};
use zoop_stripe::{Client, ClientConfig, RetryPolicy, Scope, account};

use crate::commands::{Failure, Trouble};
use crate::config::Config;

/// How long a database may let a server wait.
const PATIENT: Duration = Duration::from_secs(10);
/// And a person at the keyboard.
pub(crate) const BRISK: Duration = Duration::from_secs(2);

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    fn now(&self) -> Instant {
        Instant::from_microseconds(jiff::Timestamp::now().as_microsecond())
    }
}

/// The system's random numbers.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without it no secret can be made; there is nothing to go on with.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// Whether a database that isn't there may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// Make it.
    Make,
    /// Refuse: a misspelt path must not leave an empty database behind.
    Refuse,
}

/// Opens the database of `config`, and waits at most `wait` for it.
pub(crate) async fn open_database(config: &Config, if_missing: IfMissing, wait: Duration) -> Result<Db, Trouble> {
    let address = config.database_url.expose_secret();
    let options = Options { lock_wait: wait, connection_wait: wait, ..Options::default() };
    let Some(path) = address.strip_prefix("sqlite://") else {
        return Db::open_with(address, options).await.map_err(|error| Trouble::from(&error));
    };
    prepare_file(Path::new(path), if_missing)?;
    Db::open_with(address, options).await.map_err(|error| Trouble::with_file(&error))
}

/// An SQLite file that holds who owes what is nobody else's to read.
fn prepare_file(path: &Path, if_missing: IfMissing) -> Result<(), Trouble> {
    let shown = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let shown = shown.display();
    if path.is_dir() {
        let mend = format!("Name a file in it, such as sqlite://{shown}/zoop.db.");
        return Err(Trouble::new(format!("the database {shown} is a folder"), mend));
    }
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Trouble::new(format!("the folder of the database {shown} doesn’t exist"), "Make it first."));
    }
    if if_missing == IfMissing::Refuse {
        let mend = "`zoop migrate` makes it. If there should be one, check ZOOP_DATABASE_URL.";
        return Err(Trouble::new(format!("there is no database {shown}"), mend));
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            let mend = "Let the user that runs zoop write its folder.";
            Err(Trouble::new(format!("the database {shown} can’t be made: {error}"), mend))
        }
        _ => Ok(()),
    }
}

/// Opens the database and brings its schema up to this version: which that is.
pub(crate) async fn migrate(config: &Config) -> Result<i64, Failure> {
    let db = open_database(config, IfMissing::Make, PATIENT).await?;
    let migrated = db.migrate().await;
    db.close().await;
    Ok(migrated?.version)
}

/// Opens the database of a server, whose schema must fit.
pub(crate) async fn ready_database(config: &Config) -> Result<Db, Failure> {
    ready(open_database(config, IfMissing::Refuse, PATIENT).await?).await
}

/// The same for a tool.
pub(crate) async fn ready_database_at_once(config: &Config) -> Result<Db, Failure> {
    ready(open_database(config, IfMissing::Refuse, BRISK).await?).await
}

async fn ready(db: Db) -> Result<Db, Failure> {
    match db.health().await {
        Ok(Health::Ready) => Ok(db),
        Ok(Health::NeedsMigration) => {
            Err(Trouble::new("the database isn’t set up for this version of zoop", "Run `zoop migrate`.").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A client for the key of `config`, if it has one.
pub(crate) fn client(config: &Config) -> Result<Option<Client>, Failure> {
    let Some(secret_key) = config.stripe_secret_key.clone() else { return Ok(None) };
    let config = ClientConfig {
        secret_key,
        api_base: config.stripe_api_base.clone(),
        timeout: Duration::from_secs(20),
        retry: RetryPolicy::default(),
    };
    Ok(Some(Client::new(config).map_err(Failure::from_error)?))
}

/// Stripe as `config` gives it, and the account that its key belongs to: Stripe is asked, and the
/// answer is remembered, so that a restart works while Stripe is away.
pub(crate) async fn stripe(config: &Config, db: &Db) -> Result<Option<Stripe>, Failure> {
    let Some(client) = client(config)? else { return Ok(None) };
    let key = config.stripe_secret_key.as_ref().map(|key| key.expose_secret()).unwrap_or_default();
    let setting = format!("stripe_account_of_key:{}", fingerprint(key));
    let own_account = match account::get(&client, &Scope::Own).await {
        Ok(own) => {
            let mut tx = db.begin().await?;
            zoop_store::setting::insert(&mut tx, &setting, &own.id).await?;
            tx.commit().await?;
            own.id
        }
        Err(error) => zoop_store::setting::find(&mut db.read().await?, &setting).await?.ok_or_else(|| {
            let what = format!("Stripe doesn’t tell whose key is configured: {error}");
            Failure::from(Trouble::new(what, "`zoop doctor` tells more."))
        })?,
    };
    let webhook_secrets = config.stripe_webhook_secrets.clone();
    Ok(Some(Stripe { client, own_account, webhook_secrets, livemode: config.livemode() }))
}

/// Tells keys apart without keeping them.
fn fingerprint(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What sends mail as `config` says, if it names a server. Nothing is connected before there is mail.
pub(crate) fn mailer(config: &Config) -> Result<Option<Arc<dyn Mailer>>, Failure> {
    let Some(url) = &config.smtp_url else { return Ok(None) };
    let smtp = Smtp::new(url, &config.mail_from).map_err(|error| Failure::new(format!("smtp_url: {error}")))?;
    Ok(Some(Arc::new(smtp)))
}

/// The program over `db`, with the system's clock and chance.
pub(crate) fn app(config: &Config, db: Db, stripe: Option<Stripe>) -> Result<App, Failure> {
    let settings = zoop_app::Config {
        base_url: config.base_url.clone(),
        checkout_origin: config.checkout_origin.clone(),
        mail_from: config.mail_from.clone(),
    };
    Ok(App::new(db, Arc::new(SystemClock), Arc::new(SystemRandom), stripe, mailer(config)?, settings))
}
