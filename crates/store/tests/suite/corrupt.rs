//! A row that no version of the program writes is an error that names the column, never a guess.

use zoop_store::{
    Error, Result, Tx, alert, attempt, audit_event, business, card_setup, consent, customer, dunning, invoice, job,
    mail, payment, payment_method, plan, portal_link, quote, refund, tax_rate,
};

use crate::fixture::{self, at, day};
use crate::harness::Store;
use crate::stock::{Ids, stock};

cases!(a_hand_edited_row_is_reported_by_its_column);

/// What is written into which column, past the store. A table that is read in two ways stands
/// there with the other one.
const EDITS: &[(&str, &str, &str)] = &[
    ("alerts", "id", "'alr_'"),
    ("audit_events", "id", "'inv_00000000000000000000000000'"),
    ("attempts", "kind", "'cash'"),
    ("attempts", "state", "'Creating'"),
    ("attempts", "currency", "'USD'"),
    ("attempts", "consent_draft", "'{}'"),
    ("attempts", "consent_draft", "''"),
    ("attempts", "job_id", "'job_'"),
    ("businesses", "time_zone", "'Austin'"),
    ("businesses", "currency", "'xxx'"),
    ("businesses", "brand_color", "'green'"),
    ("businesses", "stripe_requirements", "'{}'"),
    ("card_setups", "state", "'closed'"),
    ("card_setups", "consent_draft", "'{}'"),
    ("card_setups", "consent_draft", "NULL"),
    ("consents", "source", "'guessed'"),
    ("consents", "currency", "''"),
    ("consents", "state", "'pending'"),
    ("consents", "attempt_id", "'att_'"),
    ("consents", "attested_by", "'Grace'"),
    ("consents", "suspended_at", "1"),
    ("consents", "suspended_why", "'tired'"),
    ("consents", "ended_at", "1"),
    ("consents", "ended_by", "'owner'"),
    ("consents", "ended_how", "'silently'"),
    ("consents", "on_its_way", "'soon'"),
    ("consent_events", "id", "''"),
    ("consent_events", "kind", "'forgotten'"),
    ("consents in a portal", "source", "'guessed'"),
    ("consents in a portal", "currency", "''"),
    ("consents in a portal", "suspended_why", "'tired'"),
    ("dunnings", "failed_on", "'yesterday'"),
    ("dunnings", "first_failed_on", "'2026-09-31'"),
    ("dunnings", "next_try_on", "'2026-02-30'"),
    ("invoices", "lifecycle", "'sent'"),
    ("invoices", "currency", "'btc'"),
    ("invoices", "due_on", "''"),
    ("invoices", "issued_on", "'2026-13-01'"),
    ("invoices", "paid_on", "'0'"),
    ("invoices", "number", "NULL"),
    ("invoices", "token", "'short'"),
    ("invoices to be changed", "cycle_on", "'monthly'"),
    ("jobs", "id", "'webhook'"),
    ("mails", "kind", "'spam'"),
    ("mails", "state", "'read'"),
    ("invoice_lines", "tax_position", "1"),
    ("invoice_lines", "tax_position", "-1"),
    ("invoice_taxes", "percent_e4", "1000000"),
    ("invoice_taxes", "percent_e4", "-1"),
    ("payments", "kind", "'gold'"),
    ("payments", "state", "''"),
    ("payments", "currency", "'eu'"),
    ("payments", "received_on", "'today'"),
    ("payments", "dispute_state", "'lost '"),
    ("payments", "disputed_on", "'never'"),
    ("payments", "returned_on", "'never'"),
    ("payment_methods", "kind", "'iou'"),
    ("payment_methods", "exp_month", "13"),
    ("payment_methods", "exp_month", "NULL"),
    ("plans", "state", "'canceled'"),
    ("plans", "currency", "'$'"),
    ("plans", "frequency", "'hourly'"),
    ("plans", "rrule", "'FREQ=DAILY'"),
    ("plans", "starts_on", "'soon'"),
    ("plans", "lead_days", "61"),
    ("plans", "next_cycle_on", "'2026-02-29'"),
    ("plans with lines", "currency", "'$'"),
    ("portal_links", "ended_how", "'lost'"),
    ("portal_links", "ended_at", "1"),
    ("quotes", "sent_on", "'2026-9-1'"),
    ("quotes as a whole", "state", "'lost'"),
    ("quotes as a whole", "expires_on", "'never'"),
    ("quote_lines", "tax_choice", "'some'"),
    ("quote_lines", "tax_position", "9"),
    ("quote_taxes", "percent_e4", "-1"),
    ("refunds", "reason", "'regret'"),
    ("refunds", "state", "'done'"),
    ("tax_rates", "percent_e4", "9223372036854775807"),
];

