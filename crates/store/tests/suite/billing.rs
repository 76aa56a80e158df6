//! The billing run's statements: many rows at once come to what one by one would, whoever else runs.

use std::collections::BTreeSet;

use zoop_domain::consent::{Consent, ConsentState};
use zoop_domain::customer::Customer;
use zoop_domain::invoice::Lifecycle;
use zoop_domain::mail::MailKind;
use zoop_domain::money::Currency;
use zoop_domain::payment_method::{MethodType, PaymentMethod};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::tax::TaxRate;
use zoop_store::audit_event::{self, AuditEvent};
use zoop_store::billing::{self, LiveConsent, Sent};
use zoop_store::plan::{self, Due};
use zoop_store::{Error, business, consent, customer, invoice, job, mail, payment, payment_method, tax_rate};

use crate::fixture::{self, at, day, home};
use crate::harness::Store;

cases!(
    the_longest_due_plans_are_locked_first,
    eight_workers_lock_each_plan_once,
    notices_that_are_due_are_taken_once,
    what_plans_need_is_read_at_once,
    an_invoice_reads_back_as_it_was_made,
    a_cycle_is_billed_once,
    more_rows_than_a_statement_takes,
    plans_move_on_together,
    a_plan_keeps_a_rate_that_is_gone,
    payments_of_long_ago_read_back,
);

async fn add(store: &Store, customer: &Customer, run_at: i64) -> Plan {
    let plan = fixture::plan(customer);
    let due = Due { run_at: Some(at(run_at)), notice_at: Some(at(run_at)) };
    let lines = ["first", "second"].map(|text| PlanLine { description: text.into(), ..fixture::plan_line() });
    commit!(store, |tx| plan::insert(tx, &plan, &lines, Currency::Usd, due, at(0)));
    plan
}

fn ids(plans: &[Plan]) -> BTreeSet<&str> {
    plans.iter().map(|plan| plan.id.as_str()).collect()
}

async fn the_longest_due_plans_are_locked_first(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let business = &home.business.id;
    assert!(read!(store, |tx| plan::list_due_businesses(tx, at(9))).is_empty());
    let (late, soon, later) =
        (add(store, &home.customer, 3).await, add(store, &home.customer, 1).await, add(store, &home.customer, 8).await);
    add(store, &other.customer, 9).await;
    let paused = Plan { state: PlanState::Paused, ..fixture::plan(&home.customer) };
    let due = Due { run_at: Some(at(0)), notice_at: None };
    commit!(store, |tx| plan::insert(tx, &paused, &[], Currency::Usd, due, at(0)));
    let lock = async |now, limit| commit!(store, |tx| plan::lock_due(tx, business, at(now), limit));
    assert!(lock(0, 10).await.is_empty());
    assert_eq!(lock(3, 1).await, std::slice::from_ref(&soon));
    assert_eq!(ids(&lock(3, 10).await), ids(&[soon.clone(), late.clone()]));
    assert_eq!(ids(&lock(8, 10).await), ids(&[soon, late, later]));
    assert_eq!(read!(store, |tx| plan::list_due_businesses(tx, at(8))), std::slice::from_ref(business));
    assert_eq!(read!(store, |tx| plan::list_due_businesses(tx, at(9))).len(), 2);
    assert_eq!(read!(store, |tx| plan::list_all(tx, business, 3)).len(), 3);
    assert_eq!(read!(store, |tx| plan::list_all(tx, business, 9)).len(), 4);
}

async fn eight_workers_lock_each_plan_once(store: &Store) {
    let home = home(store).await;
    for _ in 0..24 {
        add(store, &home.customer, 0).await;
    }
    let workers = (0..8).map(|_| {
        let (db, business) = (store.db.clone(), home.business.id.clone());
        tokio::spawn(async move {
            let mut billed = Vec::new();
            loop {
                let mut tx = db.begin().await.expect("a transaction");
                business::lock(&mut tx, &business).await.expect("a lock").expect("the business");
                let plans = plan::lock_due(&mut tx, &business, at(0), 5).await.expect("a lock");
                tokio::task::yield_now().await;
                let next: Vec<_> = plans.iter().map(|plan| (plan.past_next_cycle(), Due::default())).collect();
                billing::update_next(&mut tx, &business, &next).await.expect("an update");
                tx.commit().await.expect("a commit");
                if plans.is_empty() {
                    return billed;
                }
                billed.extend(plans);
            }
        })
    });
    let mut all = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        all.extend(worker.await.expect("no panic"));
    }
    assert_eq!((all.len(), ids(&all).len()), (24, 24));
    let unknown = fixture::id!(BusinessId);
    assert_eq!(commit!(store, |tx| business::lock(tx, &unknown)), None);
}

async fn notices_that_are_due_are_taken_once(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let (first, second) = (add(store, &home.customer, 1).await, add(store, &other.customer, 2).await);
    add(store, &home.customer, 5).await;
    let take = async |limit| commit!(store, |tx| plan::update_notice_due(tx, at(2), limit));
    assert_eq!(take(1).await, [first]);
    assert_eq!(take(9).await, [second]);
    assert!(take(9).await.is_empty());
}

