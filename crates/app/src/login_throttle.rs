//! Guessing is slowed down. A try is counted before it is looked at, so that many at once can't slip through; if it was
//! right, it is taken back.

use zoop_domain::throttle::{FORGOTTEN_AFTER, ThrottleKey};
use zoop_store::{self as store, Tx};

use crate::{App, Error, transaction};

/// What becomes of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Try {
    /// It may be looked at. `is_last`: the next one at the first key has to wait.
    Counted { is_last: bool },
    /// It isn't even looked at, for so many seconds.
    Wait(i64),
}

/// Counts a try at each of `keys`, or says how long it has to wait.
pub(crate) async fn count(app: &App, keys: &[ThrottleKey]) -> Result<Try, Error> {
    let now = app.now();
    let forgotten = now.plus_seconds(-FORGOTTEN_AFTER);
    transaction!(app, |tx| {
        let (mut longest, mut first) = (0, None);
        for key in keys {
            let (failures, last) = store::login_throttle::lock(tx, key, now).await?;
            let failures = if last < forgotten { 0 } else { failures };
            longest = longest.max(key.wait_seconds(failures) - now.seconds_since(last));
            first.get_or_insert(key.is_first_beyond(failures + 1));
        }
        if longest > 0 {
            Try::Wait(longest)
        } else {
            for key in keys {
                store::login_throttle::update_failed(tx, key, now, forgotten).await?;
            }
            Try::Counted { is_last: first.unwrap_or(false) }
        }
    })
}

/// It was right: all that was guessed at `secret` is forgotten, and this one try at `net`.
pub(crate) async fn forgive(tx: &mut Tx, secret: &ThrottleKey, net: &ThrottleKey) -> Result<(), Error> {
    store::login_throttle::delete(tx, secret).await?;
    Ok(store::login_throttle::update_forgiven(tx, net).await?)
}

/// Deletes what doesn't count any more.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let forgotten = app.now().plus_seconds(-FORGOTTEN_AFTER);
    transaction!(app, |tx| { store::login_throttle::delete_old(tx, forgotten).await? }).map(drop)
}
