//! The first run: an install without anybody is taken into possession by whoever can read what the server printed.

mod code;
mod set_up;

pub use code::renew_code;
pub use set_up::{Entered, SetUp, set_up};

use zoop_store as store;

use crate::{App, Error};

/// Where the hash of the set-up code is remembered.
const SETTING: &str = "set_up_code_hash";

/// Whether nobody has an account yet.
///
/// # Errors
/// The database doesn't answer.
pub async fn is_open(app: &App) -> Result<bool, Error> {
    Ok(store::user::count(&mut app.db.read().await?).await? == 0)
}