async fn what_plans_need_is_read_at_once(store: &Store) {
    let home = home(store).await;
    let (business, neighbour) = (&home.business.id, fixture::customer(&home.business.id));
    commit!(store, |tx| customer::insert(tx, &neighbour, at(0)));
    let plans = [
        add(store, &home.customer, 0).await,
        add(store, &home.customer, 0).await,
        add(store, &neighbour, 0).await,
        home.plan(store, "bare").await,
    ];
    let lines = read!(store, |tx| billing::list_lines(tx, business, &plans));
    assert_eq!(lines.len(), 3);
    for plan in &plans[..3] {
        assert_eq!(lines[&plan.id], read!(store, |tx| plan::list_lines(tx, business, &plan.id)));
    }
    let customers = read!(store, |tx| billing::list_customers(tx, business, &plans));
    assert_eq!(customers.len(), 2);
    assert_eq!((&customers[&neighbour.id], &customers[&home.customer.id]), (&neighbour, &home.customer));

    let bank = PaymentMethod { kind: MethodType::UsBankAccount, ..fixture::method(&home.customer, &home.account) };
    let mut capped = Consent { method: Some(bank.id.clone()), ..fixture::consent(&plans[0]) };
    capped.evidence.cap = Some(fixture::usd(1));
    let mut open = fixture::consent(&plans[1]);
    open.evidence.cap = None;
    let over = Consent { state: ConsentState::Ended, ..fixture::consent(&plans[2]) };
    commit!(store, |tx| async {
        assert!(payment_method::insert(tx, &bank).await?);
        for consent in [&capped, &open, &over] {
            assert!(consent::insert(tx, consent).await?);
        }
        Ok::<_, Error>(())
    });
    let live = read!(store, |tx| billing::list_live_consents(tx, business, &plans));
    assert_eq!(live.len(), 2);
    assert_eq!(live[&plans[0].id], LiveConsent { bank_debit: true, capped: true });
    assert_eq!(live[&plans[1].id], LiveConsent { bank_debit: false, capped: false });
    let none: [Plan; 0] = [];
    assert!(read!(store, |tx| billing::list_lines(tx, business, &none)).is_empty());
    assert!(read!(store, |tx| billing::list_customers(tx, business, &none)).is_empty());
    assert!(read!(store, |tx| billing::list_live_consents(tx, business, &none)).is_empty());
}

async fn an_invoice_reads_back_as_it_was_made(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let plan = add(store, &home.customer, 0).await;
    let open = fixture::billed(&plan, "INV-1");
    let paid = Sent {
        lifecycle: Lifecycle::Paid,
        paid_on: Some(day("2026-09-21")),
        charge_at: None,
        made_late: true,
        ..fixture::billed(&plan.past_next_cycle(), "INV-2")
    };
    let both = [open.clone(), paid.clone()];
    commit!(store, |tx| billing::insert_invoices(tx, business, &both, at(0)));
    for sent in &both {
        let read = read!(store, |tx| invoice::get(tx, business, &sent.id)).expect("the invoice");
        assert_eq!((&read.number, &read.totals), (&sent.number, &sent.totals));
        assert_eq!(read.plan.as_ref(), Some(&sent.plan));
        let charge_at = read!(store, |tx| invoice::find_charge_at(tx, business, &sent.id));
        assert_eq!(charge_at, sent.charge_at);
        let locked = commit!(store, |tx| invoice::lock(tx, business, &sent.id)).expect("the invoice");
        assert_eq!((locked.lifecycle, locked.cycle_on), (sent.lifecycle, Some(sent.cycle_on)));
        assert_eq!(
            (locked.made_late, locked.dates.paid_on, locked.due_on),
            (sent.made_late, sent.paid_on, sent.due_on)
        );
    }
}

async fn a_cycle_is_billed_once(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let plan = add(store, &home.customer, 0).await;
    commit!(store, |tx| billing::insert_invoices(tx, business, &[fixture::billed(&plan, "INV-1")], at(0)));
    let mut tx = store.db.begin().await.expect("a transaction");
    let again = [fixture::billed(&plan.past_next_cycle(), "INV-2"), fixture::billed(&plan, "INV-3")];
    let refused = billing::insert_invoices(&mut tx, business, &again, at(0)).await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    drop(tx);
    assert_eq!(store.texts("SELECT number FROM invoices").await, ["INV-1"]);
}

