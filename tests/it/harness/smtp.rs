//! A mail server that delivers nothing: it records what it is told, and answers as a test says.
//! It speaks as much ESMTP (RFC 5321) as a client needs, with login (RFC 4954) and without TLS.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Where in a delivery something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// At AUTH.
    Login,
    /// At RCPT.
    Recipient,
    /// After the message's last line.
    Data,
}

/// How the server answers there instead of accepting.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This reply: "450 4.2.0 Try again later".
    Reply(&'static str),
    /// It hangs up.
    Cut,
    /// It takes the message and hangs up before it says so.
    TakeAndCut,
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub from: String,
    pub to: String,
    /// As it came, without the dots that SMTP adds.
    pub raw: String,
}

impl Delivery {
    /// The Message-ID without its angle brackets.
    pub fn message_id(&self) -> String {
        self.parsed().message_id().unwrap_or_default().to_owned()
    }

    pub fn subject(&self) -> String {
        self.parsed().subject().unwrap_or_default().to_owned()
    }

    /// The plain part.
    pub fn text(&self) -> String {
        self.parsed().body_text(0).unwrap_or_default().replace("\r\n", "\n")
    }

    /// The HTML part.
    pub fn html(&self) -> String {
        self.parsed().body_html(0).unwrap_or_default().replace("\r\n", "\n")
    }

    /// The links of the plain part, in order.
    pub fn links(&self) -> Vec<String> {
        let text = self.text();
        let links = text.split_whitespace().filter(|word| word.starts_with("http://") || word.starts_with("https://"));
        links.map(str::to_owned).collect()
    }

    pub fn parsed(&self) -> mail_parser::Message<'_> {
        MessageParser::default().parse(self.raw.as_bytes()).expect("a message")
    }
}

#[derive(Debug, Default)]
struct State {
    deliveries: Vec<Delivery>,
    commands: Vec<String>,
    answers: VecDeque<(Stage, Answer)>,
    logins: bool,
    starttls: bool,
}

/// The server. Clones are the same one.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
    listening: Arc<Mutex<Option<tokio::task::AbortHandle>>>,
}

impl SmtpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = Self { address, state: Arc::default(), arrived: Arc::default(), listening: Arc::default() };
        server.listen(listener);
        server
    }

    /// For `ZOOP_SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Nobody listens any more, and open connections end.
    pub fn go_down(&self) {
        if let Some(listening) = self.listening.lock().unwrap().take() {
            listening.abort();
        }
    }

    /// It listens again, where it did.
    pub async fn come_back(&self) {
        loop {
            // The old socket is closed when its task is dropped, which may take a turn of the runtime.
            if let Ok(listener) = TcpListener::bind(self.address).await {
                return self.listen(listener);
            }
            tokio::task::yield_now().await;
        }
    }

    /// The next delivery that gets so far is answered so; each answer is given once, in order.
    pub fn answer(&self, stage: Stage, answer: Answer) {
        self.state().answers.push_back((stage, answer));
    }

    /// Offers AUTH, and takes any login.
    pub fn offer_login(&self) {
        self.state().logins = true;
    }

    /// Says that it can do TLS, and fails to.
    pub fn pretend_tls(&self) {
        self.state().starttls = true;
    }

    /// What was delivered, in order.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state().deliveries.clone()
    }

    /// Every command that was sent, in order.
    pub fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    /// Waits until a delivery fits.
    pub async fn wait_for(&self, fits: impl Fn(&Delivery) -> bool) -> Delivery {
        loop {
            let arrived = self.arrived.notified();
            if let Some(delivery) = self.deliveries().into_iter().find(|delivery| fits(delivery)) {
                return delivery;
            }
            arrived.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn listen(&self, listener: TcpListener) {
        let server = self.clone();
        let task = tokio::spawn(async move {
            // Ends with this task, and ends the conversations.
            let mut conversations = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                conversations.spawn(async move {
                    // A client that hangs up is no fault of the test.
                    let _ = server.converse(stream).await;
                });
            }
        });
        *self.listening.lock().unwrap() = Some(task.abort_handle());
    }

    /// What a test wants here, if it is its turn.
    fn take_answer(&self, stage: Stage) -> Option<Answer> {
        let mut state = self.state();
        let at = state.answers.iter().position(|(when, _)| *when == stage)?;
        state.answers.remove(at).map(|(_, answer)| answer)
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        say(&mut stream, "220 recorder ESMTP").await?;
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            self.state().commands.push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let reply = match verb.as_str() {
                "EHLO" => self.greeting(),
                "HELO" | "NOOP" | "RSET" => "250 OK".to_owned(),
                "STARTTLS" => "454 4.7.0 TLS not available".to_owned(),
                "AUTH" => match self.take_answer(Stage::Login) {
                    None => "235 2.7.0 Welcome".to_owned(),
                    Some(Answer::Reply(reply)) => reply.to_owned(),
                    Some(_) => return Ok(()),
                },
                "MAIL" => {
                    from = address(&line);
                    "250 2.1.0 OK".to_owned()
                }
                "RCPT" => match self.take_answer(Stage::Recipient) {
                    None => {
                        to = address(&line);
                        "250 2.1.5 OK".to_owned()
                    }
                    Some(Answer::Reply(reply)) => reply.to_owned(),
                    Some(_) => return Ok(()),
                },
                "DATA" => {
                    say(&mut stream, "354 Go on").await?;
                    let raw = read_message(&mut stream).await?;
                    let answer = self.take_answer(Stage::Data);
                    if matches!(answer, None | Some(Answer::TakeAndCut)) {
                        self.state().deliveries.push(Delivery { from: from.clone(), to: to.clone(), raw });
                        self.arrived.notify_waiters();
                    }
                    match answer {
                        None => "250 2.0.0 Taken".to_owned(),
                        Some(Answer::Reply(reply)) => reply.to_owned(),
                        Some(_) => return Ok(()),
                    }
                }
                "QUIT" => return say(&mut stream, "221 Bye").await,
                _ => "502 5.5.2 Unknown".to_owned(),
            };
            say(&mut stream, &reply).await?;
        }
    }

    fn greeting(&self) -> String {
        let state = self.state();
        let offers = [(state.starttls, "STARTTLS"), (state.logins, "AUTH PLAIN LOGIN")];
        let offers = offers.into_iter().filter(|(offered, _)| *offered).map(|(_, what)| format!("250-{what}\r\n"));
        format!("250-recorder\r\n{}250 8BITMIME", offers.collect::<String>())
    }
}

/// Between the angle brackets of `MAIL FROM:<…>`.
fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

async fn say(stream: &mut BufReader<TcpStream>, reply: &str) -> std::io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Reads until the line with the lone dot.
async fn read_message(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
