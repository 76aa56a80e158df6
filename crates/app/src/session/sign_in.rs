//! Signs somebody in by his password, and by a code if he has an authenticator. An address that nobody has and a wrong
//! password take as long, and come to the same.

use std::net::IpAddr;

use secrecy::SecretString;
use zoop_domain::audit::Action;
use zoop_domain::id::BusinessId;
use zoop_domain::secret::PlainToken;
use zoop_domain::throttle::ThrottleKey;
use zoop_domain::user::User;
use zoop_store::{self as store, Tx};

use super::begin::begin_in;
use crate::login_throttle::{self, Try};
use crate::{Actor, App, Error, actor, authenticator, password, transaction};

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
    /// By which browser, as it calls itself.
    pub user_agent: &'a str,
}

/// What came of it.
#[derive(Debug)]
pub enum SignIn {
    /// He is in: the session's token, for the cookie alone.
    In(PlainToken),
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

/// Signs somebody in, into the business whose name comes first.
///
/// # Errors
/// The database doesn't answer.
pub async fn sign_in(app: &App, who: &Credentials<'_>) -> Result<SignIn, Error> {
    match check_password(app, who).await? {
        Ok(user) => transaction!(app, |tx| { let_in(app, tx, &user, None, who.user_agent).await? }),
        Err(refused) => Ok(refused),
    }
}

/// Who has that address and that password; or why he isn't let in.
pub(crate) async fn check_password(app: &App, who: &Credentials<'_>) -> Result<Result<User, SignIn>, Error> {
    let (address, net) = (ThrottleKey::of_address(who.email), ThrottleKey::of_net(who.ip));
    let is_last = match login_throttle::count(app, &[address.clone(), net.clone()]).await? {
        Try::Wait(seconds) => return Ok(Err(SignIn::Wait(seconds))),
        Try::Counted { is_last } => is_last,
    };
    let found = store::user::find_by_email(&mut app.db.read().await?, who.email).await?;
    let (user, hash) = found.unzip();
    let right = password::is_right(app, &who.password, hash).await?;
    match user {
        Some(user) if right => {
            transaction!(app, |tx| { login_throttle::forgive(tx, &address, &net).await? })?;
            Ok(Ok(user))
        }
        Some(user) if is_last => {
            tell_of_guesses(app, &user).await?;
            Ok(Err(SignIn::Refused))
        }
        _ => Ok(Err(SignIn::Refused)),
    }
}

/// Lets somebody in whose password was right: all the way, or as far as the code.
pub(crate) async fn let_in(
    app: &App,
    tx: &mut Tx,
    user: &User,
    business: Option<&BusinessId>,
    user_agent: &str,
) -> Result<SignIn, Error> {
    let Some(place) = place(tx, user, business).await? else { return Ok(SignIn::Nowhere) };
    if user.has_totp {
        let token = PlainToken::generate(app.random.as_ref());
        let expires_at = app.now().plus_seconds(CODE_LIFETIME);
        store::sign_in::insert(tx, token.hash(), user.id, business, expires_at).await?;
        return Ok(SignIn::CodeNeeded(token));
    }
    Ok(SignIn::In(begin_in(app, tx, user.id, &place, user_agent).await?))
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
    user_agent: &str,
) -> Result<SignIn, Error> {
    let Some((user, going_to)) = half_in(app, half).await? else { return Ok(SignIn::Over) };
    let (key, net) = (ThrottleKey::of_code(user.id), ThrottleKey::of_net(ip));
    let is_last = match login_throttle::count(app, &[key.clone(), net.clone()]).await? {
        Try::Wait(seconds) => return Ok(SignIn::Wait(seconds)),
        Try::Counted { is_last } => is_last,
    };
    let outcome = transaction!(app, |tx| {
        if !authenticator::take(app, tx, user.id, code).await? {
            SignIn::Refused
        } else if !store::sign_in::delete(tx, half.hash()).await? {
            SignIn::Over
        } else {
            login_throttle::forgive(tx, &key, &net).await?;
            match place(tx, &user, going_to.as_ref()).await? {
                Some(business) => SignIn::In(begin_in(app, tx, user.id, &business, user_agent).await?),
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

/// The owners read that somebody's password or code was guessed at until it had to be waited for.
async fn tell_of_guesses(app: &App, user: &User) -> Result<(), Error> {
    transaction!(app, |tx| {
        for (business, _, _) in store::membership::list_by_user(tx, user.id).await? {
            actor::record(app, tx, Actor::Zoop, &business, Action::SignInSlowed, user.id.as_str(), &user.name).await?;
        }
    })
}
