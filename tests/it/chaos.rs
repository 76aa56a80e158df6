//! Everything at once, in an order that nobody would think of: tabs, cards, auto-pay, the customer who
//! turns it off, webhooks, the office, the clock, faults, a mail server that is down, and crashes. When the dust has settled the books are right and nothing is stuck.
//!
//! `ZOOP_CHAOS_CASES` raises the number of cases of each test. A failing one prints its steps.

use proptest::prelude::*;
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;
use zoop_app::Actor;
use zoop_app::dunning::retry::retry;
use zoop_app::invoice::{void, write_off};
use zoop_domain::consent::ConsentSource;
use zoop_stripe_sandbox::{ApiFaultKind, DropWebhooks, LedgerEntry, WebhookFaults};

use crate::harness::TestApp;
use crate::harness::bill::{Bill, line};
use crate::harness::browser::{Browser, CHALLENGED, DECLINED, REFUND_FAILS, VISA};
use crate::harness::crash::dies_after;
use crate::harness::database::Backend;

const TOTAL: i64 = 10_000;
const DECLINES: [Option<&str>; 5] =
    [None, Some("insufficient_funds"), Some("lost_card"), Some("expired_card"), Some("authentication_required")];
const TABS: usize = 3;

/// What somebody does.
#[derive(Clone, Debug)]
enum Act {
    Press { tab: usize, save: bool, agree: bool },
    PressSaved { tab: usize },
    Sweep,
    TurnOff,
    RemoveCard,
    RetryNow,
    Bank { code: Option<&'static str>, count: u32 },
    TypeCard { tab: usize, card: &'static str },
    Answer { tab: usize, passes: bool },
    Cancel { tab: usize },
    Return { tab: usize },
    Deliver,
    RunJobs,
    Reconcile,
    Void,
    WriteOff,
    Check { cents: i64 },
    RefundAtStripe { cents: Option<i64> },
    LoseDispute,
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    One(Act),
    Both(Act, Act),
    /// The process dies after so many steps of its own, and starts again.
    Crash(Act, u32),
    Webhooks {
        lost: u32,
        double: bool,
        reorder: bool,
    },
    Fault {
        path: &'static str,
        kind: ApiFaultKind,
        count: u32,
    },
    NoFaults,
    Pass(i64),
    MailDown(bool),
    Compare,
}

fn act() -> impl Strategy<Value = Act> {
    let tab = 0..TABS;
    let cards = prop::sample::select(vec![VISA, VISA, VISA, DECLINED, CHALLENGED, REFUND_FAILS]);
    prop_oneof![
        6 => (tab.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(tab, save, agree)| Act::Press { tab, save, agree }),
        5 => tab.clone().prop_map(|tab| Act::PressSaved { tab }),
        5 => Just(Act::Sweep),
        2 => Just(Act::TurnOff),
        1 => Just(Act::RemoveCard),
        2 => Just(Act::RetryNow),
        2 => (prop::sample::select(DECLINES.to_vec()), 1_u32..3).prop_map(|(code, count)| Act::Bank { code, count }),
        6 => (tab.clone(), cards).prop_map(|(tab, card)| Act::TypeCard { tab, card }),
        2 => (tab.clone(), any::<bool>()).prop_map(|(tab, passes)| Act::Answer { tab, passes }),
        1 => tab.clone().prop_map(|tab| Act::Cancel { tab }),
        3 => tab.prop_map(|tab| Act::Return { tab }),
        3 => Just(Act::Deliver),
        3 => Just(Act::RunJobs),
        2 => Just(Act::Reconcile),
        1 => Just(Act::Void),
        1 => Just(Act::WriteOff),
        2 => (1..=TOTAL).prop_map(|cents| Act::Check { cents }),
        1 => prop::option::of(1..TOTAL).prop_map(|cents| Act::RefundAtStripe { cents }),
        1 => Just(Act::LoseDispute),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let paths = prop::sample::select(vec![
        "/v1/checkout/sessions",
        "/v1/customers",
        "/v1/refunds",
        "/v1/payment_intents",
        "/v1/payment_methods",
        "/v1/",
    ]);
    let kinds = prop::sample::select(vec![
        ApiFaultKind::RateLimit,
        ApiFaultKind::ServerError,
        ApiFaultKind::ServerErrorAfterWork,
        ApiFaultKind::Cut,
    ]);
    prop_oneof![
        12 => act().prop_map(Step::One),
        3 => (act(), act()).prop_map(|(one, two)| Step::Both(one, two)),
        2 => (act(), 1_u32..40).prop_map(|(act, polls)| Step::Crash(act, polls)),
        1 => (0_u32..4, any::<bool>(), any::<bool>())
            .prop_map(|(lost, double, reorder)| Step::Webhooks { lost, double, reorder }),
        2 => (paths, kinds, 1_u32..6).prop_map(|(path, kind, count)| Step::Fault { path, kind, count }),
        1 => Just(Step::NoFaults),
        4 => prop::sample::select(vec![1, 61, 130, 600, 2_200, 7_200, 90_000, 260_000, 700_000]).prop_map(Step::Pass),
        1 => any::<bool>().prop_map(Step::MailDown),
        1 => Just(Step::Compare),
    ]
}

/// A browser's tab: where it is, and where it could go.
struct Tab<'t> {
    browser: Browser<'t>,
    checkout: Option<Url>,
    bank: Option<Url>,
    cancel: Option<Url>,
    back: Option<Url>,
}

struct World<'t> {
    t: &'t TestApp,
    bill: Bill,
    portal: String,
    tabs: Vec<Mutex<Tab<'t>>>,
}

impl World<'_> {
    async fn step(&self, step: &Step) {
        match step {
            Step::One(act) => self.act(act).await,
            Step::Both(one, two) => {
                tokio::join!(self.act(one), self.act(two));
            }
            Step::Crash(act, polls) => {
                dies_after(*polls, self.act(act)).await;
                self.t.restart().await;
            }
            Step::Webhooks { lost, double, reorder } => {
                let drop = if *lost == 0 { DropWebhooks::None } else { DropWebhooks::Next(*lost) };
                let faults = WebhookFaults { drop, double: *double, reorder: *reorder, ..WebhookFaults::default() };
                self.t.stripe.sandbox.faults().set_webhooks(faults);
            }
            Step::Fault { path, kind, count } => self.t.stripe.fault(path, *kind, *count),
            Step::NoFaults => self.t.stripe.recover(),
            Step::Pass(seconds) => self.t.clock.pass(*seconds),
            Step::MailDown(down) => self.t.outbox.set_down(*down),
            Step::Compare => {
                // While Stripe misbehaves it may fail, and is done again.
                let _ = zoop_app::attempt::reconcile::compare_accounts(&self.t.app()).await;
            }
        }
    }

