//! The mail server of a test: keeps what it was given, and refuses when it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use zoop_app::Mailer;
use zoop_app::mail::{MailError, Message};

use super::TestApp;

/// What was sent, and what is answered next.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    sent: Vec<Message>,
    answers: VecDeque<MailError>,
    down: bool,
}

impl Outbox {
    /// Everything that was taken, oldest first.
    pub fn sent(&self) -> Vec<Message> {
        self.0.lock().unwrap().sent.clone()
    }

    /// Answers the next message with that error.
    pub fn refuse_next(&self, error: MailError) {
        self.0.lock().unwrap().answers.push_back(error);
    }

    /// No message is taken until it is up again.
    pub fn set_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }
}

impl Mailer for Outbox {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        let mut inner = self.0.lock().unwrap();
        let answer = match inner.answers.pop_front() {
            _ if inner.down => Err(MailError::Temporary { code: None, text: "connection refused".into() }),
            Some(error) => Err(error),
            None => {
                message.to_rfc5322().expect("a message that can be sent");
                inner.sent.push(message.clone());
                Ok(())
            }
        };
        async move { answer }.boxed()
    }
}

impl TestApp {
    /// The subjects of what was sent, oldest first.
    pub fn subjects(&self) -> Vec<String> {
        self.outbox.sent().into_iter().map(|message| message.subject).collect()
    }

    /// The words of the newest mail whose subject holds `subject`, with one space between them.
    #[track_caller]
    pub fn mail_words(&self, subject: &str) -> String {
        self.mail(subject).text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The newest mail whose subject holds `words`.
    #[track_caller]
    pub fn mail(&self, words: &str) -> Message {
        let sent = self.outbox.sent();
        let found = sent.iter().rev().find(|message| message.subject.contains(words));
        found.unwrap_or_else(|| panic!("no mail says {words:?}: {:?}", self.subjects())).clone()
    }

    /// The path and query of the link in the mail that holds `part`.
    #[track_caller]
    pub fn link_in(&self, mail: &Message, part: &str) -> String {
        let link = mail.text.split_whitespace().find(|word| word.starts_with("http") && word.contains(part));
        let link = link.unwrap_or_else(|| panic!("no link with {part:?} in:\n{}", mail.text));
        let url = url::Url::parse(link).unwrap();
        url[url::Position::BeforePath..].to_owned()
    }
}
