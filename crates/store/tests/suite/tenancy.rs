//! Tenants never meet: another business's id behaves exactly as an id that nothing has, and
//! nothing of his is read or changed.
//!
//! Each call is made three times by one business: with ids that nothing has, with the other
//! business's, and with its own, which must come to something else or the call proves nothing.

use std::pin::Pin;

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::card_setup::{CardChange, CardSetup, CardSetupState};
use zoop_domain::consent::{Consent, ConsentEvent, ConsentEventKind, ConsentState, Ended, EndedHow, SuspendedWhy};
use zoop_domain::customer::Customer;
use zoop_domain::dunning::Dunning;
use zoop_domain::import::{Import, ImportState};
use zoop_domain::invitation::InvitationEnd;
use zoop_domain::invoice::{ClosingDates, Ledger, Lifecycle, Writing};
use zoop_domain::mail::{MailKind, MailState};
use zoop_domain::money::Currency;
use zoop_domain::payment::{Payment, PaymentState};
use zoop_domain::payment_method::{MethodState, PaymentMethod};
use zoop_domain::plan::{Plan, PlanLine, PlanState};
use zoop_domain::portal_link::LinkEnd;
use zoop_domain::quote::Quote;
use zoop_domain::refund::RefundState;
use zoop_domain::user::Role;
use zoop_store::attempt::Progress;
use zoop_store::invoice::{Draft, Written};
use zoop_store::plan::Due;
use zoop_store::{
    Tx, attempt, audit_event, billing, business, card_setup, consent, customer, dunning, import, invitation, invoice,
    mail, membership, payment, payment_method, plan, portal_link, quote, quote_link, refund, stripe_customer, tax_rate,
    turn_off_link,
};

use crate::fixture::{self, at, day, id, snapshot, totals, usd};
use crate::harness::{Store, outcome};
use crate::stock::{Ids, stock};

cases!(another_businesss_id_is_an_unknown_id);

type Outcome = Result<String, String>;
type Call = for<'a> fn(&'a mut Tx, &'a Ids, &'a Ids) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// `mine` are the ids of who calls, `ids` what he asks for.
macro_rules! calls {
    (|$tx:ident, $mine:ident, $ids:ident| $($noun:ident::$name:ident($($argument:expr),+ $(,)?);)+) => {
        vec![$((
            concat!(stringify!($noun), "::", stringify!($name)),
            (|$tx, $mine, $ids| {
                Box::pin(async move { outcome($noun::$name($($argument),+).await) })
            }) as Call,
        )),+]
    };
}

