//! The pay form. What can't be read is told apart from what is missing only where the page
//! answers differently: a bad amount shows the invoice again, it never ends in a bare error.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use url::form_urlencoded;

use crate::error::PageError;

/// What "Pay now" sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayForm {
    /// The balance the customer saw, in minor units; `None` if it isn't one.
    pub amount_minor: Option<i64>,
    /// "Save card for future invoices".
    pub save_card: bool,
}

impl PayForm {
    fn read(body: &[u8]) -> Self {
        let mut form = Self { amount_minor: None, save_card: false };
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "amount" => form.amount_minor = minor_units(&value),
                "save_card" => form.save_card = value == "yes",
                _ => {}
            }
        }
        form
    }
}

/// Digits only, more than nothing: what our own page writes.
fn minor_units(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|minor| plain && *minor > 0)
}

impl<S: Send + Sync> FromRequest<S> for PayForm {
    type Rejection = PageError;
    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        match Bytes::from_request(request, state).await {
            Ok(body) => Ok(Self::read(&body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(PageError::TooLarge),
            // The sender broke off; nobody is left to read the answer.
            Err(_) => Err(PageError::Invalid("What you sent didn’t arrive completely.".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_form_reads_as_the_page_writes_it() {
        let form = |amount_minor, save_card| PayForm { amount_minor, save_card };
        assert_eq!(PayForm::read(b"amount=16305&save_card=yes"), form(Some(16_305), true));
        assert_eq!(PayForm::read(b"amount=16305"), form(Some(16_305), false));
        for bad in ["", "amount=", "amount=-5", "amount=%2B5", "amount=1.5", "amount=0", "amount=99999999999999999999"]
        {
            assert_eq!(PayForm::read(bad.as_bytes()), form(None, false), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_breaks_it(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(PayForm::read(&body).amount_minor.is_none_or(|minor| minor > 0));
        }
    }
}