    async fn act(&self, act: &Act) {
        let (t, bill) = (self.t, &self.bill);
        match act {
            Act::Press { tab, save, agree } => {
                self.press(&mut *self.tabs[*tab].lock().await, *save, *agree).await;
            }
            Act::PressSaved { tab } => self.press_saved(&mut *self.tabs[*tab].lock().await).await,
            Act::Sweep => t.sweep().await,
            Act::TurnOff => self.turn_off().await,
            Act::RemoveCard => self.remove_card().await,
            Act::RetryNow => drop(retry(&t.app(), Actor::Operator, &bill.business, &bill.id).await),
            Act::Bank { code, count } => self.bank(*code, *count).await,
            Act::TypeCard { tab, card } => self.type_card(&mut *self.tabs[*tab].lock().await, card).await,
            Act::Answer { tab, passes } => {
                let tab = &mut *self.tabs[*tab].lock().await;
                let Some(bank) = tab.bank.take() else { return };
                let outcome = if *passes { "complete" } else { "fail" };
                let page = tab.browser.post(bank.as_str(), &[("outcome", outcome)]).await;
                if page.status.is_redirection() && page.location().origin() == t.base.origin() {
                    tab.back = Some(page.location());
                }
            }
            Act::Cancel { tab } => {
                let tab = &mut *self.tabs[*tab].lock().await;
                if let Some(back) = &tab.cancel {
                    tab.browser.get(back.as_str()).await;
                }
            }
            Act::Return { tab } => {
                let tab = &mut *self.tabs[*tab].lock().await;
                if let Some(back) = tab.back.take() {
                    tab.browser.get(back.as_str()).await;
                }
            }
            Act::Deliver => drop(t.deliver().await),
            Act::RunJobs => t.run_jobs().await,
            Act::Reconcile => t.reconcile().await,
            Act::Void => drop(void::void(&t.app(), Actor::Operator, &bill.business, &bill.id, None).await),
            Act::WriteOff => drop(write_off::write_off(&t.app(), Actor::Operator, &bill.business, &bill.id).await),
            Act::Check { cents } => drop(t.check_arrives(bill, *cents).await),
            Act::RefundAtStripe { cents } => self.refund(*cents).await,
            Act::LoseDispute => {
                let Some(charge) = self.charge().await.filter(|charge| charge.refunded < charge.amount) else { return };
                let body = json!({ "charge": charge.charge });
                if t.stripe.try_control("disputes/open", body).await.is_ok() {
                    t.stripe.decide(&charge, "lost").await;
                }
            }
        }
    }

