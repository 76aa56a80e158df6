//! A billing run's statements of many rows: each row as it would be alone, however many there are.

use std::collections::BTreeMap;

use zoop_domain::consent::{Consent, Evidence};
use zoop_domain::invoice::{Lifecycle, Totals};
use zoop_domain::mail::{Mail, MailKind};
use zoop_domain::money::Currency;
use zoop_domain::payment_method::{MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::secret::InvoiceToken;
use zoop_domain::time::Instant;
use zoop_store::audit_event::{self, AuditEvent};
use zoop_store::billing::{self, LiveConsent, Sent};
use zoop_store::plan::Due;
use zoop_store::{consent, customer, invoice, job, mail, payment_method, plan};

use crate::fixture::{self, Counting, at, day, home, snapshot, totals, usd};
use crate::harness::Store;

cases!(
    two_thousand_invoices_read_back,
    a_second_invoice_of_a_cycle_is_refused_with_all_beside_it,
    what_a_run_reads_comes_by_plan,
    plans_move_on_together,
    mails_jobs_and_events_are_added_together,
);

/// An open invoice of the plan's cycle so many days after the first.
pub fn sent(plan: &Plan, cycle: i32) -> Sent {
    let id = fixture::id!(InvoiceId);
    Sent {
        customer: plan.customer.clone(),
        plan: plan.id.clone(),
        plan_title: plan.title.clone(),
        cycle_on: day("2026-10-01").plus_days(cycle),
        lifecycle: Lifecycle::Open,
        number: id.to_string(),
        token: InvoiceToken::generate(&Counting),
        totals: totals(),
        issued_on: day("2026-09-24"),
        due_on: day("2026-10-01"),
        paid_on: None,
        snapshot: snapshot(),
        made_late: false,
        charge_at: None,
        id,
    }
}

async fn two_thousand_invoices_read_back(store: &Store) {
    let home = home(store).await;
    let plan = home.plan(store, "Mowing").await;
    let mut all: Vec<_> = (0..2_000).map(|n| sent(&plan, n)).collect();
    let nothing = Totals::compute(Vec::new(), Vec::new(), Currency::Usd).expect("totals");
    all[7] = Sent { lifecycle: Lifecycle::Paid, totals: nothing, paid_on: Some(day("2026-09-24")), ..sent(&plan, 7) };
    all[1_999] = Sent { made_late: true, charge_at: Some(at(5)), ..sent(&plan, 1_999) };
    let business = &home.business.id;
    commit!(store, |tx| billing::insert_invoices(tx, business, &[], at(0)));
    commit!(store, |tx| billing::insert_invoices(tx, business, &all, at(0)));
    for made in [&all[0], &all[7], &all[1_249], &all[1_250], &all[1_999]] {
        let read = read!(store, |tx| invoice::get(tx, business, &made.id)).expect("the invoice");
        assert_eq!((&read.customer, read.plan.as_ref()), (&made.customer, Some(&made.plan)));
        assert_eq!((&read.number, &read.token, &read.totals), (&made.number, &made.token, &made.totals));
        assert_eq!((read.issued_on, read.facts.due_on, read.snapshot), (made.issued_on, made.due_on, snapshot()));
        assert_eq!((read.plan_title.as_ref(), read.dates.paid_on), (Some(&made.plan_title), made.paid_on));
        let locked = commit!(store, |tx| invoice::lock(tx, business, &made.id)).expect("the invoice");
        assert_eq!((locked.lifecycle, locked.cycle_on), (made.lifecycle, Some(made.cycle_on)));
        assert_eq!((locked.made_late, locked.ledger.total), (made.made_late, made.totals.total));
        let charge_at = read!(store, |tx| invoice::find_charge_at(tx, business, &made.id));
        assert_eq!(charge_at, made.charge_at);
    }
    for (table, rows) in [("invoices", 2_000), ("invoice_lines", 3_998), ("invoice_taxes", 1_999)] {
        let found = store.texts(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
        assert_eq!(found, [rows.to_string()], "{table}");
    }
}

async fn a_second_invoice_of_a_cycle_is_refused_with_all_beside_it(store: &Store) {
    let home = home(store).await;
    let plan = home.plan(store, "Mowing").await;
    commit!(store, |tx| billing::insert_invoices(tx, &home.business.id, &[sent(&plan, 0)], at(0)));
    let before = store.dump().await;
    let mut tx = store.db.begin().await.expect("a transaction");
    let both = [sent(&plan, 1), sent(&plan, 0)];
    let refused = billing::insert_invoices(&mut tx, &home.business.id, &both, at(0)).await;
    assert!(matches!(refused, Err(zoop_store::Error::Database(_))), "{refused:?}");
    drop(tx);
    assert_eq!(store.dump().await, before);
}

async fn what_a_run_reads_comes_by_plan(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let neighbour = fixture::customer(business);
    let bank = PaymentMethod { kind: MethodType::UsBankAccount, ..fixture::method(&home.customer, &home.account) };
    commit!(store, |tx| async {
        customer::insert(tx, &neighbour, at(0)).await?;
        payment_method::insert(tx, &bank).await
    });
    let (mut plans, mut lines, mut live) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for n in 0..4_i64 {
        let plan = fixture::plan(if n == 1 { &neighbour } else { &home.customer });
        let its: Vec<_> =
            (0..n).map(|n| PlanLine { description: format!("{}", 9 - n), ..fixture::plan_line() }).collect();
        commit!(store, |tx| plan::insert(tx, &plan, &its, Currency::Usd, Due::default(), at(0)));
        if n > 0 {
            lines.insert(plan.id.clone(), its);
        }
        let (cap, method) = ((n == 2).then(|| usd(9)), (n == 3).then(|| bank.id.clone()));
        let evidence = Evidence { cap, ..fixture::evidence() };
        let given = Consent { evidence, method, ..fixture::consent(&plan) };
        if n > 0 {
            assert!(commit!(store, |tx| consent::insert(tx, &given)));
        }
        if n == 1 {
            let why = zoop_domain::consent::SuspendedWhy::Declined;
            assert!(commit!(store, |tx| consent::update_suspended(tx, business, &given.id, why, at(0))));
        } else if n > 1 {
            live.insert(plan.id.clone(), LiveConsent { bank_debit: n == 3, capped: n == 2 });
        }
        plans.push(plan);
    }
    let unasked = Plan { id: fixture::id!(PlanId), ..plans[3].clone() };
    commit!(store, |tx| plan::insert(tx, &unasked, &[fixture::plan_line()], Currency::Usd, Due::default(), at(0)));
    assert!(commit!(store, |tx| consent::insert(tx, &fixture::consent(&unasked))));
    assert_eq!(read!(store, |tx| billing::list_lines(tx, business, &plans)), lines);
    assert_eq!(read!(store, |tx| billing::list_live_consents(tx, business, &plans)), live);
    let customers = read!(store, |tx| billing::list_customers(tx, business, &plans));
    let both = [&home.customer, &neighbour].map(|customer| (customer.id.clone(), customer.clone()));
    assert_eq!(customers, BTreeMap::from(both), "each once");
    let one = std::slice::from_ref(&plans[1]);
    assert_eq!(read!(store, |tx| billing::list_customers(tx, business, one)).len(), 1);
    assert!(read!(store, |tx| billing::list_lines(tx, business, &[])).is_empty());
    assert!(read!(store, |tx| billing::list_customers(tx, business, &[])).is_empty());
    assert!(read!(store, |tx| billing::list_live_consents(tx, business, &[])).is_empty());
}

async fn plans_move_on_together(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let mut moved: Vec<(Plan, Due)> = Vec::new();
    for n in 0..3 {
        let plan = home.plan(store, "Mowing").await;
        let due = |seconds: i64| -> Option<Instant> { (n > 0).then(|| at(seconds + n)) };
        let next = if n == 0 { Plan { next_cycle_on: None, ..plan } } else { plan.past_next_cycle() };
        moved.push((next, Due { run_at: due(10), notice_at: due(20) }));
    }
    let other = home.plan(store, "Snow").await;
    commit!(store, |tx| billing::update_next(tx, business, &[]));
    commit!(store, |tx| billing::update_next(tx, business, &moved));
    for (plan, due) in moved {
        assert_eq!(read!(store, |tx| plan::get(tx, business, &plan.id)), Some(plan.clone()));
        let sql = "SELECT CONCAT_WS('|', COALESCE(next_run_at, -1), COALESCE(notice_at, -1)) FROM plans WHERE id = ";
        let number = |at: Option<Instant>| at.map_or(-1, Instant::as_microseconds);
        let expected = format!("{}|{}", number(due.run_at), number(due.notice_at));
        assert_eq!(store.texts(&format!("{sql}'{}'", plan.id)).await, [expected]);
    }
    assert_eq!(read!(store, |tx| plan::get(tx, business, &other.id)), Some(other.clone()));
    assert_eq!(other.state, PlanState::Active);
}

async fn mails_jobs_and_events_are_added_together(store: &Store) {
    let home = home(store).await;
    let (business, sent) = (&home.business.id, home.sent(store, "INV-1", "2026-09-21").await);
    let waiting = fixture::mail(&home.customer, MailKind::Invoice, sent.id.as_str(), Some(&sent.id));
    let refused = Mail {
        state: zoop_domain::mail::MailState::Failed,
        error: Some("no mail server".into()),
        closed_at: Some(at(1)),
        ..fixture::mail(&home.customer, MailKind::Receipt, "pay_1", None)
    };
    let mails = [waiting, refused];
    let jobs = [5, 1].map(|priority| job::NewJob { priority, ..fixture::job(&priority.to_string()) });
    let events = [2, 1].map(|seconds| AuditEvent {
        id: fixture::id!(AuditId),
        actor: "zoop".into(),
        action: format!("done at {seconds}"),
        subject: "inv_1".into(),
        detail: String::new(),
        happened_at: at(seconds),
    });
    commit!(store, |tx| async {
        for _ in 0..2 {
            billing::insert_mails(tx, business, &[]).await?;
            billing::insert_jobs(tx, business, &[], at(0)).await?;
            billing::insert_events(tx, business, &[]).await?;
        }
        billing::insert_mails(tx, business, &mails).await?;
        billing::insert_jobs(tx, business, &jobs, at(3)).await?;
        billing::insert_events(tx, business, &events).await
    });
    for mail in mails {
        assert_eq!(read!(store, |tx| mail::get(tx, business, &mail.id)), Some(mail));
    }
    assert_eq!(commit!(store, |tx| job::lock_next(tx, at(2), at(9), "worker")), None);
    for payload in ["1", "5"] {
        let job = commit!(store, |tx| job::lock_next(tx, at(3), at(9), "worker")).expect("a job");
        assert_eq!((job.payload.as_str(), job.business.as_ref(), job.tries), (payload, Some(business), 0));
    }
    let [second, first] = events;
    assert_eq!(read!(store, |tx| audit_event::list(tx, business, "inv_1")), [first, second]);
}
