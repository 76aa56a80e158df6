//! What the office works on: the list of invoices with its tabs, drafts and their changes, the list of payments.

use zoop_domain::attempt::{Attempt, AttemptState};
use zoop_domain::customer::Customer;
use zoop_domain::dunning::Dunning;
use zoop_domain::id::{InvoiceId, TaxRateId};
use zoop_domain::invoice::entry::{ChosenLine, TaxChoice};
use zoop_domain::invoice::{LineDraft, Tab, Totals, Writing};
use zoop_domain::money::{Currency, Quantity, UnitPrice};
use zoop_domain::payment::{DisputeState, Payment, PaymentKind, Which};
use zoop_domain::time::Date;
use zoop_store::invoice::{Draft, From, OfficeRow, Wanted, Written};
use zoop_store::{attempt, customer, dunning, invoice, mail, payment};

use crate::fixture::{self, Home, at, day, home, usd};
use crate::harness::Store;

cases!(
    tabs_agree_with_the_status,
    the_list_is_read_by_key_both_ways,
    a_search_finds_numbers_and_customers,
    a_draft_changes_only_at_its_revision,
    a_draft_goes_with_its_lines,
    what_was_sent_is_no_draft_any_more,
    customers_are_chosen_by_a_part_of_their_name,
    payments_are_filtered_and_summed_up,
);

const TODAY: &str = "2026-09-21";

fn everything() -> Wanted {
    Wanted { tab: None, of: None, customer: String::new(), number: String::new() }
}

async fn under(store: &Store, home: &Home, wanted: &Wanted) -> Vec<OfficeRow> {
    let today = day(TODAY);
    read!(store, |tx| invoice::list_for_office(tx, &home.business.id, wanted, &From::Newest, today, 1_000))
}

/// Every lifecycle, before and after its day, with and without dunning, attempts and returns.
async fn stock(store: &Store, home: &Home) -> usize {
    let mut number = 0;
    for lifecycle in ["draft", "open", "paid", "void", "uncollectible"] {
        for due in ["2026-09-20", TODAY, "2026-09-22"] {
            for returned in [false, true] {
                for dunned in 0..4 {
                    for state in
                        [None, Some(AttemptState::Open), Some(AttemptState::Processing), Some(AttemptState::Unknown)]
                    {
                        number += 1;
                        let draft = Draft { due_on: day(due), ..fixture::draft(&home.customer) };
                        let next_try_on = (dunned == 1).then(|| day("2026-09-23"));
                        let dunning = Dunning { next_try_on, stopped: dunned == 3, ..fixture::dunning() };
                        commit!(store, |tx| async {
                            invoice::insert_draft(tx, &draft, at(0)).await?;
                            if dunned > 0 {
                                dunning::insert(tx, &draft.business, &draft.id, &dunning).await?;
                            }
                            if let Some(state) = state {
                                let live = Attempt { state, ..fixture::attempt(&draft, &home.account) };
                                attempt::insert(tx, &live, None, None).await?;
                            }
                            zoop_store::Result::Ok(())
                        });
                        let id = draft.id.as_str();
                        store
                            .raw(&format!(
                                "UPDATE invoices SET lifecycle = '{lifecycle}', bank_returned = {returned}, \
                                 number = CASE WHEN '{lifecycle}' = 'draft' THEN NULL ELSE 'INV-{number}' END \
                                 WHERE id = '{id}'"
                            ))
                            .await;
                    }
                }
            }
        }
    }
    number
}

async fn tabs_agree_with_the_status(store: &Store) {
    let home = home(store).await;
    let count = stock(store, &home).await;
    let all = under(store, &home, &everything()).await;
    assert_eq!(all.len(), count);
    let mut seen = 0;
    let figures = read!(store, |tx| invoice::count_for_office(tx, &home.business.id, day(TODAY)));
    for tab in Tab::ALL {
        let rows = under(store, &home, &Wanted { tab: Some(*tab), ..everything() }).await;
        for row in &rows {
            assert_eq!(row.facts.status_on(day(TODAY)).tab(), *tab, "{row:?}");
        }
        let wanted: Vec<_> = all.iter().filter(|row| row.facts.status_on(day(TODAY)).tab() == *tab).collect();
        assert_eq!(rows.iter().collect::<Vec<_>>(), wanted, "{tab}");
        let counted: Vec<_> = figures.iter().filter(|figures| figures.tab == *tab).collect();
        assert_eq!(counted.iter().map(|it| it.count).sum::<i64>(), rows.len() as i64, "{tab}");
        if tab.is_open() {
            let owed: i64 = rows.iter().map(|row| row.facts.owed().expect("sums").minor()).sum();
            assert_eq!(counted.iter().map(|it| it.minor).sum::<i64>(), owed, "{tab}");
        }
        seen += rows.len();
    }
    assert_eq!(seen, count, "each stands under one tab");
}

