//! The receipt: what was paid, when, and how. It is made for paper, too.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use zoop_app::invoice::settlement::{RefundRow, refund_rows};
use zoop_app::invoice::show::{InvoiceView, show};
use zoop_domain::business::Business;
use zoop_domain::invoice::{Invoice, Status};
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::PaymentState;

use crate::Web;
use crate::error::PageError;
use crate::page::status_look::StatusLook;
use crate::page::{self, Samples};
use crate::routes::InvoicePath;

/// `GET …/receipt`. An invoice that isn't paid has none; its page says what there is instead.
pub async fn get(State(web): State<Web>, path: InvoicePath) -> Result<Response, PageError> {
    let view = show(&web.app, path.key()).await?;
    if !view.status().has_receipt() {
        return Ok(Redirect::to(&path.page()).into_response());
    }
    page::ok(&ReceiptPage::new(view, &path)?)
}

/// The receipt.
#[derive(Template)]
#[template(path = "invoice/receipt.html", whitespace = "minimize")]
pub struct ReceiptPage {
    view: InvoiceView,
    path: InvoicePath,
    status: Status,
    look: StatusLook,
    balance: Money,
}

impl ReceiptPage {
    /// The receipt of `view`, reached by `path`.
    ///
    /// # Errors
    /// [`PageError::Internal`] for amounts that don't add up.
    pub fn new(view: InvoiceView, path: &InvoicePath) -> Result<Self, PageError> {
        Self::of(view, path.clone()).map_err(PageError::internal)
    }

    fn of(view: InvoiceView, path: InvoicePath) -> Result<Self, MoneyError> {
        let facts = &view.invoice.facts;
        let status = view.status();
        Ok(Self { look: StatusLook::of(status, facts.due_on), balance: facts.ledger.balance()?, status, path, view })
    }

    fn business(&self) -> &Business {
        &self.view.business
    }

    fn invoice(&self) -> &Invoice {
        &self.view.invoice
    }

    fn refunds(&self) -> Vec<RefundRow<'_>> {
        refund_rows(&self.view)
    }
}

impl Samples for ReceiptPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample;
        let page = |view, path: &InvoicePath| Self::new(view, path).expect("samples add up");
        let paid = sample::invoice::paid();
        let inside = sample::portal_path().invoice(&paid.invoice.id);
        vec![
            ("receipt", page(paid, &sample::public_path())),
            ("receipt-from-portal", page(sample::invoice::paid_in_parts(), &inside)),
            ("receipt-partly-refunded", page(sample::invoice::partly_refunded(), &sample::public_path())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn s20_lines_totals_method_date_and_charge() {
        let html = ReceiptPage::new(sample::invoice::paid(), &sample::public_path()).unwrap().render().unwrap();
        for part in [
            "Mowing and edging",
            "Texas sales tax (8.25%)",
            "$186.30",
            "4242",
            "Aug 14, 2026",
            "ch_3RvK8tLkdIwHu7ix1mQe4aXb",
        ] {
            assert!(html.contains(part), "{part}");
        }
    }
}
