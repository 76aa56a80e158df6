//! The list of customers: its tabs, its pages, what is found, what stands beside a name; and what happened to one.

use zoop_domain::consent::Consent;
use zoop_domain::customer::{Customer, search_words};
use zoop_domain::mail::{MailKind, MailState};
use zoop_domain::money::Currency;
use zoop_domain::portal_link::LinkEnd;
use zoop_domain::quote::QuoteState;
use zoop_store::customer::{Asked, Edge, LinkStanding, Listed, Tab};
use zoop_store::{consent, customer, invoice, mail, payment_method, portal_link, quote};

use crate::fixture::{self, Home, at, day, home, id, usd};
use crate::harness::Store;
use crate::stock::stock;

cases!(
    pages_go_by_name_and_back,
    each_tab_lists_its_customers_and_counts_them,
    what_is_typed_finds_its_customer,
    a_row_says_what_is_beside_the_name,
    what_happened_is_told_newest_first,
    a_mail_about_one_of_several_names_its_thing,
    each_visit_stands_in_the_history,
    an_invoice_and_a_quote_stand_on_their_customers_page,
    what_is_erased_is_in_no_table_that_may_be_blanked,
);

async fn add(store: &Store, home: &Home, name: &str) -> Customer {
    let customer = Customer { name: name.into(), email: None, ..fixture::customer(&home.business.id) };
    commit!(store, |tx| customer::insert(tx, &customer, at(0)));
    customer
}

async fn listed(store: &Store, home: &Home, tab: Tab, query: &str, number: Option<&str>) -> Vec<Listed> {
    page(store, home, tab, &Edge::Start, &search_words(query), number, 50).await
}

async fn page(
    store: &Store,
    home: &Home,
    tab: Tab,
    edge: &Edge,
    words: &[String],
    number: Option<&str>,
    limit: i64,
) -> Vec<Listed> {
    let (currency, today) = (Currency::Usd, day("2026-09-21"));
    let asked = Asked { tab, edge, words, number, currency, today, limit };
    read!(store, |tx| customer::list(tx, &home.business.id, &asked))
}

fn names(listed: &[Listed]) -> Vec<&str> {
    listed.iter().map(|it| it.customer.name.as_str()).collect()
}

async fn pages_go_by_name_and_back(store: &Store) {
    let (home, _other) = (home(store).await, home(store).await);
    for name in ["zoe", "Émile", "bea", "Bea"] {
        add(store, &home, name).await;
    }
    let all = listed(store, &home, Tab::All, "", None).await;
    assert_eq!(names(&all)[0], "Ada Byron");
    assert_eq!(names(&all)[3..], ["zoe", "Émile"], "by bytes");
    let first = page(store, &home, Tab::All, &Edge::Start, &[], None, 2).await;
    assert_eq!(first[..], all[..2]);
    let after = Edge::After(first[1].customer.clone());
    let second = page(store, &home, Tab::All, &after, &[], None, 2).await;
    assert_eq!(second[..], all[2..4]);
    let before = Edge::Before(all[4].customer.clone());
    assert_eq!(page(store, &home, Tab::All, &before, &[], None, 2).await[..], all[2..4]);
}

async fn each_tab_lists_its_customers_and_counts_them(store: &Store) {
    let home = home(store).await;
    let owing = add(store, &home, "Owing").await;
    let archived = Customer { archived_at: Some(at(1)), ..fixture::customer(&home.business.id) };
    let plan = home.plan(store, "Lawn care").await;
    let draft = invoice::Draft { due_on: day("2026-09-20"), ..fixture::draft(&owing) };
    let snapshot = fixture::snapshot();
    commit!(store, |tx| async {
        customer::insert(tx, &archived, at(0)).await?;
        portal_link::insert(tx, &fixture::link(&owing), fixture::token().hash()).await?;
        invoice::insert_draft(tx, &draft, at(0)).await?;
        let (business, number) = (&home.business.id, "INV-7");
        invoice::update_number_and_snapshot(tx, business, &draft.id, number, day("2026-09-01"), &snapshot).await?;
        consent::insert(tx, &Consent { id: id!(ConsentId), ..fixture::consent(&plan) }).await
    });
    for (tab, wanted) in [
        (Tab::All, vec!["Ada Byron", "Owing"]),
        (Tab::Owing, vec!["Owing"]),
        (Tab::Overdue, vec!["Owing"]),
        (Tab::AutoPay, vec!["Ada Byron"]),
        (Tab::NoLink, vec!["Ada Byron"]),
        (Tab::Archived, vec!["Ada Byron"]),
    ] {
        assert_eq!(names(&listed(store, &home, tab, "", None).await), wanted, "{tab:?}");
        let count =
            async |most| read!(store, |tx| customer::count(tx, &home.business.id, tab, day("2026-09-21"), most));
        assert_eq!(count(50).await, wanted.len() as i64, "{tab:?}");
        assert_eq!(count(1).await, 1, "it stops");
    }
    let due = read!(store, |tx| customer::count(tx, &home.business.id, Tab::Overdue, day("2026-09-20"), 9));
    assert_eq!(due, 0, "the due date itself is not late");
}

