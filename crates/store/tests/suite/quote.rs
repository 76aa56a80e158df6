//! Quotes: written, sent, answered once; the office's list of them; the links that open them.

use zoop_domain::quote::{Answer, AnsweredBy, Quote, QuoteState, QuoteStatus};
use zoop_store::Side;
use zoop_store::quote::Filter;
use zoop_store::{business, invoice, quote, quote_link};

use crate::fixture::{Home, answer, at, day, draft, home, id, quote as sent, quote_draft, token};
use crate::harness::Store;

cases!(
    a_quote_reads_back_with_its_lines_and_taxes,
    a_draft_changes_until_it_is_sent,
    there_is_one_answer,
    a_quote_becomes_one_invoice,
    the_list_is_read_page_by_page,
    numbers_follow_each_other,
    a_link_opens_its_quote_until_it_is_taken_back,
);

async fn insert(store: &Store, quote: &Quote) {
    commit!(store, |tx| quote::insert(tx, quote));
}

async fn get(store: &Store, quote: &Quote) -> Option<Quote> {
    read!(store, |tx| quote::get(tx, &quote.business, &quote.id))
}

async fn a_quote_reads_back_with_its_lines_and_taxes(store: &Store) {
    let home = home(store).await;
    for quote in [sent(&home.customer), quote_draft(&home.customer)] {
        insert(store, &quote).await;
        assert_eq!(get(store, &quote).await, Some(quote.clone()));
        assert_eq!(commit!(store, |tx| quote::lock(tx, &quote.business, &quote.id)), Some(quote));
    }
}

async fn a_draft_changes_until_it_is_sent(store: &Store) {
    let home = home(store).await;
    let draft = quote_draft(&home.customer);
    insert(store, &draft).await;
    let mut changed = Quote { title: "Gate".into(), notes: String::new(), ..draft.clone() };
    changed.lines.truncate(1);
    changed.totals.lines.truncate(1);
    assert!(commit!(store, |tx| quote::update_draft(tx, &changed)));
    assert_eq!(get(store, &draft).await, Some(Quote { revision: 2, ..changed.clone() }));
    let on = day("2026-09-21");
    assert!(commit!(store, |tx| quote::update_sent(tx, &draft.business, &changed, "Q-0001", on)));
    assert!(!commit!(store, |tx| quote::update_sent(tx, &draft.business, &changed, "Q-0002", on)));
    assert!(!commit!(store, |tx| quote::update_draft(tx, &draft)), "what was sent never changes");
    assert!(!commit!(store, |tx| quote::delete(tx, &draft.business, &draft.id)));
    assert_eq!(commit!(store, |tx| quote::update_mails(tx, &draft.business, &draft.id)), Some(1));
    let read = get(store, &draft).await.expect("the quote");
    assert_eq!((read.state, read.number.as_deref(), read.sent_on), (QuoteState::Sent, Some("Q-0001"), Some(on)));
    assert_eq!((read.title.as_str(), read.mails), ("Gate", 1));
    let other = quote_draft(&home.customer);
    insert(store, &other).await;
    assert!(commit!(store, |tx| quote::delete(tx, &other.business, &other.id)));
    assert_eq!(get(store, &other).await, None);
}

async fn there_is_one_answer(store: &Store) {
    let home = home(store).await;
    let quote = sent(&home.customer);
    insert(store, &quote).await;
    assert!(commit!(store, |tx| quote::update_answered(tx, &quote.business, &quote.id, &answer(false))));
    let second = Answer { by: AnsweredBy::Member("usr_1".into()), ..answer(true) };
    assert!(!commit!(store, |tx| quote::update_answered(tx, &quote.business, &quote.id, &second)));
    assert!(!commit!(store, |tx| quote::update_withdrawn(tx, &quote.business, &quote.id)));
    let read = get(store, &quote).await.expect("the quote");
    assert_eq!((read.state, read.answer), (QuoteState::Declined, Some(answer(false))));
    let by_hand = sent(&home.customer);
    insert(store, &by_hand).await;
    assert!(commit!(store, |tx| quote::update_answered(tx, &by_hand.business, &by_hand.id, &second)));
    assert_eq!(get(store, &by_hand).await.and_then(|quote| quote.answer), Some(second));
}