    /// With the card on file, from the portal.
    async fn press_saved(&self, tab: &mut Tab<'_>) {
        let path = format!("{}/invoices/{}", self.portal, self.bill.id);
        let page = tab.browser.get(&path).await;
        let Some(card) = self.t.methods().await.into_iter().next() else { return };
        if !page.html.contains("/pay\"") {
            return;
        }
        let (amount, with) = (page.amount(), card.id.to_string());
        let pressed = tab.browser.post(&format!("{path}/pay"), &[("amount", &amount), ("with", &with)]).await;
        assert!(
            [200, 303, 402, 409, 422, 503].contains(&pressed.status.as_u16()),
            "{} {}",
            pressed.status,
            pressed.words()
        );
        // The bank's page, if it asks to see him.
        let bank = pressed.html.split('"').find(|part| part.starts_with(self.t.stripe.base.as_str()));
        if let Some(bank) = bank.filter(|_| pressed.status == 200) {
            tab.bank = Url::parse(bank).ok();
        }
    }

    async fn turn_off(&self) {
        let sql = "SELECT id FROM consents WHERE state <> 'ended'";
        for (consent,) in self.t.database.rows::<(String,)>(sql).await {
            let path = format!("{}/consents/{consent}/turn-off", self.portal);
            self.t.browser().post(&path, &[]).await;
        }
    }

    async fn remove_card(&self) {
        if let Some(card) = self.t.methods().await.first() {
            let path = format!("{}/payment-methods/{}/remove", self.portal, card.id);
            self.t.browser().post(&path, &[]).await;
        }
    }

    async fn bank(&self, code: Option<&str>, count: u32) {
        for card in self.t.methods().await {
            let path = format!("payment_methods/{}/outcome", card.stripe_payment_method);
            // Refused once it is detached.
            let _ = self.t.stripe.try_control(&path, json!({ "decline_code": code, "count": count })).await;
        }
    }

