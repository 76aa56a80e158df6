//! A message and how it is written down: RFC 5322, both parts, the headers a machine's mail has.
//!
//! Names, subjects and addresses come from people; none of them can add a header.

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use url::Url;
use zoop_domain::time::Instant;

use super::MailError;

/// Somebody who writes or is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// As a mail program shows it; may be empty.
    pub name: String,
    /// `dana@example.com`.
    pub address: String,
}

/// A message, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The Message-ID without its angle brackets; the same each time the message is sent.
    pub id: String,
    /// The business's name with the install's own address.
    pub from: Party,
    /// Where answers go: the business.
    pub reply_to: Option<String>,
    /// The customer, or one of the business's own people.
    pub to: Party,
    /// The subject.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Where mails of this kind can be ended.
    pub list_unsubscribe: Option<Url>,
    /// When it was written.
    pub date: Instant,
}

/// The parts hold secret links, so only what names the message is shown.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Message {
    /// The message as it goes over the wire or into a file.
    ///
    /// # Errors
    /// [`MailError::Permanent`] for an address or a Message-ID that is none.
    pub fn to_rfc5322(&self) -> Result<Vec<u8>, MailError> {
        Ok(self.build()?.formatted())
    }

    /// The message with its envelope.
    pub(super) fn build(&self) -> Result<lettre::Message, MailError> {
        let mut builder = lettre::Message::builder()
            .from(mailbox(&self.from.name, &self.from.address)?)
            .to(mailbox(&self.to.name, &self.to.address)?)
            .subject(one_line(&self.subject))
            .date(written_at(self.date))
            .message_id(Some(format!("<{}>", self.checked_id()?)))
            .header(AutoSubmitted);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(mailbox(&self.from.name, reply_to)?);
        }
        if let Some(url) = &self.list_unsubscribe {
            builder = builder.header(ListUnsubscribe(format!("<{url}>")));
        }
        let part = |kind, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
        let parts = MultiPart::alternative()
            .boundary(self.boundary())
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.html));
        builder.multipart(parts).map_err(|error| refused(format!("can’t be written down: {error}")))
    }

    fn checked_id(&self) -> Result<&str, MailError> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>()[]\\,;:\"".contains(&byte);
        let sides = self.id.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty());
        if sides && self.id.bytes().all(is_plain) { Ok(&self.id) } else { Err(refused("its Message-ID is none")) }
    }

    /// What divides the parts. Quoted-printable text has no `=_`, so it can't hold this line; the rest
    /// comes from the Message-ID, so that the same message is the same bytes.
    fn boundary(&self) -> String {
        let letters = self.id.chars().filter(char::is_ascii_alphanumeric).take(48);
        std::iter::once("=_").map(str::to_owned).chain(letters.map(String::from)).collect()
    }
}

fn mailbox(name: &str, address: &str) -> Result<Mailbox, MailError> {
    let parsed = address.trim().parse().map_err(|_| refused(format!("“{}” is no email address", one_line(address))))?;
    let name = one_line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parsed))
}

