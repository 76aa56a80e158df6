//! Signs somebody in by his password, and by a code if he has an authenticator. An address that nobody has and a wrong
//! password take as long, and come to the same.

use std::net::IpAddr;

use secrecy::SecretString;
use zoop_domain::audit::Action;
use zoop_domain::id::{BusinessId, UserId};
use zoop_domain::secret::PlainToken;
use zoop_domain::throttle::ThrottleKey;
use zoop_domain::user::User;
use zoop_store::{self as store, Tx};

use super::begin::enter;
use super::{Browser, SignedIn, known_browser};
use crate::job::{self, JobKind};
use crate::login_throttle::{self, Try};
use crate::{Actor, App, Error, actor, authenticator, password, transaction, user};

/// So many seconds somebody whose password was right has for the code: ten minutes.
pub const CODE_LIFETIME: i64 = 600;

/// What somebody brings who wants to be let in.
#[derive(Clone, Debug)]
pub struct Credentials<'a> {
    /// The address, as typed.
    pub email: &'a str,
    /// The password.
    pub password: SecretString,
    /// From where.
    pub ip: IpAddr,
    /// By which browser.
    pub browser: Browser<'a>,
}

/// What came of it.
#[derive(Debug)]
pub enum SignIn {
    /// He is in.
    In(SignedIn),
    /// A code is asked for as well: the token of who is half in, for a cookie alone.
    CodeNeeded(PlainToken),
    /// Address and password don't belong together, or the code is wrong or was taken before.
    Refused,
    /// Not even looked at, for so many seconds.
    Wait(i64),
    /// They do, but he belongs to no business any more.
    Nowhere,
    /// It took too long between password and code.
    Over,
}

/// Somebody whose password was right when it was looked at.
pub(crate) struct Checked {
    user: UserId,
    hash: String,
}

impl Checked {
    /// The person as he is now; `None` if he has another password by now. Nobody changes him until the transaction ends.
    pub(crate) async fn lock(&self, tx: &mut Tx) -> Result<Option<User>, Error> {
        let found = store::user::lock(tx, self.user).await?;
        Ok(found.filter(|(_, hash)| *hash == self.hash).map(|(user, _)| user))
    }
}

/// Signs somebody in, into the business whose name comes first.
///
/// # Errors
/// The database doesn't answer.
pub async fn sign_in(app: &App, who: &Credentials<'_>) -> Result<SignIn, Error> {
    let checked = match check_password(app, who).await? {
        Ok(checked) => checked,
        Err(refused) => return Ok(refused),
    };
    transaction!(app, |tx| {
        match checked.lock(tx).await? {
            Some(user) => let_in(app, tx, &user, None, &who.browser).await?,
            None => SignIn::Refused,
        }
    })
}

/// Whether somebody has that address and that password; or why he isn't let in.
pub(crate) async fn check_password(app: &App, who: &Credentials<'_>) -> Result<Result<Checked, SignIn>, Error> {
    let (key, net) = (known_browser::key(app, who.email, &who.browser).await?, ThrottleKey::of_net(who.ip));
    let is_last = match login_throttle::count(app, &[net.clone(), key.clone()]).await? {
        Try::Wait(seconds) => return Ok(Err(SignIn::Wait(seconds))),
        Try::Counted { is_last } => is_last,
    };
    let found = store::user::find_by_email(&mut app.db.read().await?, who.email).await?;
    let (user, hash) = found.unzip();
    let right = password::is_right(app, &who.password, hash.clone()).await?;
    if let (Some(user), Some(hash), true) = (user, hash, right) {
        transaction!(app, |tx| { login_throttle::forgive(tx, &key, &net).await? })?;
        return Ok(Ok(Checked { user: user.id, hash }));
    }
    if is_last {
        // Whether anybody has the address is for the job to find out: the answer takes as long either way.
        let payload = ThrottleKey::of_address(who.email);
        transaction!(app, |tx| { job::enqueue(app, tx, None, JobKind::Guessed, payload.as_str()).await? })?;
    }
    Ok(Err(SignIn::Refused))
}

