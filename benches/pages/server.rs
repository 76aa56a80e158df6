//! The server that is measured: the program's own routes, and beside them, behind the same layers,
//! the same pages rendered from memory and as constants.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use askama::Template as _;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use sha2::Digest as _;
use tokio::net::TcpListener;
use zoop_app::App;
use zoop_app::invoice::show::{self, InvoiceKey};
use zoop_app::portal::Opened;
use zoop_domain::random::Random;
use zoop_domain::time::{Clock, Instant};
use zoop_store::Db;
use zoop_web::WebConfig;
use zoop_web::invoice::show::InvoicePage;
use zoop_web::layer::headers::Headers;
use zoop_web::layer::request_id::RequestIds;
use zoop_web::portal::home::HomePage;
use zoop_web::routes::PortalPath;

/// A moment that stands.
pub(crate) struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Instant {
        Instant::from_unix_seconds(1_767_000_000)
    }
}

/// Chance that can be had again: a counter, spread by its hash.
pub(crate) struct Counting(AtomicU64);

impl Counting {
    /// Counts from `first` on, so that two of them on one database give no id twice.
    pub(crate) const fn from(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }
}

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let hash = sha2::Sha256::digest(count.to_le_bytes());
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = hash[place % hash.len()];
        }
    }
}

/// The program on `db`.
pub(crate) fn app(db: Db) -> App {
    let config = zoop_app::Config {
        base_url: "http://127.0.0.1:8080/".parse().unwrap(),
        checkout_origin: "https://checkout.stripe.com".into(),
        mail_from: String::new(),
    };
    App::new(db, Arc::new(Fixed), Arc::new(Counting::from(1 << 40)), None, None, config)
}

pub(crate) async fn serve(database: &str, listen: &str, links: &Path) {
    let app = app(Db::open(database).await.unwrap());
    let router = zoop_web::router(app.clone(), WebConfig::default()).unwrap().nest("/bench", beside(&app, links).await);
    let listener = TcpListener::bind(listen).await.unwrap();
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
}

async fn beside(app: &App, links: &Path) -> Router {
    let lines = std::fs::read_to_string(links).unwrap();
    let (portal_path, invoice_path) = lines.lines().nth(1).unwrap().split_once(' ').unwrap();
    let token = portal_path.strip_prefix("/p/").unwrap().to_owned();
    let id = invoice_path.rsplit('/').next().unwrap();
    let Opened::Portal(portal) = zoop_app::portal::open(app, &token).await.unwrap() else {
        panic!("the link opens the portal")
    };
    let view = show::show(app, InvoiceKey::Portal { token: &token, invoice: id }).await.unwrap();
    let path = PortalPath::new(token);
    let invoice_path = path.invoice(&id.parse().unwrap());
    let home = move || HomePage::new(*portal.clone(), &path).unwrap().render().unwrap();
    let invoice = move || InvoicePage::new(view.clone(), &invoice_path).unwrap().render().unwrap();
    let (home_text, invoice_text) = (axum::body::Bytes::from(home()), axum::body::Bytes::from(invoice()));
    let router = Router::new()
        .route("/portal/memory", get(async move || Html(home())))
        .route("/portal/constant", get(async move || Html(home_text.clone())))
        .route("/invoice/memory", get(async move || Html(invoice())))
        .route("/invoice/constant", get(async move || Html(invoice_text.clone())));
    let headers = Headers::new(app.base_url(), app.checkout_origin()).unwrap();
    zoop_web::layered(router, headers, Duration::from_secs(30), RequestIds::new(0))
}
