//! What is somebody's own: his browsers, his businesses, his codes.

use zoop_domain::id::BusinessId;
use zoop_domain::user::{Role, User};
use zoop_store as store;

pub use zoop_store::session::Browser;

use crate::session::IDLE;
use crate::{App, Error, transaction};

/// All that his page shows.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where he is signed in, the last used first.
    pub browsers: Vec<Browser>,
    /// Where he works, by name.
    pub businesses: Vec<(BusinessId, String, Role)>,
    /// How many codes that stand in for his authenticator are left.
    pub codes_left: i64,
}

/// What is somebody's own.
///
/// # Errors
/// The database doesn't answer.
pub async fn account(app: &App, user: &User) -> Result<Account, Error> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    Ok(Account {
        browsers: store::session::list_by_user(&mut tx, user.id, now, now.plus_seconds(-IDLE)).await?,
        businesses: store::membership::list_by_user(&mut tx, user.id).await?,
        codes_left: store::authenticator::count_recovery_codes(&mut tx, user.id).await?,
    })
}

/// Signs him out of every browser, this one too.
///
/// # Errors
/// The database doesn't answer.
pub async fn sign_out_everywhere(app: &App, user: &User) -> Result<(), Error> {
    transaction!(app, |tx| {
        store::sign_in::delete_by_user(tx, user.id).await?;
        store::session::delete_by_user(tx, user.id, None).await?;
    })
}