/// What people typed, without what could end a header.
fn one_line(text: &str) -> String {
    text.split(|letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}'))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn written_at(date: Instant) -> SystemTime {
    let seconds = u64::try_from(date.as_unix_seconds()).unwrap_or_default();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn refused(text: impl Into<String>) -> MailError {
    MailError::Permanent { code: None, text: text.into() }
}

type HeaderError = Box<dyn std::error::Error + Send + Sync>;

/// Keeps holiday notices from answering (<https://www.rfc-editor.org/rfc/rfc3834#section-5>).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, HeaderError> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// One URL in angle brackets (<https://www.rfc-editor.org/rfc/rfc2369>).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, HeaderError> {
        Ok(Self(text.to_owned()))
    }

    /// A serialised URL is ASCII without spaces, and must not be encoded or folded.
    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders as _};

    fn message() -> Message {
        Message {
            id: "mail_1@zoop.example".into(),
            from: Party { name: "Greenline Lawn & Garden".into(), address: "billing@zoop.example".into() },
            reply_to: Some("office@greenline.example".into()),
            to: Party { name: "Dana Whitfield".into(), address: "dana@example.com".into() },
            subject: "Invoice INV-1062".into(),
            text: "Hello Dana,\n\npay at https://zoop.example/i/SECRET\n".into(),
            html: "<p>Hello Dana – “pay”</p>".into(),
            list_unsubscribe: None,
            date: Instant::from_unix_seconds(1_789_000_000),
        }
    }

    fn written(message: &Message) -> String {
        String::from_utf8(message.to_rfc5322().unwrap()).unwrap()
    }

    fn headers(written: &str) -> Vec<&str> {
        let (head, _) = written.split_once("\r\n\r\n").unwrap();
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect()
    }

    #[test]
    fn it_reads_back_as_it_was_meant() {
        let written = written(&message());
        let mail = MessageParser::default().parse(&written).unwrap();
        let from = mail.from().and_then(|from| from.first()).unwrap();
        assert_eq!((from.name(), from.address()), (Some("Greenline Lawn & Garden"), Some("billing@zoop.example")));
        assert_eq!(mail.reply_to().and_then(|to| to.first()).unwrap().address(), Some("office@greenline.example"));
        assert_eq!(mail.message_id(), Some("mail_1@zoop.example"));
        assert_eq!(mail.date().unwrap().to_timestamp(), 1_789_000_000);
        assert_eq!(mail.content_type().unwrap().subtype(), Some("alternative"));
        assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), message().text);
        assert_eq!(mail.body_html(0).unwrap().trim_end(), message().html);
        assert!(written.contains("\r\nAuto-Submitted: auto-generated\r\n"));
        assert!(!written.contains("List-Unsubscribe"));
    }

    #[test]
    fn the_same_message_is_the_same_bytes() {
        assert_eq!(message().to_rfc5322(), message().to_rfc5322());
    }

    #[test]
    fn a_list_that_can_be_left_says_where() {
        let url: Url = format!("https://zoop.example/p/{}?turn-off=1", "A".repeat(300)).parse().unwrap();
        let written = written(&Message { list_unsubscribe: Some(url.clone()), ..message() });
        assert!(written.contains(&format!("\r\nList-Unsubscribe: <{url}>\r\n")));
    }

    #[test]
    fn nobody_can_add_a_header() {
        let plain = written(&message());
        for evil in [
            "a\r\nBcc: x@y.example",
            "a\nBcc: x@y.example",
            "a\rBcc: x",
            "a\r\n\r\nbody",
            "\u{2028}Bcc: x",
            "a\u{85}b\0",
        ] {
            let message = Message {
                from: Party { name: evil.into(), ..message().from },
                to: Party { name: evil.into(), ..message().to },
                subject: evil.into(),
                ..message()
            };
            let written = written(&message);
            assert_eq!(headers(&written), headers(&plain), "{evil:?}");
            let mail = MessageParser::default().parse(&written).unwrap();
            assert!(mail.bcc().is_none());
            assert_eq!(mail.subject(), Some(one_line(evil).as_str()));
        }
    }

    #[test]
    fn names_come_through_as_people_write_them() {
        let long = "Straße, 東京 ".repeat(20);
        for name in [
            "O’Neil \"Ace\" Plumbing",
            "Doe, Jane",
            "Zoë Ødegård",
            "東京ガス",
            "a@b <c@d.example>",
            r"back\slash",
            long.trim(),
        ] {
            let message =
                Message { from: Party { name: name.into(), ..message().from }, subject: name.into(), ..message() };
            let written = written(&message);
            assert!(written.lines().all(|line| line.len() <= 998 && line.is_ascii()));
            let mail = MessageParser::default().parse(&written).unwrap();
            let from = mail.from().and_then(|from| from.first()).unwrap();
            assert_eq!((from.name(), from.address()), (Some(name), Some("billing@zoop.example")), "{written}");
            assert_eq!(mail.subject(), Some(name));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_for_good() {
        for address in
            ["", "dana", "dana@", "@example.com", "a b@example.com", "a@b.example\r\nBcc: x@y.example", "a@b, c@d"]
        {
            let to = Party { address: address.into(), ..message().to };
            let refused = Message { to, ..message() }.to_rfc5322();
            assert!(matches!(refused, Err(MailError::Permanent { code: None, .. })), "{address:?}: {refused:?}");
        }
        for id in ["", "plain", "a@", "a b@c", "a@b>\r\nBcc: x", "<a@b>"] {
            assert!(Message { id: id.into(), ..message() }.to_rfc5322().is_err(), "{id:?}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", message()).contains("SECRET"));
    }
}
