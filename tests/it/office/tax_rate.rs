//! Tax rates: added, made the default, put away.

use zoop_store as store;

use crate::harness::{TestApp, cases};

cases!(a_rate_is_added_made_the_default_and_put_away, a_rate_that_cant_be_used_is_refused);

const RATES: &str = "/office/settings/tax-rates";

async fn a_rate_is_added_made_the_default_and_put_away(t: &TestApp) {
    let mut owner = t.owner().await;
    owner.get(RATES).await.is(200).says(&["No rate yet"]);
    let form = [("name", "Texas sales tax"), ("percent", "8.25%"), ("is_default", "yes")];
    owner.send_and_follow(RATES, &form).await.is(200).says(&["1 in use", "Texas sales tax Default 8.25%"]);
    let county = t.add_tax_rate().await;
    owner.send_and_follow(&format!("{RATES}/{county}/default"), &[]).await.says(&["County sales tax Default"]);
    owner.get(&format!("{RATES}?archive={county}")).await.says(&["Archive County sales tax, 1.25%?", "your default"]);
    let page = owner.send_and_follow(&format!("{RATES}/{county}/archive"), &[]).await;
    page.is(200).says(&["1 in use", "Archived", "There is no default"]);
    owner.send(&format!("{RATES}/{county}/archive"), &[]).await.is(404);
    owner.send(&format!("{RATES}/{county}/default"), &[]).await.is(404);
    let business = &t.shop.business.id;
    let mut tx = t.app().db.read().await.unwrap();
    assert_eq!(store::business::get(&mut tx, business).await.unwrap().unwrap().default_tax_rate, None);
    assert_eq!(store::tax_rate::list_all(&mut tx, business).await.unwrap().len(), 2, "what it taxed keeps it");
}

async fn a_rate_that_cant_be_used_is_refused(t: &TestApp) {
    let mut owner = t.owner().await;
    for percent in ["100", "-1", "1.23456", "", "lots"] {
        let page = owner.send(RATES, &[("name", "Odd"), ("percent", percent)]).await;
        page.is(422).says(&["The rate was not added", "at most 4 decimals"]);
        assert!(page.html.contains("value=\"Odd\""), "what was typed stays");
    }
    t.add_tax_rate().await;
    let again = [("name", "County sales tax"), ("percent", "1.25")];
    owner.send(RATES, &again).await.is(422).says(&["You have this rate already"]);
}
