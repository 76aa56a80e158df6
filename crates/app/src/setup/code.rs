//! The set-up code: a stranger must not own a fresh install.

use zoop_domain::code::TypedCode;
use zoop_store as store;

use super::SETTING;
use crate::{App, Error, transaction};

/// Eighty random bits.
const GROUPS: usize = 4;

/// A new code in place of the one before, to be printed; `None` once somebody has an account.
///
/// # Errors
/// The database doesn't answer.
pub async fn renew_code(app: &App) -> Result<Option<TypedCode>, Error> {
    if !super::is_open(app).await? {
        return Ok(None);
    }
    let code = TypedCode::generate(app.random.as_ref(), GROUPS);
    transaction!(app, |tx| { store::setting::insert(tx, SETTING, &code.hash()).await? })?;
    Ok(Some(code))
}
