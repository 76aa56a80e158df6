//! What the program can do: one function a verb, in a folder a noun.
//!
//! A verb checks the actor, begins, locks, lets a pure domain method decide, writes, enqueues
//! jobs in the same transaction and commits. No Stripe call is made while a transaction is open.

mod actor;
pub mod alert;
pub mod attempt;
pub mod audit;
pub mod authenticator;
pub mod brand;
pub mod business;
pub mod card_setup;
pub mod charge;
pub mod consent;
pub mod customer;
pub mod customer_choice;
pub mod dunning;
mod error;
pub mod export;
pub mod home;
pub mod import;
pub mod invitation;
pub mod invoice;
pub mod job;
mod login_throttle;
pub mod mail;
pub mod member;
pub mod nonce;
mod notice;
mod password;
pub mod password_reset;
pub mod payment;
pub mod payment_method;
pub mod plan;
pub mod portal;
pub mod portal_link;
pub mod quote;
pub mod refund;
pub mod session;
pub mod setup;
mod stripe;
mod stripe_customer;
pub mod tax_rate;
pub mod turn_off_link;
pub mod user;
pub mod webhook;

use std::sync::Arc;

use url::Url;
use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};
use zoop_store::Db;

pub use actor::Actor;
pub use error::{Error, Source};
pub use mail::Mailer;
pub use stripe::Stripe;

/// All a verb needs; made once at the start and shared.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub random: Arc<dyn Random>,
    /// Stripe, if this install can charge.
    pub stripe: Option<Stripe>,
    /// What sends mail, if this install can.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Where and how it runs.
    pub config: Arc<Config>,
    imports: Arc<import::Progress>,
    seen: Arc<portal::Seen>,
    wake: Arc<tokio::sync::Notify>,
    passwords: Arc<password::Gate>,
    press: Arc<tokio::sync::Semaphore>,
}

/// Where and how the program runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address customers reach this install at.
    pub base_url: Url,
    /// The origin of Stripe's Checkout page: `https://checkout.stripe.com`.
    pub checkout_origin: String,
    /// The install's own address, which all mail comes from; an empty one sends none.
    pub mail_from: String,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        stripe: Option<Stripe>,
        mailer: Option<Arc<dyn Mailer>>,
        config: Config,
    ) -> Self {
        let (imports, seen, wake, passwords) = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
        let press = Arc::new(tokio::sync::Semaphore::new(presses()));
        Self { db, clock, random, stripe, mailer, config: Arc::new(config), imports, seen, wake, passwords, press }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The address customers reach this install at, without a trailing slash in its path.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.config.base_url
    }

    /// The origin of Stripe's Checkout page, for `form-action`.
    #[must_use]
    pub fn checkout_origin(&self) -> &str {
        &self.config.checkout_origin
    }

    /// Whether this install can send mail.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Refuses what would go out by mail, on an install that sends none.
    pub(crate) fn must_send_mail(&self) -> Result<(), Error> {
        if self.sends_mail() {
            Ok(())
        } else {
            Err(Error::Conflict("no mail server is set up here; nothing can be mailed".into()))
        }
    }

    /// Whether requests can be served: the database answers and its schema fits.
    ///
    /// # Errors
    /// [`Error::Upstream`] or [`Error::Internal`] with the reason for the log.
    pub async fn ready(&self) -> Result<(), Error> {
        match self.db.health().await? {
            zoop_store::Health::Ready => Ok(()),
            zoop_store::Health::NeedsMigration => Err(Error::internal("the database needs `zoop migrate`")),
        }
    }
}

/// How many documents are printed at once: on half of the cores, so that pages are answered meanwhile.
fn presses() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

/// Runs a block as one transaction and commits it. When another transaction was in the way it
/// runs again, so the block must not have effects outside the database.
macro_rules! transaction {
    ($app:expr, |$tx:ident| $body:block) => {{
        let mut tries = 0;
        loop {
            let outcome = async {
                let mut tx = $app.db.begin().await?;
                let value = {
                    let $tx = &mut tx;
                    $body
                };
                tx.commit().await?;
                Ok::<_, $crate::Error>(value)
            }
            .await;
            match outcome {
                Err(error) if error.is_transient() && tries < 5 => tries += 1,
                outcome => break outcome,
            }
        }
    }};
}
pub(crate) use transaction;
