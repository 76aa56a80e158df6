//! Whatever the domain can hold comes back as it went in: any text, any amount, any moment.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use zoop_domain::customer::Customer;
use zoop_domain::invoice::{Ledger, Lifecycle, Line, Totals};
use zoop_domain::money::{Currency, Money, Quantity, UnitPrice};
use zoop_domain::payment::Payment;
use zoop_domain::plan::Plan;
use zoop_domain::quote::{Quote, QuoteSummary};
use zoop_domain::tax::{Percent, TaxLine, TaxRate};
use zoop_domain::time::{Date, Instant};
use zoop_store::invoice::Draft;
use zoop_store::plan::Due;
use zoop_store::{customer, invoice, payment, plan, quote, tax_rate};

use crate::fixture::{self, Home, at, day, home, snapshot};
use crate::harness::Store;

cases!(any_text_reads_back, any_amount_reads_back, any_day_and_any_moment_read_back, any_rate_reads_back);

/// Any text but one with a NUL, which PostgreSQL can't hold and no form lets in.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("  \t\r\n".to_owned()),
        Just("Zoë O’Hara-北京 👩‍🔧 \u{202e}\u{feff}".to_owned()),
        Just("'; DROP TABLE customers; -- \" \\ % _ $1 ?1 :a".to_owned()),
        Just("x".repeat(70_000)),
        proptest::collection::vec(any::<char>().prop_filter("no NUL", |letter| *letter != '\0'), 0..60)
            .prop_map(String::from_iter),
    ]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), Just(-1), -1_000_000_i64..1_000_000, any::<i64>()]
}

fn currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(Currency::ALL)
}

fn date() -> impl Strategy<Value = Date> {
    let any = (1_i16..=9999, 1_i8..=12, 1_i8..=31)
        .prop_filter_map("no such day", |(year, month, day)| Date::new(year, month, day));
    prop_oneof![Just(day("0001-01-01")), Just(day("9999-12-31")), Just(day("2028-02-29")), any]
}

/// Runs the property on the test's own database.
fn check<S: Strategy>(strategy: &S, property: impl AsyncFn(S::Value)) {
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let run = |value| {
        block_in_place(|| Handle::current().block_on(property(value)));
        Ok(())
    };
    TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()))
        .run(strategy, run)
        .unwrap_or_else(|failure| panic!("{failure}"));
}

async fn any_text_reads_back(store: &Store) {
    let home = home(store).await;
    check(&(text(), text(), proptest::option::of(text())), async |(name, address, email)| {
        let stored = Customer { name, address, phone: email.clone(), email, ..fixture::customer(&home.business.id) };
        commit!(store, |tx| customer::insert(tx, &stored, at(0)));
        assert_eq!(read!(store, |tx| customer::get(tx, &home.business.id, &stored.id)), Some(stored));
    });
}

async fn any_amount_reads_back(store: &Store) {
    let home = home(store).await;
    let amounts = (number(), number(), number(), number(), number(), currency());
    check(&amounts, async |(a, b, c, d, e, currency)| {
        let money = |minor| Money::new(minor, currency);
        let plan = Plan { cap: Some(money(a)), ..fixture::plan(&home.customer) };
        commit!(store, |tx| plan::insert(tx, &plan, &[], currency, Due::default(), at(0)));
        assert_eq!(read!(store, |tx| plan::get(tx, &home.business.id, &plan.id)), Some(plan));
        let draft = invoice_of(store, &home, [a, b, c, d, e], currency).await;
        let payment = Payment {
            amount: money(a),
            applied: money(b),
            refunded: money(c),
            ..fixture::payment(&draft, &home.account)
        };
        commit!(store, |tx| payment::insert(tx, &payment));
        assert_eq!(read!(store, |tx| payment::get(tx, &home.business.id, &payment.id)), Some(payment));
    });
}

/// Stores an invoice made of `numbers` and reads it again. Its sums need not fit each other.
async fn invoice_of(store: &Store, home: &Home, numbers: [i64; 5], currency: Currency) -> Draft {
    let [a, b, c, d, e] = numbers;
    let money = |minor| Money::new(minor, currency);
    let percent = Percent::from_e4(a.rem_euclid(1_000_000)).expect("a percentage");
    let line = Line {
        description: String::new(),
        quantity: Quantity::from_e4(b),
        unit_price: UnitPrice::from_minor_e4(c, currency),
        tax: Some(0),
        total: money(d),
    };
    let rate = TaxRate { name: String::new(), percent };
    let totals = Totals {
        lines: vec![line],
        subtotal: money(b),
        taxes: vec![TaxLine { rate, taxable: money(c), amount: money(e) }],
        total: money(a),
    };
    let draft = Draft { totals: totals.clone(), ..fixture::draft(&home.customer) };
    let ledger = Ledger { total: money(a), applied: money(c), returned: money(d), refunded: money(e) };
    commit!(store, |tx| async {
        let (business, id) = (&draft.business, &draft.id);
        invoice::insert_draft(tx, &draft, at(0)).await?;
        invoice::update_number_and_snapshot(tx, business, id, id.as_str(), day("2026-09-21"), &snapshot()).await?;
        invoice::update_ledger(tx, business, id, Lifecycle::Open, &ledger, false).await
    });
    let read = read!(store, |tx| invoice::get(tx, &draft.business, &draft.id)).expect("the invoice");
    assert_eq!((read.totals, read.facts.ledger), (totals, ledger));
    draft
}

async fn any_day_and_any_moment_read_back(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", "2026-09-21").await;
    check(&(date(), date(), number()), async |(on, other, moment)| {
        let payment = Payment {
            received_at: Instant::from_microseconds(moment),
            received_on: on,
            disputed_on: Some(other),
            returned_on: Some(other),
            ..fixture::payment(&sent, &home.account)
        };
        commit!(store, |tx| payment::insert(tx, &payment));
        assert_eq!(read!(store, |tx| payment::get(tx, &home.business.id, &payment.id)), Some(payment));
        let quote = Quote { sent_on: Some(on), expires_on: Some(other), ..fixture::quote(&home.customer) };
        commit!(store, |tx| quote::insert(tx, &quote));
        let Quote { id, number, title, totals, .. } = quote;
        let number = number.expect("a number");
        let quote = QuoteSummary { id, number, title, sent_on: on, total: totals.total };
        let waiting = read!(store, |tx| quote::list_outstanding(tx, &home.business.id, &home.customer.id, on));
        assert_eq!(waiting.contains(&quote), on <= other, "texts compare as days do");
    });
}

async fn any_rate_reads_back(store: &Store) {
    check(&(text(), 0_i64..1_000_000), async |(name, e4)| {
        let home = home(store).await;
        let rate = TaxRate { name, percent: Percent::from_e4(e4).expect("a percentage") };
        let id = fixture::id!(TaxRateId);
        commit!(store, |tx| tax_rate::insert(tx, &home.business.id, &id, &rate, at(0)));
        assert_eq!(read!(store, |tx| tax_rate::list(tx, &home.business.id)), [(id, rate)]);
    });
}
