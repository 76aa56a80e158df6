//! Where the real clock, real chance, the database and Stripe are put together into an [`App`].

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use zoop_app::{App, Stripe};
use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};
use zoop_store::{Db, Health};
use zoop_stripe::{Client, ClientConfig, RetryPolicy, Scope, account};

use crate::commands::Failure;
use crate::config::Config;

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

/// Opens the database of `config`. Its address may hold a password, so errors don't repeat it.
pub(crate) async fn database(config: &Config) -> Result<Db, Failure> {
    Ok(Db::open(config.database_url.expose_secret()).await?)
}

/// The same, and its schema must fit.
pub(crate) async fn ready_database(config: &Config) -> Result<Db, Failure> {
    let db = database(config).await?;
    match db.health().await? {
        Health::Ready => Ok(db),
        Health::NeedsMigration => Err(Failure::new("the database isn’t set up for this version; run `zoop migrate`")),
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
            Failure::new(format!("Stripe doesn’t answer for the configured key ({error}); `zoop doctor` tells more"))
        })?,
    };
    let webhook_secrets = config.stripe_webhook_secrets.clone();
    Ok(Some(Stripe { client, own_account, webhook_secrets, livemode: config.livemode() }))
}

/// Tells keys apart without keeping them.
fn fingerprint(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The program over `db`, with the system's clock and chance.
pub(crate) fn app(config: &Config, db: Db, stripe: Option<Stripe>) -> App {
    let settings =
        zoop_app::Config { base_url: config.base_url.clone(), checkout_origin: config.checkout_origin.clone() };
    App::new(db, Arc::new(SystemClock), Arc::new(SystemRandom), stripe, settings)
}
