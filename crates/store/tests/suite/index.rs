//! How statements are run: what a customer waits for is read from indexes, never by reading a
//! whole table. The statements are those that the store really sends, overheard from its log.

use std::fmt::Debug;
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use zoop_domain::consent::ConsentState;
use zoop_domain::customer::Customer;
use zoop_domain::export::Table;
use zoop_domain::invoice::Tab as Under;
use zoop_domain::money::Currency;
use zoop_domain::payment_method::CardExpiry;
use zoop_domain::secret::InvoiceToken;
use zoop_store::customer::{Asked, Edge, Tab};
use zoop_store::{
    Db, Options, Result, Tx, attempt, audit_event, business, card_setup, consent, customer, dunning, export, import,
    invitation, invoice, job, known_browser, login_throttle, mail, password_reset, payment, payment_method, plan,
    portal_link, quote, quote_link, refund, session, sign_in, turn_off_link,
};

use crate::fixture::{Counting, at, day, token};
use crate::harness::{Store, options, until};
use crate::stock::Ids;

cases!(
    the_portal_is_read_from_its_indexes,
    an_invoice_page_is_read_from_indexes,
    a_payment_is_written_through_indexes,
    a_consent_and_its_charges_are_found_by_indexes,
    the_queue_and_the_reconciler_read_no_more_than_is_due,
    lists_of_the_office_are_read_from_indexes,
    statistics_do_not_mislead_the_lists_of_the_office,
    who_is_signed_in_is_read_from_indexes,
    customers_are_listed_from_indexes,
    an_export_goes_on_from_where_it_was,
    a_customers_page_is_read_from_indexes,
);

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// One at a time: the log is the process's.
static LISTENING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

struct Ear;

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Statement);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A short statement stands in the summary, a longer one beside it.
struct Statement;

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        let whole = field.name() == "db.statement" || !value.ends_with('…');
        if ["db.statement", "summary"].contains(&field.name()) && whole && !value.trim().is_empty() {
            HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(value.trim().to_owned());
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// A database that tells its statements, and its plans.
struct Watched<'a> {
    store: &'a Store,
    db: Db,
    ids: Ids,
    _alone: tokio::sync::MutexGuard<'static, ()>,
}

impl<'a> Watched<'a> {
    async fn new(store: &'a Store) -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| tracing::subscriber::set_global_default(Ear).expect("no other subscriber"));
        let alone = LISTENING.lock().await;
        let options = Options { log_statements: true, ..options() };
        let db = Db::open_with(&store.address, options).await.expect("it opens");
        Self { store, db, ids: Ids::unknown(), _alone: alone }
    }

    /// The plans of what `call` sends that holds `part`, one after the other.
    async fn plans<T>(&self, part: &str, call: impl AsyncFn(&mut Tx, &Ids) -> Result<T>) -> Vec<String> {
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let mut tx = self.db.begin().await.expect("a transaction");
        // What it comes to doesn't matter: nothing is stored, so an insert fails when it ends.
        let _ = call(&mut tx, &self.ids).await;
        drop(tx);
        // A statement is told when it is dropped, which may be on another thread.
        let heard = async || {
            let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
            heard.iter().find(|statement| statement.contains(part)).cloned()
        };
        let statement = until(&format!("a statement with {part:?} is heard"), heard).await;
        self.store.plan(&statement).await
    }

    /// Expects the plan to use each of `indexes` and to read no table from end to end.
    async fn expect<T>(&self, part: &str, indexes: &[&str], call: impl AsyncFn(&mut Tx, &Ids) -> Result<T>) {
        let plan = self.plans(part, call).await;
        for index in indexes {
            // Without rows and figures PostgreSQL takes any index that fits; which is a matter of luck.
            let name = if self.store.is_postgres() { "Index".to_owned() } else { sqlite_name(index) };
            assert!(plan.iter().any(|step| step.contains(&name)), "{part} without {name}: {plan:#?}");
        }
        let reads_all = |step: &String| {
            let sqlite = step.starts_with("SCAN ")
                && step != "SCAN CONSTANT ROW"
                && !IN_ORDER.iter().any(|name| step.ends_with(name));
            sqlite || step.contains("Seq Scan")
        };
        assert!(!plan.iter().any(reads_all), "{part} reads a whole table: {plan:#?}");
    }
}

