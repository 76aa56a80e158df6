//! The whole program in one process: app and pages over a fresh database, the stand-in for Stripe
//! behind real HTTP, a clock that stands, chance that repeats, and customers with browsers.
//!
//! Nothing happens by itself: no worker runs and no webhook is sent until a test says so. After
//! each test everything is settled and the books are checked.

mod auto_pay;
pub mod bill;
mod books;
pub mod browser;
pub mod crash;
pub mod database;
pub mod office;
pub mod outbox;
mod quote;
pub mod recording;
pub mod smtp;
pub mod stripe;
pub mod time;

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request};
use http::Request as HttpRequest;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use url::Url;
use zoop_app::{App, Config, Mailer, Stripe, attempt, card_setup, job, portal};
use zoop_domain::time::{Clock as _, Date};
use zoop_stripe::{Client, ClientConfig, RetryPolicy};
use zoop_stripe_sandbox::PLATFORM_ACCOUNT;
use zoop_web::WebConfig;

use bill::{Shop, ShopSpec};
use browser::{Browser, Page};
use database::{Backend, Database};
use outbox::Outbox;
use recording::Recording;
use stripe::{StripeSide, WEBHOOK_SECRET};
use time::{Counting, StandingClock};

/// Makes two tests of each case: `name::sqlite` and `name::postgres`.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::harness::{TestApp, database::Backend};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let t = TestApp::start(Backend::Sqlite).await.unwrap();
                super::$name(&t).await;
                t.finish().await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(t) = TestApp::start(Backend::Postgres).await {
                    super::$name(&t).await;
                    t.finish().await;
                }
            }
        }
    )+};
}
pub(crate) use cases;

/// How a test wants its program.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Listen between client and stand-in; the test writes it down at its end.
    pub recording: Option<Recording>,
    /// How long the client waits for Stripe.
    pub patience: Option<Duration>,
    /// Another key than the stand-in's.
    pub key: Option<&'static str>,
    /// Another mail server than the outbox.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// No mail server at all.
    pub without_mailer: bool,
}

/// The program under test.
pub struct TestApp {
    pub clock: StandingClock,
    pub base: Url,
    pub stripe: StripeSide,
    /// Greenline Lawn & Garden, which charges by Stripe, and its customer Dana.
    pub shop: Shop,
    pub database: Database,
    /// Where mail goes.
    pub outbox: Outbox,
    chance: Arc<Counting>,
    setup: Setup,
    running: Arc<RwLock<Running>>,
}

struct Running {
    app: App,
    router: Router,
}

impl TestApp {
    /// `None` for PostgreSQL on a machine without a cluster.
    pub async fn start(backend: Backend) -> Option<Self> {
        Self::start_with(backend, Setup::default()).await
    }

