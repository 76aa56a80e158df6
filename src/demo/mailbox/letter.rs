//! A mail read back from its file, as a mail program would read it.

use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser};
use serde::Serialize;

use super::LetterId;

/// A mail in the mailbox.
pub(super) struct Letter {
    pub(super) id: LetterId,
    pub(super) from: Correspondent,
    pub(super) to: Correspondent,
    pub(super) subject: String,
    /// Seconds since 1970.
    date: i64,
    pub(super) text: String,
    pub(super) html: String,
    /// All header fields as they came, names and values.
    pub(super) headers: Vec<(String, String)>,
}

/// Somebody in a header.
pub(super) struct Correspondent {
    pub(super) name: String,
    pub(super) address: String,
}

/// A mail as a program reads it.
#[derive(Serialize)]
pub(super) struct LetterJson<'a> {
    id: String,
    to: &'a str,
    subject: &'a str,
    date: String,
    text: &'a str,
    links: Vec<&'a str>,
}

impl Letter {
    /// `None` if these bytes are no mail.
    pub(super) fn parse(id: LetterId, bytes: &[u8]) -> Option<Self> {
        let mail = MessageParser::default().parse(bytes)?;
        let part = |body: Option<std::borrow::Cow<'_, str>>| body.unwrap_or_default().replace("\r\n", "\n");
        Some(Self {
            from: Correspondent::of(mail.from()),
            to: Correspondent::of(mail.to()),
            subject: mail.subject().unwrap_or("(no subject)").to_owned(),
            date: mail.date().map_or(0, mail_parser::DateTime::to_timestamp),
            text: part(mail.body_text(0)),
            html: part(mail.body_html(0)),
            headers: headers(&mail),
            id,
        })
    }

    pub(super) fn iso(&self) -> String {
        self.timestamp().to_string()
    }

    /// "Sep 21, 2026, 14:00 UTC".
    pub(super) fn shown_date(&self) -> String {
        self.timestamp().strftime("%b %-d, %Y, %H:%M UTC").to_string()
    }

    /// The paragraph after the greeting, for the list.
    pub(super) fn preview(&self) -> String {
        let paragraph = self.text.split("\n\n").nth(1).unwrap_or(&self.text);
        let words = paragraph.split_whitespace().filter(|word| !is_link(word));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The plain part, line by line; a line that is a link says so.
    pub(super) fn lines(&self) -> impl Iterator<Item = (bool, &str)> {
        self.text.trim_end().lines().map(|line| (is_link(line), line))
    }

    /// The links of the plain part.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        self.text.split_whitespace().filter(|word| is_link(word))
    }

    pub(super) fn json(&self) -> LetterJson<'_> {
        LetterJson {
            id: self.id.to_string(),
            to: &self.to.address,
            subject: &self.subject,
            date: self.iso(),
            text: &self.text,
            links: self.links().collect(),
        }
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_second(self.date).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl Correspondent {
    fn of(addresses: Option<&Address<'_>>) -> Self {
        let first = addresses.and_then(Address::first);
        let part = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            name: part(first.and_then(mail_parser::Addr::name)),
            address: part(first.and_then(mail_parser::Addr::address)),
        }
    }

    /// The name, or the address of one who has none.
    pub(super) fn shown(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }
}

fn headers(mail: &Message<'_>) -> Vec<(String, String)> {
    mail.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

fn is_link(word: &str) -> bool {
    (word.starts_with("https://") || word.starts_with("http://")) && !word.contains(char::is_whitespace)
}
