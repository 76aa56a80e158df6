//! Paying with a card on file, and agreeing to auto-pay while paying.

use serde_json::json;
use zoop_store as store;

use crate::harness::browser::{Browser, CHALLENGED, MASTERCARD, Page, VISA};
use crate::harness::{TestApp, cases};

cases!(
    s25_one_tap_pays_with_the_card_on_file,
    s25_a_decline_offers_another_card,
    s25_the_bank_asks_on_its_own_page,
    the_public_page_neither_shows_nor_takes_a_card_on_file,
    s26_s27_auto_pay_is_agreed_to_while_paying,
    s26_an_address_is_asked_for_where_none_is_on_file,
);

async fn tap(dana: &mut Browser<'_>, page: &str, with: &str) -> Page {
    let amount = dana.get(page).await.amount();
    dana.post(&format!("{page}/pay"), &[("amount", &amount), ("with", with)]).await
}

async fn s25_one_tap_pays_with_the_card_on_file(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let bill = t.bill(5_000).await;
    let page = format!("{}/invoices/{}", t.portal_link(&t.shop).await, bill.id);
    let mut dana = t.browser();
    dana.get(&page).await.says(&["Pay $50.00 with Visa", "4242", "Pay another way"]);
    let pressed = tap(&mut dana, &page, card.id.as_str()).await;
    assert_eq!(pressed.location().path(), page);
    dana.follow(pressed).await.says(&["Paid on"]);
}

async fn s25_a_decline_offers_another_card(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let bill = t.bill(5_000).await;
    let page = format!("{}/invoices/{}", t.portal_link(&t.shop).await, bill.id);
    let decline = json!({ "decline_code": "insufficient_funds" });
    t.stripe.control(&format!("payment_methods/{}", card.stripe_payment_method), decline).await;
    let mut dana = t.browser();
    let declined = tap(&mut dana, &page, card.id.as_str()).await;
    declined.is(402).says(&["Your bank declined Visa", "4242", "not enough money was available. Nothing was charged."]);
    declined.says(&["Pay with another card", "Pay with a card on file"]);
    let pressed = tap(&mut dana, &page, "other").await;
    let address = dana.open_checkout(&pressed).await;
    let typed = dana.type_card(&address, MASTERCARD).await;
    dana.follow(typed).await.says(&["Paid on"]);
}

async fn s25_the_bank_asks_on_its_own_page(t: &TestApp) {
    let first = t.bill(1_000).await;
    let mut dana = t.browser();
    let pressed = dana.press_pay_with(&first.path, &[("save_card", "yes")]).await;
    let checkout = dana.open_checkout(&pressed).await;
    let challenge = dana.type_card(&checkout, CHALLENGED).await.location();
    let answered = dana.post(challenge.as_str(), &[("outcome", "complete")]).await;
    dana.follow(answered).await.says(&["Paid on"]);
    let card = t.methods().await.remove(0);
    let bill = t.bill(5_000).await;
    let page = format!("{}/invoices/{}", t.portal_link(&t.shop).await, bill.id);
    let bank = tap(&mut dana, &page, card.id.as_str()).await;
    bank.is(200).says(&["Your bank wants to check that it’s you", "Continue to your bank"]);
    assert!(bank.html.contains("<meta http-equiv=\"refresh\""));
    assert!(bank.header("set-cookie").starts_with("zoop_back="));
    assert!(!bank.header("content-security-policy").contains("unsafe"));
    let link = bank.html.split("class=\"button primary\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let answered = dana.post(&link.replace("&#38;", "&"), &[("outcome", "complete")]).await;
    let done = dana.follow(answered).await;
    assert_eq!(done.url.path(), page);
    done.says(&["Paid on"]);
}

async fn the_public_page_neither_shows_nor_takes_a_card_on_file(t: &TestApp) {
    let card = t.card_on_file(VISA).await;
    let bill = t.bill(5_000).await;
    let mut dana = t.browser();
    dana.get(&bill.path).await.says(&["Pay now"]).never_says(&["4242", "Pay another way"]);
    let forged = tap(&mut dana, &bill.path, card.id.as_str()).await;
    forged.is(409).says(&["no longer on file, and nothing was charged"]).never_says(&["4242"]);
}

async fn s26_s27_auto_pay_is_agreed_to_while_paying(t: &TestApp) {
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = t.bill_on(&plan, 6_495).await;
    let mut dana = t.browser();
    let page = dana.get(&bill.path).await;
    page.says(&["Auto-pay future invoices for Monthly lawn care", "I authorize Greenline Lawn & Garden to charge"]);
    dana.get(&t.bill(1_000).await.path).await.never_says(&["Auto-pay future invoices"]);
    // Save card is locked, so no browser sends it.
    dana.pays_with(&bill.path, VISA, &[("auto_pay", "yes")]).await.says(&["Paid on"]);
    t.settled().await;
    assert_eq!(t.methods().await.len(), 1, "auto-pay keeps the card");
    let mut tx = t.app().db.read().await.unwrap();
    let live = store::consent::find_live(&mut tx, &t.shop.business.id, &plan).await.unwrap().unwrap();
    assert!(live.evidence.ip.is_some() && live.evidence.user_agent.unwrap().contains("iPhone"));
    drop(tx);
    let next = t.bill_on(&plan, 6_495).await;
    dana.get(&next.path).await.never_says(&["Auto-pay future invoices"]);
}

async fn s26_an_address_is_asked_for_where_none_is_on_file(t: &TestApp) {
    t.database.execute(&format!("UPDATE customers SET email = NULL WHERE id = '{}'", t.shop.customer.id)).await;
    let plan = t.add_plan(&t.shop, "Monthly lawn care").await;
    let bill = t.bill_on(&plan, 6_495).await;
    let mut dana = t.browser();
    for (email, error) in [("", "Please give an email address."), ("dana@", "Please check this address.")] {
        let page = dana.press_pay_with(&bill.path, &[("auto_pay", "yes"), ("email", email)]).await;
        page.is(422).says(&["Auto-pay future invoices", error]);
        assert!(page.html.contains(&format!("value=\"{email}\"")) && page.html.contains("aria-invalid=\"true\""));
        assert!(page.html.contains("id=\"auto\" name=\"auto_pay\" value=\"yes\" checked"), "the tick is kept");
    }
    let ticks = [("auto_pay", "yes"), ("email", "dana@example.com")];
    dana.pays_with(&bill.path, VISA, &ticks).await.says(&["Paid on"]);
}
