//! `/office/settings/data`: files in, and everything out.

use askama::Template;
use axum::response::Response;
use zoop_domain::export::Table;

use crate::error::PageError;
use crate::office::export::EVERYTHING;
use crate::office::{Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::export as paths;

/// The page.
#[derive(Template)]
#[template(path = "office/settings/data.html", whitespace = "minimize")]
pub struct DataPage {
    pub(in crate::office) frame: Frame,
    /// What was asked for isn't among what there is.
    pub(in crate::office) is_refused: bool,
}

/// `GET /office/settings/data`
pub async fn get(staff: Staff) -> Result<Response, PageError> {
    staff.must_be_owner()?;
    staff.page(&DataPage { frame: staff.frame(Place::Settings), is_refused: false })
}

impl DataPage {
    /// Each table: its name and what is in it.
    fn tables(&self) -> impl Iterator<Item = (Table, &'static str, &'static str)> {
        Table::ALL.iter().map(|table| {
            let (name, what) = match table {
                Table::Customers => ("Customers", "Can be imported again as it is."),
                Table::Invoices => ("Invoices", "One row each, drafts too."),
                Table::InvoiceLines => ("Invoice lines", "By the invoice’s id."),
                Table::InvoiceTaxes => ("Invoice taxes", "By the invoice’s id."),
                Table::Payments => ("Payments", "With Stripe’s ids."),
                Table::Refunds => ("Refunds", "By the payment’s id."),
                Table::Quotes => ("Quotes", "With their answers."),
                Table::QuoteLines => ("Quote lines", "By the quote’s id."),
                Table::QuoteTaxes => ("Quote taxes", "By the quote’s id."),
                Table::Plans => ("Plans", "With their next cycle."),
                Table::PlanLines => ("Plan lines", "By the plan’s id."),
                Table::Consents => ("Consents to auto-pay", "With their evidence."),
                Table::TaxRates => ("Tax rates", "Archived ones too."),
                Table::PaymentMethods => ("Payment methods", "Brand, last four digits, expiry."),
                Table::ConsentEvents => ("Consents’ history", "What became of each, by its id."),
                Table::Mails => ("Emails", "To customers, with their fate."),
                Table::Audit => ("Audit trail", "Who did what, and when."),
            };
            (*table, name, what)
        })
    }
}

impl Samples for DataPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |is_refused| Self { frame: crate::sample::office::frame(Place::Settings), is_refused };
        vec![("settings-data", page(false)), ("settings-data-refused", page(true))]
    }
}
