//! What is measured, each in a process of its own.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant as Now};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use secrecy::SecretString;
use zoop_app::mail::{MailError, Message};
use zoop_app::{App, Mailer, Stripe, job, plan, webhook};
use zoop_domain::id::BusinessId;
use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};
use zoop_store::Db;
use zoop_stripe::{Client, ClientConfig, RetryPolicy};

const SECRET: &str = "whsec_bench";
const EVENTS: u64 = 5_000;
const SENDERS: u64 = 16;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A morning on which the plans are due. It goes on: ids that are made together lie together.
struct Morning(Now);

impl Clock for Morning {
    fn now(&self) -> Instant {
        let passed = i64::try_from(self.0.elapsed().as_micros()).unwrap();
        Instant::from_microseconds(1_790_852_400_000_000 + passed)
    }
}

/// Never the same twice.
struct Chance(AtomicU64, RandomState);

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut hasher = self.1.build_hasher();
            hasher.write_u64(self.0.fetch_add(1, Ordering::Relaxed));
            chunk.copy_from_slice(&hasher.finish().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Takes every mail and does nothing with it.
#[derive(Debug)]
struct Nowhere;

impl Mailer for Nowhere {
    fn send<'a>(&'a self, _: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        async { Ok(()) }.boxed()
    }
}

async fn app(database: &str) -> App {
    // The client wants a provider for TLS, though nothing is asked of Stripe.
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = Client::new(ClientConfig {
        secret_key: SecretString::from("sk_test_bench"),
        api_base: "http://127.0.0.1:1/".parse().unwrap(),
        timeout: Duration::from_secs(1),
        retry: RetryPolicy::default(),
    });
    let stripe = Stripe {
        client: client.unwrap(),
        own_account: "acct_bench".into(),
        webhook_secrets: vec![SecretString::from(SECRET)],
        livemode: false,
    };
    let config = zoop_app::Config {
        base_url: "http://127.0.0.1:8080/".parse().unwrap(),
        checkout_origin: "https://checkout.stripe.com".into(),
        mail_from: "billing@example.com".into(),
    };
    let chance = Chance(AtomicU64::new(0), RandomState::new());
    let db = Db::open(database).await.unwrap();
    App::new(db, Arc::new(Morning(Now::now())), Arc::new(chance), Some(stripe), Some(Arc::new(Nowhere)), config)
}

pub(crate) async fn bill(database: &str) {
    let app = app(database).await;
    let business: BusinessId = format!("biz_{:026}", 1).parse().unwrap();
    let (before, began, cpu) = (memory_mb("RssAnon:"), Now::now(), cpu_seconds());
    let (mut most, run) = (before, all(&app, &business));
    tokio::pin!(run);
    let made = loop {
        tokio::select! {
            made = &mut run => break made,
            () = tokio::time::sleep(LOOK) => most = most.max(memory_mb("RssAnon:")),
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{made} invoices in {seconds:.1} s, {:.0} a second; own CPU {:.1} s; own memory {before:.1} MB before, {most:.1} MB at most",
        made as f64 / seconds,
        cpu_seconds() - cpu,
    );
}

/// One job after the other, as each leaves the rest to the next.
async fn all(app: &App, business: &BusinessId) -> usize {
    let mut all = 0;
    loop {
        match plan::bill::bill(app, business).await.unwrap() {
            0 => return all,
            made => all += made,
        }
    }
}

pub(crate) async fn jobs(database: &str, workers: usize) {
    let app = app(database).await;
    let began = Now::now();
    let work = (0..workers).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { job::run_all(&app).await.unwrap() })
    });
    let done: usize = join_all(work).await.into_iter().map(|count| count.unwrap()).sum();
    println!("{:.0} a second", done as f64 / began.elapsed().as_secs_f64());
}

pub(crate) async fn webhooks(database: &str) {
    let app = app(database).await;
    let began = Now::now();
    let senders = (0..SENDERS).map(|sender| {
        let app = app.clone();
        tokio::spawn(async move {
            for n in (sender..EVENTS).step_by(SENDERS as usize) {
                let body = format!(
                    r#"{{"id":"evt_{n}","object":"event","api_version":"2026-10-28.endive","created":1790852400,
                    "livemode":false,"type":"payment_intent.succeeded","data":{{"object":{{"id":"pi_{n}","object":"payment_intent"}}}}}}"#
                );
                let signature = zoop_stripe::webhook::sign(body.as_bytes(), &SECRET.into(), 1_790_852_400);
                webhook::receive::receive(&app, body.as_bytes(), &signature).await.unwrap();
            }
        })
    });
    for sender in join_all(senders).await {
        sender.unwrap();
    }
    println!("{:.0} webhooks taken in a second", EVENTS as f64 / began.elapsed().as_secs_f64());
}

fn memory_mb(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let field = |index: usize| fields.split(' ').nth(index).and_then(|text| text.parse::<f64>().ok()).unwrap();
    (field(11) + field(12)) / 100.0
}
