//! Draws every page from its samples and holds it to the house's rules of markup.

use std::collections::{HashMap, HashSet};

use crate::attempt::come_back::WayBackPage;
use crate::card_setup::come_back::CardBackPage;
use crate::error::PageError;
use crate::invoice::bank::BankPage;
use crate::invoice::receipt::ReceiptPage;
use crate::invoice::show::InvoicePage;
use crate::office::account::authenticator::{AuthenticatorPage, RecoveryCodesPage};
use crate::office::account::code::CodePage;
use crate::office::account::forgot::ForgotPage;
use crate::office::account::reset::ResetPage;
use crate::office::account::show::AccountPage;
use crate::office::account::sign_in::SignInPage;
use crate::office::choose_customer::ChooseCustomerPage;
use crate::office::customer::form::CustomerFormPage;
use crate::office::customer::list::CustomerListPage;
use crate::office::customer::show::CustomerPage;
use crate::office::home::show::OfficeHomePage;
use crate::office::import::show::ImportPage;
use crate::office::import::upload::UploadPage;
use crate::office::invitation::InvitationPage;
use crate::office::invoice::editor::EditInvoicePage;
use crate::office::invoice::list::InvoicesPage;
use crate::office::invoice::show::SheetPage;
use crate::office::payment::list::PaymentsPage;
use crate::office::payment::show::PaymentPage;
use crate::office::plan::attest::AttestPage;
use crate::office::plan::edit::PlanEditPage;
use crate::office::plan::list::PlanListPage;
use crate::office::plan::show::PlanDetailPage;
use crate::office::quote::edit::QuoteEditPage;
use crate::office::quote::list::QuoteListPage;
use crate::office::quote::show::QuoteDetailPage;
use crate::office::settings::ClosedPage;
use crate::office::settings::audit::AuditPage;
use crate::office::settings::business::BusinessPage;
use crate::office::settings::card_payments::CardPaymentsPage;
use crate::office::settings::data::DataPage;
use crate::office::settings::instructions::InstructionsPage;
use crate::office::settings::notifications::NotificationsPage;
use crate::office::settings::tax_rates::TaxRatesPage;
use crate::office::settings::team::TeamPage;
use crate::office::setup::SetupPage;
use crate::page::Samples;
use crate::portal::ended::EndedPage;
use crate::portal::home::HomePage;
use crate::portal::one_consent::OneConsentPage;
use crate::quote::show::QuotePage;

fn drawn<P: Samples>() -> Vec<(&'static str, String)> {
    P::samples().into_iter().map(|(name, page)| (name, page.render().unwrap())).collect()
}

fn all() -> Vec<(&'static str, String)> {
    let errors = [
        ("not-found", PageError::NotFound),
        ("method-not-allowed", PageError::MethodNotAllowed),
        ("too-large", PageError::TooLarge),
        ("invalid", PageError::Invalid("This invoice can’t be paid online.".into())),
        ("conflict", PageError::Conflict("This invoice was canceled.".into())),
        ("timed-out", PageError::TimedOut),
        ("upstream", PageError::Upstream("no answer".into())),
        ("internal", PageError::internal("secret cause")),
    ];
    let errors = errors.into_iter().map(|(name, error)| (name, error.page("7K2M-Q9XT").unwrap()));
    let pages = [
        drawn::<HomePage>(),
        drawn::<OneConsentPage>(),
        drawn::<EndedPage>(),
        drawn::<InvoicePage>(),
        drawn::<BankPage>(),
        drawn::<ReceiptPage>(),
        drawn::<WayBackPage>(),
        drawn::<CardBackPage>(),
        drawn::<SignInPage>(),
        drawn::<CodePage>(),
        drawn::<ForgotPage>(),
        drawn::<ResetPage>(),
        drawn::<SetupPage>(),
        drawn::<InvitationPage>(),
        drawn::<AccountPage>(),
        drawn::<AuthenticatorPage>(),
        drawn::<RecoveryCodesPage>(),
        drawn::<ClosedPage>(),
        drawn::<TeamPage>(),
        drawn::<AuditPage>(),
        drawn::<QuotePage>(),
        drawn::<OfficeHomePage>(),
        drawn::<InvoicesPage>(),
        drawn::<EditInvoicePage>(),
        drawn::<SheetPage>(),
        drawn::<ChooseCustomerPage>(),
        drawn::<QuoteListPage>(),
        drawn::<QuoteEditPage>(),
        drawn::<QuoteDetailPage>(),
        drawn::<PlanListPage>(),
        drawn::<PlanEditPage>(),
        drawn::<PlanDetailPage>(),
        drawn::<AttestPage>(),
        drawn::<PaymentsPage>(),
        drawn::<PaymentPage>(),
        drawn::<CustomerListPage>(),
        drawn::<CustomerFormPage>(),
        drawn::<CustomerPage>(),
        drawn::<UploadPage>(),
        drawn::<ImportPage>(),
        drawn::<DataPage>(),
        drawn::<BusinessPage>(),
        drawn::<InstructionsPage>(),
        drawn::<CardPaymentsPage>(),
        drawn::<TaxRatesPage>(),
        drawn::<NotificationsPage>(),
    ];
    pages.into_iter().flatten().chain(errors).collect()
}

