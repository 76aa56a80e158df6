//! "View as customer": the portal's own pages, drawn for the business's people. No link is involved, so no visit is
//! noted; nothing on them can be pressed.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::invoice::show::{InvoiceView, show_as};
use zoop_app::portal;
use zoop_domain::id::{CustomerId, InvoiceId};

use super::id;
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::invoice::receipt::ReceiptPage;
use crate::invoice::show::InvoicePage;
use crate::office::Staff;
use crate::page;
use crate::portal::home::HomePage;
use crate::routes::{InvoicePath, PortalPath};

/// `GET /office/customers/{customer}/view`
pub async fn home(
    State(web): State<Web>,
    staff: Staff,
    Segments(customer): Segments<String>,
) -> Result<Response, PageError> {
    let customer: CustomerId = id(&customer)?;
    let portal = portal::view(&web.app, staff.actor(), staff.at(), &customer).await?;
    page::ok(&HomePage::new(portal, &PortalPath::viewed(customer)).map_err(PageError::internal)?)
}

/// `GET /office/customers/{customer}/view/invoices/{invoice}`
pub async fn invoice(
    State(web): State<Web>,
    staff: Staff,
    Segments((customer, invoice)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let (view, path) = read(&web, &staff, &customer, &invoice).await?;
    InvoicePage::new(view, &path)?.answer(StatusCode::OK)
}

/// `GET /office/customers/{customer}/view/invoices/{invoice}/receipt`
pub async fn receipt(
    State(web): State<Web>,
    staff: Staff,
    Segments((customer, invoice)): Segments<(String, String)>,
) -> Result<Response, PageError> {
    let (view, path) = read(&web, &staff, &customer, &invoice).await?;
    if !view.invoice.facts.status_on(view.today).has_receipt() {
        return Ok(Redirect::to(&path.page()).into_response());
    }
    page::ok(&ReceiptPage::new(view, &path)?)
}

async fn read(
    web: &Web,
    staff: &Staff,
    customer: &str,
    invoice: &str,
) -> Result<(InvoiceView, InvoicePath), PageError> {
    let (customer, invoice): (CustomerId, InvoiceId) = (id(customer)?, id(invoice)?);
    let view = show_as(&web.app, staff.actor(), staff.at(), &customer, &invoice).await?;
    Ok((view, PortalPath::viewed(customer).invoice(&invoice)))
}