/// SQLite gives an index of a constraint the name of its table, and a number.
fn sqlite_name(index: &str) -> String {
    if !index.ends_with("_pkey") && !index.ends_with("_key") {
        return index.to_owned();
    }
    let tables = [
        "portal_links",
        "turn_off_links",
        "card_setups",
        "invoices",
        "attempts",
        "payments",
        "mails",
        "quote_links",
        "sessions",
        "users",
    ];
    let table = index.strip_suffix("_pkey").or_else(|| tables.into_iter().find(|table| index.starts_with(table)));
    format!("sqlite_autoindex_{}_", table.expect("a table"))
}

/// The page of customers, and the halves of the portal's list are read from end to end: they are its answer. The index of
/// what waits is read in its order, as far as the first job that is due; that of what was given up
/// as far as the list goes.
const IN_ORDER: [&str; 6] = ["newest", "open", "COVERING INDEX jobs_due", "INDEX jobs_dead", "SCAN c", "SCAN counted"];

async fn the_portal_is_read_from_its_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let visitor = ["portal_links_token_hash_key", "customers_pkey", "businesses_pkey"];
    watched
        .expect("FROM portal_links l", &visitor, async |tx, _| portal_link::find_visitor(tx, token().hash()).await)
        .await;
    let list = async |tx: &mut Tx, ids: &Ids| invoice::list_for_portal(tx, &ids.business, &ids.customer).await;
    let indexes = ["invoices_newest", "invoices_open", "attempts_live", "dunnings_pkey"];
    watched.expect("UNION ALL", &indexes, list).await;
    let plan = watched.plans("UNION ALL", list).await;
    let (alone, sorts) = if store.is_postgres() {
        ("Index Only Scan using invoices_newest", "Sort")
    } else {
        ("SEARCH i USING COVERING INDEX invoices_newest (customer_id=?", "TEMP B-TREE")
    };
    assert!(plan.iter().any(|step| step.contains(alone)), "not from the index alone: {plan:#?}");
    assert!(!plan.iter().any(|step| step.contains(sorts)), "sorted: {plan:#?}");
    let quotes = async |tx: &mut Tx, ids: &Ids| {
        quote::list_outstanding(tx, &ids.business, &ids.customer, day("2026-09-21")).await
    };
    watched.expect("FROM quotes", &["quotes_outstanding"], quotes).await;
    let methods = async |tx: &mut Tx, ids: &Ids| payment_method::list_active(tx, &ids.business, &ids.customer).await;
    watched.expect("FROM payment_methods", &["payment_methods_customer"], methods).await;
    let consents = async |tx: &mut Tx, ids: &Ids| consent::list_for_portal(tx, &ids.business, &ids.customer).await;
    watched.expect("FROM consents", &["consents_customer", "plans_pkey", "payment_methods_pkey"], consents).await;
    let turn_off = async |tx: &mut Tx, _: &Ids| turn_off_link::find(tx, token().hash()).await;
    let indexes = ["turn_off_links_token_hash_key", "consents_pkey", "businesses_pkey", "portal_links_live"];
    watched.expect("FROM turn_off_links", &indexes, turn_off).await;
    let link = async |tx: &mut Tx, _: &Ids| quote_link::find(tx, token().hash()).await;
    watched.expect("FROM quote_links", &["quote_links_token_hash_key"], link).await;
    let plans = async |tx: &mut Tx, ids: &Ids| plan::list(tx, &ids.business, &ids.customer).await;
    watched.expect("FROM plans", &["plans_customer"], plans).await;
    let seen = async |tx: &mut Tx, ids: &Ids| portal_link::update_last_seen(tx, &ids.business, &ids.link, at(0)).await;
    watched.expect("UPDATE portal_links SET last_seen_at", &["portal_links_pkey"], seen).await;
    let opened = async |tx: &mut Tx, ids: &Ids| invoice::update_last_seen(tx, &ids.business, &ids.invoice, at(0)).await;
    watched.expect("UPDATE invoices SET last_seen_at", &["invoices_pkey"], opened).await;
}

