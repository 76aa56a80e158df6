//! Who a browser's cookie stands for.

use zoop_domain::secret::PlainToken;
use zoop_store::{self as store, session::Open};

use super::IDLE;
use crate::{App, Error};

/// Its use is noted once in so many seconds at most.
const NOTED_EVERY: i64 = 300;

/// The session that `token` opens, or `None`: unknown, ended, idle for too long, or of somebody who no
/// longer belongs to the business.
///
/// # Errors
/// [`Error::Upstream`] if the database doesn't answer.
pub async fn open(app: &App, token: &PlainToken) -> Result<Option<Open>, Error> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let open = store::session::find_open(&mut tx, token.hash(), now, now.plus_seconds(-IDLE)).await?;
    drop(tx);
    if let Some(session) = open.as_ref().filter(|session| session.last_seen_at.plus_seconds(NOTED_EVERY) <= now) {
        let mut tx = app.db.begin().await?;
        store::session::update_last_seen(&mut tx, &session.id, now).await?;
        tx.commit().await?;
    }
    Ok(open)
}
