//! Changes what the owner says of his business. What was sent keeps the details it was sent with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zoop_domain::audit::Action;
use zoop_domain::business::info::{self, BusinessInfo, Typed};
use zoop_domain::business::{Business, instructions};
use zoop_domain::form::FieldErrors;
use zoop_domain::id::BusinessId;
use zoop_store::{self as store, Tx};

use super::logo::{self, Logo};
use crate::mail::parse_address;
use crate::{Actor, App, Error, actor, transaction};

/// A change of the business, as it was typed.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    /// Which state of the settings it was made from.
    pub revision: i64,
    /// The fields.
    pub typed: Typed<'a>,
    /// Where customers write, as it was typed.
    pub email: &'a str,
    /// The logo.
    pub logo: LogoEdit,
}

/// What is to become of the logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogoEdit {
    /// It stays.
    Keep,
    /// There is none any more.
    Remove,
    /// This file takes its place.
    Replace(Vec<u8>),
    /// A file was sent that is larger than anybody's logo.
    TooLarge,
}

/// Changes it.
///
/// # Errors
/// [`Error::Fields`] for what can't be used; [`Error::Conflict`] if somebody has changed the settings since;
/// [`Error::NotFound`] without such a business; [`Error::Forbidden`] for whoever isn't its owner.
pub async fn update(app: &App, actor: Actor, business: &BusinessId, edit: Edit<'_>) -> Result<(), Error> {
    actor.must_be_owner()?;
    let (info, logo) = read(app, &edit).await?;
    transaction!(app, |tx| {
        let before = lock(tx, business, edit.revision).await?;
        let settings = store::business::find_settings(tx, business).await?.ok_or(Error::NotFound)?;
        if info.currency != before.currency && settings.has_documents {
            let why = "The currency can’t change any more: there are documents in it.";
            return Err(Error::Fields(FieldErrors::one("currency", why)));
        }
        store::business::update_info(tx, business, &info).await?;
        let mut changed = differences(&before, &info);
        match &logo {
            NewLogo::Same => {}
            NewLogo::None => store::business::update_logo_removed(tx, business).await?,
            NewLogo::Drawn(logo) => {
                let base64 = STANDARD.encode(&logo.png);
                store::business::insert_logo(tx, business, &logo.hash, "image/png", &base64).await?;
            }
        }
        if !matches!(logo, NewLogo::Same) {
            changed.push("logo");
        }
        if !changed.is_empty() {
            let detail = changed.join(", ");
            actor::record(app, tx, actor, business, Action::BusinessUpdate, business.as_str(), &detail).await?;
        }
    })
}

/// Changes how customers pay without a card.
///
/// # Errors
/// As for [`update`].
pub async fn update_payment_instructions(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    revision: i64,
    typed: &str,
) -> Result<(), Error> {
    actor.must_be_owner()?;
    let text = instructions::read(typed).map_err(|why| FieldErrors::one("instructions", why))?;
    transaction!(app, |tx| {
        let before = lock(tx, business, revision).await?;
        if before.payment_instructions != text {
            store::business::update_payment_instructions(tx, business, text.as_deref()).await?;
            let (action, detail) = (Action::BusinessUpdate, "payment instructions");
            actor::record(app, tx, actor, business, action, business.as_str(), detail).await?;
        }
    })
}

/// The business under its lock, if its settings are still what they were.
pub(super) async fn lock(tx: &mut Tx, business: &BusinessId, revision: i64) -> Result<Business, Error> {
    let locked = store::business::lock(tx, business).await?.ok_or(Error::NotFound)?;
    let settings = store::business::find_settings(tx, business).await?.ok_or(Error::NotFound)?;
    if settings.revision != revision {
        return Err(Error::Conflict("The settings were changed since you opened this page.".into()));
    }
    Ok(locked)
}

enum NewLogo {
    Same,
    None,
    Drawn(Logo),
}

/// All that is wrong is said at once, the file included.
async fn read(app: &App, edit: &Edit<'_>) -> Result<(BusinessInfo, NewLogo), Error> {
    let email = match edit.email.trim() {
        "" => Ok(None),
        typed => parse_address(typed)
            .map(Some)
            .map_err(|_| "Enter an email address such as billing@greenline.example.".to_owned()),
    };
    let logo = match &edit.logo {
        LogoEdit::Keep => Ok(NewLogo::Same),
        LogoEdit::Remove => Ok(NewLogo::None),
        LogoEdit::Replace(file) => logo::redrawn(app, file.clone()).await?.map(NewLogo::Drawn),
        LogoEdit::TooLarge => Err("This file is larger than 1 MB. Choose a smaller one.".to_owned()),
    };
    let mut errors = FieldErrors::default();
    let logo = errors.take("logo", logo);
    match (info::read(edit.typed, email), logo) {
        (Ok(info), Some(logo)) => Ok((info, logo)),
        (read, _) => {
            for error in read.err().iter().flat_map(FieldErrors::iter) {
                errors.push(&error.field, &error.message);
            }
            Err(Error::Fields(errors))
        }
    }
}

/// What differs, by name: the values themselves stand on the business.
fn differences(before: &Business, now: &BusinessInfo) -> Vec<&'static str> {
    let all = [
        ("name", before.name != now.name),
        ("phone", before.phone != now.phone),
        ("email", before.email != now.email),
        ("address", before.address != now.address),
        ("time zone", before.time_zone.name() != now.time_zone.name()),
        ("currency", before.currency != now.currency),
        ("color", before.brand_color != now.brand_color),
        ("invoice prefix", before.invoice_prefix != now.invoice_prefix),
        ("terms", before.due_days != now.due_days),
        ("notice", before.notice_days != now.notice_days),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