fn reads() -> Vec<(&'static str, Call)> {
    calls!(|tx, mine, ids|
        attempt::get(tx, &mine.business, &ids.attempt);
        attempt::find_live(tx, &mine.business, &ids.invoice);
        attempt::find_failed_by_job(tx, &mine.business, &ids.job);
        attempt::find_failure_code(tx, &mine.business, &ids.failed);
        attempt::find_last_charged(tx, &mine.business, &ids.consent);
        attempt::list_live_by_consent(tx, &mine.business, &ids.consent);
        attempt::list_live_by_method(tx, &mine.business, &ids.method);
        attempt::list(tx, &mine.business, &ids.invoice);
        audit_event::list(tx, &mine.business, ids.invoice.as_str());
        billing::list_lines(tx, &mine.business, &[recurring(mine, ids)]);
        billing::list_customers(tx, &mine.business, &[recurring(mine, ids)]);
        billing::list_live_consents(tx, &mine.business, &[recurring(mine, ids)]);
        business::find_logo(tx, &mine.business, &ids.logo);
        card_setup::get(tx, &mine.business, &ids.setup);
        consent::get(tx, &mine.business, &ids.consent);
        consent::find_kept(tx, &mine.business, &ids.consent);
        consent::find_live(tx, &mine.business, &ids.plan);
        consent::find_last_ended(tx, &mine.business, &ids.plan);
        consent::list_by_plan(tx, &mine.business, &ids.plan);
        consent::list_by_method(tx, &mine.business, &ids.method);
        consent::list_ended(tx, &mine.business, &ids.customer, 9);
        consent::list_ended_with_method(tx, &mine.business, &ids.method);
        consent::list_for_portal(tx, &mine.business, &ids.customer);
        consent::list_events(tx, &mine.business, &ids.consent);
        customer::get(tx, &mine.business, &ids.customer);
        customer::count_under_way(tx, &mine.business, &ids.customer);
        customer::find_since(tx, &mine.business, &ids.customer);
        customer::find_sums(tx, &mine.business, &ids.customer, Currency::Usd, (day("2026-01-01"), day("2026-09-21")));
        customer::list_events(tx, &mine.business, &ids.customer, 9);
        dunning::find(tx, &mine.business, &ids.invoice);
        dunning::list_by_plan(tx, &mine.business, &ids.plan);
        invoice::get(tx, &mine.business, &ids.invoice);
        invoice::list_for_portal(tx, &mine.business, &ids.customer);
        invoice::find_charge_at(tx, &mine.business, &ids.invoice);
        invoice::get_sheet(tx, &mine.business, &ids.draft, day("2026-09-21"));
        invoice::list_written_lines(tx, &mine.business, &ids.invoice, Currency::Usd);
        invoice::list_by_customer(tx, &mine.business, &ids.customer, 9);
        invoice::count_by_customer(tx, &mine.business, &ids.customer, 9);
        import::get(tx, &mine.business, &ids.import);
        import::find_content(tx, &mine.business, &ids.import);
        mail::get(tx, &mine.business, &ids.mail);
        mail::find(tx, &mine.business, MailKind::Invoice.as_str(), ids.invoice.as_str());
        mail::list(tx, &mine.business, &ids.customer, 10);
        mail::list_by_invoice(tx, &mine.business, &ids.invoice);
        invitation::get(tx, &mine.business, &ids.invitation);
        membership::find(tx, &mine.business, ids.user);
        payment::get(tx, &mine.business, &ids.payment);
        payment::find_by_intent(tx, &mine.business, &ids.account, &ids.payment_intent);
        payment::list(tx, &mine.business, &ids.invoice);
        payment_method::get(tx, &mine.business, &ids.method);
        payment_method::find_by_stripe(tx, &mine.business, &ids.account, &ids.stripe_payment_method);
        payment_method::list_active(tx, &mine.business, &ids.customer);
        plan::get(tx, &mine.business, &ids.plan);
        plan::list(tx, &mine.business, &ids.customer);
        plan::list_lines(tx, &mine.business, &ids.plan);
        plan::find_revision(tx, &mine.business, &ids.plan);
        plan::find_last_cycle(tx, &mine.business, &ids.plan);
        plan::list_billed(tx, &mine.business, &ids.plan, &invoice::From::Newest, 9);
        plan::count_billed(tx, &mine.business, &ids.plan);
        portal_link::find_newest(tx, &mine.business, &ids.customer);
        quote::list_by_customer(tx, &mine.business, &ids.customer, 9);
        quote::get(tx, &mine.business, &ids.quote);
        quote::find_invoice(tx, &mine.business, &ids.quote_done);
        quote::find_by_invoice(tx, &mine.business, &ids.draft);
        quote::list_outstanding(tx, &mine.business, &ids.customer, day("2026-09-21"));
        refund::get(tx, &mine.business, &ids.refund);
        refund::list(tx, &mine.business, &ids.invoice);
        stripe_customer::find(tx, &mine.business, &ids.customer, &ids.account);
        stripe_customer::list(tx, &mine.business, &ids.customer);
    )
}

