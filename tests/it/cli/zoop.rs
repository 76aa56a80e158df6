//! Runs `zoop`: to its end, or in the background until a test stops or kills it. Nothing that the
//! person at this machine has set reaches it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tokio::net::TcpSocket;

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The command `zoop ARGS`, in a clean environment.
pub fn zoop<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    command(Path::new(env!("CARGO_BIN_EXE_zoop")), args)
}

/// The same for a copy of the binary.
pub fn command<'a>(binary: &Path, args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ZOOP_") {
            command.env_remove(name);
        }
    }
    command.args(args).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// What a command that has ended left.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `command` to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Ended {
    let mut running = Running::start(command);
    let status = running.wait();
    let ended = Ended { code: status.code(), out: running.rest(), err: running.err() };
    assert!(!ended.err.contains("panicked at") && !ended.out.contains("panicked at"), "{ended:?}");
    ended
}

impl Ended {
    /// It did what it was asked to: its output.
    #[track_caller]
    pub fn ok(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        &self.out
    }

    /// It failed, and said why in exactly one line on stderr, which holds each of `words`.
    #[track_caller]
    pub fn fails_saying(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(self.err.starts_with("zoop: ") && self.err.matches('\n').count() == 1, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing: {self:?}");
        }
    }

    /// Nothing of this is on its streams.
    #[track_caller]
    pub fn never_says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(!self.out.contains(word) && !self.err.contains(word), "{word:?}: {self:?}");
        }
        self
    }
}

/// A command in the background; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    err: Arc<Mutex<String>>,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = channel();
        let (out, mut errors) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let err = Arc::new(Mutex::new(String::new()));
        let reader = thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                let _ = send.send(line.unwrap());
            }
        });
        let kept = Arc::clone(&err);
        let errors = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = errors.read(&mut bytes) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { child, lines, err, readers: vec![reader, errors] }
    }

    /// The next line on stdout.
    #[track_caller]
    pub fn line(&mut self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(_) => panic!("no line came; stderr: {}", self.err()),
        }
    }

    /// What is left on stdout of a command that has ended.
    pub fn rest(&mut self) -> String {
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        self.lines.try_iter().map(|line| line + "\n").collect()
    }

    /// What it has said on stderr so far.
    pub fn err(&self) -> String {
        self.err.lock().unwrap().clone()
    }

    /// As `kill -TERM` and `kill -INT` do.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// As `kill -9` does: no time to put anything in order.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        until("the command ends", || self.child.try_wait().unwrap())
    }

    /// Asks it to stop, and it does so in good order.
    #[track_caller]
    pub fn stop(mut self) {
        self.signal("TERM");
        let status = self.wait();
        assert!(status.success(), "{status}: {}", self.err());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until there is something.
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::park_timeout(LOOK_AGAIN);
    }
}

/// An address on this machine where nobody listens, and that nobody is given as long as this process lives: it is bound
/// here, which keeps the system from choosing it for somebody else, and lets a program listen that asks for it by name.
pub fn free_address() -> SocketAddr {
    static HELD: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = socket.local_addr().unwrap();
    HELD.lock().unwrap().push(socket);
    address
}

/// Runs a query against an SQLite file; a test has no other reason to be asynchronous.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
