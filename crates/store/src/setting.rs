//! What the install remembers of itself, by name.

use crate::db::{execute, run};
use crate::{Result, Tx};

/// Remembers `value` under `name`, in place of what stood there.
pub async fn insert(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    execute!(tx, |c| sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
    )
    .bind(name)
    .bind(value)
    .execute(c))?;
    Ok(())
}

/// What is remembered under `name`, or `None`.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    Ok(run!(tx, |c| sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(name).fetch_optional(c))?)
}

/// Forgets what is remembered under `name`, if it is `value`. `false` if it wasn't: of several at once one is told yes.
pub async fn delete(tx: &mut Tx, name: &str, value: &str) -> Result<bool> {
    let deleted = execute!(tx, |c| sqlx::query("DELETE FROM settings WHERE name = $1 AND value = $2")
        .bind(name)
        .bind(value)
        .execute(c))?;
    Ok(deleted == 1)
}
