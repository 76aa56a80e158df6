//! Secret links stay secret: they are in no log, no row, no object at Stripe, and no address that
//! another site could be told.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use zoop_app::{Actor, portal_link};
use zoop_domain::user::Role;
use zoop_stripe_sandbox::ApiFaultKind;

use crate::harness::TestApp;
use crate::harness::browser::{Browser, VISA};
use crate::harness::database::Backend;
use crate::harness::office::PASSWORD;

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

/// All that somebody of the business types or is sent so that he is let in: in no log, and in no row.
async fn work(t: &TestApp) -> Vec<String> {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut owner = t.browser();
    let entered = owner.post("/sign-in", &[("email", &*nora.email), ("password", PASSWORD)]).await;
    let session = entered.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    t.browser().post("/sign-in", &[("email", &*nora.email), ("password", "a guess at the secret")]).await.is(422);
    owner.send("/office/settings/team", &[("email", "priya@greenline.example"), ("role", "office")]).await.is(303);
    t.browser().post("/forgot-password", &[("email", &*nora.email)]).await.is(200);
    t.run_jobs().await;
    let invitation = t.link_in(&t.mail("invites you"), "/invitations/");
    let reset = t.link_in(&t.mail("Choose a new password"), "/reset-password/");
    for path in [&invitation, &reset] {
        leads_nowhere_else(&t.browser().get(path).await.is(200).html);
    }
    t.browser().post(&invitation, &[("name", "Priya Shah"), ("password", "priya has good words")]).await.is(303);
    t.browser().post(&reset, &[("password", "five other good words")]).await.is(303);
    let typed = [PASSWORD, "a guess at the secret", "priya has good words", "five other good words"];
    let sent = [session, last(&invitation), last(&reset)];
    typed.into_iter().map(str::to_owned).chain(sent).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s32_a_secret_link_is_nowhere_but_in_the_customers_hand() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).expect("no other test logs");
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(t) = TestApp::start(backend).await else { continue };
        let typed = work(&t).await;
        let secrets = live(&t).await;
        let all: Vec<_> = [&secrets.portal, &secrets.invoice].into_iter().chain(&secrets.codes).chain(&typed).collect();

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
        for secret in std::iter::once(&secrets.portal).chain(&secrets.codes).chain(&typed) {
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