async fn an_invoice_page_is_read_from_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let secret = InvoiceToken::generate(&Counting);
    watched
        .expect("token = $1", &["invoices_token_key"], async |tx, _| invoice::find_by_token(tx, &secret).await)
        .await;
    let get = async |tx: &mut Tx, ids: &Ids| invoice::get(tx, &ids.business, &ids.invoice).await;
    watched.expect("FROM invoices i", &["invoices_pkey", "attempts_live", "dunnings_pkey"], get).await;
    let live = async |tx: &mut Tx, ids: &Ids| attempt::find_live(tx, &ids.business, &ids.invoice).await;
    watched.expect("FROM attempts", &["attempts_live"], live).await;
    let code = async |tx: &mut Tx, _: &Ids| attempt::find_by_code(tx, token().hash(), at(0)).await;
    watched.expect("code_hash = $1", &["attempts_code_hash_key"], code).await;
    let payments = async |tx: &mut Tx, ids: &Ids| payment::list(tx, &ids.business, &ids.invoice).await;
    watched.expect("FROM payments", &["payments_invoice"], payments).await;
    let refunds = async |tx: &mut Tx, ids: &Ids| refund::list(tx, &ids.business, &ids.invoice).await;
    watched.expect("FROM refunds", &["refunds_invoice"], refunds).await;
}

async fn a_payment_is_written_through_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let lock = async |tx: &mut Tx, ids: &Ids| invoice::lock(tx, &ids.business, &ids.invoice).await;
    watched.expect("version = version + 1", &["invoices_pkey"], lock).await;
    let number = async |tx: &mut Tx, ids: &Ids| business::update_next_number(tx, &ids.business).await;
    watched.expect("next_invoice_number", &["businesses_pkey"], number).await;
    let intent = async |tx: &mut Tx, ids: &Ids| payment::find_by_intent(tx, &ids.business, "acct_1", "pi_1").await;
    watched.expect("payment_intent = $2", &["payments_account_payment_intent_key"], intent).await;
    let account = async |tx: &mut Tx, _: &Ids| business::find_by_account(tx, "acct_1").await;
    watched.expect("stripe_account = $1", &["businesses_stripe_account"], account).await;
}

/// What auto-pay asks for each charge, and what turns it off.
async fn a_consent_and_its_charges_are_found_by_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let lock = async |tx: &mut Tx, ids: &Ids| consent::lock(tx, &ids.business, &ids.consent).await;
    watched.expect("UPDATE consents", &["consents_pkey"], lock).await;
    let live = async |tx: &mut Tx, ids: &Ids| consent::find_live(tx, &ids.business, &ids.plan).await;
    watched.expect("state = 'live'", &["consents_live"], live).await;
    let resume = async |tx: &mut Tx, ids: &Ids| consent::update_resumed(tx, &ids.business, &ids.consent).await;
    watched.expect("UPDATE consents", &["consents_pkey", "consents_live"], resume).await;
    let by_plan = async |tx: &mut Tx, ids: &Ids| consent::list_by_plan(tx, &ids.business, &ids.plan).await;
    watched.expect("FROM consents", &["consents_plan"], by_plan).await;
    let by_method = async |tx: &mut Tx, ids: &Ids| consent::list_by_method(tx, &ids.business, &ids.method).await;
    watched.expect("FROM consents", &["consents_method"], by_method).await;
    let ended = async |tx: &mut Tx, ids: &Ids| consent::list_ended_with_method(tx, &ids.business, &ids.method).await;
    watched.expect("ended_how = $3", &["consents_method"], ended).await;
    let all = async |tx: &mut Tx, ids: &Ids| consent::list(tx, &ids.business, ConsentState::Live).await;
    watched.expect("FROM consents", &["consents_pkey"], all).await;
    let events = async |tx: &mut Tx, ids: &Ids| consent::list_events(tx, &ids.business, &ids.consent).await;
    watched.expect("FROM consent_events", &["consent_events_consent"], events).await;
    let charges = async |tx: &mut Tx, ids: &Ids| attempt::list_live_by_consent(tx, &ids.business, &ids.consent).await;
    watched.expect("consent_id = $1", &["attempts_consent"], charges).await;
    let live = async |tx: &mut Tx, ids: &Ids| attempt::list_live(tx, &ids.business).await;
    watched.expect("FROM attempts WHERE business_id = $1", &["attempts_live"], live).await;
    let last = async |tx: &mut Tx, ids: &Ids| attempt::find_last_charged(tx, &ids.business, &ids.consent).await;
    watched.expect("state = 'succeeded'", &["attempts_consent"], last).await;
    let by_card = async |tx: &mut Tx, ids: &Ids| attempt::list_live_by_method(tx, &ids.business, &ids.method).await;
    watched.expect("payment_method_id = $1", &["attempts_method"], by_card).await;
    for plan in [watched.plans("state = 'succeeded'", last).await, watched.plans("consent_id = $1", charges).await] {
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "the index has the order: {plan:#?}");
    }
    let by_job = async |tx: &mut Tx, ids: &Ids| attempt::find_failed_by_job(tx, &ids.business, &ids.job).await;
    watched.expect("job_id = $1", &["attempts_job"], by_job).await;
    let dunned = async |tx: &mut Tx, ids: &Ids| dunning::list_by_plan(tx, &ids.business, &ids.plan).await;
    watched.expect("FROM invoices i", &["invoices_plan", "dunnings_pkey"], dunned).await;
    let default = async |tx: &mut Tx, ids: &Ids| {
        payment_method::update_default(tx, &ids.business, &ids.customer, &ids.method).await
    };
    watched.expect("FROM payment_methods", &["payment_methods_pkey"], default).await;
    let code = async |tx: &mut Tx, _: &Ids| card_setup::find_by_code(tx, token().hash(), at(0)).await;
    watched.expect("code_hash = $1", &["card_setups_code_hash_key"], code).await;
    let mail = async |tx: &mut Tx, ids: &Ids| mail::find(tx, &ids.business, "invoice", "inv_1").await;
    watched.expect("FROM mails", &["mails_business_id_kind_subject_key"], mail).await;
}

