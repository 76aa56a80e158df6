//! Sums over a business: what came in month by month, what is owed by age, what failed, what came last.

use zoop_domain::dunning::Dunning;
use zoop_domain::home::Month;
use zoop_domain::mail::{Mail, MailKind, MailState};
use zoop_domain::payment::{Payment, PaymentState};
use zoop_domain::payment_method::CardExpiry;
use zoop_domain::quote::Answer;
use zoop_store::alert::{self, About, Alert};
use zoop_store::invoice::Draft;
use zoop_store::{consent, dunning, home, invoice, mail, payment, payment_method, quote};

use crate::fixture::{self, Home, at, day, home, usd};
use crate::harness::Store;

cases!(
    what_came_in_is_summed_month_by_month,
    what_is_owed_is_summed_by_age,
    charges_that_failed_are_listed_latest_first,
    what_was_accepted_and_not_billed_is_listed,
    the_latest_payments_come_first,
    cards_that_expire_are_listed_with_their_plans,
    an_alert_leads_to_what_it_is_about,
    an_alert_is_seen_once,
    what_reached_nobody_is_told_while_it_waits,
);

async fn pays(store: &Store, home: &Home, on: &str, minor: i64) -> Payment {
    let sent = home.sent(store, &format!("INV-{on}-{minor}"), "2026-01-01").await;
    let payment = fixture::payment(&sent, &home.account);
    let payment = Payment { amount: usd(minor), received_on: day(on), received_at: at(minor), ..payment };
    commit!(store, |tx| payment::insert(tx, &payment));
    payment
}

async fn what_came_in_is_summed_month_by_month(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    pays(store, &home, "2026-09-30", 1).await;
    pays(store, &home, "2026-10-01", 300).await;
    let back = pays(store, &home, "2026-10-31", 500).await;
    pays(store, &home, "2026-11-01", 7).await;
    pays(store, &other, "2026-10-05", 900).await;
    let returned = pays(store, &home, "2026-10-06", 4_000).await;
    let (business, returned, back) = (&home.business.id, returned.id, back.id);
    store.raw(&format!("UPDATE payments SET state = '{}' WHERE id = '{returned}'", PaymentState::Returned)).await;
    store.raw(&format!("UPDATE payments SET refunded_minor = 100 WHERE id = '{back}'")).await;
    let list = read!(store, |tx| home::list_received(tx, business, day("2026-10-01"), day("2026-11-30")));
    let months = [Month::of(day("2026-10-09")), Month::of(day("2026-11-09"))];
    assert_eq!(list, [(months[0], 2, 700), (months[1], 1, 7)]);
}

async fn what_is_owed_is_summed_by_age(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let due = async |home: &Home, number: &str, on: &str| {
        let sent = home.sent(store, number, "2026-01-01").await;
        store.raw(&format!("UPDATE invoices SET due_on = '{on}' WHERE id = '{}'", sent.id)).await;
        sent
    };
    // Today is Nov 23: due today, 1 and 30 days late, 31, 60, 61, 90 and 91.
    let days = [
        "2026-11-23",
        "2026-11-22",
        "2026-10-24",
        "2026-10-23",
        "2026-09-24",
        "2026-09-23",
        "2026-08-25",
        "2026-08-24",
    ];
    for (place, on) in days.into_iter().enumerate() {
        due(&home, &format!("INV-{place}"), on).await;
    }
    let paid = due(&home, "INV-9", "2026-11-01").await;
    store.raw(&format!("UPDATE invoices SET lifecycle = 'paid' WHERE id = '{}'", paid.id)).await;
    due(&other, "INV-1", "2026-01-01").await;
    let (business, each) = (&home.business.id, fixture::totals().total.minor());
    let owed = read!(store, |tx| home::list_owed(tx, business, day("2026-11-23")));
    assert_eq!(owed, [(1, each), (2, 2 * each), (2, 2 * each), (2, 2 * each), (1, each)]);
}

async fn failed(store: &Store, home: &Home, number: &str, seconds: i64, stopped: bool) -> Draft {
    let sent = home.sent(store, number, "2026-09-21").await;
    let dunning = Dunning { failed_at: at(seconds), stopped, ..fixture::dunning() };
    commit!(store, |tx| dunning::insert(tx, &sent.business, &sent.id, &dunning));
    sent
}

