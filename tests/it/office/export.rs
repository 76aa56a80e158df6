//! Everything out: as tables, and as one document; whole, without a secret, noted in the audit.

use zoop_domain::consent::ConsentSource;
use zoop_domain::export::Table;
use zoop_domain::quote::QuoteState;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    every_table_comes_out_as_csv_and_is_noted,
    everything_comes_out_as_one_document,
    office_staff_take_nothing_away,
    no_secret_comes_out,
    customers_that_came_out_come_in_again,
    a_large_table_comes_out_whole,
);

const DATA: &str = "/office/settings/data";
const EXPORT: &str = "/office/settings/data/export";

/// A business with one of nearly everything.
async fn busy(t: &TestApp) -> String {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let card = t.card_on_file(VISA).await;
    t.add_consent(&plan, &card, ConsentSource::Inline, None).await;
    let bill = t.bill(5_000).await;
    t.check_arrives(&bill, 1_000).await.unwrap();
    t.add_quote(&t.shop, QuoteState::Sent).await;
    bill.id.to_string()
}

fn rows(page: &Page) -> Vec<Vec<String>> {
    let text = page.html.strip_prefix('\u{feff}').expect("a mark for Excel");
    let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    lines.by_ref().map(cells).collect()
}

async fn every_table_comes_out_as_csv_and_is_noted(t: &TestApp) {
    let invoice = busy(t).await;
    let mut owner = t.owner().await;
    let page = owner.get(DATA).await;
    page.is(200).says(&["Import", "Export", "Everything", "Customers", "Audit trail"]);
    for table in Table::ALL {
        let file = owner.send(EXPORT, &[("what", table.as_str())]).await;
        assert_eq!(file.is(200).header("content-type"), "text/csv; charset=utf-8");
        let name = format!("attachment; filename=\"{table}-{}.csv\"", t.today().iso());
        assert_eq!(file.header("content-disposition"), name);
        let empty = [Table::Refunds, Table::InvoiceTaxes, Table::QuoteTaxes, Table::TaxRates, Table::ConsentEvents]
            .contains(table);
        assert_eq!(rows(&file).len() == 1, empty, "{table}: {}", file.html);
    }
    let lines = owner.send(EXPORT, &[("what", "invoice_lines")]).await;
    assert!(lines.html.contains(&invoice) && lines.html.contains(",usd,"));
    let payments = owner.send(EXPORT, &[("what", "payments")]).await;
    assert!(payments.html.contains(",10.00,"), "{}", payments.html);
    owner.get("/office/settings/audit").await.says(&["exported data: payments"]);
    for wrong in [&[][..], &[("what", "sessions")], &[("what", "")]] {
        owner.send(EXPORT, wrong).await.is(422).says(&["Nothing was exported."]);
    }
}

async fn everything_comes_out_as_one_document(t: &TestApp) {
    let invoice = busy(t).await;
    let file = t.owner().await.send(EXPORT, &[("what", "everything")]).await;
    assert_eq!(file.is(200).header("content-type"), "application/json");
    let document: serde_json::Value = serde_json::from_str(&file.html).unwrap();
    assert_eq!(document["format"], "zoop-export");
    assert_eq!(document["business"]["name"], t.shop.business.name.as_str());
    for table in Table::ALL {
        assert!(document[table.as_str()].is_array(), "{table}");
    }
    let found = document["invoices"].as_array().unwrap().iter().find(|row| row["id"] == invoice.as_str()).unwrap();
    assert_eq!(
        (&found["total"], &found["applied"], &found["balance"]),
        (&"50.00".into(), &"10.00".into(), &"40.00".into())
    );
    assert!(found["voided_on"].is_null());
}

async fn office_staff_take_nothing_away(t: &TestApp) {
    let mut office = t.office().await;
    office.get(DATA).await.is(403);
    office.send(EXPORT, &[("what", "customers")]).await.is(403);
    let noted: Vec<(i64,)> = t.database.rows("SELECT COUNT(*) FROM audit_events WHERE action = 'data.exported'").await;
    assert_eq!(noted[0].0, 0);
}