async fn the_queue_and_the_reconciler_read_no_more_than_is_due(store: &Store) {
    let watched = Watched::new(store).await;
    let due = async |tx: &mut Tx, _: &Ids| attempt::list_due(tx, at(0), 100).await;
    let claim = async |tx: &mut Tx, _: &Ids| job::lock_next(tx, at(0), at(300), "worker").await;
    let setups = async |tx: &mut Tx, _: &Ids| card_setup::list_due(tx, at(0), 100).await;
    let dead = async |tx: &mut Tx, _: &Ids| job::list_dead(tx, 100).await;
    let charges = async |tx: &mut Tx, _: &Ids| invoice::update_charge_due(tx, at(0), 100).await;
    watched.expect("next_check_at <= $1", &["attempts_due"], due).await;
    watched.expect("UPDATE jobs", &["jobs_due", "jobs_pkey"], claim).await;
    let expired = async |tx: &mut Tx, _: &Ids| job::update_expired_claims(tx, at(0)).await;
    watched.expect("claimed_until < $1", &["jobs_claimed"], expired).await;
    watched.expect("FROM card_setups", &["card_setups_due"], setups).await;
    watched.expect("FROM jobs", &["jobs_dead"], dead).await;
    watched.expect("UPDATE invoices", &["invoices_charge", "invoices_pkey"], charges).await;
    let plans = async |tx: &mut Tx, ids: &Ids| plan::lock_due(tx, &ids.business, at(0), 200).await;
    watched.expect("UPDATE plans", &["plans_due", "plans_pkey"], plans).await;
    let notices = async |tx: &mut Tx, _: &Ids| plan::update_notice_due(tx, at(0), 200).await;
    watched.expect("UPDATE plans", &["plans_notice", "plans_pkey"], notices).await;
    let month = CardExpiry::new(12, 2026).expect("a month");
    let expiring = async |tx: &mut Tx, _: &Ids| payment_method::list_expiring(tx, month, None, 100).await;
    watched.expect("FROM payment_methods", &["payment_methods_expiry", "consents_method"], expiring).await;
    for plan in [
        watched.plans("next_check_at <= $1", due).await,
        watched.plans("UPDATE jobs", claim).await,
        watched.plans("FROM card_setups", setups).await,
        watched.plans("FROM jobs", dead).await,
        watched.plans("FROM payment_methods", expiring).await,
    ] {
        let sorts = |step: &String| step.contains("TEMP B-TREE") || step.contains("Sort");
        assert!(!plan.iter().any(sorts), "the index has the order: {plan:#?}");
    }
}