fn changes() -> Vec<(&'static str, Call)> {
    calls!(|tx, mine, ids|
        attempt::update_intent(tx, &mine.business, &ids.attempt, "pi_1");
        attempt::update_opened(tx, &mine.business, &ids.attempt, "cs_1");
        attempt::update_next_check(tx, &mine.business, &ids.attempt, at(99));
        attempt::update_state(tx, &mine.business, &mine.attempt, AttemptState::Processing,
            Progress { method: Some(&ids.method), ..Progress::default() }, at(0));
        attempt::update_state(tx, &mine.business, &ids.attempt, AttemptState::Failed, Progress::default(), at(0));
        billing::update_next(tx, &mine.business, &[(recurring(mine, ids).past_next_cycle(), Due::default())]);
        card_setup::update_opened(tx, &mine.business, &ids.setup, ids.setup.as_str());
        card_setup::update_next_check(tx, &mine.business, &ids.setup, at(99));
        card_setup::update_closed(tx, &mine.business, &ids.setup, CardSetupState::Canceled, None, at(0));
        card_setup::update_closed(tx, &mine.business, &mine.setup, CardSetupState::Succeeded, Some(&ids.method), at(0));
        consent::lock(tx, &mine.business, &ids.consent);
        consent::update_method(tx, &mine.business, &mine.consent, &ids.method);
        consent::update_method(tx, &mine.business, &ids.consent, &mine.method);
        consent::update_suspended(tx, &mine.business, &ids.consent, SuspendedWhy::Declined, at(0));
        consent::update_resumed(tx, &mine.business, &ids.consent);
        consent::update_ended(tx, &mine.business, &ids.consent, &over());
        customer::lock(tx, &mine.business, &ids.customer);
        customer::update_details(tx, &person(mine, ids));
        customer::update_email(tx, &mine.business, &ids.customer, "ada@example.org");
        dunning::update_stopped(tx, &mine.business, &ids.invoice);
        invitation::update_closed(tx, &mine.business, &ids.invitation, InvitationEnd::Withdrawn, at(0));
        invitation::update_closed_by_email(tx, &mine.business, &format!("{}@prairie.example", ids.user),
            InvitationEnd::Withdrawn, at(0));
        membership::update_role(tx, &mine.business, ids.user, Role::Office);
        membership::update_signed_in(tx, &mine.business, ids.user, at(0));
        membership::delete(tx, &mine.business, ids.user);
        import::update_started(tx, &mine.business, &ids.import);
        import::update_finished(tx, &come_in(mine, ids));
        invoice::lock(tx, &mine.business, &ids.invoice);
        invoice::update_draft(tx, &mine.business, &ids.draft, 1,
            &Written { writing: &writing(mine), lines: &[], totals: &totals(), default_tax: None });
        invoice::update_draft(tx, &mine.business, &mine.draft, 2,
            &Written { writing: &writing(ids), lines: &[], totals: &totals(), default_tax: None });
        invoice::update_replaces(tx, &mine.business, &ids.draft, &mine.invoice);
        invoice::update_replaces(tx, &mine.business, &mine.draft, &ids.invoice);
        invoice::delete_draft(tx, &mine.business, &ids.draft);
        invoice::update_due_on(tx, &mine.business, &ids.invoice, day("2026-12-31"));
        invoice::update_notes(tx, &mine.business, &ids.invoice, "", "Knows the gate code");
        invoice::update_number_and_snapshot(tx, &mine.business, &ids.draft, "X-9", day("2026-09-21"), &snapshot());
        invoice::update_ledger(tx, &mine.business, &ids.invoice, Lifecycle::Paid, &Ledger::new(usd(1)), true);
        invoice::update_dates(tx, &mine.business, &ids.invoice, &closed());
        invoice::update_charge_at(tx, &mine.business, &ids.invoice, Some(at(99)));
        invoice::update_replaced_by(tx, &mine.business, &ids.invoice, &mine.draft);
        invoice::update_replaced_by(tx, &mine.business, &mine.draft, &ids.invoice);
        payment::update_refunded(tx, &mine.business, &ids.payment, usd(7));
        payment::update_synced(tx, &mine.business, &ids.payment, at(9));
        payment::update_state(tx, &mine.business, &ids.payment, PaymentState::Returned, None, None, None);
        payment_method::lock(tx, &mine.business, &ids.method);
        payment_method::update_default(tx, &mine.business, &mine.customer, &ids.method);
        payment_method::update_default(tx, &mine.business, &ids.customer, &mine.method);
        payment_method::update_details(tx, &mine.business, &ids.method, "Amex", "0005", None);
        payment_method::update_state(tx, &mine.business, &ids.method, MethodState::Removed);
        mail::update_closed(tx, &mine.business, &ids.mail, MailState::Sent, None, None, at(0));
        plan::lock(tx, &mine.business, &ids.plan);
        plan::update_details(tx, &recurring(mine, ids), &[], Due::default());
        plan::update_next(tx, &Plan { state: PlanState::Paused, ..recurring(mine, ids) }, Due::default());
        invoice::update_last_seen(tx, &mine.business, &ids.invoice, at(9));
        portal_link::update_last_seen(tx, &mine.business, &ids.link, at(9));
        portal_link::update_ended(tx, &mine.business, &ids.customer, LinkEnd::Revoked, at(0));
        quote::lock(tx, &mine.business, &ids.quote);
        quote::update_draft(tx, &written(mine, ids));
        quote::update_sent(tx, &mine.business, &written(mine, ids), "Q-9", day("2026-09-21"));
        quote::update_mails(tx, &mine.business, &ids.quote);
        quote::update_withdrawn(tx, &mine.business, &ids.quote_draft);
        quote::update_answered(tx, &mine.business, &ids.quote, &fixture::answer(true));
        quote::update_invoiced(tx, &mine.business, &ids.quote, &ids.invoice);
        quote::delete(tx, &mine.business, &ids.quote_spare);
        quote_link::delete(tx, &mine.business, &ids.quote_done);
        refund::update_state(tx, &mine.business, &ids.refund, RefundState::Succeeded, Some("re_1"));
        // Last: it closes what the others change.
        customer::update_erased(tx, &person(mine, ids), at(0));
    )
}

