//! `/office/account`: name, password, authenticator, browsers and businesses of whoever is signed in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use zoop_app::user::account::{Account, account};
use zoop_app::user::change_password::change_password as app_change_password;
use zoop_app::user::rename::rename as app_rename;
use zoop_domain::id::SessionId;
use zoop_domain::time::Instant;

use crate::Web;
use crate::error::PageError;
use crate::office::browser_name::browser_name;
use crate::office::frame::role_name;
use crate::office::staff::Staff;
use crate::office::{Entered, Frame, Place, Posted, cookie, toast};
use crate::page::Samples;
use crate::page::when::when;
use crate::routes::office::account as route;

/// The page.
#[derive(Template)]
#[template(path = "office/account/show.html", whitespace = "minimize")]
pub struct AccountPage {
    frame: Frame,
    account: Account,
    session: SessionId,
    now: Instant,
    entered: Entered,
}

impl AccountPage {
    fn when(&self, at: &Instant) -> String {
        when(*at, self.now, &self.frame.business.time_zone)
    }

    fn is_this(&self, session: &SessionId) -> bool {
        *session == self.session
    }
}

/// The page, with what was entered, if something was.
pub(super) async fn page(web: &Web, staff: &Staff, entered: Option<Entered>) -> Result<AccountPage, PageError> {
    let account = account(&web.app, &staff.user).await?;
    let entered = entered.unwrap_or_else(|| Entered::of([("name", &*staff.user.name)]));
    let frame = staff.frame(Place::Account);
    Ok(AccountPage { frame, account, session: staff.session.clone(), now: web.app.now(), entered })
}

/// The page again, with what can't be used.
pub(super) async fn refused(web: &Web, form: &Posted, error: zoop_app::Error) -> Result<Response, PageError> {
    let zoop_app::Error::Fields(errors) = error else { return Err(error.into()) };
    let mut fields = form.fields.clone();
    if !fields.has("name") {
        fields = crate::office::Fields::of([("name", &*form.staff.user.name)]);
    }
    let page = page(web, &form.staff, Some(Entered::refused(fields, errors))).await?;
    form.staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `GET /office/account`
pub async fn get(State(web): State<Web>, staff: Staff) -> Result<Response, PageError> {
    staff.page(&page(&web, &staff, None).await?)
}

/// `POST /office/account/name`
pub async fn rename(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let staff = &form.staff;
    match app_rename(&web.app, staff.actor(), staff.at(), &staff.user, form.fields.get("name")).await {
        Ok(()) => Ok(toast::redirect(route::ACCOUNT, "Your name is changed.")),
        Err(error) => refused(&web, &form, error).await,
    }
}

/// `POST /office/account/password`
pub async fn change_password(State(web): State<Web>, form: Posted) -> Result<Response, PageError> {
    let (staff, field) = (&form.staff, |name| form.fields.get(name).into());
    match app_change_password(&web.app, &staff.user, &staff.session, &field("current"), &field("new")).await {
        Ok(entered) => {
            let words = "Your password is changed. Every other browser is signed out.";
            Ok(cookie::keep(toast::redirect(route::ACCOUNT, words), &entered, web.is_https()))
        }
        Err(error) => refused(&web, &form, error).await,
    }
}

impl Samples for AccountPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office::frame;
        use crate::sample::{greenline, hartley, id, instant};
        use zoop_app::user::account::Browser;
        use zoop_domain::form::FieldErrors;
        use zoop_domain::user::{Role, User};
        let browser = |number, agent: &str, at: &str| Browser {
            id: id("ses", number),
            user_agent: agent.into(),
            created_at: instant("2026-09-01T13:00:00Z"),
            last_seen_at: instant(at),
        };
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1";
        let desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let page = |has_totp, businesses| {
            let frame = frame(Place::Account);
            Self {
                frame: Frame { user: User { has_totp, ..frame.user.clone() }, ..frame },
                account: Account {
                    browsers: vec![
                        browser(1, desk, "2026-09-18T14:00:00Z"),
                        browser(2, phone, "2026-09-17T02:00:00Z"),
                        browser(3, "<b>", "2026-09-12T14:00:00Z"),
                    ],
                    businesses,
                    codes_left: 8,
                },
                session: id("ses", 1),
                now: instant("2026-09-18T14:01:00Z"),
                entered: Entered::of([("name", "Nora Keane")]),
            }
        };
        let one = vec![(greenline().id, greenline().name, Role::Owner)];
        let two = [one.clone(), vec![(hartley().id, hartley().name, Role::Office)]].concat();
        let wrong = FieldErrors::one("current", "That isn’t your password.");
        let refused = Entered::refused(crate::office::Fields::of([("name", "Nora Keane")]), wrong);
        vec![
            ("account", page(false, one.clone())),
            ("account-two-businesses", page(true, two)),
            ("account-refused", Self { entered: refused, ..page(false, one) }),
        ]
    }
}