async fn lists_of_the_office_are_read_from_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let newest = async |tx: &mut Tx, ids: &Ids| portal_link::find_newest(tx, &ids.business, &ids.customer).await;
    watched.expect("FROM portal_links", &["portal_links_customer"], newest).await;
    let alerts = async |tx: &mut Tx, ids: &Ids| zoop_store::alert::list_open(tx, Some(&ids.business)).await;
    watched.expect("FROM alerts", &["alerts_open"], alerts).await;
    let looked_at = async |tx: &mut Tx, ids: &Ids| zoop_store::home::list_attention(tx, &ids.business, 10).await;
    let keys = ["alerts_open", "invoices_pkey", "mails_pkey"];
    watched.expect("FROM alerts a", &keys, looked_at).await;
    let trail = async |tx: &mut Tx, ids: &Ids| audit_event::list(tx, &ids.business, ids.invoice.as_str()).await;
    watched.expect("FROM audit_events", &["audit_events_subject"], trail).await;
    let rates = async |tx: &mut Tx, ids: &Ids| zoop_store::tax_rate::list(tx, &ids.business).await;
    watched.expect("FROM tax_rates", &["tax_rates_pkey"], rates).await;
    let lines = async |tx: &mut Tx, ids: &Ids| plan::list_lines(tx, &ids.business, &ids.plan).await;
    watched.expect("FROM plan_lines", &["plan_lines_pkey", "plans_pkey"], lines).await;
    let (today, from) = (day("2026-09-21"), invoice::From::Newest);
    for (tab, index) in
        [(None, "invoices_pkey"), (Some(Under::Paid), "invoices_tab"), (Some(Under::Overdue), "invoices_tab")]
    {
        let wanted = invoice::Wanted { tab, of: None, customer: String::new(), number: String::new() };
        let list =
            async |tx: &mut Tx, ids: &Ids| invoice::list_for_office(tx, &ids.business, &wanted, &from, today, 50).await;
        watched.expect("AS mail_state", &[index, "attempts_live", "dunnings_pkey", "mails_invoice"], list).await;
    }
    let drafts = async |tx: &mut Tx, ids: &Ids| invoice::get_sheet(tx, &ids.business, &ids.invoice, today).await;
    watched.expect("i.revision", &["invoices_pkey"], drafts).await;
    let letters = async |tx: &mut Tx, ids: &Ids| mail::list_by_invoice(tx, &ids.business, &ids.invoice).await;
    watched.expect("FROM mails", &["mails_invoice"], letters).await;
    let tries = async |tx: &mut Tx, ids: &Ids| attempt::list(tx, &ids.business, &ids.invoice).await;
    watched.expect("FROM attempts", &["attempts_invoice"], tries).await;
    let (which, key) = (zoop_domain::payment::Which::All, payment::Key::Newest);
    let wanted = payment::Wanted { which, from: None, to: None, customer: String::new(), number: String::new() };
    let paid = async |tx: &mut Tx, ids: &Ids| payment::list_for_office(tx, &ids.business, &wanted, &key, 50).await;
    watched.expect("FROM payments p", &["payments_"], paid).await;
    let billed = async |tx: &mut Tx, ids: &Ids| plan::list_billed(tx, &ids.business, &ids.plan, &from, 12).await;
    watched.expect("AS paid_by", &["invoices_plan", "payments_invoice"], billed).await;
    let plan = watched.plans("AS paid_by", billed).await;
    assert!(!plan.iter().any(|step| step == "USE TEMP B-TREE FOR ORDER BY"), "the index has the order: {plan:#?}");
    let sums = async |tx: &mut Tx, ids: &Ids| plan::count_billed(tx, &ids.business, &ids.plan).await;
    watched.expect("SUM(applied_minor", &["invoices_plan"], sums).await;
    let last = async |tx: &mut Tx, ids: &Ids| plan::find_last_cycle(tx, &ids.business, &ids.plan).await;
    watched.expect("MAX(cycle_on)", &["invoices_cycle"], last).await;
    let page = plan::Filter::default();
    let plans = async |tx: &mut Tx, ids: &Ids| plan::list_page(tx, &ids.business, &page, 26).await;
    watched.expect("AS auto_pay", &["plans_pkey", "customers_pkey", "consents_"], plans).await;
    let ended = async |tx: &mut Tx, ids: &Ids| consent::find_last_ended(tx, &ids.business, &ids.plan).await;
    watched.expect("state = 'ended'", &["consents_plan"], ended).await;
    let mails = async |tx: &mut Tx, ids: &Ids| mail::list(tx, &ids.business, &ids.customer, 10).await;
    watched.expect("FROM mails", &["mails_customer"], mails).await;
    let plan = watched.plans("FROM mails", mails).await;
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "the index has the order: {plan:#?}");
}