async fn more_rows_than_a_statement_takes(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let plan = add(store, &home.customer, 0).await;
    let cycles = std::iter::successors(Some(plan.clone()), |plan| Some(plan.past_next_cycle())).take(1_300);
    let invoices: Vec<Sent> = cycles.enumerate().map(|(n, plan)| fixture::billed(&plan, &format!("INV-{n}"))).collect();
    let mails: Vec<_> =
        (0..2_600).map(|n| fixture::mail(&home.customer, MailKind::Receipt, &format!("pay_{n}"), None)).collect();
    let jobs: Vec<_> = (0..4_300).map(|n| fixture::job(&format!("{n}"))).collect();
    let events: Vec<_> = (0..4_300)
        .map(|n| AuditEvent {
            id: fixture::id!(AuditId),
            actor: "zoop".into(),
            action: "invoice.sent".into(),
            subject: "all".into(),
            detail: n.to_string(),
            happened_at: at(n),
        })
        .collect();
    commit!(store, |tx| async {
        billing::insert_invoices(tx, business, &invoices, at(0)).await?;
        billing::insert_mails(tx, business, &mails).await?;
        billing::insert_jobs(tx, business, &jobs, at(0)).await?;
        billing::insert_events(tx, business, &events).await?;
        billing::insert_invoices(tx, business, &[], at(0)).await?;
        billing::insert_mails(tx, business, &[]).await?;
        billing::insert_jobs(tx, business, &[], at(0)).await?;
        billing::insert_events(tx, business, &[]).await?;
        billing::update_next(tx, business, &[]).await
    });
    let counts = "SELECT CONCAT_WS('|', (SELECT COUNT(*) FROM invoices), (SELECT COUNT(*) FROM invoice_lines), \
                  (SELECT COUNT(*) FROM invoice_taxes))";
    let (lines, taxes) = (invoices[0].totals.lines.len() * 1_300, invoices[0].totals.taxes.len() * 1_300);
    assert_eq!(store.texts(counts).await, [format!("1300|{lines}|{taxes}")]);
    let last = mails.last().expect("a mail");
    assert_eq!(read!(store, |tx| mail::get(tx, business, &last.id)), Some(last.clone()));
    assert_eq!(read!(store, |tx| job::count(tx)), (4_300, 0));
    let claimed = commit!(store, |tx| job::lock_next(tx, at(0), at(300), "worker")).expect("a job");
    assert_eq!(claimed.business.as_ref(), Some(business));
    assert_eq!(read!(store, |tx| audit_event::list(tx, business, "all")), events);
}

async fn plans_move_on_together(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let (one, other) = (add(store, &home.customer, 0).await, add(store, &home.customer, 0).await);
    let bystander = fixture::home(store).await;
    let theirs = add(store, &bystander.customer, 0).await;
    let ended = Plan { next_cycle_on: None, ..other.clone() };
    let next = [
        (one.past_next_cycle(), Due { run_at: Some(at(5)), notice_at: None }),
        (ended.clone(), Due::default()),
        (Plan { business: business.clone(), ..theirs.past_next_cycle() }, Due::default()),
    ];
    commit!(store, |tx| billing::update_next(tx, business, &next));
    assert_eq!(read!(store, |tx| plan::get(tx, business, &one.id)), Some(one.past_next_cycle()));
    assert_eq!(read!(store, |tx| plan::get(tx, business, &other.id)), Some(ended));
    assert_eq!(read!(store, |tx| plan::get(tx, &bystander.business.id, &theirs.id)), Some(theirs));
    assert!(commit!(store, |tx| plan::lock_due(tx, business, at(4), 9)).is_empty());
    assert_eq!(ids(&commit!(store, |tx| plan::lock_due(tx, business, at(5), 9))), ids(&[one]));
}

async fn a_plan_keeps_a_rate_that_is_gone(store: &Store) {
    let home = home(store).await;
    let (business, id) = (&home.business.id, fixture::id!(TaxRateId));
    let rate = TaxRate { name: "VAT".into(), percent: "5".parse().expect("a percentage") };
    commit!(store, |tx| tax_rate::insert(tx, business, &id, &rate, at(0)));
    store.raw("UPDATE tax_rates SET archived_at = 1").await;
    assert_eq!(read!(store, |tx| tax_rate::list(tx, business)), []);
    assert_eq!(read!(store, |tx| tax_rate::list_all(tx, business)), [(id, rate)]);
}

async fn payments_of_long_ago_read_back(store: &Store) {
    let home = home(store).await;
    let plan = add(store, &home.customer, 0).await;
    let paid = Sent { lifecycle: Lifecycle::Paid, paid_on: Some(day("2026-09-24")), ..fixture::billed(&plan, "INV-1") };
    let business = &home.business.id;
    commit!(store, |tx| billing::insert_invoices(tx, business, std::slice::from_ref(&paid), at(0)));
    let read = read!(store, |tx| invoice::get(tx, business, &paid.id)).expect("the invoice");
    assert!(read.facts.ledger.balance().expect("a balance").is_zero());
    let draft = home.sent(store, "INV-2", "2026-09-21").await;
    let mut payments: Vec<_> = (0..3).map(|_| fixture::payment(&draft, &home.account)).collect();
    commit!(store, |tx| billing::insert_payments(tx, business, &payments));
    let mut stored = read!(store, |tx| payment::list(tx, business, &draft.id));
    for list in [&mut stored, &mut payments] {
        list.sort_by(|one, other| one.id.cmp(&other.id));
    }
    assert_eq!(stored, payments);
}
