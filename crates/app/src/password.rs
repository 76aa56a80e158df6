//! Passwords: argon2id with the parameters its library recommends, away from the threads that serve pages, and
//! never on more than half of the machine's cores.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zoop_domain::random;

use crate::{App, Error};

/// So many passwords are hashed at once; who comes later waits.
pub(crate) struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self(Arc::new(Semaphore::new((cores / 2).max(1))))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// No password has this hash. It costs as much to find out as for any other.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$QUJDREVGR0hJSktMTU5PUA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash to be stored, in PHC form.
///
/// # Errors
/// [`Error::Internal`], which only a wrong use of the library gives.
pub(crate) async fn hash(app: &App, password: &SecretString) -> Result<String, Error> {
    let salt: [u8; 16] = random::bytes(app.random.as_ref());
    let password = password.clone();
    run(app, move || {
        let hash: Result<PasswordHash, _> =
            Argon2::default().hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
    })
    .await?
}

/// Whether `password` has that hash. Without one, or with one that can't be read, it is compared with nobody's, so
/// that it takes as long to say no.
///
/// # Errors
/// [`Error::Internal`] while the program stops.
pub(crate) async fn is_right(app: &App, password: &SecretString, hash: Option<String>) -> Result<bool, Error> {
    let password = password.clone();
    run(app, move || {
        let stored = hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok());
        let known = stored.is_some();
        let Some(hash) = stored.or_else(|| PasswordHash::new(NOBODYS).ok()) else { return false };
        let matches = Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok();
        matches && known
    })
    .await
}

async fn run<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turn = Arc::clone(&app.passwords.0).acquire_owned().await.map_err(Error::internal)?;
    // Whoever asked may be gone before it is done: the turn ends with the work.
    let work = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{Algorithm, Params};

    #[test]
    fn nobodys_hash_costs_what_a_new_one_costs() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        let new: PasswordHash = Argon2::default().hash_password_with_salt(b"a password", b"0123456789abcdef").unwrap();
        assert_eq!((nobodys.algorithm, nobodys.version, &nobodys.params), (new.algorithm, new.version, &new.params));
        assert_eq!(nobodys.hash.map(|hash| hash.len()), new.hash.map(|hash| hash.len()));
        assert_eq!((Algorithm::default(), Params::default().m_cost()), (Algorithm::Argon2id, 19 * 1024));
    }
}
