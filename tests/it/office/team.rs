//! The team: roles, invitations, and the owner who always remains.

use futures_util::future::join;
use zoop_domain::user::{Role, User};
use zoop_store as store;

use crate::harness::bill::ShopSpec;
use crate::harness::browser::{Browser, Page};
use crate::harness::office::PASSWORD;
use crate::harness::{TestApp, cases};

cases!(
    a_new_person_is_invited_and_joins,
    somebody_with_an_account_joins_by_his_password,
    an_invitation_expires_is_sent_again_and_withdrawn,
    two_clicks_join_once,
    what_cant_be_invited_is_said,
    roles_are_changed_and_people_removed,
    the_last_owner_stays,
    two_owners_cannot_remove_each_other,
    another_businesss_people_are_unknown,
    office_staff_see_who_can,
);

const TEAM: &str = "/office/settings/team";

async fn invite(t: &TestApp, owner: &mut Browser<'_>, email: &str, role: &str) -> String {
    let page = owner.send_and_follow(TEAM, &[("email", email), ("role", role)]).await;
    page.is(200).says(&["An invitation is on its way to", email]);
    newest_link(t).await
}

async fn newest_link(t: &TestApp) -> String {
    t.run_jobs().await;
    t.link_in(&t.mail("invites you"), "/invitations/")
}

async fn role_of(t: &TestApp, user: &User) -> Option<Role> {
    let mut tx = t.app().db.read().await.unwrap();
    store::membership::find(&mut tx, &t.shop.business.id, user.id).await.unwrap()
}

async fn a_new_person_is_invited_and_joins(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.get(TEAM).await.is(200).says(&["Settings", "Team", "Audit", "Nora Keane", "Owner", "You", "Invite someone"]);
    let link = invite(t, &mut owner, "priya@greenline.example", "office").await;
    let mail = t.mail("invites you");
    assert_eq!(mail.subject, "Nora Keane invites you to Greenline Lawn & Garden");
    assert_eq!(mail.to.address, "priya@greenline.example");
    assert_eq!(mail.reply_to.as_deref(), Some("billing@greenline.example"));
    owner.get(TEAM).await.says(&["priya@greenline.example", "Office", "until Sep 28, 2026", "Invited"]);
    let mut priya = t.browser();
    let page = priya.get(&link).await;
    page.is(200).says(&["Join Greenline Lawn & Garden", "Nora Keane invites you, as office staff", "Your name"]);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let refused = priya.post(&link, &[("name", ""), ("password", "short")]).await;
    refused.is(422).says(&["Enter a name.", "at least 10 characters"]);
    let joined = priya.post(&link, &[("name", "Priya Shah"), ("password", PASSWORD)]).await;
    assert_eq!(joined.is(303).location().path(), "/office");
    priya.follow(joined).await.is(200).says(&["Greenline", "Priya Shah", "Office"]);
    owner.get(TEAM).await.says(&["Priya Shah", "Today, 9:00 AM"]).never_says(&["Invited"]);
    let over = t.browser().get(&link).await;
    over.is(410).says(&["This invitation is over"]);
    t.browser().post(&link, &[("name", "Mallory"), ("password", PASSWORD)]).await.is(409);
    let form = [("email", "priya@greenline.example"), ("password", PASSWORD)];
    t.browser().post("/sign-in", &form).await.is(303);
    let token = link.rsplit('/').next().unwrap();
    assert!(!t.database.dump().await.contains(token), "only a hash is kept");
}

async fn somebody_with_an_account_joins_by_his_password(t: &TestApp) {
    let elsewhere = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    let luis = t.add_person(&elsewhere.business.id, Role::Office).await;
    let mut owner = t.owner().await;
    let link = invite(t, &mut owner, &luis.email.to_uppercase(), "owner").await;
    let mut browser = t.browser();
    let page = browser.get(&link).await;
    page.is(200).says(&["as an owner", "You have an account already"]).never_says(&["Your name"]);
    browser.post(&link, &[("password", "a guess at it")]).await.is(422).says(&["That isn’t the password"]);
    assert_eq!(role_of(t, &luis).await, None);
    let joined = browser.post(&link, &[("password", PASSWORD), ("name", "Somebody Else")]).await;
    browser.follow(joined).await.is(200).says(&["Greenline", "Luis Ortega", "Owner"]);
    assert_eq!(role_of(t, &luis).await, Some(Role::Owner));
    browser.get("/office/account").await.says(&["Ash Plumbing", "Greenline"]);
}

