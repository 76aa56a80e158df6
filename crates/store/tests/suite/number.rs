//! Businesses, their logos, and the counter that numbers invoices: no gaps, no doubles.

use std::collections::BTreeSet;

use zoop_domain::business::info::BusinessInfo;
use zoop_domain::business::notify::{Event, Notify};
use zoop_domain::business::{Business, Requirements, StripeAccount};
use zoop_domain::money::Currency;
use zoop_store::{Error, business};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(
    a_business_reads_back,
    an_account_names_its_business_and_no_two_share_one,
    what_stripe_said_reads_back,
    a_call_for_an_account_is_over_once,
    a_logo_is_kept_by_its_hash,
    what_the_owner_says_reads_back,
    what_the_owners_are_told_reads_back,
    numbers_have_no_gaps_and_no_doubles_among_eight_senders,
    a_number_goes_back_with_its_transaction,
    numbers_that_follow_each_other_are_taken_at_once,
    a_lock_of_the_business_waits_for_the_transaction_before,
);

async fn a_business_reads_back(store: &Store) {
    let full = Business { notice_days: Some(0), ..fixture::business() };
    let mut bare = fixture::business();
    (bare.phone, bare.email, bare.brand_color, bare.payment_instructions, bare.stripe) = (None, None, None, None, None);
    commit!(store, |tx| async {
        business::insert(tx, &full, 1001, at(1)).await?;
        business::insert(tx, &bare, 1, at(0)).await
    });
    assert_eq!(read!(store, |tx| business::get(tx, &full.id)), Some(full.clone()));
    assert_eq!(read!(store, |tx| business::get(tx, &bare.id)), Some(bare.clone()));
    assert_eq!(read!(store, |tx| business::list(tx)), [bare, full], "oldest first");
    assert_eq!(read!(store, |tx| business::get(tx, &fixture::id!(BusinessId))), None);
}

async fn an_account_names_its_business_and_no_two_share_one(store: &Store) {
    let (one, other) = (home(store).await, home(store).await);
    let found = read!(store, |tx| business::find_by_account(tx, &one.account));
    assert_eq!(found, Some(one.business.clone()));
    assert_eq!(read!(store, |tx| business::find_by_account(tx, "acct_unknown")), None);

    let stripe = StripeAccount::charging(one.account.clone());
    let mut tx = store.db.begin().await.expect("a transaction");
    let refused = business::update_stripe(&mut tx, &other.business.id, Some(&stripe)).await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    drop(tx);

    commit!(store, |tx| business::update_stripe(tx, &one.business.id, None));
    let disconnected = read!(store, |tx| business::get(tx, &one.business.id)).expect("the business");
    assert_eq!(disconnected.stripe, None);
    let waiting = StripeAccount { charges_enabled: false, ..StripeAccount::charging(one.account.clone()) };
    commit!(store, |tx| business::update_stripe(tx, &other.business.id, Some(&waiting)));
    let moved = read!(store, |tx| business::find_by_account(tx, &one.account)).expect("the account's business");
    assert_eq!((moved.id, moved.stripe), (other.business.id, Some(waiting)));
}

async fn what_stripe_said_reads_back(store: &Store) {
    let home = home(store).await;
    let id = &home.business.id;
    let requirements = Requirements {
        due: vec!["external_account".into(), "person_1.verification.document".into()],
        pending: vec!["company.tax_id".into()],
        disabled_reason: Some("requirements.past_due".into()),
        deadline: Some(at(3)),
    };
    let whole = StripeAccount {
        charges_enabled: false,
        payouts_enabled: false,
        requirements,
        checked_at: Some(at(1)),
        disconnected_at: Some(at(2)),
        ..StripeAccount::charging(home.account.clone())
    };
    let new = StripeAccount { details_submitted: false, ..whole.clone() };
    for stripe in [Some(whole), Some(new), Some(StripeAccount::charging(home.account.clone())), None] {
        commit!(store, |tx| business::update_stripe(tx, id, stripe.as_ref()));
        assert_eq!(read!(store, |tx| business::get(tx, id)).expect("the business").stripe, stripe);
    }
}

