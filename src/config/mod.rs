//! Settings as the program uses them, each one parsed: whoever holds a [`Config`] need not check
//! again. Where they are written, and which layer wins, is in `source`.

mod source;

use std::net::SocketAddr;

use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};
use zoop_app::mail::parse_address;

use crate::cli::Cli;
pub(crate) use source::unknown_variables;
use source::{Written, secret};

const DATABASE: &str = "sqlite://zoop.db";
const LISTEN: &str = "127.0.0.1:8080";
const STRIPE: &str = "https://api.stripe.com";
const STRIPE_HOST: &str = "api.stripe.com";
const CHECKOUT: &str = "https://checkout.stripe.com";
const WORKERS: usize = 4;
/// More than there are connections to PostgreSQL would only wait for one.
const MOST_WORKERS: usize = 64;

/// The settings as used.
#[derive(Debug)]
pub(crate) struct Config {
    /// `sqlite://…` or `postgres://…`; may hold a password.
    pub database_url: SecretString,
    /// The address customers reach the install at; its path ends with `/`.
    pub base_url: Url,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Stripe's key; without it nothing can be paid online.
    pub stripe_secret_key: Option<SecretString>,
    /// What webhooks are signed with; several while one is being replaced.
    pub stripe_webhook_secrets: Vec<SecretString>,
    /// Where Stripe's API is.
    pub stripe_api_base: Url,
    /// Where Stripe's payment page is.
    pub checkout_origin: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The server that takes mail; may hold a password. Without it no mail is sent.
    pub smtp_url: Option<SecretString>,
    /// The address mail comes from; empty without a server.
    pub mail_from: String,
    /// How many jobs a server runs at once; 0: another process does them.
    pub workers: usize,
}

/// A setting that can't be used, and what would be right.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(String);

impl ConfigError {
    fn new(message: impl Into<String>) -> Self {
        // A setting may hold any letter; the message stays one line.
        Self(message.into().replace(['\n', '\r'], " "))
    }
}

impl Config {
    /// Reads the settings that `cli`, its file and the environment give.
    ///
    /// # Errors
    /// The first setting that can't be used, and why.
    pub(crate) fn read(cli: &Cli) -> Result<Self, ConfigError> {
        Self::from_written(source::read(cli)?)
    }

    fn from_written(written: Written) -> Result<Self, ConfigError> {
        let listen = written.listen.unwrap_or_else(|| LISTEN.into());
        let listen: SocketAddr = listen
            .parse()
            .map_err(|_| ConfigError::new(format!("listen is {listen:?}; it must be an address like {LISTEN}")))?;
        let base_url = written.base_url.unwrap_or_else(|| format!("http://{listen}"));
        let stripe_api_base = written.stripe_api_base.unwrap_or_else(|| STRIPE.into());
        let stripe_api_base = parse_url("stripe_api_base", &stripe_api_base)?;
        let checkout_origin = match written.stripe_checkout_origin {
            Some(origin) => parse_url("stripe_checkout_origin", &origin)?.origin().ascii_serialization(),
            None if stripe_api_base.host_str() == Some(STRIPE_HOST) => CHECKOUT.into(),
            // The sandbox serves its payment pages where its API is.
            None => stripe_api_base.origin().ascii_serialization(),
        };
        let database_url = secret(written.database_url, written.database_url_file)?;
        let webhook_secrets = secret(written.stripe_webhook_secret, written.stripe_webhook_secret_file)?;
        let config = Self {
            database_url: database_url.unwrap_or_else(|| DATABASE.into()),
            base_url: parse_url("base_url", &base_url)?,
            listen,
            stripe_secret_key: secret(written.stripe_secret_key, written.stripe_secret_key_file)?,
            stripe_webhook_secrets: webhook_secrets.map(|secrets| split(&secrets)).unwrap_or_default(),
            stripe_api_base,
            checkout_origin,
            smtp_url: secret(written.smtp_url, written.smtp_url_file)?,
            mail_from: written.mail_from.map(|from| from.trim().to_owned()).unwrap_or_default(),
            workers: parse_workers(written.workers.map(|it| it.as_text()).as_deref())?,
            trusted_proxies: parse_proxies(&written.trusted_proxies.map(|it| it.as_text()).unwrap_or_default())?,
        };
        config.check_secrets()?;
        config.check_mail()?;
        Ok(config)
    }

    fn check_secrets(&self) -> Result<(), ConfigError> {
        let key = self.stripe_secret_key.as_ref().map(|key| key.expose_secret());
        if key.is_some_and(|key| !key.starts_with("sk_") && !key.starts_with("rk_")) {
            return Err(ConfigError::new("stripe_secret_key must be a secret key: sk_live_…, sk_test_… or rk_…"));
        }
        if self.stripe_webhook_secrets.iter().any(|secret| !secret.expose_secret().starts_with("whsec_")) {
            return Err(ConfigError::new("stripe_webhook_secret must be a signing secret: whsec_…"));
        }
        Ok(())
    }

    fn check_mail(&self) -> Result<(), ConfigError> {
        if self.smtp_url.is_none() && self.mail_from.is_empty() {
            return Ok(());
        }
        if self.mail_from.is_empty() {
            return Err(ConfigError::new("smtp_url needs mail_from beside it: the address mail comes from"));
        }
        parse_address(&self.mail_from).map(drop).map_err(|_| {
            let from = &self.mail_from;
            ConfigError::new(format!("mail_from is {from:?}; it must be an address like billing@example.com"))
        })
    }

