//! The audit trail, page by page.

use zoop_store::audit_event::{self, AuditEvent, Place};
use zoop_store::{alert, membership, user};

use crate::fixture::{self, at, home};
use crate::harness::Store;
use crate::stock::stock;

cases!(the_trail_is_read_newest_first_and_back, a_line_names_what_it_is_about_and_whom);

async fn the_trail_is_read_newest_first_and_back(store: &Store) {
    let (home, other) = (home(store).await, home(store).await);
    let business = &home.business.id;
    let nora = fixture::user("nora@prairie.example");
    assert!(commit!(store, |tx| user::insert(tx, &nora, "", at(0))));
    assert!(commit!(store, |tx| membership::insert(tx, business, nora.id, zoop_domain::user::Role::Owner, at(0))));
    let mut written = Vec::new();
    // Two of one moment: their ids say which is the later.
    for (number, (seconds, actor)) in
        [(1, nora.id.as_str()), (2, "zoop"), (2, "customer"), (3, "stripe"), (4, "zoop")].into_iter().enumerate()
    {
        let event = AuditEvent {
            id: format!("aud_{number:026}").parse().expect("an id"),
            actor: actor.into(),
            action: "invoice.sent".into(),
            subject: "inv_1".into(),
            detail: String::new(),
            happened_at: at(seconds),
        };
        commit!(store, |tx| audit_event::insert(tx, business, &event));
        written.insert(0, event);
    }
    let foreign = AuditEvent { id: fixture::id!(AuditId), ..written[0].clone() };
    commit!(store, |tx| audit_event::insert(tx, &other.business.id, &foreign));
    let place = |event: &AuditEvent| -> Place { (event.happened_at, event.id.clone()) };
    let list = async |before: Option<Place>, limit| {
        read!(store, |tx| audit_event::list_newest(tx, business, before.as_ref(), limit))
    };
    let all = list(None, 10).await;
    assert_eq!(all.iter().map(|told| told.event.clone()).collect::<Vec<_>>(), written);
    assert_eq!(all[4].by.as_deref(), Some("Nora Keane"), "a person has a name");
    assert!(all[..4].iter().all(|told| told.by.is_none()));
    assert_eq!(list(None, 2).await, all[..2]);
    assert_eq!(list(Some(place(&written[1])), 2).await, all[2..4]);
    assert_eq!(list(Some(place(&written[2])), 10).await, all[3..]);
    let newer = read!(store, |tx| audit_event::list_next(tx, business, &place(&written[3]), 2));
    assert_eq!(newer, [all[2].clone(), all[1].clone()], "oldest first");
    assert!(read!(store, |tx| audit_event::list_next(tx, business, &place(&written[0]), 2)).is_empty());
}

async fn a_line_names_what_it_is_about_and_whom(store: &Store) {
    let ids = stock(store).await;
    let (business, foreign) = (&ids.business, home(store).await);
    let stray = fixture::customer(&foreign.business.id);
    commit!(store, |tx| zoop_store::customer::insert(tx, &stray, at(0)));
    let warning = alert::Alert {
        about: alert::About::default(),
        id: fixture::id!(AlertId),
        kind: "payment.surplus".into(),
        subject: ids.payment.to_string(),
        message: "More than was owed.".into(),
        raised_at: at(0),
    };
    commit!(store, |tx| alert::insert(tx, Some(business), &warning));
    let subjects = [
        ids.invoice.as_str(),
        ids.quote.as_str(),
        ids.plan.as_str(),
        ids.consent.as_str(),
        ids.link.as_str(),
        ids.method.as_str(),
        ids.customer.as_str(),
        warning.id.as_str(),
        stray.id.as_str(),
    ];
    for (number, subject) in subjects.into_iter().enumerate() {
        let event = AuditEvent {
            id: format!("aud_{number:026}").parse().expect("an id"),
            actor: "zoop".into(),
            action: "customer.edited".into(),
            subject: subject.into(),
            detail: String::new(),
            happened_at: at(1_000_000 + number as i64),
        };
        commit!(store, |tx| audit_event::insert(tx, business, &event));
    }
    let told = read!(store, |tx| audit_event::list_newest(tx, business, None, 9));
    let [stray, warning, customer, method, link, consent, plan, quote, invoice] = &told[..] else {
        panic!("{told:#?}");
    };
    assert_eq!(stray.customer, None, "another business's");
    assert_eq!(invoice.invoice.as_ref().map(|(id, _)| id), Some(&ids.invoice));
    assert_eq!(warning.invoice, invoice.invoice, "what was warned of");
    assert_eq!(warning.alert.as_deref(), Some("More than was owed."));
    assert_eq!(quote.quote.as_ref().map(|(id, _)| id), Some(&ids.quote));
    assert_eq!(plan.plan.as_ref().map(|(id, _)| id), Some(&ids.plan));
    assert_eq!(consent.plan, plan.plan);
    for line in [customer, method, link, plan, quote, invoice] {
        assert_eq!(line.customer.as_ref().map(|(id, _)| id), Some(&ids.customer), "{line:#?}");
    }
}