async fn an_invitation_expires_is_sent_again_and_withdrawn(t: &TestApp) {
    let mut owner = t.owner().await;
    let first = invite(t, &mut owner, "priya@greenline.example", "office").await;
    t.clock.pass(6 * 86_400);
    t.browser().get(&first).await.is(200);
    owner.get("/office").await.is(200);
    t.clock.pass(86_400);
    t.browser().get(&first).await.is(410);
    t.browser().post(&first, &[("name", "Priya"), ("password", PASSWORD)]).await.is(409);
    let page = owner.get(TEAM).await;
    page.is(200).says(&["priya@greenline.example", "expired Sep 28, 2026", "Expired", "Send again"]);
    let again = path_of(&page.html, "/send\"");
    owner.send_and_follow(&again, &[]).await.says(&["Another invitation is on its way to priya@greenline.example"]);
    let second = newest_link(t).await;
    assert_ne!(first, second);
    t.browser().get(&first).await.is(410);
    t.browser().get(&second).await.is(200);
    owner.send(&again, &[]).await.is(404);
    let withdraw = path_of(&owner.get(TEAM).await.html, "/withdraw\"");
    let page = owner.send_and_follow(&withdraw, &[]).await;
    page.says(&["is withdrawn"]).never_says(&["Invited"]);
    t.browser().get(&second).await.is(410);
    owner.send(&withdraw, &[]).await.is(409).says(&["has ended already"]);
    // What is withdrawn before its mail has left is not sent at all.
    owner.send(TEAM, &[("email", "ann@greenline.example"), ("role", "office")]).await.is(303);
    let withdraw = path_of(&owner.get(TEAM).await.html, "/withdraw\"");
    owner.send(&withdraw, &[]).await.is(303);
    let before = t.subjects().len();
    t.run_jobs().await;
    assert_eq!(t.subjects().len(), before);
}

/// The path that ends so, as it stands in the page.
fn path_of(html: &str, end: &str) -> String {
    let at = html.find(end).unwrap_or_else(|| panic!("no {end} in {html}"));
    let start = html[..at].rfind('"').unwrap() + 1;
    html[start..at + end.len() - 1].to_owned()
}

async fn two_clicks_join_once(t: &TestApp) {
    let mut owner = t.owner().await;
    let link = invite(t, &mut owner, "priya@greenline.example", "office").await;
    let (mut one, mut other) = (t.browser(), t.browser());
    let form = [("name", "Priya Shah"), ("password", PASSWORD)];
    let (first, second) = join(one.post(&link, &form), other.post(&link, &form)).await;
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    let people: Vec<(i64,)> =
        t.database.rows("SELECT CAST(COUNT(*) AS BIGINT) FROM users WHERE email = 'priya@greenline.example'").await;
    assert_eq!(people, [(1,)]);
}

async fn what_cant_be_invited_is_said(t: &TestApp) {
    let mut owner = t.owner().await;
    let luis = t.add_person(&t.shop.business.id, Role::Office).await;
    for (email, role, why) in [
        ("priya", "office", "Enter an email address"),
        ("", "office", "Enter an email address"),
        (&*luis.email.to_uppercase(), "owner", "is in the team already"),
        ("priya@greenline.example", "king", "Choose what they may do"),
        ("priya@greenline.example", "", "Choose what they may do"),
    ] {
        let page = owner.send(TEAM, &[("email", email), ("role", role)]).await;
        page.is(422).says(&["The invitation was not sent.", why]);
        assert!(page.html.contains(&format!("value=\"{email}\"")), "it is kept");
    }
    t.run_jobs().await;
    assert!(t.subjects().is_empty());
}

async fn roles_are_changed_and_people_removed(t: &TestApp) {
    let mut owner = t.owner().await;
    let luis = t.add_person(&t.shop.business.id, Role::Office).await;
    let elsewhere = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    t.let_in(&luis, &elsewhere.business.id, Role::Office).await;
    let mut his = t.signed_in(luis.id, &t.shop.business.id).await;
    let mut there = t.signed_in(luis.id, &elsewhere.business.id).await;
    his.get(TEAM).await.is(403);
    owner.get(&format!("{TEAM}?change={}", luis.id)).await.is(200).says(&["What may Luis Ortega do?", "Save the role"]);
    let page = owner.send_and_follow(&format!("{TEAM}/{}/role", luis.id), &[("role", "owner")]).await;
    page.is(200).says(&["Luis Ortega is an owner now."]);
    his.get(TEAM).await.is(200);
    owner.send(&format!("{TEAM}/{}/role", luis.id), &[("role", "office")]).await.is(303);
    his.get(TEAM).await.is(403);
    owner
        .get(&format!("{TEAM}?remove={}", luis.id))
        .await
        .is(200)
        .says(&["Remove Luis Ortega from the team?", "Keep them"]);
    let page = owner.send_and_follow(&format!("{TEAM}/{}/remove", luis.id), &[]).await;
    page.is(200).says(&["Luis Ortega is no longer in the team."]);
    his.get("/office").await.is(303);
    there.get("/office").await.is(200).says(&["Ash Plumbing"]);
    owner.send(&format!("{TEAM}/{}/remove", luis.id), &[]).await.is(404);
    owner.get(&format!("{TEAM}?remove={}", luis.id)).await.is(200).never_says(&["Remove Luis"]);
}

