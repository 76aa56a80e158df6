//! Loads the server with `wrk` and reads from `/proc` what that cost.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::fill::{EMAIL, PASSWORD};

/// What is asked for.
pub(crate) struct Load {
    pub(crate) paths: Vec<String>,
    pub(crate) seconds: u64,
    pub(crate) connections: u32,
    pub(crate) folder: PathBuf,
}

/// What it cost.
pub(crate) struct Figures {
    pub(crate) requests_per_second: f64,
    pub(crate) cpu_us: f64,
    pub(crate) database_cpu_us: f64,
    /// The time within which all but the slowest hundredth were answered.
    pub(crate) p99_ms: f64,
}

impl Figures {
    /// What a request costs the machine.
    pub(crate) fn all_us(&self) -> f64 {
        self.cpu_us + self.database_cpu_us
    }
}

/// A server under measurement.
pub(crate) struct Served {
    child: Child,
    address: SocketAddr,
    /// The owner's session.
    session: String,
    links: Vec<(String, String)>,
}

impl Served {
    pub(crate) async fn start(database: &str, links: &Path) -> Self {
        let address = free_address();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["serve", database, &address.to_string(), links.to_str().unwrap()])
            .spawn()
            .unwrap();
        let lines = std::fs::read_to_string(links).unwrap();
        let (session, lines) = lines.split_once('\n').unwrap();
        let links = lines.lines().map(|line| line.split_once(' ').unwrap());
        let links = links.map(|(portal, invoice)| (portal.to_owned(), invoice.to_owned())).collect();
        wait_for(&format!("http://{address}/healthz")).await;
        Self { child, address, session: session.to_owned(), links }
    }

    pub(crate) fn paths(&self, page: &str) -> Vec<String> {
        let of = |(portal, invoice): &(String, String)| if page == "portal" { portal } else { invoice }.clone();
        self.links.iter().map(of).collect()
    }

    pub(crate) async fn measure(&self, load: &Load) -> Figures {
        let script = load.folder.join("load.lua");
        let paths: String = load.paths.iter().map(|path| format!("{path:?},\n")).collect();
        let text = format!(
            "local paths = {{{paths}}}\nlocal i = 0\nfunction request()\n  i = i % #paths + 1\n  \
             return wrk.format('GET', paths[i], {{Cookie = 'zoop_session={}'}})\nend\n\
             function done(s, l) io.write(string.format('DONE %d %d %d %d\\n', s.requests, s.duration, \
             s.errors.status, l:percentile(99))) end\n",
            self.session
        );
        std::fs::write(&script, text).unwrap();
        let (before, database_before) = (cpu_us(self.child.id()), postgres_cpu_us());
        let output = Command::new("wrk")
            .args(["-t1", &format!("-c{}", load.connections), &format!("-d{}s", load.seconds), "-s"])
            .arg(&script)
            .arg(format!("http://{}", self.address))
            .output()
            .unwrap();
        let (cpu, database) = (cpu_us(self.child.id()) - before, postgres_cpu_us() - database_before);
        let text = String::from_utf8(output.stdout).unwrap();
        let done = text.lines().find_map(|line| line.strip_prefix("DONE ")).unwrap();
        let mut numbers = done.split(' ').map(|number| number.parse::<f64>().unwrap());
        let mut number = || numbers.next().unwrap();
        let (requests, duration, errors, p99) = (number(), number(), number(), number());
        assert!(errors == 0.0, "{errors} pages were not served");
        Figures {
            requests_per_second: requests / duration * 1e6,
            cpu_us: cpu / requests,
            database_cpu_us: database / requests,
            p99_ms: p99 / 1e3,
        }
    }

    /// Signs the owner in so many times, one after the other: milliseconds he waits, and CPU it takes.
    pub(crate) async fn sign_in(&self, times: u32) -> (f64, f64) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let (before, begun) = (cpu_us(self.child.id()), Instant::now());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", EMAIL), ("password", PASSWORD)])
            .finish();
        for _ in 0..times {
            let post = client.post(format!("http://{}/sign-in", self.address)).body(form.clone());
            let reply = post.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
            assert!(reply.status().is_redirection(), "{}", reply.status());
        }
        let (cpu, waited) = (cpu_us(self.child.id()) - before, begun.elapsed());
        (waited.as_secs_f64() * 1e3 / f64::from(times), cpu / 1e3 / f64::from(times))
    }

    /// Memory of its own: neither the mapped database file nor the program's text.
    pub(crate) fn own_memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    pub(crate) fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// CPU time of a process so far, in microseconds: fields 14 and 15 of its `stat`, in hundredths.
fn cpu_us(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let Some((_, fields)) = stat.rsplit_once(") ") else { return 0.0 };
    let field = |index: usize| fields.split(' ').nth(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (field(11) + field(12)) * 10_000.0
}

/// CPU time of all PostgreSQL processes.
fn postgres_cpu_us() -> f64 {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let postgres = pids
        .filter(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres"));
    postgres.map(cpu_us).sum()
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn wait_for(url: &str) -> reqwest::Response {
    let client = reqwest::Client::new();
    for _ in 0..30_000 {
        if let Ok(response) = client.get(url).send().await
            && response.status().is_success()
        {
            return response;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{url} was never served")
}

/// From the start of the real binary to its first page, five times, and the page's weight.
pub(crate) async fn start_up(binary: &Path, database: &str, links: &Path) {
    let lines = std::fs::read_to_string(links).unwrap();
    let portal = lines.lines().nth(1).unwrap().split(' ').next().unwrap();
    let mut times = Vec::new();
    let mut weight = 0;
    for _ in 0..5 {
        let address = free_address();
        let begun = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--database-url", database])
            .env("ZOOP_LISTEN", address.to_string())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(wait_for(&format!("http://{address}{portal}")).await);
        times.push(begun.elapsed());
        weight = compressed(&format!("http://{address}"), portal).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    times.sort();
    println!("start to first page: {} ms (median of 5)", times[2].as_millis());
    println!("portal home, HTML and CSS compressed: {:.1} kB", weight as f64 / 1e3);
}

/// The bytes of the page and its style sheets as a browser gets them.
async fn compressed(base: &str, path: &str) -> usize {
    let client = reqwest::Client::new();
    let get = async |path: &str| {
        let request = client.get(format!("{base}{path}")).header("accept-encoding", "gzip, br, zstd");
        request.send().await.unwrap().bytes().await.unwrap().len()
    };
    let html = client.get(format!("{base}{path}")).send().await.unwrap().text().await.unwrap();
    let mut weight = get(path).await;
    for sheet in html.split("<link rel=\"stylesheet\" href=\"").skip(1) {
        weight += get(sheet.split('"').next().unwrap()).await;
    }
    weight
}