/// Bills the customer that `ids` name.
fn writing(ids: &Ids) -> Writing {
    Writing {
        customer: ids.customer.clone(),
        dated_on: None,
        due_on: day("2026-12-31"),
        memo: "memo".into(),
        notes: "notes".into(),
    }
}

fn closed() -> ClosingDates {
    ClosingDates { voided_on: Some(day("2026-09-21")), ..ClosingDates::default() }
}

fn person(mine: &Ids, ids: &Ids) -> Customer {
    Customer { id: ids.customer.clone(), ..fixture::customer(&mine.business) }
}

fn bill(mine: &Ids, ids: &Ids) -> Draft {
    Draft { id: ids.invoice.clone(), ..fixture::draft(&person(mine, ids)) }
}

/// The invoice that `ids` name, billed to a customer of one's own.
fn of_me(mine: &Ids, ids: &Ids) -> Draft {
    Draft { customer: mine.customer.clone(), ..bill(mine, ids) }
}

/// What `ids` have on its way in, done.
fn come_in(mine: &Ids, ids: &Ids) -> Import {
    Import { id: ids.import_running.clone(), state: ImportState::Done, ..fixture::import(&mine.business) }
}

fn paid(mine: &Ids, ids: &Ids) -> Payment {
    Payment { id: ids.payment.clone(), ..fixture::payment(&bill(mine, ids), &mine.account) }
}

fn recurring(mine: &Ids, ids: &Ids) -> Plan {
    Plan { id: ids.plan.clone(), ..fixture::plan(&person(mine, ids)) }
}

fn over() -> Ended {
    Ended { at: at(0), by: "owner".into(), how: EndedHow::Owner, on_its_way: None }
}

fn granted(ids: &Ids) -> ConsentEvent {
    ConsentEvent {
        id: id!(ConsentEventId),
        consent: ids.consent.clone(),
        kind: ConsentEventKind::Granted,
        actor: "customer".into(),
        detail: String::new(),
        happened_at: at(0),
    }
}

fn taxed(ids: &Ids) -> PlanLine {
    PlanLine { tax_rate: Some(ids.tax_rate.clone()), ..fixture::plan_line() }
}

