//! The demo's mailbox, in place of SMTP: each mail is a file in the demo's folder, and a few pages
//! show them. Only a demo keeps mails, and the links in them, in clear.

mod letter;
mod pages;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use zoop_app::mail::{MailError, Mailer, Message};
use zoop_domain::time::Instant;

use letter::Letter;

const ENDING: &str = "eml";
/// A mail that is being written.
const UNFINISHED: &str = "unfinished";

/// A folder of mails. Clones are the same mailbox.
#[derive(Clone, Debug)]
pub(super) struct Mailbox {
    folder: Arc<Mutex<PathBuf>>,
}

impl Mailbox {
    /// The mailbox in `folder`, which is made if it isn't there.
    ///
    /// # Errors
    /// A folder that can't be made.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder: Arc::new(Mutex::new(folder)) })
    }

    /// The pages, from `/` on. They want an origin of their own, because mails are strangers' HTML.
    pub(super) fn router(&self) -> Router {
        pages::router(self.clone())
    }

    /// Runs `work` where waiting for a disk is allowed; one at a time, so that a resend and the
    /// mail it replaces never meet.
    async fn with_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = Arc::clone(&self.folder);
        let job = move || work(&folder.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(job).await.map_err(io::Error::other)?
    }

    /// The newest link that holds `text`, of all mails.
    pub(super) async fn find_link(&self, text: &str) -> io::Result<Option<String>> {
        let (letters, _) = self.newest(usize::MAX).await?;
        let mut links = letters.iter().flat_map(Letter::links);
        Ok(links.find(|link| link.contains(text)).map(str::to_owned))
    }

    /// The newest `most` mails and how many there are in all.
    async fn newest(&self, most: usize) -> io::Result<(Vec<Letter>, usize)> {
        self.with_folder(move |folder| {
            let mut ids = ids(folder)?;
            ids.sort_unstable_by(|one, other| other.cmp(one));
            let letters = ids.iter().take(most).filter_map(|id| read(folder, id).transpose());
            Ok((letters.collect::<io::Result<_>>()?, ids.len()))
        })
        .await
    }

    /// The mail with that id, if there is one.
    async fn find(&self, id: &LetterId) -> io::Result<Option<Letter>> {
        let id = id.clone();
        self.with_folder(move |folder| read(folder, &id)).await
    }
}

impl Mailer for Mailbox {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let bytes = message.to_rfc5322()?;
            let id = LetterId::of(message);
            self.with_folder(move |folder| keep(folder, &id, &bytes))
                .await
                .map_err(|error| MailError::Temporary { code: None, text: format!("the mailbox’s folder: {error}") })
        })
    }
}

/// Takes every mail away, and the folder unless it holds something else.
pub(super) fn clear(folder: &Path) -> io::Result<()> {
    let ids = match ids(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        ids => ids?,
    };
    let mails = ids.iter().map(LetterId::file);
    for name in mails.chain([UNFINISHED.to_owned()]) {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
        _ => Ok(()),
    }
}

/// What a mail is called: its date, so that names sort by it, and what stands for its Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LetterId(String);

impl LetterId {
    /// `20260918T140000` and 24 hex digits.
    const LENGTH: usize = 15 + 1 + 24;

    fn of(message: &Message) -> Self {
        Self(format!("{}-{}", second(message.date), key(&message.id)))
    }

    /// The id as a path names it; anything else, such as a way out of the folder, is none.
    fn parse(text: &str) -> Option<Self> {
        let (second, key) = text.split_once('-')?;
        let plain = second.bytes().all(|byte| byte.is_ascii_digit() || byte == b'T')
            && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (plain && second.len() == 15 && text.len() == Self::LENGTH).then(|| Self(text.to_owned()))
    }

    fn key(&self) -> Option<&str> {
        self.0.split_once('-').map(|(_, key)| key)
    }

    fn file(&self) -> String {
        format!("{}.{ENDING}", self.0)
    }
}

impl std::fmt::Display for LetterId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn second(date: Instant) -> String {
    let whole = Instant::from_unix_seconds(date.as_unix_seconds()).to_string();
    whole.chars().filter(|letter| letter.is_ascii_digit() || *letter == 'T').take(15).collect()
}

fn key(message_id: &str) -> String {
    Sha256::digest(message_id).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn ids(folder: &Path) -> io::Result<Vec<LetterId>> {
    let mut ids = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(ENDING)?.strip_suffix('.'));
        ids.extend(stem.and_then(LetterId::parse));
    }
    Ok(ids)
}