/// What `ANALYZE` finds at 5,000 customers and 100,000 invoices.
const STATISTICS: &str = "ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES \
     ('plans', 'plans_due', '4 4 2 1'), ('plans', 'plans_customer', '5004 1'), \
     ('plans', 'sqlite_autoindex_plans_1', '5004 5004 1'), ('customers', 'customers_email', '5007 1 1'), \
     ('customers', 'customers_list', '5007 1002 1 1'), ('customers', 'sqlite_autoindex_customers_1', '5007 1002 1'), \
     ('payments', 'payments_received', '94698 94698 171 171 112 112 112 112'), \
     ('payments', 'payments_latest', '94698 94698 159 1'), ('payments', 'payments_customer', '94698 94698 19 1 1'), \
     ('payments', 'payments_invoice', '94698 94698 1 1 1'), \
     ('payments', 'sqlite_autoindex_payments_2', '94698 94698 1'), \
     ('payments', 'sqlite_autoindex_payments_1', '94698 47349 1504'), \
     ('invoices', 'invoices_customer', '100080 20 20 1'), ('invoices', 'invoices_owing', '5382 1077 2 1 1 1 1 1'), \
     ('invoices', 'invoices_of_customer', '100080 20016 20 1'), \
     ('invoices', 'invoices_tab', '100080 20016 12510 1 1 1 1 1 1 1'), ('invoices', 'invoices_open', '5382 2 1 1'), \
     ('invoices', 'invoices_owed', '5382 1077 30 1 1 1 1 1 1'), \
     ('invoices', 'invoices_newest', '100080 20 1 1 1 1 1 1 1 1 1 1 1 1'), ('invoices', 'invoices_charge', '4 1 1'), \
     ('invoices', 'invoices_plan', '100060 100060 20 1'), ('invoices', 'invoices_cycle', '100000 100000 20 1'), \
     ('invoices', 'invoices_number', '100080 20016 1'), \
     ('invoices', 'sqlite_autoindex_invoices_2', '100080 20016 1'), \
     ('invoices', 'sqlite_autoindex_invoices_1', '100080 1'); ANALYZE sqlite_schema";

async fn statistics_do_not_mislead_the_lists_of_the_office(store: &Store) {
    // PostgreSQL gathers its own, of what is there: nothing.
    if store.is_postgres() {
        return;
    }
    store.raw(STATISTICS).await;
    let watched = Watched::new(store).await;
    let newest_first = |what: &str, plan: Vec<String>| {
        let goes_on = plan.first().is_some_and(|step| !step.contains("SEARCH c ") && !step.contains("SCAN c "));
        let sorts = plan.iter().any(|step| step == "USE TEMP B-TREE FOR ORDER BY");
        assert!(goes_on && !sorts, "{what} begins elsewhere, or sorts everything: {plan:#?}");
    };
    let (today, from) = (day("2026-09-21"), invoice::From::Newest);
    let wanted = invoice::Wanted { tab: None, of: None, customer: String::new(), number: String::new() };
    let invoices =
        async |tx: &mut Tx, ids: &Ids| invoice::list_for_office(tx, &ids.business, &wanted, &from, today, 50).await;
    newest_first("invoices", watched.plans("AS mail_state", invoices).await);
    let (which, key) = (zoop_domain::payment::Which::All, payment::Key::Newest);
    let wanted = payment::Wanted { which, from: None, to: None, customer: String::new(), number: String::new() };
    let payments = async |tx: &mut Tx, ids: &Ids| payment::list_for_office(tx, &ids.business, &wanted, &key, 50).await;
    newest_first("payments", watched.plans("AS invoice_number", payments).await);
    let latest = async |tx: &mut Tx, ids: &Ids| zoop_store::home::list_latest(tx, &ids.business, 5).await;
    newest_first("the latest payments", watched.plans("a.consent_id IS NOT NULL", latest).await);
    let page = plan::Filter::default();
    let plans = async |tx: &mut Tx, ids: &Ids| plan::list_page(tx, &ids.business, &page, 26).await;
    newest_first("plans", watched.plans("AS auto_pay", plans).await);
    let page = quote::Filter::default();
    let quotes = async |tx: &mut Tx, ids: &Ids| quote::list(tx, &ids.business, today, &page, 26).await;
    newest_first("quotes", watched.plans("FROM quotes q", quotes).await);
}

