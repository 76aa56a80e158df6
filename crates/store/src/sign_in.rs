//! People whose password was right and who are asked for a code as well, by the hash of the token in their cookie.

use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::secret::HashedToken;
use zoop_domain::time::Instant;

use crate::db::{execute, run};
use crate::row::{parse, parse_optional};
use crate::{Result, Tx};

/// Somebody is half signed in, on his way to `business` if he comes from its invitation.
pub async fn insert(
    tx: &mut Tx,
    token: HashedToken,
    user: UserId,
    business: Option<&BusinessId>,
    expires_at: Instant,
) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO sign_ins (token_hash, user_id, business_id, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(token.to_hex())
    .bind(user.as_str())
    .bind(business.map(BusinessId::as_str))
    .bind(expires_at.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// Who it is and where he is going, if it isn't over at `now`.
pub async fn find(tx: &mut Tx, token: HashedToken, now: Instant) -> Result<Option<(UserId, Option<BusinessId>)>> {
    let row: Option<(String, Option<String>)> = run!(tx, |c| sqlx::query_as(
        "SELECT user_id, business_id FROM sign_ins WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(token.to_hex())
    .bind(now.as_microseconds())
    .fetch_optional(c))?;
    row.map(|(user, business)| {
        let business = parse_optional("sign_ins.business_id", business.as_deref())?;
        Ok((parse("sign_ins.user_id", &user)?, business))
    })
    .transpose()
}

/// He is in altogether. `false` if he was before.
pub async fn delete(tx: &mut Tx, token: HashedToken) -> Result<bool> {
    let deleted =
        execute!(tx, |c| sqlx::query("DELETE FROM sign_ins WHERE token_hash = $1").bind(token.to_hex()).execute(c))?;
    Ok(deleted == 1)
}

/// He has another password, or another authenticator: whoever is half signed in as him begins anew.
pub async fn delete_by_user(tx: &mut Tx, user: UserId) -> Result<()> {
    execute!(tx, |c| sqlx::query("DELETE FROM sign_ins WHERE user_id = $1").bind(user.as_str()).execute(c))?;
    Ok(())
}

/// Deletes what is over at `now`: how many.
pub async fn delete_expired(tx: &mut Tx, now: Instant) -> Result<u64> {
    Ok(execute!(tx, |c| sqlx::query("DELETE FROM sign_ins WHERE expires_at <= $1")
        .bind(now.as_microseconds())
        .execute(c))?)
}