async fn the_list_is_read_by_key_both_ways(store: &Store) {
    let home = home(store).await;
    for number in 0..9 {
        home.sent(store, &format!("INV-{number}"), TODAY).await;
    }
    let all: Vec<InvoiceId> = under(store, &home, &everything()).await.into_iter().map(|row| row.id).collect();
    let mut sorted = all.clone();
    sorted.sort_by(|one, other| other.cmp(one));
    assert_eq!(all, sorted, "newest first");
    let page = async |from: From| -> Vec<InvoiceId> {
        let (business, wanted) = (&home.business.id, everything());
        let rows = read!(store, |tx| invoice::list_for_office(tx, business, &wanted, &from, day(TODAY), 4));
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(page(From::Newest).await, all[..4]);
    assert_eq!(page(From::OlderThan(all[3].clone())).await, all[4..8]);
    assert_eq!(page(From::NewerThan(all[4].clone())).await, all[..4]);
    assert_eq!(page(From::OlderThan(all[8].clone())).await, []);
}

async fn a_search_finds_numbers_and_customers(store: &Store) {
    let home = home(store).await;
    let other = Customer { name: "Zoë 100%_\\ Sons".into(), email: None, ..fixture::customer(&home.business.id) };
    commit!(store, |tx| customer::insert(tx, &other, at(0)));
    let elsewhere = Home { customer: other.clone(), ..self::home(store).await };
    let theirs = Home { business: home.business.clone(), ..elsewhere };
    home.sent(store, "INV-1187", TODAY).await;
    theirs.sent(store, "INV-1190", TODAY).await;
    let find = async |customer: &str, number: &str| -> Vec<String> {
        let wanted = Wanted { tab: None, of: None, customer: customer.into(), number: number.into() };
        let rows = under(store, &home, &wanted).await;
        rows.into_iter().filter_map(|row| row.number).collect()
    };
    assert_eq!(find("ada", "").await, ["INV-1187"]);
    assert_eq!(find("zoë 100%_\\", "").await, ["INV-1190"]);
    assert_eq!(find("x_", "").await, [""; 0]);
    assert_eq!(find("no such", "INV-118").await, ["INV-1187"]);
    assert_eq!(find("no such", "INV-11").await.len(), 2);
    let wanted = Wanted { tab: Some(Tab::Paid), of: None, customer: "ada".into(), number: String::new() };
    assert_eq!(under(store, &home, &wanted).await, []);
    let of = |customer: &Home| Wanted { of: Some(customer.customer.id.clone()), ..everything() };
    assert_eq!(under(store, &home, &of(&home)).await.len(), 1);
    assert_eq!(under(store, &home, &of(&theirs)).await[0].number.as_deref(), Some("INV-1190"));
    assert_eq!(under(store, &home, &Wanted { tab: Some(Tab::Paid), ..of(&theirs) }).await, []);
    // So many that the invoices themselves are gone through.
    for _ in 0..120 {
        let more = Customer { name: "Ada Again".into(), ..fixture::customer(&home.business.id) };
        commit!(store, |tx| customer::insert(tx, &more, at(0)));
    }
    let many = read!(store, |tx| customer::count_matching(tx, &home.business.id, "ada", 101));
    assert_eq!((many, find("ada", "").await), (101, vec!["INV-1187".to_owned()]));
}

fn writing(customer: &Customer, notes: &str) -> Writing {
    Writing {
        customer: customer.id.clone(),
        dated_on: Some(day("2026-09-19")),
        due_on: day("2026-10-19"),
        memo: "Thanks".into(),
        notes: notes.into(),
    }
}

fn lines() -> Vec<ChosenLine> {
    let line = |description: &str, cents: i64, tax, is_discount| ChosenLine {
        description: description.into(),
        quantity: Quantity::from_e4(10_000),
        unit_price: UnitPrice::from_minor_e4(cents * 10_000, Currency::Usd),
        tax,
        is_discount,
    };
    let rate: TaxRateId = fixture::id!(TaxRateId);
    vec![
        line("Visit", 5_000, TaxChoice::Default, false),
        line("Bags", 500, TaxChoice::Rate(rate), false),
        line("Off", -1_000, TaxChoice::None, true),
    ]
}

fn totals(lines: &[ChosenLine]) -> Totals {
    let draft = |line: &ChosenLine| LineDraft {
        description: line.description.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        tax: None,
    };
    Totals::compute(lines.iter().map(draft).collect(), Vec::new(), Currency::Usd).expect("totals")
}

async fn a_draft_changes_only_at_its_revision(store: &Store) {
    let home = home(store).await;
    let draft = home.draft(store).await;
    let (lines, writing) = (lines(), writing(&home.customer, "Gate code 4417"));
    let (sums, default) = (totals(&lines), fixture::id!(TaxRateId));
    let written = Written { writing: &writing, lines: &lines, totals: &sums, default_tax: Some(&default) };
    let change = async |revision: i64| -> bool {
        commit!(store, |tx| invoice::update_draft(tx, &draft.business, &draft.id, revision, &written))
    };
    assert!(!change(2).await, "not at another revision");
    assert!(change(1).await && !change(1).await);
    let sheet = read!(store, |tx| invoice::get_sheet(tx, &draft.business, &draft.id, day(TODAY))).expect("the draft");
    assert_eq!((sheet.revision, sheet.notes.as_str(), sheet.default_tax), (2, "Gate code 4417", Some(default.clone())));
    assert_eq!((sheet.dated_on, sheet.invoice.issued_on), (Some(day("2026-09-19")), day("2026-09-19")));
    assert_eq!((sheet.invoice.totals, sheet.invoice.memo.as_str()), (sums.clone(), "Thanks"));
    let chosen = read!(store, |tx| invoice::list_written_lines(tx, &draft.business, &draft.id, Currency::Usd));
    assert!(chosen.iter().all(|line| line.is_chosen));
    assert_eq!(chosen.into_iter().map(|line| line.line).collect::<Vec<_>>(), lines);
    let old = home.sent(store, "INV-1", TODAY).await;
    commit!(store, |tx| invoice::update_replaces(tx, &draft.business, &draft.id, &old.id));
    let sheet = read!(store, |tx| invoice::get_sheet(tx, &draft.business, &draft.id, day(TODAY))).expect("the draft");
    assert_eq!(sheet.replaces, Some(old.id.clone()));
    let written = read!(store, |tx| invoice::list_written_lines(tx, &old.business, &old.id, Currency::Usd));
    assert!(written.iter().all(|line| !line.is_chosen) && written[0].tax == Some(0) && written[1].tax.is_none());
}

async fn a_draft_goes_with_its_lines(store: &Store) {
    let home = home(store).await;
    let before = store.dump().await;
    let draft = home.draft(store).await;
    assert!(commit!(store, |tx| invoice::delete_draft(tx, &draft.business, &draft.id)));
    assert_eq!(store.dump().await, before);
    assert!(!commit!(store, |tx| invoice::delete_draft(tx, &draft.business, &draft.id)));
}

async fn what_was_sent_is_no_draft_any_more(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1", TODAY).await;
    let (lines, writing) = (lines(), writing(&home.customer, ""));
    let sums = totals(&lines);
    let written = Written { writing: &writing, lines: &lines, totals: &sums, default_tax: None };
    let before = store.dump().await;
    assert!(!commit!(store, |tx| invoice::update_draft(tx, &sent.business, &sent.id, 1, &written)));
    assert!(!commit!(store, |tx| invoice::delete_draft(tx, &sent.business, &sent.id)));
    assert_eq!(store.dump().await, before);
    commit!(store, |tx| invoice::update_due_on(tx, &sent.business, &sent.id, day("2026-11-01")));
    let sheet = read!(store, |tx| invoice::get_sheet(tx, &sent.business, &sent.id, day(TODAY))).expect("it");
    assert_eq!((sheet.invoice.facts.due_on, sheet.invoice.number.as_str()), (day("2026-11-01"), "INV-1"));
    for (seen, notes, is_written) in [("", "On Friday", true), ("", "Never", false), ("On Friday", "", true)] {
        let written = commit!(store, |tx| invoice::update_notes(tx, &sent.business, &sent.id, seen, notes));
        assert_eq!(written, is_written, "{seen} → {notes}");
    }
    let letter = fixture::mail(&home.customer, zoop_domain::mail::MailKind::Invoice, sent.id.as_str(), Some(&sent.id));
    let tried = fixture::attempt(&sent, &home.account);
    commit!(store, |tx| async {
        mail::insert(tx, &letter).await?;
        attempt::insert(tx, &tried, None, None).await
    });
    assert_eq!(read!(store, |tx| mail::list_by_invoice(tx, &sent.business, &sent.id)), [letter]);
    assert_eq!(read!(store, |tx| attempt::list(tx, &sent.business, &sent.id)), [tried]);
}

async fn customers_are_chosen_by_a_part_of_their_name(store: &Store) {
    let home = home(store).await;
    let zoe = Customer {
        name: "Zoë Sons".into(),
        email: Some("Billing@Sons.example".into()),
        ..fixture::customer(&home.business.id)
    };
    commit!(store, |tx| customer::insert(tx, &zoe, at(0)));
    let find = async |part: &str| -> Vec<String> {
        let found = read!(store, |tx| customer::list_choices(tx, &home.business.id, part, 10));
        found.into_iter().map(|customer| customer.name).collect()
    };
    assert_eq!(find("").await, ["Ada Byron", "Zoë Sons"]);
    assert_eq!((find("zoë").await, find("billing@").await), (vec!["Zoë Sons".to_owned()], vec!["Zoë Sons".to_owned()]));
    store.raw("UPDATE customers SET archived_at = 1 WHERE name = 'Ada Byron'").await;
    assert_eq!(find("").await, ["Zoë Sons"]);
}

async fn payments_are_filtered_and_summed_up(store: &Store) {
    let home = home(store).await;
    let sent = home.sent(store, "INV-1187", TODAY).await;
    let card = fixture::payment(&sent, &home.account);
    let on =
        |text: &str, seconds, payment: Payment| Payment { received_on: day(text), received_at: at(seconds), ..payment };
    let by_hand =
        |kind| Payment { kind, account: None, payment_intent: None, charge: None, ..fixture::payment(&sent, "a") };
    let refunded = Payment { refunded: usd(100), ..fixture::payment(&sent, &home.account) };
    let disputed = Payment { dispute: Some(DisputeState::Open), ..fixture::payment(&sent, &home.account) };
    let all = [
        on("2026-09-21", 40, disputed),
        on("2026-09-21", 30, refunded),
        on("2026-09-20", 20, by_hand(PaymentKind::Zelle)),
        on("2026-09-19", 10, card),
    ];
    commit!(store, |tx| async {
        for payment in &all {
            payment::insert(tx, payment).await?;
        }
        zoop_store::Result::Ok(())
    });
    let wanted = |which, from: Option<Date>, words: &str| payment::Wanted {
        which,
        from,
        to: None,
        customer: words.into(),
        number: if words.starts_with('x') { "INV-11".into() } else { String::new() },
    };
    let business = &home.business.id;
    let find = async |wanted: payment::Wanted| -> Vec<Payment> {
        let key = payment::Key::Newest;
        let rows = read!(store, |tx| payment::list_for_office(tx, business, &wanted, &key, 10));
        let sums = read!(store, |tx| payment::count_for_office(tx, business, &wanted));
        assert_eq!(sums.count, rows.len() as i64);
        assert_eq!(sums.amount_minor, rows.iter().map(|row| row.payment.amount.minor()).sum::<i64>());
        assert!(rows.iter().all(|row| row.invoice_number == "INV-1187" && row.customer == "Ada Byron"));
        rows.into_iter().map(|row| row.payment).collect()
    };
    assert_eq!(find(wanted(Which::All, None, "")).await, all);
    assert_eq!(find(wanted(Which::All, Some(day("2026-09-20")), "")).await, all[..3]);
    assert_eq!(find(wanted(Which::Hand, None, "")).await, all[2..3]);
    assert_eq!(find(wanted(Which::Card, None, "ada")).await.len(), 3);
    assert_eq!(find(wanted(Which::Refunded, None, "xyz")).await, all[1..2]);
    assert_eq!(find(wanted(Which::Disputed, None, "")).await, all[..1]);
    assert_eq!(find(wanted(Which::All, None, "nobody")).await, []);
    let key = |place: usize| (all[place].received_at, all[place].id.clone());
    let page = async |key: payment::Key| -> Vec<Payment> {
        let wanted = wanted(Which::All, None, "");
        let rows = read!(store, |tx| payment::list_for_office(tx, business, &wanted, &key, 2));
        rows.into_iter().map(|row| row.payment).collect()
    };
    let ((older_at, older), (newer_at, newer)) = (key(1), key(2));
    assert_eq!(page(payment::Key::OlderThan(older_at, older)).await, all[2..]);
    assert_eq!(page(payment::Key::NewerThan(newer_at, newer)).await, all[..2]);
}