async fn what_is_typed_finds_its_customer(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let rosa = Customer {
        phone: Some("(512) 555-0176".into()),
        address: "1418 Juniper St".into(),
        name: "100% Rosa_Delgado".into(),
        ..fixture::customer(&home.business.id)
    };
    let draft = fixture::draft(&rosa);
    let snapshot = fixture::snapshot();
    commit!(store, |tx| async {
        customer::insert(tx, &rosa, at(0)).await?;
        invoice::insert_draft(tx, &draft, at(0)).await?;
        invoice::update_number_and_snapshot(tx, &rosa.business, &draft.id, "INV-1187", day("2026-09-01"), &snapshot)
            .await
    });
    for query in ["rosa", "DELGADO juniper", "0176", "(512) 555", "100%", "a_d", "ada@example.org 1418"] {
        assert_eq!(names(&listed(store, &home, Tab::All, query, None).await), ["100% Rosa_Delgado"], "{query}");
    }
    assert!(listed(store, &home, Tab::All, "rosa elm", None).await.is_empty());
    assert!(listed(store, &home, Tab::All, "r%a", None).await.is_empty());
    assert!(listed(store, &other, Tab::All, "rosa", Some("INV-1187")).await.is_empty());
    for number in ["INV-1187", "INV-11"] {
        assert_eq!(listed(store, &home, Tab::All, "inv", Some(number)).await.len(), 1, "{number}");
    }
    assert!(listed(store, &home, Tab::All, "inv", Some("INV-2")).await.is_empty());
}

async fn a_row_says_what_is_beside_the_name(store: &Store) {
    let home = home(store).await;
    let business = &home.business.id;
    let row = async || listed(store, &home, Tab::All, "", None).await.remove(0);
    let bare = row().await;
    assert_eq!((bare.link, bare.last_seen_at, bare.auto_pay), (LinkStanding::None, None, 0));
    assert_eq!((bare.owed, bare.oldest_due_on), (usd(0), None));
    let link = fixture::link(&home.customer);
    let draft = fixture::draft(&home.customer);
    let snapshot = fixture::snapshot();
    commit!(store, |tx| async {
        portal_link::insert(tx, &link, fixture::token().hash()).await?;
        portal_link::update_last_seen(tx, business, &link.id, at(7)).await?;
        invoice::insert_draft(tx, &draft, at(0)).await?;
        invoice::update_number_and_snapshot(tx, business, &draft.id, "INV-7", day("2026-09-01"), &snapshot).await
    });
    let full = row().await;
    assert_eq!((full.link, full.last_seen_at), (LinkStanding::Active, Some(at(7))));
    assert_eq!((full.owed, full.oldest_due_on), (draft.totals.total, Some(draft.due_on)));
    let sums = read!(store, |tx| customer::find_sums(
        tx,
        business,
        &home.customer.id,
        Currency::Usd,
        (day("2025-09-21"), draft.due_on.plus_days(1))
    ));
    assert_eq!((sums.owed, sums.overdue, sums.paid), (draft.totals.total, draft.totals.total, usd(0)));
    commit!(store, |tx| portal_link::update_ended(tx, business, &home.customer.id, LinkEnd::Revoked, at(9)));
    let revoked = row().await;
    assert_eq!((revoked.link, revoked.last_seen_at), (LinkStanding::Revoked, Some(at(7))));
}

async fn what_happened_is_told_newest_first(store: &Store) {
    let ids = stock(store).await;
    let events = read!(store, |tx| customer::list_events(tx, &ids.business, &ids.customer, 30));
    assert!(events.iter().any(|event| event.kind == "invoice.sent" && event.invoice.is_some()), "{events:?}");
    let sent = events.iter().find(|event| event.kind == "mail.invoice").expect("it is there");
    assert!(sent.mail.is_some() && sent.invoice.as_ref().is_some_and(|(id, _)| *id == ids.invoice));
    assert!(events.iter().map(|event| event.at).rev().is_sorted());
    assert_eq!(read!(store, |tx| customer::list_events(tx, &ids.business, &ids.customer, 1)).len(), 1);
    let customer = Customer { id: ids.customer.clone(), ..fixture::customer(&ids.business) };
    let receipt = fixture::mail(&customer, MailKind::Receipt, ids.payment.as_str(), Some(&ids.invoice));
    commit!(store, |tx| mail::insert(tx, &receipt));
    assert_eq!(read!(store, |tx| customer::list_events(tx, &ids.business, &ids.customer, 30)).len(), events.len() + 1);
}

