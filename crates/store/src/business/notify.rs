//! Of what a business's owners are told by mail.

use zoop_domain::business::notify::Notify;
use zoop_domain::id::BusinessId;

use crate::db::{execute, run};
use crate::{Result, Tx};

/// Of what its owners are told by mail, or `None` without such a business.
pub async fn find_notify(tx: &mut Tx, business: &BusinessId) -> Result<Option<Notify>> {
    let row: Option<(bool, bool, bool, bool, bool, bool)> = run!(tx, |c| sqlx::query_as(
        "SELECT notify_paid, notify_failed, notify_auto_pay_off, notify_card_removed, notify_dispute, \
         notify_quote_answered FROM businesses WHERE id = $1",
    )
    .bind(business.as_str())
    .fetch_optional(c))?;
    Ok(row.map(|(paid, charge_failed, auto_pay_off, card_removed, dispute, quote_answered)| Notify {
        paid,
        charge_failed,
        auto_pay_off,
        card_removed,
        dispute,
        quote_answered,
    }))
}

/// Of what its owners are told by mail now.
pub async fn update_notify(tx: &mut Tx, business: &BusinessId, notify: &Notify) -> Result<()> {
    execute!(tx, |c| {
        sqlx::query(
        "UPDATE businesses SET notify_paid = $2, notify_failed = $3, notify_auto_pay_off = $4, \
         notify_card_removed = $5, notify_dispute = $6, notify_quote_answered = $7, version = version + 1 WHERE id = $1",
    )
    .bind(business.as_str())
    .bind(notify.paid)
    .bind(notify.charge_failed)
    .bind(notify.auto_pay_off)
    .bind(notify.card_removed)
    .bind(notify.dispute)
    .bind(notify.quote_answered)
    .execute(c)
    })?;
    Ok(())
}