async fn a_call_for_an_account_is_over_once(store: &Store) {
    let (one, other) = (home(store).await, home(store).await);
    let id = &one.business.id;
    assert_eq!(read!(store, |tx| business::find_stripe_setups(tx, id)), Some(0));
    for _ in 0..2 {
        commit!(store, |tx| business::update_stripe_setups(tx, id, 0));
        assert_eq!(read!(store, |tx| business::find_stripe_setups(tx, id)), Some(1), "told twice is told once");
    }
    commit!(store, |tx| business::update_stripe_setups(tx, id, 1));
    assert_eq!(read!(store, |tx| business::find_stripe_setups(tx, id)), Some(2));
    assert_eq!(read!(store, |tx| business::find_stripe_setups(tx, &other.business.id)), Some(0));
    assert_eq!(read!(store, |tx| business::find_stripe_setups(tx, &fixture::id!(BusinessId))), None);
}

async fn a_logo_is_kept_by_its_hash(store: &Store) {
    let home = home(store).await;
    let id = &home.business.id;
    commit!(store, |tx| business::insert_logo(tx, id, "aa", "image/png", "AAAA"));
    commit!(store, |tx| business::insert_logo(tx, id, "bb", "image/webp", "BBBB"));
    commit!(store, |tx| business::insert_logo(tx, id, "aa", "image/png", "AAAA"));
    let logo = |kind: &str, file: &str| Some((kind.to_owned(), file.to_owned()));
    assert_eq!(read!(store, |tx| business::find_logo(tx, id, "aa")), logo("image/png", "AAAA"));
    assert_eq!(read!(store, |tx| business::find_logo(tx, id, "bb")), logo("image/webp", "BBBB"));
    assert_eq!(read!(store, |tx| business::find_logo(tx, id, "cc")), None);
    let current = read!(store, |tx| business::get(tx, id)).expect("the business").logo;
    assert_eq!(current.as_deref(), Some("aa"));
}

async fn what_the_owner_says_reads_back(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let id = &home.business.id;
    let settings = |revision, has_documents| business::Settings { revision, next_number: 1, has_documents };
    assert_eq!(read!(store, |tx| business::find_settings(tx, id)), Some(settings(1, false)));
    let info = BusinessInfo {
        name: "Greenline & Daughters".into(),
        phone: None,
        email: Some("hello@greenline.example".into()),
        address: "1 Elm".into(),
        time_zone: "America/Denver".parse().expect("a zone"),
        currency: Currency::Cad,
        brand_color: "#112233".parse().ok(),
        invoice_prefix: "G".into(),
        due_days: 0,
        notice_days: Some(5),
    };
    commit!(store, |tx| business::update_info(tx, id, &info));
    commit!(store, |tx| business::update_payment_instructions(tx, id, Some("Send a check")));
    commit!(store, |tx| business::insert_logo(tx, id, "aa", "image/png", "AAAA"));
    let wanted = Business {
        name: info.name.clone(),
        phone: info.phone.clone(),
        email: info.email.clone(),
        address: info.address.clone(),
        time_zone: info.time_zone.clone(),
        currency: info.currency,
        brand_color: info.brand_color,
        logo: Some("aa".into()),
        payment_instructions: Some("Send a check".into()),
        invoice_prefix: info.invoice_prefix.clone(),
        due_days: info.due_days,
        notice_days: info.notice_days,
        ..home.business.clone()
    };
    assert_eq!(read!(store, |tx| business::get(tx, id)), Some(wanted.clone()));
    commit!(store, |tx| business::update_logo_removed(tx, id));
    commit!(store, |tx| business::update_payment_instructions(tx, id, None));
    let bare = Business { logo: None, payment_instructions: None, ..wanted };
    assert_eq!(read!(store, |tx| business::get(tx, id)), Some(bare));
    home.draft(store).await;
    assert_eq!(read!(store, |tx| business::find_settings(tx, id)), Some(settings(4, true)));
    assert_eq!(read!(store, |tx| business::find_settings(tx, &other.business.id)), Some(settings(1, false)));
    assert_eq!(read!(store, |tx| business::get(tx, &other.business.id)), Some(other.business.clone()));
    assert_eq!(read!(store, |tx| business::find_settings(tx, &fixture::id!(BusinessId))), None);
}