async fn who_is_signed_in_is_read_from_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let nobody = zoop_domain::id::UserId::generate(at(0), &Counting);
    let open = async |tx: &mut Tx, _: &Ids| session::find_open(tx, token().hash(), at(0), at(0)).await;
    watched.expect("FROM sessions s", &["sessions_token_hash_key"], open).await;
    let browsers = async |tx: &mut Tx, _: &Ids| session::list_by_user(tx, nobody, at(0), at(0)).await;
    watched.expect("FROM sessions", &["sessions_user"], browsers).await;
    let ended = async |tx: &mut Tx, _: &Ids| session::delete_by_user(tx, nobody, None).await;
    watched.expect("DELETE FROM sessions", &["sessions_user"], ended).await;
    let expired = async |tx: &mut Tx, _: &Ids| session::delete_expired(tx, at(0), at(0)).await;
    watched.expect("expires_at <= $1", &["sessions_expiry"], expired).await;
    watched.expect("last_seen_at <= $1", &["sessions_idle"], expired).await;
    let person = async |tx: &mut Tx, _: &Ids| zoop_store::user::find_by_email(tx, "nora@prairie.example").await;
    watched.expect("FROM users", &["users_email_key_key"], person).await;
    let half = async |tx: &mut Tx, _: &Ids| sign_in::delete_by_user(tx, nobody).await;
    watched.expect("DELETE FROM sign_ins", &["sign_ins_user"], half).await;
    let late = async |tx: &mut Tx, _: &Ids| sign_in::delete_expired(tx, at(0)).await;
    watched.expect("DELETE FROM sign_ins", &["sign_ins_expiry"], late).await;
    let known = async |tx: &mut Tx, _: &Ids| known_browser::delete_by_user(tx, nobody).await;
    watched.expect("DELETE FROM known_browsers", &["known_browsers_user"], known).await;
    let forgotten = async |tx: &mut Tx, _: &Ids| known_browser::delete_expired(tx, at(0)).await;
    watched.expect("DELETE FROM known_browsers", &["known_browsers_expiry"], forgotten).await;
    let slow = async |tx: &mut Tx, _: &Ids| login_throttle::delete_old(tx, at(0)).await;
    watched.expect("DELETE FROM login_throttles", &["login_throttles_age"], slow).await;
    let invited = async |tx: &mut Tx, ids: &Ids| invitation::list_open(tx, &ids.business).await;
    watched.expect("FROM invitations", &["invitations_open"], invited).await;
    let guest = async |tx: &mut Tx, _: &Ids| invitation::find_by_token(tx, token().hash()).await;
    watched.expect("FROM invitation_links", &["invitation_links_pkey"], guest).await;
    let over = async |tx: &mut Tx, _: &Ids| invitation::delete_old(tx, at(0)).await;
    watched.expect("DELETE FROM invitations", &["invitations_expiry"], over).await;
    watched.expect("DELETE FROM invitation_links", &["invitation_links_invitation"], over).await;
    let reset = async |tx: &mut Tx, _: &Ids| password_reset::find_by_token(tx, token().hash(), at(0)).await;
    watched.expect("FROM password_reset_links", &["password_reset_links_pkey"], reset).await;
    let trail = async |tx: &mut Tx, ids: &Ids| audit_event::list_newest(tx, &ids.business, None, 51).await;
    watched.expect("FROM audit_events a", &["audit_events_business", "invoices_pkey", "customers_pkey"], trail).await;
    let plan = watched.plans("FROM audit_events a", trail).await;
    let sorts = |step: &String| step.contains("TEMP B-TREE") || step.contains("Sort");
    assert!(!plan.iter().any(sorts), "the index has the order: {plan:#?}");
}

async fn customers_are_listed_from_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let beside =
        ["portal_links_live", "portal_links_customer", "consents_customer", "invoices_owing", "invoices_number"];
    for tab in [Tab::All, Tab::Owing, Tab::Overdue, Tab::AutoPay, Tab::NoLink, Tab::Archived] {
        let own = if tab == Tab::Archived { "customers_archived" } else { "customers_list" };
        let edge = Edge::Start;
        let list = async |tx: &mut Tx, ids: &Ids| {
            let (words, currency, today) = (["ada".to_owned()], Currency::Usd, day("2026-09-21"));
            let asked = Asked { tab, edge: &edge, words: &words, number: None, currency, today, limit: 26 };
            customer::list(tx, &ids.business, &asked).await
        };
        let indexes: Vec<_> = beside.into_iter().chain([own]).collect();
        watched.expect("had_link", &indexes, list).await;
        let plan = watched.plans("had_link", list).await;
        if !store.is_postgres() {
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER")), "sorted: {plan:#?}");
        }
        let count =
            async |tx: &mut Tx, ids: &Ids| customer::count(tx, &ids.business, tab, day("2026-09-21"), 1_001).await;
        watched.expect("counted", &[own], count).await;
    }
    let twins = async |tx: &mut Tx, ids: &Ids| customer::list_by_email(tx, &ids.business, "a@b.example", 5).await;
    watched.expect("LOWER(c.email)", &["customers_email"], twins).await;
}

