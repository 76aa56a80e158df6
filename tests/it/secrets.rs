//! Secret links stay secret: they are in no log, no row, no object at Stripe, and no address that
//! another site could be told.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use zoop_app::{Actor, portal_link};
use zoop_stripe_sandbox::ApiFaultKind;

use crate::harness::TestApp;
use crate::harness::browser::{Browser, VISA};
use crate::harness::database::Backend;

/// All that is logged, at the finest level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

struct Secrets {
    portal: String,
    invoice: String,
    codes: Vec<String>,
}

/// The last part of a path.
fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// No page leads anywhere with a secret in its address, but on the program's own site.
fn leads_nowhere_else(html: &str) {
    for attribute in ["href=\"", "src=\"", "action=\"", "content=\"0;"] {
        for target in html.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let near = ["/", "#", "tel:", "mailto:"].iter().any(|start| target.starts_with(start));
            assert!(near && !target.starts_with("//"), "{target}");
        }
    }
}

/// All that a customer and the worker do, with some faults that make the log talk.
async fn live(t: &TestApp) -> Secrets {
    let portal = t.portal_link(&t.shop).await;
    let (bill, public) = (t.bill(5_000).await, t.bill(6_000).await);
    let inside = format!("{portal}/invoices/{}", bill.id);
    let mut dana: Browser<'_> = t.browser();
    let mut codes = Vec::new();
    for path in [&inside, &public.path] {
        let pressed = dana.press_pay_with(path, &[("save_card", "yes")]).await;
        let checkout = dana.open_checkout(&pressed).await;
        codes.push(last(dana.way_back(&checkout).await.path()));
        let typed = dana.type_card(&checkout, VISA).await;
        leads_nowhere_else(&dana.follow(typed).await.html);
    }
    for path in [&portal, &inside, &public.path, &format!("{inside}/receipt"), &format!("{}/receipt", public.path)] {
        leads_nowhere_else(&dana.get(path).await.html);
    }
    let third = t.bill(7_000).await;
    for kind in [ApiFaultKind::ServerError, ApiFaultKind::Cut, ApiFaultKind::ServerErrorAfterWork] {
        t.stripe.fault("/v1/", kind, 5);
        dana.post(&format!("{portal}/invoices/{}/pay", third.id), &[("amount", "7000")]).await;
        dana.get(&format!("/r/{}", codes[0])).await;
        t.run_jobs().await;
        t.stripe.recover();
    }
    dana.post(&format!("{inside}/pay"), &[("amount", "x")]).await;
    dana.get(&format!("{portal}/nowhere")).await;
    dana.go("DELETE", &portal, None).await;
    t.settled().await;
    portal_link::rotate::rotate(&t.app(), Actor::Operator, &t.shop.business.id, &t.shop.customer.id).await.unwrap();
    dana.get(&portal).await.is(404);
    t.all_settled().await;
    t.app().db.close().await;
    dana.get(&portal).await.is(503);
    dana.get(&public.path).await.is(503);
    t.restart().await;
    Secrets { portal: last(&portal), invoice: last(&public.path), codes }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s32_a_secret_link_is_nowhere_but_in_the_customers_hand() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).expect("no other test logs");
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(t) = TestApp::start(backend).await else { continue };
        let secrets = live(&t).await;
        let all: Vec<_> = [&secrets.portal, &secrets.invoice].into_iter().chain(&secrets.codes).collect();

        let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        // The stand-in for Stripe logs here as well, and a real one keeps its log to itself.
        let ours: Vec<_> = logged.lines().filter(|line| !line.contains("zoop_stripe_sandbox")).collect();
        assert!(ours.iter().any(|line| line.contains("answered")), "nothing was logged");
        for secret in &all {
            let told: Vec<_> = ours.iter().filter(|line| line.contains(secret.as_str())).collect();
            assert!(told.is_empty(), "{secret}: {:?}", told.first());
        }

        let dump = t.database.dump().await;
        assert!(dump.contains(&secrets.invoice), "an invoice's own link may be kept");
        for secret in std::iter::once(&secrets.portal).chain(&secrets.codes) {
            assert!(!dump.contains(secret.as_str()), "{secret}");
        }

        let mut kept = String::new();
        for kind in
            ["customers", "checkout/sessions", "payment_intents", "setup_intents", "charges", "refunds", "events"]
        {
            let path = format!("/v1/{kind}");
            kept.push_str(&t.stripe.api(&t.shop.account(), "GET", &path, &[("limit", "100")]).await.to_string());
        }
        kept.push_str(&format!("{:?}", t.stripe.ledger().await));
        assert!(kept.contains(&secrets.codes[0]), "the way back is what Stripe is given");
        assert!(!kept.contains(&secrets.portal) && !kept.contains(&secrets.invoice));
        t.finish().await;
    }
}