async fn no_secret_comes_out(t: &TestApp) {
    busy(t).await;
    let portal = t.portal_link(&t.shop).await;
    let elsewhere = t.open_shop(ShopSpec::default()).await;
    let file = t.owner().await.send(EXPORT, &[("what", "everything")]).await;
    let mut secrets: Vec<(String,)> = vec![(portal.rsplit('/').next().unwrap().to_owned(),)];
    for sql in [
        "SELECT token FROM invoices",
        "SELECT token_hash FROM portal_links",
        "SELECT token_hash FROM quote_links",
        "SELECT token_hash FROM turn_off_links",
        "SELECT token_hash FROM sessions",
        "SELECT password_hash FROM users",
        "SELECT stripe_payment_method FROM payment_methods",
    ] {
        secrets.extend(t.database.rows::<(String,)>(sql).await);
    }
    assert!(secrets.len() >= 5);
    for (secret,) in secrets {
        assert!(!file.html.contains(&secret), "{secret} came out");
    }
    assert!(!file.html.contains(elsewhere.customer.id.as_str()) && !file.html.contains(elsewhere.business.id.as_str()));
}

async fn customers_that_came_out_come_in_again(t: &TestApp) {
    let mut owner = t.owner().await;
    let text = "Name,Kind,Contact,Email,Phone,Address,Archived\n\
        Okafor Dental,company,Ada,billing@okafor.example,+44 20 7946 0991,\"1 Elm St\nAustin, TX\",\n\
        \"Lee, \"\"Sam\"\"\",,,,512 555 0100,,2026-01-01\n=1+1,,,x@y.example,,,\n";
    let checked =
        owner.upload_as("file", "/office/import/customers", &[], ("c.csv", "text/csv", text.as_bytes())).await;
    owner.send(checked.is(303).location().path(), &[]).await.is(303);
    t.run_jobs().await;
    let file = owner.send(EXPORT, &[("what", "customers")]).await;
    let elsewhere = t.open_shop(ShopSpec::default()).await;
    let business = &elsewhere.business.id;
    let mut other = t.member(business, zoop_domain::user::Role::Owner).await;
    let path = "/office/import/customers";
    let checked = other.upload_as("file", path, &[], ("c.csv", "text/csv", file.html.as_bytes())).await;
    other.send(checked.is(303).location().path(), &[]).await.is(303);
    t.run_jobs().await;
    let told = |business: &str| {
        format!(
            "SELECT kind, name, COALESCE(contact, '-'), COALESCE(email, '-'), COALESCE(phone, '-'), address, \
             CASE WHEN archived_at IS NULL THEN 'here' ELSE 'archived' END FROM customers \
             WHERE business_id = '{business}' ORDER BY name, id"
        )
    };
    type Row = (String, String, String, String, String, String, String);
    let here: Vec<Row> = t.database.rows(&told(t.shop.business.id.as_str())).await;
    let there: Vec<Row> = t.database.rows(&told(business.as_str())).await;
    assert_eq!(here.len(), 4);
    for row in here {
        assert!(there.contains(&row), "{row:?} of {there:?}");
    }
}

async fn a_large_table_comes_out_whole(t: &TestApp) {
    let mut owner = t.owner().await;
    let names: String = (0..2_500).map(|n| format!("Customer {n:04}\n")).collect();
    let text = format!("Name\n{names}");
    let checked =
        owner.upload_as("file", "/office/import/customers", &[], ("c.csv", "text/csv", text.as_bytes())).await;
    owner.send(checked.is(303).location().path(), &[]).await.is(303);
    t.run_jobs().await;
    let file = owner.send(EXPORT, &[("what", "customers")]).await;
    let all = rows(&file);
    let named: std::collections::BTreeSet<_> = all.iter().filter_map(|row| row.get(2)).collect();
    // The names, the shop's own customer, and the head.
    assert_eq!(named.len(), 2_502);
    let file = owner.send(EXPORT, &[("what", "everything")]).await;
    let document: serde_json::Value = serde_json::from_str(&file.html).unwrap();
    assert_eq!(document["customers"].as_array().unwrap().len(), 2_501);
    assert!(document["audit"].as_array().unwrap().len() > 2_500);
}
