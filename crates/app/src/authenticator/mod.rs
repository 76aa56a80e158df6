//! The authenticator on somebody's phone: a code that changes every half minute, asked for after the password. Each
//! code and each step is good once; codes on paper stand in for a lost phone.

pub mod begin;
pub mod confirm;
pub mod turn_off;

use totp_rs::{Builder, Secret, Totp};
use zoop_domain::code::TypedCode;
use zoop_domain::id::UserId;
use zoop_store::{self as store, Tx};

use crate::{App, Error};

/// What the phone shows above the code.
const ISSUER: &str = "Zoop";
const DIGITS: usize = 6;

/// Codes of the step before and after are taken too: clocks differ, and people type.
fn totp(secret: &str, email: &str) -> Result<Totp, Error> {
    let secret =
        Secret::try_from_base32(secret).map_err(|_| Error::internal("an authenticator’s key is no base 32"))?;
    let account = email.replace(':', "");
    let builder = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(ISSUER));
    builder.build().map_err(|error| Error::internal(error.to_string()))
}

/// The step whose code this is, if it is a code of now.
fn step(app: &App, totp: &Totp, typed: &str) -> Option<i64> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_code = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
    let now = u64::try_from(app.now().as_unix_seconds()).ok().filter(|_| is_code)?;
    totp.check(&digits, now).and_then(|step| i64::try_from(step).ok())
}

/// Takes a code, of the authenticator or of the paper. `false` if it is none, or was taken before.
pub(crate) async fn take(app: &App, tx: &mut Tx, user: UserId, typed: &str) -> Result<bool, Error> {
    let Some(found) = store::authenticator::find(tx, user).await?.filter(|it| it.is_confirmed) else {
        return Ok(false);
    };
    if let Some(step) = step(app, &totp(&found.secret, "")?, typed) {
        return Ok(store::authenticator::update_step(tx, user, step).await?);
    }
    let hash = TypedCode::typed(typed).hash();
    Ok(store::authenticator::update_recovery_code_used(tx, user, &hash, app.now()).await?)
}