async fn a_customers_page_is_read_from_indexes(store: &Store) {
    let watched = Watched::new(store).await;
    let span = (day("2025-09-21"), day("2026-09-21"));
    let sums =
        async |tx: &mut Tx, ids: &Ids| customer::find_sums(tx, &ids.business, &ids.customer, Currency::Usd, span).await;
    watched.expect("paid_minor", &["invoices_owing", "payments_customer"], sums).await;
    let events = async |tx: &mut Tx, ids: &Ids| customer::list_events(tx, &ids.business, &ids.customer, 31).await;
    // Its parts are read from end to end, being what it is made of; the trail never is.
    let plan = watched.plans("portal.seen", events).await;
    let (trail, whole) = match store.is_postgres() {
        true => ("Index", "Seq Scan on audit_events"),
        false => ("SEARCH a USING INDEX audit_events_subject", "SCAN a "),
    };
    assert!(plan.iter().any(|step| step.contains(trail)), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.contains(whole)), "reads the whole trail: {plan:#?}");
    let invoices = async |tx: &mut Tx, ids: &Ids| invoice::list_by_customer(tx, &ids.business, &ids.customer, 10).await;
    watched.expect("plan_title, (SELECT", &["invoices_customer"], invoices).await;
    let count = async |tx: &mut Tx, ids: &Ids| invoice::count_by_customer(tx, &ids.business, &ids.customer, 9).await;
    watched.expect("counted", &["invoices_"], count).await;
    let quotes = async |tx: &mut Tx, ids: &Ids| quote::list_by_customer(tx, &ids.business, &ids.customer, 10).await;
    watched.expect("<> 'withdrawn'", &["quotes_customer"], quotes).await;
    let under_way = async |tx: &mut Tx, ids: &Ids| customer::count_under_way(tx, &ids.business, &ids.customer).await;
    watched.expect("card_setups s", &["attempts_live", "card_setups_open"], under_way).await;
    let erase = async |tx: &mut Tx, ids: &Ids| {
        let known = Customer::named(ids.customer.clone(), ids.business.clone(), "Ada");
        customer::update_erased(tx, &known, at(0)).await
    };
    for (part, index) in [
        ("UPDATE consents", "consents_customer"),
        ("UPDATE payment_methods", "payment_methods_customer"),
        ("UPDATE mails", "mails_customer"),
        ("DELETE FROM turn_off_links", "turn_off_links_consent"),
    ] {
        watched.expect(part, &[index], erase).await;
    }
}

async fn an_export_goes_on_from_where_it_was(store: &Store) {
    let watched = Watched::new(store).await;
    for table in Table::ALL.iter().copied() {
        let after = ("x".to_owned(), 7);
        let page = async |tx: &mut Tx, ids: &Ids| export::list(tx, &ids.business, table, Some(&after), 9).await;
        watched.expect("AS key_text", &[], page).await;
        let plan = watched.plans("AS key_text", page).await;
        assert!(store.is_postgres() || !plan.iter().any(|step| step.contains("TEMP B-TREE")), "{table}: {plan:#?}");
    }
    let everybody = async |tx: &mut Tx, ids: &Ids| customer::list_all(tx, &ids.business, Some(&ids.customer), 9).await;
    watched.expect("c.id > ", &["customers_pkey"], everybody).await;
    let references = async |tx: &mut Tx, ids: &Ids| import::list_references(tx, &ids.business).await;
    watched.expect("SELECT reference", &["invoices_reference"], references).await;
    let same = async |tx: &mut Tx, ids: &Ids| import::find_same(tx, &ids.business, "hash").await;
    watched.expect("FROM imports", &["imports_same"], same).await;
}