async fn a_quote_becomes_one_invoice(store: &Store) {
    let home = home(store).await;
    let quote = sent(&home.customer);
    insert(store, &quote).await;
    let drafts = [draft(&home.customer), draft(&home.customer)];
    for draft in &drafts {
        commit!(store, |tx| invoice::insert_draft(tx, draft, at(0)));
    }
    let business = &home.business.id;
    let made = async |index: usize| {
        let mut tx = store.db.begin().await.expect("a transaction");
        let made = quote::update_invoiced(&mut tx, business, &quote.id, &drafts[index].id).await;
        if made.is_ok() {
            tx.commit().await.expect("a commit");
        }
        made.ok()
    };
    assert_eq!(made(0).await, Some(false), "it isn't accepted yet");
    assert!(commit!(store, |tx| quote::update_answered(tx, business, &quote.id, &answer(true))));
    assert_eq!(made(0).await, Some(true));
    assert_eq!(made(0).await, Some(false));
    assert_eq!(made(1).await, None, "the database holds a quote to one invoice");
    let found = read!(store, |tx| quote::find_invoice(tx, business, &quote.id));
    assert_eq!(found, Some((drafts[0].id.clone(), None)));
    let back = read!(store, |tx| quote::find_by_invoice(tx, business, &drafts[0].id));
    assert_eq!(back, quote.number.clone().map(|number| (quote.id.clone(), number)));
    assert_eq!(read!(store, |tx| quote::find_by_invoice(tx, business, &drafts[1].id)), None);
}

async fn titles(store: &Store, home: &Home, filter: &Filter, limit: i64) -> Vec<String> {
    let today = day("2026-09-21");
    let listed = read!(store, |tx| quote::list(tx, &home.business.id, today, filter, limit));
    listed.into_iter().map(|listed| listed.title).collect()
}

async fn the_list_is_read_page_by_page(store: &Store) {
    let home = home(store).await;
    let mut quotes: Vec<_> = (0..5).map(|_| sent(&home.customer)).collect();
    quotes.sort_by(|one, other| one.id.cmp(&other.id));
    for (index, quote) in quotes.iter_mut().enumerate() {
        quote.title = format!("{index}_%");
    }
    quotes[1].expires_on = Some(day("2026-09-20"));
    quotes[2].expires_on = Some(day("2026-09-21"));
    let draft = Quote { state: QuoteState::Draft, number: None, sent_on: None, ..quotes[3].clone() };
    quotes[3] = draft;
    for quote in &quotes {
        insert(store, quote).await;
    }
    let all = |side| Filter { side, ..Filter::default() };
    assert_eq!(titles(store, &home, &all(Side::Start), 2).await, ["4_%", "3_%"]);
    assert_eq!(titles(store, &home, &all(Side::Before(quotes[3].id.clone())), 2).await, ["2_%", "1_%"]);
    assert_eq!(titles(store, &home, &all(Side::After(quotes[2].id.clone())), 2).await, ["4_%", "3_%"]);
    let standing = |status| Filter { status: Some(status), ..Filter::default() };
    assert_eq!(titles(store, &home, &standing(QuoteStatus::Expired), 9).await, ["1_%"]);
    assert_eq!(titles(store, &home, &standing(QuoteStatus::Sent), 9).await, ["4_%", "2_%", "0_%"]);
    assert_eq!(titles(store, &home, &standing(QuoteStatus::Draft), 9).await, ["3_%"]);
    for (words, found) in [("0_%", 1), ("0__", 0), ("_%", 5), ("ada", 5), ("\\", 0), ("q-", 4)] {
        let filter = Filter { words: words.into(), ..Filter::default() };
        assert_eq!(titles(store, &home, &filter, 9).await.len(), found, "{words}");
    }
    let mut counts = read!(store, |tx| quote::count_by_status(tx, &home.business.id, day("2026-09-21")));
    counts.sort_by_key(|(status, _)| status.as_str());
    assert_eq!(counts, [(QuoteStatus::Draft, 1), (QuoteStatus::Expired, 1), (QuoteStatus::Sent, 3)]);
}

async fn numbers_follow_each_other(store: &Store) {
    let home = home(store).await;
    for number in 1..4 {
        let next = commit!(store, |tx| business::update_next_quote_number(tx, &home.business.id));
        assert_eq!(next, Some(("Q-".to_owned(), number)));
    }
}

async fn a_link_opens_its_quote_until_it_is_taken_back(store: &Store) {
    let home = home(store).await;
    let quote = sent(&home.customer);
    insert(store, &quote).await;
    let business = &home.business.id;
    let secrets = [token(), token()];
    for secret in &secrets {
        commit!(store, |tx| quote_link::insert(tx, business, &id!(QuoteLinkId), &quote.id, secret.hash(), at(0)));
    }
    for secret in &secrets {
        let found = read!(store, |tx| quote_link::find(tx, secret.hash()));
        assert_eq!(found, Some((business.clone(), quote.id.clone())));
    }
    assert_eq!(read!(store, |tx| quote_link::find(tx, token().hash())), None);
    assert!(commit!(store, |tx| quote::update_withdrawn(tx, business, &quote.id)));
    assert_eq!(commit!(store, |tx| quote_link::delete(tx, business, &quote.id)), 2);
    assert_eq!(read!(store, |tx| quote_link::find(tx, secrets[0].hash())), None);
    assert_eq!(get(store, &quote).await.map(|quote| quote.state), Some(QuoteState::Withdrawn));
}
