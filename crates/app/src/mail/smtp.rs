//! Mail over SMTP. A password or a message never crosses a network in clear: STARTTLS is required
//! unless the server is on this machine.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, AsyncSmtpTransport, PoolConfig};
use lettre::{Address, AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::{MailError, Mailer, Message};

const TIMEOUT: Duration = Duration::from_secs(30);
/// A server's reply may have many lines; the timeline has room for one.
const LONGEST_REPLY: usize = 300;
/// The server wants another or a better login (RFC 4954) or TLS first (RFC 3207). The operator can
/// mend that, so it is no fault of the message.
const LOGIN_REPLIES: [u16; 4] = [530, 534, 535, 538];

/// An SMTP server that takes our mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    /// `host:port`, for logs.
    server: String,
}

/// Why mail can't be sent with these settings. It never shows the password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtp {
    /// Not a URL of the two schemes, or without a host.
    #[error("not an address like smtp://user:password@mail.example.com:587?tls=required or smtps://…")]
    Url,
    /// The settings would send mail and password in clear.
    #[error("mail would go to {0} in clear; use tls=required or smtps://")]
    Clear(String),
    /// The address that mail is sent from is none.
    #[error("the sender is not an email address")]
    Sender,
    /// TLS can't be had: no certificates on this machine, or a host name that can't have one.
    #[error("TLS can’t be used: {0}")]
    Tls(String),
}

impl Smtp {
    /// The server at `url`, which has lettre's syntax. `sender` is the address that mails are from;
    /// its domain is the name we greet the server by, unless the URL's path has another.
    ///
    /// # Errors
    /// A URL or a sender that can't be used.
    pub fn new(url: &SecretString, sender: &str) -> Result<Self, InvalidSmtp> {
        let mut url = Url::parse(url.expose_secret()).map_err(|_| InvalidSmtp::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidSmtp::Url)?.to_owned();
        let sender: Address = sender.parse().map_err(|_| InvalidSmtp::Sender)?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        match (url.scheme(), tls.as_deref()) {
            ("smtps", _) | ("smtp", Some("required")) => {}
            ("smtp", None) if is_this_machine(&url) => {}
            ("smtp", None) => drop(url.query_pairs_mut().append_pair("tls", "required")),
            ("smtp", Some("opportunistic" | "none")) => return Err(InvalidSmtp::Clear(host)),
            _ => return Err(InvalidSmtp::Url),
        }
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|error| InvalidSmtp::Tls(error.to_string()))?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(4));
        if url.path().len() <= 1 {
            builder = builder.hello_name(ClientId::Domain(sender.domain().to_owned()));
        }
        let server = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        Ok(Self { transport: builder.build(), server })
    }
}

/// The scheme isn't one of the web's, so the host is not parsed by [`Url`].
fn is_this_machine(url: &Url) -> bool {
    match url.host_str().map(Host::parse) {
        Some(Ok(Host::Domain(name))) => name == "localhost",
        Some(Ok(Host::Ipv4(ip))) => ip.is_loopback(),
        Some(Ok(Host::Ipv6(ip))) => ip.is_loopback(),
        _ => false,
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let built = message.build()?;
            // The transport's own timeout ends with the connection's first bytes.
            match tokio::time::timeout(TIMEOUT, self.transport.send(built)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(sorted(&error)),
                Err(_) => Err(MailError::Temporary { code: None, text: "the mail server took too long".into() }),
            }
        })
    }
}

fn sorted(error: &smtp::Error) -> MailError {
    let code = error.status().map(u16::from);
    let text = reply(error);
    if error.is_permanent() && !code.is_some_and(|code| LOGIN_REPLIES.contains(&code)) {
        MailError::Permanent { code, text }
    } else {
        MailError::Temporary { code, text }
    }
}

/// The error with what caused it, on one line of printable text.
fn reply(error: &smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    let words =
        text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST_REPLY).collect()
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(url: &str) -> Result<Smtp, InvalidSmtp> {
        Smtp::new(&SecretString::from(url), "billing@zoop.example")
    }

    #[tokio::test]
    async fn nothing_goes_over_a_network_in_clear() {
        for url in ["smtp://u:hunter2@mail.example:587?tls=opportunistic", "smtp://mail.example?tls=none"] {
            assert_eq!(open(url).unwrap_err(), InvalidSmtp::Clear("mail.example".into()));
        }
        for url in ["smtp://127.0.0.1:2525", "smtp://u:p@localhost:2525", "smtp://[::1]:2525"] {
            open(url).unwrap();
        }
    }

    #[tokio::test]
    async fn settings_are_refused_without_their_password() {
        for url in
            ["", "mail.example", "https://u:hunter2@mail.example", "smtp://", "smtp://u:hunter2@m.example?tls=maybe"]
        {
            let refused = open(url).unwrap_err();
            assert_eq!(refused, InvalidSmtp::Url, "{url}");
            assert!(!format!("{refused} {refused:?}").contains("hunter2"));
        }
        let local = SecretString::from("smtp://u:hunter2@127.0.0.1");
        assert_eq!(Smtp::new(&local, "nobody").unwrap_err(), InvalidSmtp::Sender);
        assert!(!format!("{:?}", Smtp::new(&local, "a@b.example").unwrap()).contains("hunter2"));
    }
}
