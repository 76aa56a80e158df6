//! `/office/account/authenticator`: the key for the phone, the first code of it, and the codes on paper, shown once.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use qrcode::{Color, EcLevel, QrCode};
use zoop_app::authenticator::begin::{Key, begin as app_begin, key};
use zoop_app::authenticator::confirm::{Confirmed, confirm as app_confirm};
use zoop_app::authenticator::turn_off::turn_off as app_turn_off;

use super::show;
use crate::Web;
use crate::error::PageError;
use crate::office::staff::Staff;
use crate::office::{Entered, Frame, Place, Posted, cookie, toast};
use crate::page::Samples;
use crate::routes::office::account as route;

/// The page with the key.
#[derive(Template)]
#[template(path = "office/account/authenticator.html", whitespace = "minimize")]
pub struct AuthenticatorPage {
    frame: Frame,
    key: Key,
    drawing: Drawing,
    entered: Entered,
}

/// The page with the codes on paper.
#[derive(Template)]
#[template(path = "office/account/recovery_codes.html", whitespace = "minimize")]
pub struct RecoveryCodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// A QR code as one path of squares.
struct Drawing {
    /// How many squares wide and high, with the quiet edge.
    width: usize,
    path: String,
}

/// Phones want an edge of four squares.
const EDGE: usize = 4;

impl Drawing {
    fn of(text: &str) -> Result<Self, PageError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(PageError::internal)?;
        let (width, squares) = (code.width(), code.to_colors());
        let dark = squares.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
        let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + EDGE, at / width + EDGE)).collect();
        Ok(Self { width: width + 2 * EDGE, path })
    }
}

fn page(staff: &Staff, key: Key, entered: Entered) -> Result<AuthenticatorPage, PageError> {
    let drawing = Drawing::of(&key.address)?;
    Ok(AuthenticatorPage { frame: staff.frame(Place::Account), key, drawing, entered })
}

/// `GET /office/account/authenticator`
pub async fn get(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    match key(&web.app, &staff.user).await? {
        Some(key) => staff.page(&page(&staff, key, Entered::default())?),
        None => Ok(Redirect::to(route::ACCOUNT).into_response()),
    }
}

/// `POST /office/account/authenticator`
pub async fn begin(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    match app_begin(&web.app, &form.staff.user, &form.fields.get("password").into()).await {
        Ok(()) => Ok(Redirect::to(route::AUTHENTICATOR).into_response()),
        Err(zoop_app::Error::Conflict(why)) => Ok(toast::redirect(route::ACCOUNT, &why)),
        Err(error) => show::refused(&web, &form, error).await,
    }
}

/// `POST /office/account/authenticator/confirm`. The answer holds the codes and is no redirect: they are in no
/// address. Sent again it finds the authenticator on, and shows nothing.
pub async fn confirm(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    match app_confirm(&web.app, staff.actor(), &staff.user, &staff.session, form.fields.get("code")).await {
        Ok(Confirmed { codes, session }) => {
            let codes = codes.iter().map(|code| code.expose().to_owned()).collect();
            let staff = staff.clone().renewed(&session);
            let page = staff.page(&RecoveryCodesPage { frame: staff.frame(Place::Account), codes })?;
            Ok(cookie::with(page, &cookie::sign_in(&session, web.is_https())))
        }
        Err(zoop_app::Error::Fields(errors)) => match key(&web.app, &staff.user).await? {
            Some(key) => {
                let page = page(staff, key, Entered::refused(form.fields.clone(), errors))?;
                staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
            None => Ok(Redirect::to(route::ACCOUNT).into_response()),
        },
        Err(zoop_app::Error::Conflict(why)) => Ok(toast::redirect(route::ACCOUNT, &why)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/account/authenticator/turn-off`
pub async fn turn_off(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    match app_turn_off(&web.app, staff.actor(), &staff.user, &form.fields.get("password").into()).await {
        Ok(()) => Ok(toast::redirect(route::ACCOUNT, "Your authenticator is off.")),
        Err(error) => show::refused(&web, &form, error).await,
    }
}

#[cfg(any(test, feature = "samples"))]
fn sample_frame() -> Frame {
    crate::sample::office::frame(Place::Account)
}

impl Samples for AuthenticatorPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |entered| {
            let address =
                "otpauth://totp/Zoop:nora%40greenline.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Zoop";
            let key = Key { typed: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(), address: address.into() };
            let drawing = Drawing::of(&key.address).expect("samples can be drawn");
            Self { frame: sample_frame(), key, drawing, entered }
        };
        let wrong = zoop_domain::form::FieldErrors::one("code", "That isn’t the code your phone shows now.");
        let refused = Entered::refused(crate::office::Fields::of([("code", "123456")]), wrong);
        vec![("authenticator", page(Entered::default())), ("authenticator-wrong", page(refused))]
    }
}

impl Samples for RecoveryCodesPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let codes = (0..10).map(|number| format!("7K2M-Q9XT-{number:04}")).collect();
        vec![("recovery-codes", Self { frame: sample_frame(), codes })]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_its_corners_and_its_edge() {
        let drawing = Drawing::of("otpauth://totp/Zoop:a?secret=JBSWY3DP&issuer=Zoop").unwrap();
        assert!(drawing.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"), "{}", &drawing.path[..40]);
        assert!(drawing.width > 29 && !drawing.path.contains("M3 ") && !drawing.path.contains('"'));
    }
}