fn read(folder: &Path, id: &LetterId) -> io::Result<Option<Letter>> {
    match fs::read(folder.join(id.file())) {
        Ok(bytes) => Ok(Letter::parse(id.clone(), &bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes the mail whole or not at all; one that was sent before under the same Message-ID goes.
fn keep(folder: &Path, id: &LetterId, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(id.file()))?;
    for other in ids(folder)?.into_iter().filter(|other| other != id && other.key() == id.key()) {
        fs::remove_file(folder.join(other.file()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;
    use zoop_app::mail::Party;

    pub(super) fn message(id: &str, at: i64, subject: &str) -> Message {
        Message {
            id: format!("{id}@zoop.example"),
            from: Party { name: "Greenline Lawn & Garden".into(), address: "mail@zoop.example".into() },
            reply_to: Some("billing@greenline.example".into()),
            to: Party { name: "Dana Whitfield".into(), address: "dana@example.com".into() },
            subject: subject.into(),
            text: "Hello Dana,\n\nView and pay:\nhttps://pay.example/i/SECRET?a=1&b=2\n".into(),
            html: "<!doctype html>\n<html lang=\"en-US\">\n<head>\n<title>x</title></head><body><a href=\"https://pay.example/i/SECRET\">View and pay</a></body></html>".into(),
            list_unsubscribe: None,
            date: Instant::from_unix_seconds(1_789_999_200 + at),
        }
    }

    pub(super) fn mailbox() -> (TempDir, Mailbox) {
        let folder = TempDir::new().unwrap();
        let mailbox = Mailbox::open(folder.path().join("mail")).unwrap();
        (folder, mailbox)
    }

    #[tokio::test]
    async fn mails_are_kept_newest_first() {
        let (_folder, mailbox) = mailbox();
        for (id, at) in [("a", 0), ("b", 120), ("c", 60)] {
            mailbox.send(&message(id, at, id)).await.unwrap();
        }
        let (letters, count) = mailbox.newest(2).await.unwrap();
        let subjects: Vec<_> = letters.iter().map(|letter| letter.subject.as_str()).collect();
        assert_eq!((subjects, count), (vec!["b", "c"], 3));
    }

    #[tokio::test]
    async fn a_resend_replaces_what_was_sent() {
        let (folder, mailbox) = mailbox();
        mailbox.send(&message("a", 0, "first")).await.unwrap();
        mailbox.send(&message("a", 0, "second")).await.unwrap();
        mailbox.send(&message("a", 5, "third")).await.unwrap();
        let (letters, count) = mailbox.newest(9).await.unwrap();
        assert_eq!((letters[0].subject.as_str(), count), ("third", 1));
        assert_eq!(fs::read_dir(folder.path().join("mail")).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn what_is_no_mail_is_not_shown() {
        let (folder, mailbox) = mailbox();
        fs::write(folder.path().join("mail/notes.eml"), "x").unwrap();
        fs::write(folder.path().join("mail/unfinished"), "x").unwrap();
        assert_eq!(mailbox.newest(9).await.unwrap().1, 0);
    }

    #[tokio::test]
    async fn what_is_cleared_are_mails_and_nothing_else() {
        let (folder, mailbox) = mailbox();
        let mail = folder.path().join("mail");
        mailbox.send(&message("a", 0, "x")).await.unwrap();
        fs::write(mail.join("unfinished"), "x").unwrap();
        fs::write(mail.join("notes.eml"), "x").unwrap();
        clear(&mail).unwrap();
        assert_eq!(fs::read_dir(&mail).unwrap().count(), 1);
        fs::remove_file(mail.join("notes.eml")).unwrap();
        clear(&mail).unwrap();
        assert!(!mail.exists());
        clear(&mail).unwrap();
    }

    #[tokio::test]
    async fn a_link_is_found_in_the_newest_mail_that_has_it() {
        let (_folder, mailbox) = mailbox();
        mailbox.send(&message("a", 0, "x")).await.unwrap();
        let found = mailbox.find_link("SECRET?a").await.unwrap();
        assert_eq!(found.as_deref(), Some("https://pay.example/i/SECRET?a=1&b=2"));
        assert_eq!(mailbox.find_link("turn-off").await.unwrap(), None);
    }

    #[test]
    fn only_a_mails_own_name_is_an_id() {
        let id = LetterId::of(&message("a", 0, "x"));
        assert_eq!(LetterId::parse(&id.0), Some(id));
        for bad in ["", "..", "../../etc/passwd", "20260921T140000-", "20260921T140000-../../../../../../etc/p"] {
            assert_eq!(LetterId::parse(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_a_matter_of_time() {
        let (folder, mailbox) = mailbox();
        fs::remove_dir_all(folder.path().join("mail")).unwrap();
        let refused = mailbox.send(&message("a", 0, "x")).await;
        assert!(matches!(refused, Err(MailError::Temporary { code: None, .. })), "{refused:?}");
    }
}