    /// Whether the key moves real money.
    pub(crate) fn livemode(&self) -> bool {
        self.stripe_secret_key.as_ref().is_some_and(|key| key.expose_secret().contains("_live_"))
    }

    /// Whether customers' links travel in clear: http to anywhere but this machine.
    pub(crate) fn is_exposed(&self) -> bool {
        let loopback = match self.base_url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        };
        self.base_url.scheme() == "http" && !loopback
    }
}

fn parse_url(name: &str, text: &str) -> Result<Url, ConfigError> {
    // Before an @ there may be a password.
    let shown = if text.contains('@') { "…@…" } else { text };
    let wrong = || ConfigError::new(format!("{name} is {shown:?}; it must be an address like https://pay.example.com"));
    let mut url: Url = text.parse().map_err(|_| wrong())?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(wrong());
    }
    if url.path() != "/" {
        // Links and cookies are made for the root; below a path they would miss.
        return Err(ConfigError::new(format!("{name} is {shown:?}; it can’t have a path")));
    }
    url.set_path("/");
    Ok(url)
}

fn parse_proxies(text: &str) -> Result<Vec<IpNet>, ConfigError> {
    let parse = |part: &str| {
        part.parse::<IpNet>().or_else(|_| part.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
            ConfigError::new(format!(
                "trusted_proxies has {part:?}; it must be networks like 10.0.0.0/8, with commas between"
            ))
        })
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(parse).collect()
}

fn parse_workers(text: Option<&str>) -> Result<usize, ConfigError> {
    let Some(text) = text else { return Ok(WORKERS) };
    match text.trim().parse() {
        Ok(workers) if workers <= MOST_WORKERS => Ok(workers),
        _ => Err(ConfigError::new(format!("workers is {text:?}; it must be a whole number from 0 to {MOST_WORKERS}"))),
    }
}

fn split(secrets: &SecretString) -> Vec<SecretString> {
    let parts = secrets.expose_secret().split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(SecretString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use source::{Count, Networks};

    fn written(change: impl FnOnce(&mut Written)) -> Result<Config, ConfigError> {
        let mut written = Written::default();
        change(&mut written);
        Config::from_written(written)
    }

    #[test]
    fn the_defaults_serve_this_machine() {
        let config = written(|_| {}).unwrap();
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:8080/");
        assert_eq!(config.checkout_origin, CHECKOUT);
        assert!(!config.is_exposed() && !config.livemode());
        assert_eq!((config.workers, config.smtp_url.is_none()), (4, true));
    }

    #[test]
    fn a_link_in_clear_over_the_net_is_noticed() {
        let exposed = |url: &str| written(|it| it.base_url = Some(url.into())).unwrap().is_exposed();
        assert!(exposed("http://pay.example.com"));
        assert!(exposed("http://10.0.0.5:8080"));
        assert!(!exposed("https://pay.example.com"));
        assert!(!exposed("http://localhost:8080") && !exposed("http://[::1]:8080"));
    }

    #[test]
    fn what_cant_be_used_is_said_in_one_line() {
        let wrong = |change: fn(&mut Written)| {
            let message = written(change).unwrap_err().to_string();
            assert!(!message.contains('\n'), "{message}");
            message
        };
        assert!(wrong(|it| it.listen = Some("8080".into())).contains("127.0.0.1:8080"));
        assert!(wrong(|it| it.base_url = Some("pay.example.com".into())).contains("https://"));
        assert!(wrong(|it| it.base_url = Some("https://example.com/pay".into())).contains("path"));
        assert!(
            wrong(|it| it.trusted_proxies = Some(Networks::Text("10.0.0.0/8, nonsense".into()))).contains("nonsense")
        );
        let password = wrong(|it| it.stripe_api_base = Some("https://me:hush@stripe.example".into()));
        assert!(!password.contains("hush"), "{password}");
        assert!(wrong(|it| it.smtp_url = Some("smtp://mail.example.com".into())).contains("mail_from"));
        assert!(wrong(|it| it.mail_from = Some("billing".into())).contains("billing@example.com"));
        assert!(wrong(|it| it.workers = Some(Count::Text("many".into()))).contains("from 0 to"));
        assert!(wrong(|it| it.workers = Some(Count::Number(65))).contains("from 0 to"));
        let key = wrong(|it| it.stripe_secret_key = Some("pk_live_123456".into()));
        assert!(key.contains("sk_") && !key.contains("123456"), "{key}");
        assert!(wrong(|it| it.stripe_secret_key_file = Some("/nowhere/key".into())).contains("/nowhere/key"));
    }

    #[test]
    fn secrets_are_never_printed() {
        let config = written(|it| {
            it.stripe_secret_key = Some("sk_test_hush".into());
            it.stripe_webhook_secret = Some("whsec_hush, whsec_hush2".into());
            it.database_url = Some("postgres://zoop:hush@db/zoop".into());
            it.smtp_url = Some("smtps://me:hush@mail.example.com".into());
            it.mail_from = Some("billing@example.com".into());
        })
        .unwrap();
        assert_eq!(config.stripe_webhook_secrets.len(), 2);
        assert!(!format!("{config:?}").contains("hush"));
    }
}