async fn charges_that_failed_are_listed_latest_first(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    failed(store, &home, "INV-1", 1, false).await;
    failed(store, &home, "INV-2", 2, false).await;
    failed(store, &home, "INV-3", 3, true).await;
    failed(store, &other, "INV-1", 4, false).await;
    let list = read!(store, |tx| home::list_failed(tx, &home.business.id, 10));
    let numbers: Vec<_> = list.iter().map(|failed| failed.number.as_str()).collect();
    assert_eq!(numbers, ["INV-2", "INV-1"]);
    assert_eq!((list[0].owed, list[0].customer_name.as_str()), (fixture::totals().total, "Ada Byron"));
    assert_eq!(list[0].dunning, Dunning { failed_at: at(2), ..fixture::dunning() });
    assert_eq!(read!(store, |tx| home::list_failed(tx, &home.business.id, 1)).len(), 1);
}

async fn what_was_accepted_and_not_billed_is_listed(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let accepted = async |home: &Home, seconds| {
        let sent = fixture::quote(&home.customer);
        commit!(store, |tx| quote::insert(tx, &sent));
        let answer = Answer { at: at(seconds), ..fixture::answer(true) };
        commit!(store, |tx| quote::update_answered(tx, &sent.business, &sent.id, &answer));
        sent
    };
    let (first, second, billed) = (accepted(&home, 1).await, accepted(&home, 2).await, accepted(&home, 3).await);
    accepted(&other, 4).await;
    commit!(store, |tx| quote::insert(tx, &fixture::quote(&home.customer)));
    let draft = fixture::draft(&home.customer);
    commit!(store, |tx| invoice::insert_draft(tx, &draft, at(4)));
    commit!(store, |tx| quote::update_invoiced(tx, &billed.business, &billed.id, &draft.id));
    let list = read!(store, |tx| home::list_accepted(tx, &home.business.id, 10));
    assert_eq!(list.iter().map(|it| &it.quote).collect::<Vec<_>>(), [&second.id, &first.id]);
    assert_eq!((list[0].total, list[0].customer_name.as_str()), (second.totals.total, "Ada Byron"));
    assert_eq!(read!(store, |tx| home::list_accepted(tx, &home.business.id, 1)).len(), 1);
}

async fn the_latest_payments_come_first(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    for minor in [1, 3, 2] {
        pays(store, &home, "2026-10-01", minor).await;
    }
    pays(store, &other, "2026-10-01", 9).await;
    let list = read!(store, |tx| home::list_latest(tx, &home.business.id, 2));
    assert_eq!(list.iter().map(|latest| latest.amount).collect::<Vec<_>>(), [usd(3), usd(2)]);
    assert_eq!((list[0].method_label.as_str(), list[0].automatic), ("Visa •••• 4242", false));
}

async fn cards_that_expire_are_listed_with_their_plans(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    for home in [&home, &other] {
        let plan = home.plan(store, "Monthly lawn care").await;
        let expiry = CardExpiry::new(11, 2026);
        let method =
            zoop_domain::payment_method::PaymentMethod { expiry, ..fixture::method(&home.customer, &home.account) };
        let given = fixture::consent(&plan);
        let given = zoop_domain::consent::Consent { method: Some(method.id.clone()), ..given };
        commit!(store, |tx| async {
            payment_method::insert(tx, &method).await?;
            consent::insert(tx, &given).await.map(drop)
        });
    }
    let until = async |year, month| read!(store, |tx| home::list_expiring(tx, &home.business.id, (year, month), 5));
    assert_eq!(until(2026, 10).await, []);
    let list = until(2026, 11).await;
    assert_eq!((list.len(), list[0].plan_title.as_str()), (1, "Monthly lawn care"));
    assert_eq!(list[0].expires_on, Some(day("2026-11-30")));
}

fn alarm(kind: &str, subject: &str, about: About, seconds: i64) -> Alert {
    let (id, message) = (fixture::id!(AlertId), String::from("told"));
    Alert { id, kind: kind.into(), subject: subject.into(), message, about, raised_at: at(seconds) }
}

