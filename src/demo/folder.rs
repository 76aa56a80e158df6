//! The demo's folder: both databases, the mails, how far the clock was moved, and what a second run
//! needs to print the same links. Only a demo keeps links in clear.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zoop_domain::random::Random as _;
use zoop_domain::time::Date;

use super::clock::DemoClock;
use super::mailbox;
use super::seed::Seeded;
use crate::commands::Failure;
use crate::wire::SystemRandom;

const USUAL: &str = "zoop-demo";
const KEPT: &str = "demo.json";
/// Lies there while the folder is being filled or emptied: what it holds is of no use to anyone.
const UNFINISHED: &str = "unfinished";
const CLOCK: [&str; 2] = ["clock", "clock.new"];
const MAIL: &str = "mail";
const DATABASES: [&str; 2] = ["zoop.db", "stripe.db"];
/// As many demos run side by side without being told where.
const SIDE_BY_SIDE: u32 = 9;

/// A folder that is locked for this run.
pub(super) struct Folder {
    path: PathBuf,
    /// Held as long as the demo runs.
    _lock: File,
}

/// What a later run needs.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// Where pages were served.
    pub(super) pages: SocketAddr,
    /// Where the stand-in for Stripe was.
    pub(super) stripe: SocketAddr,
    /// Where the mailbox was.
    pub(super) mailbox: SocketAddr,
    pub(super) secrets: Secrets,
    pub(super) seeded: Seeded,
}

/// The stand-in's secrets.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Secrets {
    pub(super) key: String,
    pub(super) webhook: String,
}

impl Secrets {
    pub(super) fn generate() -> Self {
        let random = || {
            let mut bytes = [0; 18];
            SystemRandom.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes).replace(['-', '_'], "0")
        };
        Self { key: format!("sk_test_{}", random()), webhook: format!("whsec_{}", random()) }
    }
}

impl Folder {
    /// Opens `asked`, or the first usual folder that no other demo has open.
    pub(super) fn open(asked: Option<&Path>, reset: bool) -> Result<Self, Failure> {
        let folder = match asked {
            Some(path) => Self::lock(path)?.ok_or_else(|| {
                Failure::new(format!("another demo runs in {}; stop it or give another --data", path.display()))
            })?,
            None => Self::lock_usual()?,
        };
        if reset {
            folder.clear()?;
        }
        Ok(folder)
    }

    fn lock_usual() -> Result<Self, Failure> {
        for number in 1..=SIDE_BY_SIDE {
            let name = if number == 1 { USUAL.to_owned() } else { format!("{USUAL}-{number}") };
            if let Some(folder) = Self::lock(Path::new(&name))? {
                return Ok(folder);
            }
        }
        Err(Failure::new(format!("{SIDE_BY_SIDE} demos run here already; give another --data")))
    }

    fn lock(path: &Path) -> Result<Option<Self>, Failure> {
        let shown = path.display();
        let failed = |error: std::io::Error| Failure::new(format!("can’t use the folder {shown}: {error}"));
        fs::create_dir_all(path).map_err(failed)?;
        let path = &std::path::absolute(path).map_err(failed)?;
        let lock = File::create(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Empties the folder; but only of a demo, because a real install's database has the same name.
    fn clear(&self) -> Result<(), Failure> {
        let is_ours = self.has(KEPT) || self.has(UNFINISHED);
        if !is_ours && DATABASES.iter().any(|name| self.has(name)) {
            let folder = self.path.display();
            return Err(Failure::new(format!("{folder} holds a database that no demo made; give another --data")));
        }
        File::create(self.path.join(UNFINISHED))?.sync_all()?;
        self.remove(KEPT)?;
        for name in DATABASES {
            for ending in ["", "-wal", "-shm"] {
                self.remove(&format!("{name}{ending}"))?;
            }
        }
        for name in CLOCK {
            self.remove(name)?;
        }
        Ok(mailbox::clear(&self.mail())?)
    }

    fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The address of the program's database.
    pub(super) fn database(&self) -> String {
        format!("sqlite://{}", self.path.join("zoop.db").display())
    }

    /// The file of the stand-in for Stripe.
    pub(super) fn sandbox(&self) -> PathBuf {
        self.path.join("stripe.db")
    }

    /// The folder of the mails.
    pub(super) fn mail(&self) -> PathBuf {
        self.path.join(MAIL)
    }

    /// The clock, as far ahead as an earlier run left it.
    pub(super) fn clock(&self) -> Result<DemoClock, Failure> {
        let [kept, _] = CLOCK;
        DemoClock::open(self.path.join(kept)).map_err(|error| match error.kind() {
            ErrorKind::InvalidData => self.of_another_version(),
            _ => error.into(),
        })
    }

    /// What an earlier run left, if it got as far as leaving something. Half a seed is cleared.
    pub(super) fn read(&self) -> Result<Option<Kept>, Failure> {
        if self.has(UNFINISHED) {
            self.clear()?;
        }
        match fs::read(self.path.join(KEPT)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| self.of_another_version()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.clear()?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What another version left can't be gone on with.
    pub(super) fn of_another_version(&self) -> Failure {
        Failure::new(format!("{} holds another version’s demo; --reset begins afresh", self.path.display()))
    }

    /// Time goes one way.
    pub(super) fn lived_longer(&self, until: Date) -> Failure {
        let folder = self.path.display();
        Failure::new(format!(
            "the demo in {folder} has lived until {until}: --now can’t go back; --reset begins afresh"
        ))
    }

    /// Keeps `kept` for the next run: all of it or nothing. Then the folder is complete.
    pub(super) fn write(&self, kept: &Kept) -> Result<(), Failure> {
        let (new, path) = (self.path.join("demo.json.new"), self.path.join(KEPT));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        serde_json::to_writer_pretty(&mut file, kept).map_err(Failure::from_error)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(new, path)?;
        self.remove(UNFINISHED)
    }
}