/// One tag: its name, whether it closes, and its attributes as written.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    attributes: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let start = self.attributes.find(&format!(" {name}=\""))? + name.len() + 3;
        self.attributes[start..].split('"').next()
    }
}

/// Good enough for what our templates write: no comments, no script, no `>` in attributes.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let bodies = html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
    bodies
        .map(|body| {
            let closes = body.starts_with('/');
            let body = body.trim_start_matches('/');
            let name = body.split([' ', '/']).next().unwrap();
            Tag { name, closes, attributes: &body[name.len()..] }
        })
        .collect()
}

fn balanced(page: &str, tags: &[Tag<'_>]) {
    const VOID: &[&str] = &["!doctype", "meta", "link", "img", "br", "hr", "input"];
    let mut open = Vec::new();
    for tag in tags {
        match tag.closes {
            true => assert_eq!(open.pop(), Some(tag.name), "{page}"),
            false if VOID.contains(&tag.name) || tag.attributes.ends_with('/') => {}
            false => open.push(tag.name),
        }
    }
    assert!(open.is_empty(), "{page}: {open:?}");
}

#[test]
fn every_page_keeps_the_rules_of_markup() {
    let mut names = HashSet::new();
    for (page, html) in all() {
        assert!(names.insert(page), "{page} is named twice");
        let tags = tags(&html);
        balanced(page, &tags);
        let mut ids = HashSet::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for tag in tags.iter().filter(|tag| !tag.closes) {
            *seen.entry(tag.name).or_default() += 1;
            if let Some(id) = tag.attribute("id") {
                assert!(ids.insert(id), "{page}: id {id} is there twice");
            }
            if matches!(tag.name, "a" | "link" | "use") {
                let href = tag.attribute("href").unwrap_or_default();
                assert!(!matches!(href, "" | "#") && !href.contains("{{"), "{page}: {href:?}");
            }
            assert_eq!(tag.attribute("style"), None, "{page}");
            for name in ["aria-labelledby", "for", "aria-describedby"] {
                let targets = tag.attribute(name).unwrap_or_default();
                let is_there = |target| html.contains(&format!("id=\"{target}\""));
                assert!(targets.split(' ').filter(|it| !it.is_empty()).all(is_there), "{page}: {targets:?}");
            }
        }
        let count = |name| seen.get(name).copied().unwrap_or_default();
        // A drawing's parts have titles of their own.
        let titles = html.split("</head>").next().unwrap_or_default().matches("<title>").count();
        assert_eq!((count("h1"), count("main"), titles), (1, 1, 1), "{page}");
        assert_eq!(count("style"), 0, "{page}");
        assert_eq!(count("script"), html.matches("<script src=\"/assets/").count(), "{page}: script is never inline");
        // A dialog stands alone: what is under it is inert.
        let mut layers = html.split("<dialog").flat_map(|layer| layer.split("</dialog>"));
        assert!(layers.all(|layer| layer.matches("class=\"button primary\"").count() <= 1), "{page}");
        assert_eq!(html.contains("<dialog"), html.contains("\" inert>"), "{page}");
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en-US\">"), "{page}");
        assert!(!html.contains("secret cause"), "{page}");
    }
}

#[test]
fn what_customers_and_owners_typed_is_escaped() {
    let (_, html) = all().into_iter().find(|(name, _)| *name == "invoice-awkward").unwrap();
    assert!(!html.contains("<b>Bold") && !html.contains("<Heating>"));
    assert!(html.contains("&#60;b&#62;Bold") && html.contains("&#60;Heating&#62;"));
}

#[test]
fn pages_read_as_designed() {
    for (name, html) in all() {
        if matches!(
            name,
            "portal-one"
                | "portal-empty"
                | "one-consent-turn-off"
                | "ended-on-its-way"
                | "invoice-overdue"
                | "invoice-saved-card"
                | "invoice-email-needed"
                | "receipt"
                | "way-back-not-paid"
                | "not-found"
        ) {
            insta::assert_snapshot!(name, without_hashes(&html));
        }
    }
}

/// An asset's hash changes with each of its bytes; a page's snapshot need not.
fn without_hashes(html: &str) -> String {
    crate::asset::all().into_iter().fold(html.to_owned(), |html, asset| {
        let mut parts = asset.url().split('.');
        let (name, extension) = (parts.next().unwrap(), parts.next_back().unwrap());
        html.replace(asset.url(), &format!("{name}.[hash].{extension}"))
    })
}