async fn the_last_owner_stays(t: &TestApp) {
    let nora = t.add_person(&t.shop.business.id, Role::Owner).await;
    let mut owner = t.signed_in(nora.id, &t.shop.business.id).await;
    for (verb, form) in [("role", &[("role", "office")][..]), ("remove", &[])] {
        let refused = owner.send(&format!("{TEAM}/{}/{verb}", nora.id), form).await;
        refused.is(409).says(&["Nothing was changed.", "A business needs an owner"]);
    }
    assert_eq!(role_of(t, &nora).await, Some(Role::Owner));
    owner.get("/office").await.is(200);
    let luis = t.add_person(&t.shop.business.id, Role::Office).await;
    owner.send(&format!("{TEAM}/{}/role", luis.id), &[("role", "owner")]).await.is(303);
    owner.send(&format!("{TEAM}/{}/remove", nora.id), &[]).await.is(303);
    assert_eq!((role_of(t, &nora).await, role_of(t, &luis).await), (None, Some(Role::Owner)));
}

async fn two_owners_cannot_remove_each_other(t: &TestApp) {
    for round in 0..4 {
        let business = &t.shop.business.id;
        t.database.execute("DELETE FROM sessions").await;
        t.database.execute("DELETE FROM memberships").await;
        let (ann, ben) = (t.add_person(business, Role::Owner).await, t.add_person(business, Role::Owner).await);
        let (mut hers, mut his) = (t.signed_in(ann.id, business).await, t.signed_in(ben.id, business).await);
        let verb = if round % 2 == 0 { "remove" } else { "role" };
        let (at_ben, at_ann) = (format!("{TEAM}/{}/{verb}", ben.id), format!("{TEAM}/{}/{verb}", ann.id));
        let form = [("role", "office")];
        let (first, second) = join(hers.send(&at_ben, &form), his.send(&at_ann, &form)).await;
        let is_done = |page: &Page| page.status.as_u16() == 303 && page.header("location") == TEAM;
        assert!(is_done(&first) != is_done(&second), "{verb}: {} {}", first.status, second.status);
        let owners: Vec<(i64,)> =
            t.database.rows("SELECT CAST(COUNT(*) AS BIGINT) FROM memberships WHERE role = 'owner'").await;
        assert_eq!(owners, [(1,)], "{verb}");
    }
}

async fn another_businesss_people_are_unknown(t: &TestApp) {
    let elsewhere = t.open_shop(ShopSpec { name: "Ash Plumbing", ..ShopSpec::default() }).await;
    let theirs = t.add_person(&elsewhere.business.id, Role::Office).await;
    let mut stranger = t.member(&elsewhere.business.id, Role::Owner).await;
    stranger.send(TEAM, &[("email", "priya@ash.example"), ("role", "office")]).await.is(303);
    let page = stranger.get(TEAM).await;
    let (again, withdraw) = (path_of(&page.html, "/send\""), path_of(&page.html, "/withdraw\""));
    let mut owner = t.owner().await;
    owner.get(TEAM).await.never_says(&["priya@ash.example", &theirs.email]);
    for path in [format!("{TEAM}/{}/role", theirs.id), format!("{TEAM}/{}/remove", theirs.id), again, withdraw] {
        for form in [&[("role", "owner")][..], &[]] {
            owner.send(&path, form).await.is(404);
        }
    }
    t.run_jobs().await;
}

async fn office_staff_see_who_can(t: &TestApp) {
    t.owner().await;
    let mut office = t.office().await;
    let page = office.get("/office/settings").await;
    page.is(200)
        .says(&["Settings", "Only the owner can change settings: Nora Keane."])
        .never_says(&["Audit", "Invite"]);
    let mut owner = t.owner().await;
    let first = owner.get("/office/settings").await;
    owner.follow(first).await.is(200);
}
