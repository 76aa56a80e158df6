//! Who belongs to a business, and as what.

use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::time::Instant;
use zoop_domain::user::{Role, User};

use crate::db::{execute, run};
use crate::row::parse;
use crate::user::Row as UserRow;
use crate::{Result, Tx};

/// Somebody becomes a member. `false` if he is one.
pub async fn insert(tx: &mut Tx, business: &BusinessId, user: UserId, role: Role, now: Instant) -> Result<bool> {
    let inserted: Option<String> = run!(tx, |c| sqlx::query_scalar(
        "INSERT INTO memberships (business_id, user_id, role, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (business_id, user_id) DO NOTHING RETURNING user_id",
    )
    .bind(business.as_str())
    .bind(user.as_str())
    .bind(role.as_str())
    .bind(now.as_microseconds())
    .fetch_optional(c))?;
    Ok(inserted.is_some())
}

/// What the person is in the business, or `None`.
pub async fn find(tx: &mut Tx, business: &BusinessId, user: UserId) -> Result<Option<Role>> {
    let role: Option<String> =
        run!(tx, |c| sqlx::query_scalar("SELECT role FROM memberships WHERE business_id = $1 AND user_id = $2")
            .bind(business.as_str())
            .bind(user.as_str())
            .fetch_optional(c))?;
    role.map(|role| parse("memberships.role", &role)).transpose()
}

/// The business's people, owners first, by name.
pub async fn list(tx: &mut Tx, business: &BusinessId) -> Result<Vec<(User, Role)>> {
    let rows: Vec<(String, String, String, bool, String)> = run!(tx, |c| sqlx::query_as(
        "SELECT u.id, u.name, u.email, u.totp_confirmed_at IS NOT NULL, m.role FROM memberships m \
         JOIN users u ON u.id = m.user_id WHERE m.business_id = $1 ORDER BY m.role DESC, u.name, u.id",
    )
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, name, email, has_totp, role)| {
            Ok((User::try_from(UserRow { id, name, email, has_totp })?, parse("memberships.role", &role)?))
        })
        .collect()
}

/// The person's businesses with their names, by name.
pub async fn list_by_user(tx: &mut Tx, user: UserId) -> Result<Vec<(BusinessId, String, Role)>> {
    let rows: Vec<(String, String, String)> = run!(tx, |c| sqlx::query_as(
        "SELECT b.id, b.name, m.role FROM memberships m JOIN businesses b ON b.id = m.business_id \
         WHERE m.user_id = $1 ORDER BY b.name, b.id",
    )
    .bind(user.as_str())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, name, role)| Ok((parse("memberships.business_id", &id)?, name, parse("memberships.role", &role)?)))
        .collect()
}

/// Somebody of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// As what.
    pub role: Role,
    /// When he signed in last.
    pub last_signed_in_at: Option<Instant>,
}

/// The business's people with when they signed in, owners first, by name.
pub async fn list_members(tx: &mut Tx, business: &BusinessId) -> Result<Vec<Member>> {
    let rows: Vec<(String, String, String, bool, String, Option<i64>)> = run!(tx, |c| sqlx::query_as(
        "SELECT u.id, u.name, u.email, u.totp_confirmed_at IS NOT NULL, m.role, m.last_signed_in_at \
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.business_id = $1 \
         ORDER BY m.role DESC, u.name, u.id",
    )
    .bind(business.as_str())
    .fetch_all(c))?;
    rows.into_iter()
        .map(|(id, name, email, has_totp, role, signed_in)| {
            Ok(Member {
                user: User::try_from(UserRow { id, name, email, has_totp })?,
                role: parse("memberships.role", &role)?,
                last_signed_in_at: signed_in.map(Instant::from_microseconds),
            })
        })
        .collect()
}

/// How many owners the business has.
pub async fn count_owners(tx: &mut Tx, business: &BusinessId) -> Result<i64> {
    Ok(run!(tx, |c| sqlx::query_scalar(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM memberships WHERE business_id = $1 AND role = 'owner'",
    )
    .bind(business.as_str())
    .fetch_one(c))?)
}

/// What he is from now on. `false` if he isn't in the team.
pub async fn update_role(tx: &mut Tx, business: &BusinessId, user: UserId, role: Role) -> Result<bool> {
    let changed =
        execute!(tx, |c| sqlx::query("UPDATE memberships SET role = $3 WHERE business_id = $1 AND user_id = $2")
            .bind(business.as_str())
            .bind(user.as_str())
            .bind(role.as_str())
            .execute(c))?;
    Ok(changed == 1)
}

/// He signed in.
pub async fn update_signed_in(tx: &mut Tx, business: &BusinessId, user: UserId, now: Instant) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "UPDATE memberships SET last_signed_in_at = $3 WHERE business_id = $1 AND user_id = $2",
    )
    .bind(business.as_str())
    .bind(user.as_str())
    .bind(now.as_microseconds())
    .execute(c))?;
    Ok(())
}

/// He doesn't belong to the business any more. `false` if he didn't.
pub async fn delete(tx: &mut Tx, business: &BusinessId, user: UserId) -> Result<bool> {
    let deleted = execute!(tx, |c| sqlx::query("DELETE FROM memberships WHERE business_id = $1 AND user_id = $2")
        .bind(business.as_str())
        .bind(user.as_str())
        .execute(c))?;
    Ok(deleted == 1)
}