async fn an_alert_leads_to_what_it_is_about(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let payment = pays(store, &home, "2026-10-01", 5).await;
    let find = async |business, subject: &str| read!(store, |tx| alert::find_about(tx, business, subject));
    let (mine, theirs) = (&home.business.id, &other.business.id);
    let of_invoice =
        About { customer: Some(payment.customer.clone()), invoice: Some(payment.invoice.clone()), ..About::default() };
    let of_payment = About { payment: Some(payment.id.clone()), ..of_invoice.clone() };
    for (subject, about) in [(payment.id.as_str(), &of_payment), (payment.invoice.as_str(), &of_invoice)] {
        assert_eq!(find(mine, subject).await, *about);
        assert_eq!(find(theirs, subject).await, About::default());
    }
    let mail = fixture::mail(&home.customer, MailKind::Invoice, payment.invoice.as_str(), Some(&payment.invoice));
    let refused = Mail { state: MailState::Failed, error: Some("550 no such user".into()), ..mail };
    let alert = alarm("mail.failed", refused.id.as_str(), of_invoice, 0);
    commit!(store, |tx| async {
        assert!(mail::insert(tx, &refused).await?);
        alert::insert(tx, Some(mine), &alert).await
    });
    let list = read!(store, |tx| home::list_attention(tx, mine, 10));
    let [told] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!(told.customer, Some((home.customer.id.clone(), home.customer.name.clone())));
    assert_eq!(told.invoice.as_ref().map(|(id, _)| id), Some(&payment.invoice));
    let letter = told.mail.as_ref().expect("the mail");
    assert_eq!((letter.kind, letter.error.as_str()), (MailKind::Invoice, "550 no such user"));
    assert_eq!(read!(store, |tx| home::list_attention(tx, theirs, 10)), []);
}

async fn an_alert_is_seen_once(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let (mine, theirs) = (&home.business.id, &other.business.id);
    let alert = alarm("x", "y", About::default(), 0);
    commit!(store, |tx| alert::insert(tx, Some(mine), &alert));
    let seen = async |business| commit!(store, |tx| alert::update_resolved(tx, business, &alert.id, at(1)));
    assert_eq!([seen(theirs).await, seen(mine).await, seen(mine).await], [false, true, true]);
    assert_eq!(read!(store, |tx| alert::list_open(tx, Some(mine))), []);
    let again = alarm("x", "y", About::default(), 2);
    commit!(store, |tx| alert::insert(tx, Some(mine), &again));
    let mended = async |business, kind| commit!(store, |tx| alert::update_mended(tx, business, kind, "y", at(3)));
    mended(theirs, "x").await;
    mended(mine, "z").await;
    assert_eq!(read!(store, |tx| alert::list_open(tx, Some(mine))), [again]);
    mended(mine, "x").await;
    assert_eq!(read!(store, |tx| alert::list_open(tx, Some(mine))), []);
}

async fn what_reached_nobody_is_told_while_it_waits(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let mut alerts = Vec::new();
    for (place, kind) in [(0, "invoice.unsent"), (1, "invoice.unsent"), (2, "charge.failed")] {
        let sent = home.sent(store, &format!("INV-{place}"), "2026-10-01").await;
        let about = About { invoice: Some(sent.id.clone()), ..About::default() };
        alerts.push(alarm(kind, sent.id.as_str(), about, place));
    }
    commit!(store, |tx| alert::insert_of_invoices(tx, business, &alerts));
    let told = async || {
        let list = read!(store, |tx| home::list_attention(tx, business, 1));
        (list.first().map(|it| it.alert.clone()), read!(store, |tx| home::count_attention(tx, business)))
    };
    assert_eq!(
        told().await,
        (Some(alerts[1].id.clone()), 2),
        "the newest of two; a failed charge has a list of its own"
    );
    let paid = alerts[1].subject.as_str();
    store.raw(&format!("UPDATE invoices SET lifecycle = 'paid' WHERE id = '{paid}'")).await;
    assert_eq!(told().await, (Some(alerts[0].id.clone()), 1));
}
