//! Guessing is slowed down. A try is counted before it is looked at, so that many at once can't slip through; if it was
//! right, it is taken back.

use zoop_domain::throttle::{FORGOTTEN_AFTER, ThrottleKey};
use zoop_domain::time::Instant;
use zoop_store::{self as store, Tx};

use crate::{App, Error, transaction};

/// What becomes of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Try {
    /// It may be looked at. `is_last`: the next one at the last key has to wait.
    Counted { is_last: bool },
    /// It isn't even looked at, for so many seconds.
    Wait(i64),
}

/// Counts a try at each of `keys`, or says how long it has to wait. The net comes first, what is guessed at last: whoever
/// has to wait leaves no row, however many addresses he tries.
pub(crate) async fn count(app: &App, keys: &[ThrottleKey]) -> Result<Try, Error> {
    let now = app.now();
    let forgotten = now.plus_seconds(-FORGOTTEN_AFTER);
    let longest = longest_wait(app, keys, now).await?;
    if longest > 0 {
        return Ok(Try::Wait(longest));
    }
    transaction!(app, |tx| {
        let mut is_last = false;
        for key in keys {
            let (failures, last) = store::login_throttle::lock(tx, key, now).await?;
            let wait = wait_seconds(key, failures, last, now);
            if wait > 0 {
                return Ok(Try::Wait(wait));
            }
            is_last = key.is_first_beyond(if last < forgotten { 1 } else { failures + 1 });
        }
        for key in keys {
            store::login_throttle::update_failed(tx, key, now, forgotten).await?;
        }
        Try::Counted { is_last }
    })
}

async fn longest_wait(app: &App, keys: &[ThrottleKey], now: Instant) -> Result<i64, Error> {
    let (mut tx, mut longest) = (app.db.read().await?, 0);
    for key in keys {
        if let Some((failures, last)) = store::login_throttle::find(&mut tx, key).await? {
            longest = longest.max(wait_seconds(key, failures, last, now));
        }
    }
    Ok(longest)
}

fn wait_seconds(key: &ThrottleKey, failures: i64, last: Instant, now: Instant) -> i64 {
    key.wait_seconds(failures) - now.seconds_since(last)
}

/// It was right: all that was guessed at `secret` is forgotten, and this one try at `net`.
pub(crate) async fn forgive(tx: &mut Tx, secret: &ThrottleKey, net: &ThrottleKey) -> Result<(), Error> {
    // In the order in which tries are counted: two that wait for each other would both have to give way.
    store::login_throttle::update_forgiven(tx, net).await?;
    Ok(store::login_throttle::delete(tx, secret).await?)
}

/// Deletes what doesn't count any more.
pub(crate) async fn forget(app: &App) -> Result<(), Error> {
    let forgotten = app.now().plus_seconds(-FORGOTTEN_AFTER);
    transaction!(app, |tx| { store::login_throttle::delete_old(tx, forgotten).await? }).map(drop)
}