    pub async fn start_with(backend: Backend, setup: Setup) -> Option<Self> {
        let database = Database::create(backend).await?;
        let (clock, chance) = (StandingClock::default(), Arc::<Counting>::default());
        let stripe = StripeSide::start(&clock, setup.recording.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let outbox = Outbox::default();
        let app = app(&database, &clock, &chance, &stripe, &outbox, &base, &setup).await;
        let running = Arc::new(RwLock::new(Running::of(app)));
        serve(listener, Arc::clone(&running), setup.recording.clone());
        stripe.send_webhooks_to(base.join("stripe/webhook").unwrap());
        let shop = Shop::placeholder();
        let mut t = Self { clock, base, stripe, shop, database, outbox, chance, setup, running };
        t.shop = t.open_shop(ShopSpec::default()).await;
        Some(t)
    }

    /// The program as it runs now.
    pub fn app(&self) -> App {
        self.running.read().unwrap().app.clone()
    }

    /// Its pages.
    pub fn router(&self) -> Router {
        self.running.read().unwrap().router.clone()
    }

    /// The process dies and starts again: what isn't in the database is gone.
    pub async fn restart(&self) {
        self.restart_as(&self.setup).await;
    }

    /// It starts again, and waits no longer than that for Stripe.
    pub async fn restart_with_patience(&self, patience: Duration) {
        self.restart_as(&Setup { patience: Some(patience), ..self.setup.clone() }).await;
    }

    /// It starts again otherwise.
    pub async fn restart_as(&self, setup: &Setup) {
        let app = app(&self.database, &self.clock, &self.chance, &self.stripe, &self.outbox, &self.base, setup).await;
        *self.running.write().unwrap() = Running::of(app);
    }

    /// A customer with a browser of his own.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// A plain GET, by nobody in particular.
    pub async fn get(&self, path: &str) -> Page {
        self.browser().get(path).await
    }

    /// Today, where the shop is.
    pub fn today(&self) -> Date {
        self.clock.now().date_in(&self.shop.business.time_zone)
    }

    /// Stripe delivers what waits.
    pub async fn deliver(&self) -> usize {
        self.stripe.sandbox.deliver_pending().await
    }

    /// Jobs run until none is due.
    pub async fn run_jobs(&self) {
        job::run_all(&self.app()).await.expect("the database answers");
    }

    /// What Stripe sends arrives and is dealt with. The reconciler sleeps.
    pub async fn settled(&self) {
        while self.deliver().await > 0 {
            self.run_jobs().await;
        }
        self.run_jobs().await;
    }

    /// The reconciler's turn, and what follows from it.
    pub async fn reconcile(&self) {
        attempt::reconcile::ask_about_due(&self.app()).await.expect("the database answers");
        card_setup::settle::ask_about_due(&self.app()).await.expect("the database answers");
        self.run_jobs().await;
    }

    /// The daily comparison: how many payments it found.
    pub async fn compare(&self) -> usize {
        let found = attempt::reconcile::compare_accounts(&self.app()).await.expect("Stripe answers");
        self.run_jobs().await;
        found
    }

    /// Seconds pass, and the worker has its turn.
    pub async fn pass(&self, seconds: i64) {
        self.clock.pass(seconds);
        let mut tx = self.app().db.begin().await.expect("the database answers");
        zoop_store::job::update_expired_claims(&mut tx, self.clock.now()).await.expect("the database answers");
        tx.commit().await.expect("the database answers");
        self.settled().await;
        self.reconcile().await;
        self.settled().await;
    }

    /// The worker looks for what is due by itself, and does it.
    pub async fn sweep(&self) {
        job::sweep(&self.app()).await;
        self.settled().await;
    }

    /// Time goes on to that hour of the shop's day, and the worker has its turn.
    pub async fn at(&self, day: &str, hour: i8) {
        let wanted = day.parse::<Date>().unwrap().at_hour(hour, &self.shop.business.time_zone);
        let seconds = wanted.seconds_since(self.clock.now());
        assert!(seconds >= 0, "{day} has passed");
        self.clock.pass(seconds);
        self.sweep().await;
    }

    /// Time goes on without faults until nothing waits any more.
    pub async fn all_settled(&self) {
        self.stripe.recover();
        self.settled().await;
        for _ in 0..12 {
            let (waiting, live) = (self.jobs().await.0, self.live_attempts().await);
            if waiting == 0 && live == 0 {
                break;
            }
            self.pass(3_600).await;
        }
        portal::flush_seen(&self.app(), true).await.expect("the database answers");
    }

    /// The end of each test: everything settles, and the books are right.
    pub async fn finish(&self) {
        self.all_settled().await;
        self.check_books().await;
    }
}

impl Running {
    fn of(app: App) -> Self {
        let router = zoop_web::router(app.clone(), WebConfig::default()).expect("the pages stand");
        Self { app, router }
    }
}

async fn app(
    database: &Database,
    clock: &StandingClock,
    chance: &Arc<Counting>,
    stripe: &StripeSide,
    outbox: &Outbox,
    base: &Url,
    setup: &Setup,
) -> App {
    let retry = RetryPolicy {
        max_retries: 3,
        within: Duration::from_secs(20),
        base_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(4),
    };
    let client = Client::new(ClientConfig {
        secret_key: SecretString::from(setup.key.unwrap_or(stripe::KEY).to_owned()),
        api_base: stripe.base.clone(),
        timeout: setup.patience.unwrap_or(Duration::from_secs(20)),
        retry,
    });
    let stripe_at = Stripe {
        client: client.expect("a client"),
        own_account: PLATFORM_ACCOUNT.into(),
        webhook_secrets: vec![SecretString::from(WEBHOOK_SECRET.to_owned())],
        livemode: false,
    };
    let config = Config {
        base_url: base.clone(),
        checkout_origin: stripe.base.origin().ascii_serialization(),
        mail_from: "mail@zoop.example".into(),
    };
    let mailer = setup.mailer.clone().unwrap_or_else(|| Arc::new(outbox.clone()));
    let mailer = Some(mailer).filter(|_| !setup.without_mailer);
    App::new(database.open().await, Arc::new(clock.clone()), chance.clone(), Some(stripe_at), mailer, config)
}

/// Serves whatever runs at the moment; a restart changes what is behind the address, not the address.
fn serve(listener: TcpListener, running: Arc<RwLock<Running>>, recording: Option<Recording>) {
    let answer = move |ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request| {
        let (running, recording) = (Arc::clone(&running), recording.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_else(|_| Bytes::new());
            if let Some(recording) = recording {
                recording.hear(head.uri.path(), &body);
            }
            let mut request = HttpRequest::from_parts(head, axum::body::Body::from(body));
            request.extensions_mut().insert(ConnectInfo(peer));
            let router = running.read().unwrap().router.clone();
            router.oneshot(request).await.unwrap_or_else(|never| match never {})
        }
    };
    let service = Router::new().fallback(answer).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
}
