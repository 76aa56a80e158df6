//! The list as a CSV file, written while it is read: however many payments there are, a thousand are in memory.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use zoop_app::payment::list::{self, Asked, OfficePayment};
use zoop_domain::id::PaymentId;
use zoop_domain::payment::{DisputeState, PaymentState};
use zoop_domain::time::Instant;

use super::list::asked;
use crate::Web;
use crate::error::PageError;
use crate::office::export::torn;
use crate::office::{Fields, Staff, csv};

const HEAD: [&str; 12] = [
    "Received on",
    "Customer",
    "Invoice",
    "Method",
    "Kind",
    "Amount",
    "Applied",
    "Refunded",
    "Currency",
    "State",
    "Stripe charge",
    "Payment",
];

/// Where the file goes on.
enum At {
    Head,
    After(Instant, PaymentId),
    End,
}

/// `GET /office/payments/export.csv`
pub async fn get(State(web): State<Web>, RawQuery(query): RawQuery, staff: Staff) -> Result<Response, PageError> {
    let asked = Asked { after: None, ..asked(&Fields::read(query.unwrap_or_default().as_bytes())) };
    list::begin_export(&web.app, staff.actor(), staff.at()).await?;
    let chunks = stream::try_unfold(At::Head, move |at| {
        let (web, staff, asked) = (web.clone(), staff.clone(), asked.clone());
        async move { chunk(&web, &staff, &asked, at).await.map_err(torn) }
    });
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"payments.csv\"")];
    Ok((headers, Body::from_stream(chunks)).into_response())
}

async fn chunk(web: &Web, staff: &Staff, asked: &Asked, at: At) -> Result<Option<(Vec<u8>, At)>, PageError> {
    let (head, after) = match at {
        At::Head => (Some(HEAD.to_vec()), None),
        At::After(at, id) => (None, Some((at, id))),
        At::End => return Ok(None),
    };
    let found = list::export(&web.app, staff.actor(), staff.at(), asked, after).await?;
    let cells: Vec<[String; 12]> = found.iter().map(cells).collect();
    let rows = cells.iter().map(|row| row.iter().map(String::as_str).collect());
    let mut bytes = if head.is_some() { csv::BYTE_ORDER_MARK.to_vec() } else { Vec::new() };
    bytes.extend(csv::rows(head.into_iter().chain(rows))?);
    let next = found.last().map_or(At::End, |last| At::After(last.payment.received_at, last.payment.id.clone()));
    Ok(Some((bytes, next)).filter(|(bytes, _)| !bytes.is_empty()))
}

fn cells(found: &OfficePayment) -> [String; 12] {
    let payment = &found.payment;
    let state = match (payment.state, payment.dispute) {
        (_, Some(DisputeState::Open)) => "disputed",
        (PaymentState::Returned, _) => "returned",
        _ => "received",
    };
    [
        payment.received_on.iso(),
        found.customer.clone(),
        found.invoice_number.clone(),
        payment.method_label.clone(),
        payment.kind.to_string(),
        payment.amount.typed(),
        payment.applied.typed(),
        payment.refunded.typed(),
        payment.amount.currency().as_str().to_uppercase(),
        state.to_owned(),
        payment.charge.clone().unwrap_or_default(),
        payment.id.to_string(),
    ]
}
