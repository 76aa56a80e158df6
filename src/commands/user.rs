//! `zoop user`: accounts from the command line. The password is asked for at a terminal, or comes from a file or
//! standard input.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use secrecy::SecretString;
use zoop_app::authenticator::turn_off::turn_off_for;
use zoop_app::business::create::{EnteredBusiness, NewBusiness};
use zoop_app::user::create::{Workplace, add, create};
use zoop_app::user::set_password::set_password;
use zoop_app::user::{NewUser, read_email};
use zoop_app::{Actor, App};
use zoop_domain::business::Business;
use zoop_domain::form::FieldErrors;
use zoop_domain::user::{Role, User as Person};
use zoop_store as store;

use super::{Failure, say, tell};
use crate::cli::{CreateUser, ResetPassword, User};
use crate::config::Config;
use crate::wire;

const ACTOR: Actor = Actor::Operator;
/// More than any password.
const LONGEST_INPUT: u64 = 4_096;
/// Long enough to be taken; it stands in until somebody has typed one.
const NOT_YET: &str = "not typed yet";

pub(crate) async fn run(config: &Config, command: &User) -> Result<(), Failure> {
    let db = wire::ready_database_at_once(config).await?;
    let app = wire::app(config, db, None)?;
    let outcome = match command {
        User::Create(new) => make(&app, new).await,
        User::List => list(&app).await,
        User::ResetPassword(whose) => reset(&app, whose).await,
        User::TurnOffAuthenticator { email } => turn_off_authenticator(&app, email).await,
    };
    app.db.close().await;
    outcome
}

async fn make(app: &App, new: &CreateUser) -> Result<(), Failure> {
    let role: Role =
        new.role.parse().map_err(|_| Failure::new(format!("{:?} is no role; there are owner and office", new.role)))?;
    let place = workplace(app, new).await?;
    if let Some(person) = find(app, &new.email).await? {
        let business = add(app, ACTOR, person.id, role, &place).await?;
        say(person.id);
        tell(format_args!("{} has an account already; it opens {} too, as {role}.", person.email, business.name));
        return Ok(());
    }
    let name = new.name.as_deref().ok_or_else(|| Failure::new("there is no such account yet: give --name too"))?;
    // What is wrong is said before anybody is asked for a password.
    read(name, &new.email, NOT_YET.into())?;
    let person = read(name, &new.email, password(new.password.password_file.as_deref())?)?;
    let (user, business) = create(app, ACTOR, &person, role, &place).await?;
    say(user.id);
    tell(format_args!("{} signs in at {}sign-in, as {role} of {}.", user.email, app.base_url(), business.name));
    Ok(())
}

fn read(name: &str, email: &str, password: SecretString) -> Result<NewUser, Failure> {
    let mut errors = FieldErrors::default();
    let read = NewUser::read(name, email, password, &mut errors);
    read.ok_or_else(|| Failure::new(errors.to_string()))
}

async fn workplace(app: &App, new: &CreateUser) -> Result<Workplace, Failure> {
    let Some(name) = &new.new_business else {
        let wanted = new.business.as_deref().unwrap_or_default();
        return Ok(Workplace::Here(business(app, wanted).await?.id));
    };
    let mut errors = FieldErrors::default();
    let entered = EnteredBusiness {
        business: name,
        time_zone: new.time_zone.as_deref().unwrap_or_default(),
        currency: &new.currency,
        ..EnteredBusiness::default()
    };
    let read = NewBusiness::read(entered, &mut errors);
    read.map(Workplace::New).ok_or_else(|| Failure::new(errors.to_string()))
}

/// The business with this id or name; a name that several have is none.
pub(super) async fn business(app: &App, wanted: &str) -> Result<Business, Failure> {
    let all = store::business::list(&mut app.db.read().await?).await?;
    let mut found = all.into_iter().filter(|it| it.id.as_str() == wanted || it.name == wanted);
    match (found.next(), found.next()) {
        (Some(business), None) => Ok(business),
        (Some(_), Some(_)) => Err(Failure::new(format!("several businesses are called {wanted:?}; give the id"))),
        _ => Err(Failure::new(format!("there is no business {wanted:?}; `zoop user list` names those there are"))),
    }
}

async fn find(app: &App, email: &str) -> Result<Option<Person>, Failure> {
    let email = read_email(email).map_err(Failure::new)?;
    Ok(store::user::find_by_email(&mut app.db.read().await?, &email).await?.map(|(user, _)| user))
}

async fn known(app: &App, email: &str) -> Result<Person, Failure> {
    let nobody = || Failure::new(format!("nobody signs in with {}; `zoop user list` names those who do", email.trim()));
    find(app, email).await?.ok_or_else(nobody)
}

async fn list(app: &App) -> Result<(), Failure> {
    let mut tx = app.db.read().await?;
    for business in store::business::list(&mut tx).await? {
        say(format_args!("{} {}", business.id, business.name));
        for (person, role) in store::membership::list(&mut tx, &business.id).await? {
            say(format_args!("  {} {role} {} {}", person.id, person.email, person.name));
        }
    }
    Ok(())
}

async fn reset(app: &App, whose: &ResetPassword) -> Result<(), Failure> {
    let person = known(app, &whose.email).await?;
    let password = password(whose.password.password_file.as_deref())?;
    set_password(app, ACTOR, person.id, &password).await?;
    say(format_args!("{} has a new password. All of its browsers are signed out.", person.email));
    Ok(())
}

async fn turn_off_authenticator(app: &App, email: &str) -> Result<(), Failure> {
    let person = known(app, email).await?;
    turn_off_for(app, ACTOR, person.id).await?;
    say(format_args!("{} signs in by password alone. All of its browsers are signed out.", person.email));
    Ok(())
}

/// The password: from the file, from the terminal without showing it, or the first line of standard input.
fn password(file: Option<&Path>) -> Result<SecretString, Failure> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| Failure::new(format!("the password’s file {} can’t be read: {error}", file.display())))?,
        None if std::io::stdin().is_terminal() => {
            let first = rpassword::prompt_password("Password: ")?;
            let again = rpassword::prompt_password("And once more: ")?;
            if first != again {
                return Err(Failure::new("the two are not the same; nothing was changed"));
            }
            first
        }
        None => {
            let mut text = String::new();
            std::io::stdin().take(LONGEST_INPUT).read_to_string(&mut text)?;
            text
        }
    };
    match text.lines().next().unwrap_or_default() {
        "" => Err(Failure::new("there is no password: give it on standard input, or in a file by --password-file")),
        line => Ok(line.into()),
    }
}