async fn an_invoice_and_a_quote_stand_on_their_customers_page(store: &Store) {
    let ids = stock(store).await;
    let invoices = read!(store, |tx| invoice::list_by_customer(tx, &ids.business, &ids.customer, 9));
    let numbers: Vec<_> = invoices.iter().map(|invoice| invoice.number.as_deref()).collect();
    assert!(numbers.contains(&Some("INV-1")) && numbers.contains(&None), "{numbers:?}");
    assert_eq!(read!(store, |tx| invoice::count_by_customer(tx, &ids.business, &ids.customer, 9)), 2);
    assert_eq!(read!(store, |tx| invoice::count_by_customer(tx, &ids.business, &ids.customer, 1)), 1);
    let quotes = read!(store, |tx| quote::list_by_customer(tx, &ids.business, &ids.customer, 9));
    let sent = quotes.iter().find(|quote| quote.number == "Q-1").expect("the quote");
    assert_eq!((quotes.len(), sent.state), (4, QuoteState::Sent));
}

async fn what_is_erased_is_in_no_table_that_may_be_blanked(store: &Store) {
    let ids = stock(store).await;
    let known = read!(store, |tx| customer::get(tx, &ids.business, &ids.customer)).expect("it is there");
    let email = known.email.clone().expect("it is there");
    let under_way = async || read!(store, |tx| customer::count_under_way(tx, &ids.business, &ids.customer));
    assert_eq!(under_way().await, 2, "a charge and a card");
    assert_eq!(read!(store, |tx| consent::find_kept(tx, &ids.business, &ids.consent)), None);
    let is_kept = async || store.dump().await.values().flatten().any(|row| row.contains(&email));
    assert!(is_kept().await);
    commit!(store, |tx| customer::update_erased(tx, &known, at(9)));
    let dump = store.dump().await;
    let kept = dump.iter().filter(|(_, rows)| rows.iter().any(|row| row.contains(&email)));
    assert_eq!(kept.map(|(table, _)| table.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
    let erased = read!(store, |tx| customer::get(tx, &ids.business, &ids.customer)).expect("it is there");
    assert_eq!(erased, Customer { revision: 2, ..known.erased(at(9)) });
    let kept = read!(store, |tx| consent::find_kept(tx, &ids.business, &ids.consent));
    assert_eq!(kept, Some((known.name, known.address)));
    let method = read!(store, |tx| payment_method::get(tx, &ids.business, &ids.method)).expect("it is there");
    assert_eq!((method.brand.as_str(), method.last4.as_str(), method.expiry, method.is_default), ("", "", None, false));
    let sent = read!(store, |tx| mail::get(tx, &ids.business, &ids.mail)).expect("it is there");
    assert_eq!((sent.state, sent.recipient.as_str()), (MailState::Dropped, ""));
}

async fn a_mail_about_one_of_several_names_its_thing(store: &Store) {
    let ids = stock(store).await;
    let customer = Customer { id: ids.customer.clone(), ..fixture::customer(&ids.business) };
    for (kind, subject) in
        [(MailKind::Quote, format!("{}/2", ids.quote)), (MailKind::UpcomingCharge, format!("{}/2026-12-01", ids.plan))]
    {
        commit!(store, |tx| mail::insert(tx, &fixture::mail(&customer, kind, &subject, None)));
    }
    let events = read!(store, |tx| customer::list_events(tx, &ids.business, &ids.customer, 30));
    let find = |kind: &str| events.iter().find(|event| event.kind == kind).expect("it is there");
    assert_eq!(find("mail.quote").quote.as_ref().map(|(id, _)| id), Some(&ids.quote));
    assert_eq!(find("mail.upcoming_charge").plan.as_ref().map(|(id, _)| id), Some(&ids.plan));
}

async fn each_visit_stands_in_the_history(store: &Store) {
    let ids = stock(store).await;
    let visits = async || {
        let events = read!(store, |tx| customer::list_events(tx, &ids.business, &ids.customer, 90));
        let visits = events.into_iter().filter(|event| event.kind.ends_with(".seen"));
        visits.map(|event| (event.kind, event.at, event.detail)).collect::<Vec<_>>()
    };
    assert_eq!(visits().await, []);
    let open = async |seconds| {
        commit!(store, |tx| invoice::update_last_seen(tx, &ids.business, &ids.invoice, at(seconds)));
        commit!(store, |tx| portal_link::update_last_seen(tx, &ids.business, &ids.link, at(seconds + 1)));
    };
    let told = |kind: &str, seconds, detail: &str| (kind.to_owned(), at(seconds), detail.to_owned());
    open(10).await;
    open(70).await;
    let first = [told("portal.seen", 11, ""), told("invoice.seen", 10, "")];
    assert_eq!(visits().await, first, "who comes back at once is still looking");
    open(9_000).await;
    open(20).await;
    let again = [told("portal.seen", 9_001, ""), told("invoice.seen", 9_000, "again")];
    assert_eq!(visits().await, [again, first].concat());
    let day = day("2026-09-21");
    let sheet = read!(store, |tx| invoice::get_sheet(tx, &ids.business, &ids.invoice, day)).expect("the invoice");
    assert_eq!(sheet.seen, Some((at(10), at(9_000))));
}