async fn what_the_owners_are_told_reads_back(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let id = &home.business.id;
    let all = Some(Notify::of(|_| true));
    assert_eq!(read!(store, |tx| business::find_notify(tx, id)), all, "everything, until somebody turns it off");
    for event in Event::ALL {
        let one = Notify::of(|other| other == *event);
        commit!(store, |tx| business::update_notify(tx, id, &one));
        assert_eq!(read!(store, |tx| business::find_notify(tx, id)), Some(one));
    }
    assert_eq!(read!(store, |tx| business::find_notify(tx, &other.business.id)), all);
    assert_eq!(read!(store, |tx| business::find_notify(tx, &fixture::id!(BusinessId))), None);
}

async fn numbers_have_no_gaps_and_no_doubles_among_eight_senders(store: &Store) {
    let home = home(store).await;
    let senders = (0..8).map(|sender| {
        let (db, id) = (store.db.clone(), home.business.id.clone());
        tokio::spawn(async move {
            let mut taken = Vec::new();
            for round in 0..12 {
                let mut tx = db.begin().await.expect("a transaction");
                let number = business::update_next_number(&mut tx, &id).await.expect("a number").expect("a business");
                // Some senders fail half-way, and their number must come again.
                if (sender + round) % 4 == 0 {
                    drop(tx);
                } else {
                    tx.commit().await.expect("a commit");
                    taken.push(number);
                }
            }
            taken
        })
    });
    let mut all = Vec::new();
    for sender in senders.collect::<Vec<_>>() {
        all.extend(sender.await.expect("no panic"));
    }
    let distinct: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len(), "a number was given twice");
    assert!(distinct.into_iter().eq(1..=72), "8 × 12 tries, a quarter given up");
}

async fn a_number_goes_back_with_its_transaction(store: &Store) {
    let home = home(store).await;
    let id = &home.business.id;
    let mut tx = store.db.begin().await.expect("a transaction");
    assert_eq!(business::update_next_number(&mut tx, id).await.expect("a number"), Some(1));
    assert_eq!(business::update_next_number(&mut tx, id).await.expect("a number"), Some(2));
    drop(tx);
    assert_eq!(commit!(store, |tx| business::update_next_number(tx, id)), Some(1));
    assert_eq!(commit!(store, |tx| business::update_next_numbers(tx, id, 200)), Some(2));
    assert_eq!(commit!(store, |tx| business::update_next_number(tx, id)), Some(202));
    assert_eq!(commit!(store, |tx| business::update_next_numbers(tx, &fixture::id!(BusinessId), 1)), None);
    assert_eq!(commit!(store, |tx| business::update_next_number(tx, &fixture::id!(BusinessId))), None);
}

async fn numbers_that_follow_each_other_are_taken_at_once(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let id = &home.business.id;
    let take = async |count| commit!(store, |tx| business::update_next_numbers(tx, id, count));
    assert_eq!(take(5).await, Some(1));
    assert_eq!(take(0).await, Some(6));
    assert_eq!(commit!(store, |tx| business::update_next_number(tx, id)), Some(6));
    assert_eq!(take(1).await, Some(7));
    assert_eq!(commit!(store, |tx| business::update_next_numbers(tx, &other.business.id, 9)), Some(1));
    assert_eq!(commit!(store, |tx| business::update_next_numbers(tx, &fixture::id!(BusinessId), 1)), None);
}

async fn a_lock_of_the_business_waits_for_the_transaction_before(store: &Store) {
    let home = home(store).await;
    let mut first = store.db.begin().await.expect("a transaction");
    let locked = business::lock(&mut first, &home.business.id).await.expect("a lock");
    assert_eq!(locked.as_ref(), Some(&home.business));
    let second = tokio::spawn({
        let (db, id) = (store.db.clone(), home.business.id.clone());
        async move {
            let mut tx = db.begin().await.expect("a transaction");
            business::lock(&mut tx, &id).await.expect("a lock").expect("the business").stripe
        }
    });
    store.until_one_waits().await;
    business::update_stripe(&mut first, &home.business.id, None).await.expect("an update");
    first.commit().await.expect("a commit");
    assert_eq!(second.await.expect("no panic"), None, "whoever waited sees what was changed");
    assert_eq!(commit!(store, |tx| business::lock(tx, &fixture::id!(BusinessId))), None);
}