    async fn press(&self, tab: &mut Tab<'_>, save: bool, agree: bool) {
        let path = &self.bill.path;
        let page = tab.browser.get(path).await;
        if !page.can_be_paid() {
            return;
        }
        let mut form = vec![("amount", page.amount())];
        if save {
            form.push(("save_card", "yes".to_owned()));
        }
        if agree {
            form.push(("auto_pay", "yes".to_owned()));
        }
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let pressed = tab.browser.post(&format!("{path}/pay"), &form).await;
        assert!([303, 409, 503].contains(&pressed.status.as_u16()), "{} {}", pressed.status, pressed.words());
        if pressed.status.is_redirection() && pressed.location().origin() == self.t.stripe.base.origin() {
            let checkout = pressed.location();
            let page = tab.browser.get(checkout.as_str()).await;
            tab.cancel = if page.status == 200 { Some(tab.browser.way_back(&checkout).await) } else { None };
            tab.checkout = Some(checkout);
        }
    }

    async fn type_card(&self, tab: &mut Tab<'_>, card: &str) {
        let Some(checkout) = tab.checkout.clone() else { return };
        let typed = tab.browser.type_card(&checkout, card).await;
        if typed.status.is_redirection() {
            let to = typed.location();
            let place = if to.origin() == self.t.base.origin() { &mut tab.back } else { &mut tab.bank };
            *place = Some(to);
        }
    }

    async fn charge(&self) -> Option<LedgerEntry> {
        self.t.stripe.ledger().await.pop()
    }

    async fn refund(&self, cents: Option<i64>) {
        let Some(charge) = self.charge().await else { return };
        let amount = cents.map(|cents| cents.to_string());
        let mut form = vec![("payment_intent", charge.payment_intent.as_str())];
        form.extend(amount.as_deref().map(|amount| ("amount", amount)));
        // Refused if it is more than is left, and faults are for everybody.
        let url = self.t.stripe.base.join("/v1/refunds").unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.t.stripe.http.post(url).header("stripe-account", &charge.account).body(body);
        let request = request.header("authorization", format!("Bearer {}", crate::harness::stripe::KEY));
        let _ = request.header("content-type", "application/x-www-form-urlencoded").send().await;
    }
}

async fn live(backend: Backend, steps: &[Step]) {
    let Some(t) = TestApp::start(backend).await else { return };
    // An invoice of a plan that is charged by itself in a day, unless something happens.
    let card = t.card_on_file(VISA).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let lines = vec![line("Mowing and edging", TOTAL, t.shop.business.currency)];
    let bill = t.send(&t.shop, 1, lines, Vec::new(), Some(plan)).await;
    let portal = t.portal_link(&t.shop).await;
    let tab = || Tab { browser: t.browser(), checkout: None, bank: None, cancel: None, back: None };
    let world = World { t: &t, bill, portal, tabs: (0..TABS).map(|_| Mutex::new(tab())).collect() };
    for step in steps {
        world.step(step).await;
        assert!(t.get(&world.bill.path).await.status == 200, "the page stands");
    }
    t.stripe.recover();
    t.outbox.set_down(false);
    t.clock.pass(7_200);
    t.sweep().await;
    // What was lost of refunds and disputes Stripe would send for three days; of payments it needn't.
    t.all_settled().await;
    t.compare().await;
    t.stripe.resend_all(&world.bill.account).await;
    t.finish().await;
    assert_eq!(t.live_attempts().await, 0, "an attempt is stuck");
    assert_eq!(t.stripe.sessions(&world.bill.account, "open").await.len(), 0);
}

fn run(backend: Backend, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(live(backend, steps));
}

fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("ZOOP_CHAOS_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), max_shrink_iters: 300, ..ProptestConfig::default() }
}

/// Several tests, so that they run side by side.
macro_rules! chaos {
    ($($name:ident: $backend:expr, $cases:expr;)+) => {$(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(config($cases))]
                #[test]
                fn the_books_are_right(steps in prop::collection::vec(step(), 1..25)) {
                    run($backend, &steps);
                }
            }
        }
    )+};
}

chaos! {
    sqlite_1: Backend::Sqlite, 16;
    sqlite_2: Backend::Sqlite, 16;
    sqlite_3: Backend::Sqlite, 16;
    sqlite_4: Backend::Sqlite, 16;
    postgres: Backend::Postgres, 4;
}