/// A new card for a consent that `ids` name.
fn changing(mine: &Ids, ids: &Ids) -> CardSetup {
    let change = CardChange { consent: ids.consent.clone(), draft: fixture::consent_draft(&recurring(mine, mine)) };
    CardSetup { change: Some(change), ..fixture::card_setup(&person(mine, mine), "a") }
}

/// The draft that `ids` name, as one would write it.
fn written(mine: &Ids, ids: &Ids) -> Quote {
    Quote { id: ids.quote_draft.clone(), title: "Gate".into(), ..fixture::quote_draft(&person(mine, mine)) }
}

fn failed() -> Dunning {
    Dunning { tries: 4, failed_at: at(4), decline_code: "lost_card".into(), ..fixture::dunning() }
}

/// New rows that point at what `ids` name.
fn inserts() -> Vec<(&'static str, Call)> {
    calls!(|tx, mine, ids|
        attempt::insert(tx, &fixture::attempt(&of_me(mine, ids), "a"), None, None);
        attempt::insert(tx, &fixture::attempt(&Draft { id: mine.draft.clone(), ..bill(mine, ids) }, "a"), None, None);
        attempt::insert(tx, &Attempt { method: Some(ids.method.clone()), state: AttemptState::Failed,
            ..fixture::attempt(&bill(mine, mine), "a") }, None, None);
        attempt::insert(tx, &Attempt { consent: Some(ids.consent.clone()), state: AttemptState::Failed,
            ..fixture::attempt(&bill(mine, mine), "a") }, None, None);
        billing::insert_invoices(tx, &mine.business, &[fixture::billed(&recurring(mine, ids), "B-1")], at(0));
        billing::insert_invoices(tx, &mine.business, &[fixture::billed(
            &Plan { customer: mine.customer.clone(), ..recurring(mine, ids) }.past_next_cycle(), "B-2")], at(0));
        billing::insert_mails(tx, &mine.business, &[fixture::mail(&person(mine, ids), MailKind::Receipt,
            ids.customer.as_str(), None)]);
        card_setup::insert(tx, &fixture::card_setup(&person(mine, ids), "a"), fixture::token().hash(), at(0));
        card_setup::insert(tx, &changing(mine, ids), fixture::token().hash(), at(0));
        card_setup::insert(tx, &CardSetup { method: Some(ids.method.clone()), ..changing(mine, mine) },
            fixture::token().hash(), at(0));
        consent::insert(tx, &fixture::consent(&recurring(mine, ids)));
        consent::insert(tx, &fixture::consent(&Plan { customer: mine.customer.clone(), ..recurring(mine, ids) }));
        consent::insert(tx, &Consent { method: Some(ids.method.clone()), state: ConsentState::Ended,
            ..fixture::consent(&recurring(mine, mine)) });
        consent::insert_event(tx, &mine.business, &granted(ids));
        dunning::insert(tx, &mine.business, &ids.invoice, &failed());
        import::insert_invoices(tx, &mine.business, &[fixture::opened(&ids.customer, "I-1")], at(0));
        invitation::insert_link(tx, &mine.business, &ids.invitation, fixture::token().hash(), at(0));
        invoice::insert_draft(tx, &fixture::draft(&person(mine, ids)), at(0));
        invoice::insert_draft(tx, &Draft { plan: Some(ids.plan.clone()), ..fixture::draft(&person(mine, mine)) },
            at(0));
        payment::insert(tx, &fixture::payment(&bill(mine, ids), &mine.account));
        payment::insert(tx, &fixture::payment(&of_me(mine, ids), "a"));
        payment::insert(tx, &Payment { attempt: Some(ids.attempt.clone()),
            ..fixture::payment(&bill(mine, mine), "a") });
        payment_method::insert(tx, &fixture::method(&person(mine, ids), &mine.account));
        payment_method::insert(tx, &PaymentMethod { is_default: true, ..fixture::method(&person(mine, ids), "a") });
        mail::insert(tx, &fixture::mail(&person(mine, ids), MailKind::Refund, ids.customer.as_str(), None));
        mail::insert(tx, &fixture::mail(&person(mine, mine), MailKind::Refund, ids.invoice.as_str(),
            Some(&ids.invoice)));
        plan::insert(tx, &fixture::plan(&person(mine, ids)), &[], Currency::Usd, Due::default(), at(0));
        plan::insert(tx, &fixture::plan(&person(mine, mine)), &[taxed(ids)], Currency::Usd, Due::default(), at(0));
        portal_link::insert(tx, &fixture::link(&person(mine, ids)), fixture::token().hash());
        quote::insert(tx, &fixture::quote(&person(mine, ids)));
        quote_link::insert(tx, &mine.business, &id!(QuoteLinkId), &ids.quote, fixture::token().hash(), at(0));
        refund::insert(tx, &fixture::refund(&paid(mine, ids)), &mine.invoice, None, id!(RefundId).as_str());
        refund::insert(tx, &fixture::refund(&paid(mine, mine)), &ids.invoice, None, id!(RefundId).as_str());
        stripe_customer::insert(tx, &mine.business, &ids.customer, "acct_new", "cus_new");
        tax_rate::update_archived(tx, &mine.business, &ids.tax_rate, at(0));
        turn_off_link::insert(tx, &mine.business, &id!(TurnOffLinkId), &ids.consent, None, fixture::token().hash(),
            at(0));
        turn_off_link::insert(tx, &mine.business, &id!(TurnOffLinkId), &mine.consent, Some(&ids.link),
            fixture::token().hash(), at(0));
        invoice::insert_lines(tx, &mine.business, &ids.draft, &totals());
    )
}