async fn a_hand_edited_row_is_reported_by_its_column(store: &Store) {
    let ids = stock(store).await;
    let job = fixture::job("");
    commit!(store, |tx| async {
        assert!(job::insert(tx, &job, at(0), at(0)).await?);
        let held = job::lock_next(tx, at(0), at(0), "worker").await?.expect("the job");
        job::update_dead(tx, &held, "over").await
    });
    for (view, column, value) in EDITS {
        read(store, view, &ids).await.unwrap_or_else(|error| panic!("{view} is whole: {error}"));
        let table = view.split(' ').next().expect("a table");
        // Others lie beside these; of the rest there is one each, or two alike.
        let which = match table {
            "invoices" => format!("WHERE id = '{}'", ids.invoice),
            "attempts" => format!("WHERE id = '{}'", ids.attempt),
            "consents" => format!("WHERE id = '{}'", ids.consent),
            "quotes" => format!("WHERE id = '{}'", ids.quote),
            _ => String::new(),
        };
        store.raw(&format!("CREATE TABLE kept AS SELECT {column} FROM {table} {which}")).await;
        store.raw(&format!("UPDATE {table} SET {column} = {value} {which}")).await;
        let outcome = read(store, view, &ids).await;
        let named = match &outcome {
            Err(Error::Corrupt { column: named, .. }) => named.rsplit('.').next() == Some(column),
            _ => false,
        };
        assert!(named, "{view}.{column} = {value}: {outcome:?}");
        store.raw(&format!("UPDATE {table} SET {column} = (SELECT {column} FROM kept LIMIT 1) {which}")).await;
        store.raw("DROP TABLE kept").await;
    }
}

/// Reads whatever reads the table so.
async fn read(store: &Store, view: &str, ids: &Ids) -> Result<()> {
    let tx: &mut Tx = &mut store.db.read().await?;
    let business = &ids.business;
    match view {
        "alerts" => alert::list_open(tx, Some(business)).await.map(drop),
        "audit_events" => audit_event::list(tx, business, ids.invoice.as_str()).await.map(drop),
        "attempts" => attempt::get(tx, business, &ids.attempt).await.map(drop),
        "businesses" => business::get(tx, business).await.map(drop),
        "card_setups" => card_setup::get(tx, business, &ids.setup).await.map(drop),
        "consents" => consent::get(tx, business, &ids.consent).await.map(drop),
        "consents in a portal" => consent::list_for_portal(tx, business, &ids.customer).await.map(drop),
        "consent_events" => consent::list_events(tx, business, &ids.consent).await.map(drop),
        "customers" => customer::get(tx, business, &ids.customer).await.map(drop),
        "dunnings" => dunning::find(tx, business, &ids.invoice).await.map(drop),
        "invoices" | "invoice_lines" | "invoice_taxes" => invoice::get(tx, business, &ids.invoice).await.map(drop),
        "invoices to be changed" => invoice::lock(&mut store.db.begin().await?, business, &ids.invoice).await.map(drop),
        "jobs" => job::list_dead(tx, 10).await.map(drop),
        "mails" => mail::get(tx, business, &ids.mail).await.map(drop),
        "payments" => payment::get(tx, business, &ids.payment).await.map(drop),
        "payment_methods" => payment_method::get(tx, business, &ids.method).await.map(drop),
        "plans" => plan::get(tx, business, &ids.plan).await.map(drop),
        "plans with lines" => plan::list_lines(tx, business, &ids.plan).await.map(drop),
        "portal_links" => portal_link::find_newest(tx, business, &ids.customer).await.map(drop),
        "quotes" => quote::list_outstanding(tx, business, &ids.customer, day("2020-01-01")).await.map(drop),
        "quotes as a whole" | "quote_lines" | "quote_taxes" => quote::get(tx, business, &ids.quote).await.map(drop),
        "refunds" => refund::get(tx, business, &ids.refund).await.map(drop),
        "tax_rates" => tax_rate::list(tx, business).await.map(drop),
        _ => panic!("nothing reads {view}"),
    }
}