/// Lets somebody in whose password was right: all the way, or as far as the code.
pub(crate) async fn let_in(
    app: &App,
    tx: &mut Tx,
    user: &User,
    business: Option<&BusinessId>,
    browser: &Browser<'_>,
) -> Result<SignIn, Error> {
    let Some(place) = place(tx, user, business).await? else { return Ok(SignIn::Nowhere) };
    if user.has_totp {
        let token = PlainToken::generate(app.random.as_ref());
        let expires_at = app.now().plus_seconds(CODE_LIFETIME);
        store::sign_in::insert(tx, token.hash(), user.id, business, expires_at).await?;
        return Ok(SignIn::CodeNeeded(token));
    }
    Ok(SignIn::In(enter(app, tx, user.id, &place, browser).await?))
}

/// Lets somebody all the way in, by the code of his authenticator or one that stands in for it.
///
/// # Errors
/// The database doesn't answer.
pub async fn give_code(
    app: &App,
    half: &PlainToken,
    code: &str,
    ip: IpAddr,
    browser: &Browser<'_>,
) -> Result<SignIn, Error> {
    let Some((user, going_to)) = half_in(app, half).await? else { return Ok(SignIn::Over) };
    let (key, net) = (ThrottleKey::of_code(user.id), ThrottleKey::of_net(ip));
    let is_last = match login_throttle::count(app, &[net.clone(), key.clone()]).await? {
        Try::Wait(seconds) => return Ok(SignIn::Wait(seconds)),
        Try::Counted { is_last } => is_last,
    };
    let outcome = transaction!(app, |tx| {
        // Whoever gives him another password takes this half of his sign-in away: one of the two waits.
        store::user::lock(tx, user.id).await?;
        if !authenticator::take(app, tx, user.id, code).await? {
            SignIn::Refused
        } else if !store::sign_in::delete(tx, half.hash()).await? {
            SignIn::Over
        } else {
            login_throttle::forgive(tx, &key, &net).await?;
            match place(tx, &user, going_to.as_ref()).await? {
                Some(business) => SignIn::In(enter(app, tx, user.id, &business, browser).await?),
                None => SignIn::Nowhere,
            }
        }
    })?;
    if is_last && matches!(outcome, SignIn::Refused) {
        tell_of_guesses(app, &user).await?;
    }
    Ok(outcome)
}

/// Whose password was right, if he is still asked for the code.
///
/// # Errors
/// The database doesn't answer.
pub async fn who_is_half_in(app: &App, half: &PlainToken) -> Result<Option<User>, Error> {
    Ok(half_in(app, half).await?.map(|(user, _)| user))
}

/// The same, and where he is going.
async fn half_in(app: &App, half: &PlainToken) -> Result<Option<(User, Option<BusinessId>)>, Error> {
    let mut tx = app.db.read().await?;
    let Some((user, going_to)) = store::sign_in::find(&mut tx, half.hash(), app.now()).await? else {
        return Ok(None);
    };
    Ok(store::user::get(&mut tx, user).await?.map(|user| (user, going_to)))
}

/// The business he is going to, if he belongs to it, or the one whose name comes first.
async fn place(tx: &mut Tx, user: &User, going_to: Option<&BusinessId>) -> Result<Option<BusinessId>, Error> {
    let memberships = store::membership::list_by_user(tx, user.id).await?;
    let mut places = memberships.into_iter().map(|(business, _, _)| business);
    let wanted = places.clone().find(|business| Some(business) == going_to);
    Ok(wanted.or_else(|| places.next()))
}

/// The owners of his businesses read it, if the address that was guessed at is somebody's.
pub(crate) async fn tell_of_guesses_at(app: &App, key: &str) -> Result<(), Error> {
    match user::find_by_key(app, key, ThrottleKey::of_address).await? {
        Some(user) => tell_of_guesses(app, &user).await,
        None => Ok(()),
    }
}

/// The owners read that somebody's password or code was guessed at until it had to be waited for.
async fn tell_of_guesses(app: &App, user: &User) -> Result<(), Error> {
    transaction!(app, |tx| {
        for (business, _, _) in store::membership::list_by_user(tx, user.id).await? {
            actor::record(app, tx, Actor::Zoop, &business, Action::SignInSlowed, user.id.as_str(), &user.name).await?;
        }
    })
}
