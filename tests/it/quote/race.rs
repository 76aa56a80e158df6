//! Two answers at once: one is taken, the other is told so.

use zoop_domain::quote::QuoteState;

use crate::harness::{TestApp, cases};

cases!(of_two_answers_one_is_taken, a_click_too_many_makes_no_second_invoice);

async fn of_two_answers_one_is_taken(t: &TestApp) {
    for _ in 0..5 {
        let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
        let path = t.quote_link(&t.shop, &quote).await;
        let (mut one, mut other) = (t.browser(), t.browser());
        let (yes, no) = tokio::join!(
            one.post(&path, &[("name", "Dana"), ("answer", "accept")]),
            other.post(&path, &[("answer", "decline")]),
        );
        let mut statuses = [yes.status.as_u16(), no.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let taken = if yes.status.as_u16() == 303 { QuoteState::Accepted } else { QuoteState::Declined };
        assert_eq!(t.quote(&quote).await.state, taken);
    }
}

async fn a_click_too_many_makes_no_second_invoice(t: &TestApp) {
    let quote = t.add_quote(&t.shop, QuoteState::Sent).await;
    let path = t.quote_link(&t.shop, &quote).await;
    t.browser().post(&path, &[("name", "Dana"), ("answer", "accept")]).await.is(303);
    let action = format!("/office/quotes/{quote}/invoice");
    let (mut nora, mut luis) = (t.owner().await, t.office().await);
    let (one, other) = tokio::join!(nora.send(&action, &[]), luis.send(&action, &[]));
    assert_eq!(one.is(303).header("location"), other.is(303).header("location"));
}
