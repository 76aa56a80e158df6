//! The business's own people at their browsers: signed in, and sending forms that carry the page's token.

use std::sync::atomic::{AtomicU32, Ordering};

use url::form_urlencoded;
use zoop_app::tax_rate::create;
use zoop_app::{Actor, session};
use zoop_domain::id::{AlertId, BusinessId, TaxRateId, UserId};
use zoop_domain::time::Clock as _;
use zoop_domain::user::{Role, User};
use zoop_store as store;
use zoop_store::alert::{About, Alert};

use super::TestApp;
use super::browser::{Browser, Page};

/// What everybody signs in with.
pub const PASSWORD: &str = "four good words";
/// Its hash, made once: tests have better things to do.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$3S3NGG24w3VjMFCsRuBzqROA6gW0Lq0DjyIVzhfHxxY";

static PEOPLE: AtomicU32 = AtomicU32::new(1);

impl TestApp {
    /// Nora Keane, the shop's owner, at her browser.
    pub async fn owner(&self) -> Browser<'_> {
        self.member(&self.shop.business.id, Role::Owner).await
    }

    /// Luis Ortega of the shop's office, at his.
    pub async fn office(&self) -> Browser<'_> {
        self.member(&self.shop.business.id, Role::Office).await
    }

    /// Somebody new of a business, signed in.
    pub async fn member(&self, business: &BusinessId, role: Role) -> Browser<'_> {
        let user = self.add_member(business, role).await;
        self.signed_in(user, business).await
    }

    /// A browser in which somebody is signed in.
    pub async fn signed_in(&self, user: UserId, business: &BusinessId) -> Browser<'_> {
        let token = session::begin::begin(&self.app(), user, business, "a browser").await.unwrap();
        let mut browser = self.browser();
        browser.plant_cookie("/", "zoop_session", token.expose());
        browser
    }

    /// Something that the shop's people should look at.
    pub async fn add_alert(&self) -> AlertId {
        let (app, now) = (self.app(), self.clock.now());
        let id = AlertId::generate(now, app.random.as_ref());
        let (kind, subject) = ("payment.surplus".into(), id.to_string());
        let (message, about) = ("An invoice was paid twice.".into(), About::default());
        let alert = Alert { id, kind, subject, message, about, raised_at: now };
        let mut tx = app.db.begin().await.unwrap();
        store::alert::insert(&mut tx, Some(&self.shop.business.id), &alert).await.unwrap();
        tx.commit().await.unwrap();
        alert.id
    }

    /// A tax rate of the shop's that nothing uses.
    pub async fn add_tax_rate(&self) -> TaxRateId {
        let business = &self.shop.business.id;
        create::create(&self.app(), Actor::Operator, business, ("County sales tax", "1.25"), false).await.unwrap()
    }

    /// Somebody new of a business.
    pub async fn add_member(&self, business: &BusinessId, role: Role) -> UserId {
        self.add_person(business, role).await.id
    }

    /// The same, with all that is known of him.
    pub async fn add_person(&self, business: &BusinessId, role: Role) -> User {
        let app = self.app();
        let count = PEOPLE.fetch_add(1, Ordering::Relaxed);
        let name = match role {
            Role::Owner => "Nora Keane",
            Role::Office => "Luis Ortega",
        };
        let id = UserId::generate(self.clock.now(), app.random.as_ref());
        let user = User { id, name: name.into(), email: format!("person-{count}@greenline.example"), has_totp: false };
        let mut tx = app.db.begin().await.unwrap();
        assert!(store::user::insert(&mut tx, &user, HASH, self.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        self.let_in(&user, business, role).await;
        user
    }

    /// Somebody belongs to another business as well.
    pub async fn let_in(&self, user: &User, business: &BusinessId, role: Role) {
        let mut tx = self.app().db.begin().await.unwrap();
        assert!(store::membership::insert(&mut tx, business, user.id, role, self.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
    }
}

impl Browser<'_> {
    /// Sends a form as the application's own pages do: with their token.
    pub async fn send(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let token = self.form_token().await;
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("form_token", &token).extend_pairs(form);
        self.go("POST", path, Some(body.finish())).await
    }

    /// Sends a form and opens the page that the redirect leads to.
    pub async fn send_and_follow(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let sent = self.send(path, form).await;
        self.follow(sent).await
    }

    /// Sends a form with a file in it: what the file is called, what it says it is, what it holds.
    pub async fn upload(&mut self, path: &str, form: &[(&str, &str)], file: (&str, &str, &[u8])) -> Page {
        self.upload_as("logo", path, form, file).await
    }

    /// The same, in a field of another name.
    pub async fn upload_as(
        &mut self,
        field: &str,
        path: &str,
        form: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Page {
        let token = self.form_token().await;
        let (name, kind, content) = file;
        let mut body = Vec::new();
        for (name, value) in [("form_token", token.as_str())].iter().chain(form) {
            let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.post_as("multipart/form-data; boundary=edge", path, body).await
    }

    /// The token of this session's forms, as every page has it.
    pub async fn form_token(&mut self) -> String {
        let page = self.get("/office").await;
        page.is(200);
        let (_, rest) = page.html.split_once("name=\"form_token\" value=\"").expect("a form on every page");
        rest.split('"').next().unwrap().to_owned()
    }
}
