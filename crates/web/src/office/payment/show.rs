//! One payment: how it came, what became of it, and giving it back.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::payment::look::{self, Look};
use zoop_domain::attempt::AttemptKind;
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment::{DisputeState, PaymentKind, PaymentState};
use zoop_domain::refund::{Refund, RefundReason, RefundState};
use zoop_domain::time::Date;

use super::list::Badge;
use crate::Web;
use crate::error::PageError;
use crate::office::{Entered, Fields, Frame, Place, Staff};
use crate::page::Samples;
use crate::routes::office::{customer, invoice, payment as paths};

/// The page.
#[derive(Template)]
#[template(path = "office/payment/show.html", whitespace = "minimize")]
pub struct PaymentPage {
    frame: Frame,
    look: Look,
    badge: Badge,
    left: Money,
    surplus: Money,
    entered: Entered,
    asks: Option<Ask>,
    refused: Option<String>,
}

/// What a dialog over the page asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// How much is to go back.
    Refund,
    /// Why it doesn't count.
    TakeBack,
}

/// `GET /office/payments/{payment}`
pub async fn get(
    State(web): State<Web>,
    Path(payment): Path<String>,
    RawQuery(query): RawQuery,
    staff: Staff,
) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let page = find(&web, &staff, &payment).await?;
    let page = match page {
        page if query.has("refund") && page.can_be_refunded() => page.asking(Ask::Refund, None),
        page if query.has("take-back") && page.can_be_taken_back() => page.asking(Ask::TakeBack, None),
        page => page,
    };
    staff.page(&page)
}

async fn find(web: &Web, staff: &Staff, payment: &str) -> Result<PaymentPage, PageError> {
    let id = payment.parse().map_err(|_| PageError::NotFound)?;
    let look = look::look(&web.app, staff.actor(), &staff.business, &id).await?;
    PaymentPage::new(staff.frame(Place::Payments), look).map_err(PageError::internal)
}

/// The page again, after it wasn't given back.
pub(super) async fn redraw(
    web: &Web,
    staff: &Staff,
    payment: &str,
    ask: Ask,
    fields: Fields,
    error: zoop_app::Error,
) -> Result<Response, PageError> {
    let page = find(web, staff, payment).await?;
    match error {
        zoop_app::Error::Fields(errors) => {
            let page = page.asking(ask, Some(Entered::refused(fields, errors)));
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        zoop_app::Error::Conflict(why) => staff.page_with(StatusCode::CONFLICT, &page.refusing(&why)),
        error => Err(error.into()),
    }
}

impl PaymentPage {
    /// The page of a payment.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn new(frame: Frame, look: Look) -> Result<Self, MoneyError> {
        let (badge, left) = (Badge::of(&look.payment)?, look.refundable()?);
        let surplus = look.payment.amount.minus(look.payment.applied)?;
        Ok(Self { frame, look, badge, left, surplus, entered: Entered::default(), asks: None, refused: None })
    }

    /// With a question over it.
    #[must_use]
    pub fn asking(mut self, ask: Ask, entered: Option<Entered>) -> Self {
        self.entered = entered.unwrap_or_else(|| Entered::of([("amount", self.left.typed())]));
        self.asks = Some(ask);
        self
    }

    /// With the reason why it wasn't given back.
    #[must_use]
    pub fn refusing(mut self, why: &str) -> Self {
        self.refused = Some(crate::office::invoice::show::sentence(why));
        self
    }

    fn can_be_refunded(&self) -> bool {
        self.frame.is_owner() && self.left.is_positive()
    }

    fn can_be_taken_back(&self) -> bool {
        self.look.payment.can_be_taken_back().is_ok()
    }

    fn asks_to(&self, ask: Ask) -> bool {
        self.asks == Some(ask)
    }

    fn here(&self) -> String {
        paths::show(&self.look.payment.id)
    }

    fn ask(&self) -> String {
        format!("{}?refund", self.here())
    }

    fn ask_to_take_back(&self) -> String {
        format!("{}?take-back", self.here())
    }

    fn take_back_path(&self) -> String {
        paths::take_back(&self.look.payment.id)
    }

    fn refund_path(&self) -> String {
        paths::refund(&self.look.payment.id)
    }

    fn invoice_path(&self) -> String {
        invoice::show(&self.look.payment.invoice)
    }

    fn customer_path(&self) -> String {
        customer::show(&self.look.payment.customer)
    }

    /// How it came.
    fn way(&self) -> &'static str {
        match (&self.look.attempt, self.look.payment.kind) {
            (Some(attempt), _) => match attempt.kind {
                AttemptKind::AutoPay => "Auto-pay",
                AttemptKind::Checkout => "Stripe’s payment page",
                AttemptKind::SavedCard => "Saved card, by the customer",
            },
            (None, PaymentKind::Stripe) => "Stripe",
            (None, _) => "Recorded by hand",
        }
    }

    fn dispute(&self) -> Option<&'static str> {
        match (self.look.payment.dispute, self.look.payment.state) {
            (Some(DisputeState::Open), _) => Some(
                "The customer’s bank disputes this payment. Answer in Stripe’s dashboard; until it is decided the money is held back.",
            ),
            (Some(DisputeState::Won), _) => Some("A dispute was decided for you."),
            (Some(DisputeState::Lost), _) => Some("A dispute was decided for the customer: the money went back."),
            (None, PaymentState::Returned) if self.look.payment.kind != PaymentKind::Stripe => {
                Some("This payment was taken back, so it pays nothing. Its invoice is owed again.")
            }
            (None, PaymentState::Returned) => Some("The bank took this payment back."),
            (None, PaymentState::Succeeded) => None,
        }
    }

    fn day_of(&self, refund: &Refund) -> Date {
        refund.created_at.date_in(&self.frame.business.time_zone)
    }

    fn why(&self, refund: &Refund) -> &'static str {
        match refund.reason {
            RefundReason::Surplus => "More than was owed",
            RefundReason::Requested => "Refunded here",
            RefundReason::External => "Refunded at Stripe",
        }
    }

    fn refund_badge(&self, refund: &Refund) -> Badge {
        let (word, icon, tone) = match refund.state {
            RefundState::Pending => ("Processing", "clock", "info"),
            RefundState::Succeeded => ("Refunded", "undo", ""),
            RefundState::Failed => ("Failed", "x", "bad"),
        };
        Badge { word, icon, tone }
    }
}

impl Samples for PaymentPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        crate::sample::office_payment::sheets()
    }
}
