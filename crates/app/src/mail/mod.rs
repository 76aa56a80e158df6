//! Mail to customers and to the business's own people: what a message is, who can send one, and each kind's words.
//!
//! A kind is a struct in a file of its own, drawn by two templates of the same name, one for each
//! part. When a mail is due, and to whom it goes, is decided elsewhere.

mod action_needed;
mod address;
mod autopay_off;
mod autopay_on;
mod card_expiring;
mod compose;
mod invoice;
mod letterhead;
#[cfg(test)]
mod mails_test;
mod message;
mod password_reset;
mod payment_failed;
pub(crate) mod queue;
mod quote;
mod receipt;
mod refund;
#[cfg(test)]
mod sample;
pub mod send;
mod smtp;
mod team_invitation;
mod upcoming_charge;

use std::fmt;

use futures_util::future::BoxFuture;

use crate::Error;

pub use action_needed::ActionNeededMail;
pub use address::{InvalidAddress, parse_address};
pub use autopay_off::{AutopayOffMail, OffBecause};
pub use autopay_on::{Agreed, AutopayOnMail};
pub use card_expiring::CardExpiringMail;
pub use invoice::{HowPaid, InvoiceMail};
pub use letterhead::Letterhead;
pub use message::{Message, Party};
pub use password_reset::PasswordResetMail;
pub use payment_failed::{NextTry, PaymentFailedMail};
pub use quote::QuoteMail;
pub use receipt::ReceiptMail;
pub use refund::RefundMail;
pub use smtp::{InvalidSmtp, Smtp};
pub use team_invitation::TeamInvitationMail;
pub use upcoming_charge::{UpcomingChargeMail, WhyTold};

/// Hands a message to whoever delivers it.
pub trait Mailer: Send + Sync + fmt::Debug {
    /// Sends `message`. Once it is `Ok`, delivering it is somebody else's duty; after an error it
    /// may have been taken all the same, which its Message-ID shows.
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>>;
}

/// Why a message wasn't taken, in SMTP's terms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may be taken later: a 4xx reply, no connection, or something that the operator can mend.
    #[error("not taken for now: {text}")]
    Temporary {
        /// The reply code, if the server got as far.
        code: Option<u16>,
        /// What the server said, or why there was no server.
        text: String,
    },
    /// It will never be taken: a 5xx reply, or an address that is none.
    #[error("refused: {text}")]
    Permanent {
        /// The reply code, if it was the server that refused.
        code: Option<u16>,
        /// What the server said, or what is wrong with the message.
        text: String,
    },
}

/// A mail that is drawn.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain part, of lines that a terminal can show.
    pub text: String,
}

/// The parts hold secret links, so they are not shown.
impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// A kind of mail.
pub trait Mail {
    /// Who writes.
    fn letterhead(&self) -> Letterhead<'_>;

    /// What the list of mails shows. It never holds a link.
    fn subject(&self) -> String;

    /// What the list of mails shows after the subject.
    fn preheader(&self) -> String;

    /// The HTML part and the plain part as their templates draw them.
    ///
    /// # Errors
    /// A template that can't be drawn.
    fn parts(&self) -> askama::Result<(String, String)>;

    /// The mail, ready to be put in a [`Message`].
    ///
    /// # Errors
    /// [`Error::Internal`] for a template that can't be drawn.
    fn render(&self) -> Result<Rendered, Error> {
        let (html, text) = self.parts().map_err(Error::internal)?;
        Ok(Rendered { subject: self.subject(), html: html.trim_start().to_owned(), text: wrapped(&text) })
    }
}

const COLUMNS: usize = 76;

/// Wraps paragraphs at spaces and keeps links whole.
fn wrapped(text: &str) -> String {
    let options = textwrap::Options::new(COLUMNS)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let wrapped = textwrap::fill(&unbroken(text.trim()), options);
    wrapped.replace(UNBROKEN, BREAKABLE) + "\n"
}

/// Derives the two templates of a kind, `mail/{kind}.html` and `mail/{kind}.txt`, and draws both.
macro_rules! templates {
    ($mail:ident, $html:literal, $text:literal) => {
        #[derive(askama::Template)]
        #[template(path = $html, whitespace = "minimize")]
        struct Html<'a> {
            mail: &'a $mail<'a>,
        }

        #[derive(askama::Template)]
        #[template(path = $text)]
        struct Text<'a> {
            mail: &'a $mail<'a>,
        }

        fn draw(mail: &$mail<'_>) -> askama::Result<(String, String)> {
            use askama::Template as _;
            Ok((Html { mail }.render()?, Text { mail }.render()?))
        }
    };
}
use templates;

const BREAKABLE: &str = "•••• ";
const UNBROKEN: &str = "••••\u{a0}";

/// Keeps the digits of "Visa •••• 4242" beside their dots.
fn unbroken(text: &str) -> String {
    text.replace(BREAKABLE, UNBROKEN)
}

/// The sentence when nothing stands before it.
fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
