//! Writes every sample page with its assets to the folder given as argument, to be looked at:
//! `cargo run -p zoop-web --features samples --example pages -- /tmp/pages`

use std::path::Path;
use std::{env, fs, io};

use zoop_web::attempt::come_back::WayBackPage;
use zoop_web::card_setup::come_back::CardBackPage;
use zoop_web::error::{ErrorPage, NotFoundPage, PageError};
use zoop_web::invoice::bank::BankPage;
use zoop_web::invoice::receipt::ReceiptPage;
use zoop_web::invoice::show::InvoicePage;
use zoop_web::office::account::authenticator::{AuthenticatorPage, RecoveryCodesPage};
use zoop_web::office::account::code::CodePage;
use zoop_web::office::account::forgot::ForgotPage;
use zoop_web::office::account::reset::ResetPage;
use zoop_web::office::account::show::AccountPage;
use zoop_web::office::account::sign_in::SignInPage;
use zoop_web::office::choose_customer::ChooseCustomerPage;
use zoop_web::office::customer::form::CustomerFormPage;
use zoop_web::office::customer::list::CustomerListPage;
use zoop_web::office::customer::show::CustomerPage;
use zoop_web::office::home::show::OfficeHomePage;
use zoop_web::office::import::show::ImportPage;
use zoop_web::office::import::upload::UploadPage;
use zoop_web::office::invitation::InvitationPage;
use zoop_web::office::invoice::editor::EditInvoicePage;
use zoop_web::office::invoice::list::InvoicesPage;
use zoop_web::office::invoice::show::SheetPage;
use zoop_web::office::payment::list::PaymentsPage;
use zoop_web::office::payment::show::PaymentPage;
use zoop_web::office::plan::attest::AttestPage;
use zoop_web::office::plan::edit::PlanEditPage;
use zoop_web::office::plan::list::PlanListPage;
use zoop_web::office::plan::show::PlanDetailPage;
use zoop_web::office::quote::edit::QuoteEditPage;
use zoop_web::office::quote::list::QuoteListPage;
use zoop_web::office::quote::show::QuoteDetailPage;
use zoop_web::office::settings::ClosedPage;
use zoop_web::office::settings::audit::AuditPage;
use zoop_web::office::settings::business::BusinessPage;
use zoop_web::office::settings::card_payments::CardPaymentsPage;
use zoop_web::office::settings::data::DataPage;
use zoop_web::office::settings::instructions::InstructionsPage;
use zoop_web::office::settings::notifications::NotificationsPage;
use zoop_web::office::settings::tax_rates::TaxRatesPage;
use zoop_web::office::settings::team::TeamPage;
use zoop_web::office::setup::SetupPage;
use zoop_web::page::{Samples, brand};
use zoop_web::portal::ended::EndedPage;
use zoop_web::portal::home::HomePage;
use zoop_web::portal::one_consent::OneConsentPage;
use zoop_web::quote::show::QuotePage;
use zoop_web::{asset, layer, sample};

use askama::Template as _;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).ok_or_else(|| io::Error::other("say which folder"))?;
    let folder = Path::new(&folder);
    pages::<HomePage>(folder)?;
    pages::<OneConsentPage>(folder)?;
    pages::<EndedPage>(folder)?;
    pages::<InvoicePage>(folder)?;
    pages::<BankPage>(folder)?;
    pages::<ReceiptPage>(folder)?;
    pages::<WayBackPage>(folder)?;
    pages::<CardBackPage>(folder)?;
    pages::<SignInPage>(folder)?;
    pages::<CodePage>(folder)?;
    pages::<ForgotPage>(folder)?;
    pages::<ResetPage>(folder)?;
    pages::<SetupPage>(folder)?;
    pages::<InvitationPage>(folder)?;
    pages::<AccountPage>(folder)?;
    pages::<AuthenticatorPage>(folder)?;
    pages::<RecoveryCodesPage>(folder)?;
    pages::<ClosedPage>(folder)?;
    pages::<TeamPage>(folder)?;
    pages::<AuditPage>(folder)?;
    pages::<QuotePage>(folder)?;
    pages::<OfficeHomePage>(folder)?;
    pages::<InvoicesPage>(folder)?;
    pages::<EditInvoicePage>(folder)?;
    pages::<SheetPage>(folder)?;
    pages::<ChooseCustomerPage>(folder)?;
    pages::<PlanListPage>(folder)?;
    pages::<PlanEditPage>(folder)?;
    pages::<PlanDetailPage>(folder)?;
    pages::<AttestPage>(folder)?;
    pages::<QuoteListPage>(folder)?;
    pages::<QuoteEditPage>(folder)?;
    pages::<QuoteDetailPage>(folder)?;
    pages::<PaymentsPage>(folder)?;
    pages::<PaymentPage>(folder)?;
    pages::<CustomerListPage>(folder)?;
    pages::<CustomerFormPage>(folder)?;
    pages::<CustomerPage>(folder)?;
    pages::<UploadPage>(folder)?;
    pages::<ImportPage>(folder)?;
    pages::<DataPage>(folder)?;
    pages::<BusinessPage>(folder)?;
    pages::<InstructionsPage>(folder)?;
    pages::<CardPaymentsPage>(folder)?;
    pages::<TaxRatesPage>(folder)?;
    pages::<NotificationsPage>(folder)?;
    page(folder, "not-found", NotFoundPage {}.render())?;
    let errors = [
        ("method-not-allowed", PageError::MethodNotAllowed),
        ("too-large", PageError::TooLarge),
        ("upstream", PageError::Upstream("no answer".into())),
        ("internal", PageError::internal("cause")),
    ];
    for (name, error) in &errors {
        page(folder, name, ErrorPage::of(error, "7K2M-Q9XT").render())?;
    }
    for asset in asset::all() {
        write(folder, asset.url(), asset.bytes())?;
    }
    for business in [sample::greenline(), sample::hartley()] {
        if let (Some(url), Some(color)) = (brand::stylesheet_url(&business), business.brand_color) {
            write(folder, &url, brand::stylesheet(color).as_bytes())?;
        }
        if let Some(url) = brand::logo_url(&business) {
            write(folder, &url, sample::LOGO)?;
        }
    }
    write(folder, "/policy.txt", layer::headers::policy("https://checkout.stripe.com").as_bytes())
}

fn pages<P: Samples>(folder: &Path) -> io::Result<()> {
    P::samples().into_iter().try_for_each(|(name, sample)| page(folder, name, sample.render()))
}

fn page(folder: &Path, name: &str, html: askama::Result<String>) -> io::Result<()> {
    write(folder, &format!("/{name}.html"), html.map_err(io::Error::other)?.as_bytes())
}

fn write(folder: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let file = folder.join(path.trim_start_matches('/'));
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(file, bytes)
}
