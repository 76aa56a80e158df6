//! The audit trail, page by page.

use zoop_store::audit_event::{self, AuditEvent, Place};
use zoop_store::{membership, user};

use crate::fixture::{self, at, home};
use crate::harness::Store;

cases!(the_trail_is_read_newest_first_and_back);

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
    assert_eq!(all.iter().map(|(event, _)| event.clone()).collect::<Vec<_>>(), written);
    assert_eq!(all[4].1.as_deref(), Some("Nora Keane"), "a person has a name");
    assert!(all[..4].iter().all(|(_, name)| name.is_none()));
    assert_eq!(list(None, 2).await, all[..2]);
    assert_eq!(list(Some(place(&written[1])), 2).await, all[2..4]);
    assert_eq!(list(Some(place(&written[2])), 10).await, all[3..]);
    let newer = read!(store, |tx| audit_event::list_next(tx, business, &place(&written[3]), 2));
    assert_eq!(newer, [all[2].clone(), all[1].clone()], "oldest first");
    assert!(read!(store, |tx| audit_event::list_next(tx, business, &place(&written[0]), 2)).is_empty());
}
