//! A small browser for servers in another process: blocking, one connection a request, cookies by
//! path, redirects only when followed. A server that is killed in the middle is an error, not a panic.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use url::{Url, form_urlencoded};

const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
/// Longer than any fault that a test injects.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub url: Url,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<Url> {
        self.header("location").map(|to| self.url.join(to).unwrap())
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}: {}", self.url, self.body);
        self
    }

    /// What a form on the page sends in the field `name`.
    pub fn field(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next()
    }
}

/// Somebody's browser.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: Vec<Cookie>,
}

#[derive(Debug)]
struct Cookie {
    pair: String,
    path: String,
}

impl Browser {
    pub fn get(&mut self, url: &Url) -> io::Result<Reply> {
        self.send("GET", url, "", "")
    }

    pub fn post(&mut self, url: &Url, fields: &[(&str, &str)]) -> io::Result<Reply> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", url, "application/x-www-form-urlencoded", &body)
    }

    fn send(&mut self, method: &str, url: &Url, kind: &str, body: &str) -> io::Result<Reply> {
        let cookies: Vec<&str> = self
            .cookies
            .iter()
            .filter(|cookie| url.path().starts_with(&cookie.path))
            .map(|cookie| cookie.pair.as_str())
            .collect();
        let mut headers = String::new();
        if !cookies.is_empty() {
            headers += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        if !kind.is_empty() {
            headers += &format!("Content-Type: {kind}\r\n");
        }
        let reply = send(method, url, &headers, body)?;
        for (name, value) in &reply.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                self.keep(value);
            }
        }
        Ok(reply)
    }

    fn keep(&mut self, set: &str) {
        let mut parts = set.split(';').map(str::trim);
        let pair = parts.next().unwrap().to_owned();
        let path = parts.find_map(|part| part.strip_prefix("Path=")).unwrap_or("/").to_owned();
        let name = |pair: &str| pair.split('=').next().map(str::to_owned);
        self.cookies.retain(|cookie| cookie.path != path || name(&cookie.pair) != name(&pair));
        self.cookies.push(Cookie { pair, path });
    }
}

/// Asks without cookies.
#[track_caller]
pub fn get(url: &str) -> Reply {
    send("GET", &url.parse().unwrap(), "", "").unwrap()
}

/// Sends JSON to the sandbox's controls.
#[track_caller]
pub fn post_json(url: &str, body: &serde_json::Value) -> Reply {
    let headers = "Content-Type: application/json\r\n";
    send("POST", &url.parse().unwrap(), headers, &body.to_string()).unwrap().ok()
}

/// One request by HTTP/1.0, so that the reply ends where the connection does.
pub fn send(method: &str, url: &Url, headers: &str, body: &str) -> io::Result<Reply> {
    let mut stream = open(url)?;
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.0\r\nHost: {}\r\nUser-Agent: {SAFARI}\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
        url.authority()
    )?;
    read(stream, url)
}

pub fn open(url: &Url) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(url.authority())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

pub fn read(mut stream: TcpStream, url: &Url) -> io::Result<Reply> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let broken = || io::Error::new(io::ErrorKind::UnexpectedEof, format!("half a reply: {text:?}"));
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or_else(broken)?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let reply = Reply { url: url.clone(), status, headers, body: body.to_owned() };
    let promised = reply.header("content-length").and_then(|length| length.parse::<usize>().ok());
    if promised.is_some_and(|promised| promised > reply.body.len()) {
        return Err(broken());
    }
    Ok(reply)
}