/// A consent that ended with its card, beside the live one.
async fn removed_with_its_card(store: &Store, ids: &Ids) {
    let plan = recurring(ids, ids);
    let method = Some(ids.method.clone());
    let over = Consent { method, state: ConsentState::Suspended, ..fixture::consent(&plan) };
    let ended = Ended { at: at(0), by: "customer".into(), how: EndedHow::CardRemoved, on_its_way: None };
    let mut tx = store.db.begin().await.expect("a transaction");
    assert!(consent::insert(&mut tx, &over).await.expect("an insert"));
    assert!(consent::update_ended(&mut tx, &ids.business, &over.id, &ended).await.expect("an update"));
    tx.commit().await.expect("a commit");
}

async fn another_businesss_id_is_an_unknown_id(store: &Store) {
    let (mine, theirs) = (stock(store).await, stock(store).await);
    // An address is only filled in where there is none.
    store.raw("UPDATE customers SET email = NULL").await;
    store.raw("UPDATE consents SET kept_name = 'Ada', kept_address = ''").await;
    let billed = "SELECT MIN(id) FROM invoices WHERE plan_id IS NOT NULL GROUP BY business_id";
    store.raw(&format!("UPDATE invoices SET cycle_on = '2026-01-01' WHERE id IN ({billed})")).await;
    for ids in [&mine, &theirs] {
        removed_with_its_card(store, ids).await;
    }
    let mut proven = 0;
    for (name, call) in [reads(), inserts(), changes()].concat() {
        let unknown = run(store, call, &mine, &Ids::unknown(), false).await;
        let before = store.dump().await;
        let crossed = run(store, call, &mine, &theirs, true).await;
        assert_eq!(crossed, unknown, "{name} tells another business's id from an unknown one");
        assert_eq!(store.dump().await, before, "{name} changes what is another business's");
        let own = run(store, call, &mine, &mine, true).await;
        let acted = own != unknown || store.dump().await != before;
        assert!(acted, "{name} does nothing with one's own ids either: {own:?}");
        proven += 1;
    }
    assert!(proven > 100, "only {proven} calls were made");
}

/// What the call comes to. An error rolls back, as it does in life.
async fn run(store: &Store, call: Call, mine: &Ids, ids: &Ids, keep: bool) -> Outcome {
    let mut tx = store.db.begin().await.expect("a transaction");
    let outcome = call(&mut tx, mine, ids).await;
    if keep && outcome.is_ok() {
        tx.commit().await.expect("a commit");
    }
    outcome
}
