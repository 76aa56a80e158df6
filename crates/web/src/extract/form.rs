//! The customer's forms. What can't be read is told apart from what is missing only where the page
//! answers differently: a bad amount shows the invoice again, it never ends in a bare error.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::StatusCode;

use super::pairs;
use crate::error::PageError;

/// What the pay block sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayForm {
    /// The balance the customer saw, in minor units; `None` if it isn't one.
    pub amount_minor: Option<i64>,
    /// The card on file whose button was pressed; `None`: on Stripe's page.
    pub with: Option<String>,
    /// "Save card for future invoices".
    pub save_card: bool,
    /// "Auto-pay future invoices for *plan*".
    pub auto_pay: bool,
    /// Where the copy of the agreement goes, as typed.
    pub email: String,
}

impl PayForm {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs(body) {
            match name.as_ref() {
                "amount" => form.amount_minor = minor_units(&value),
                "with" => form.with = Some(value.into_owned()).filter(|with| !matches!(with.as_str(), "" | OTHER)),
                "save_card" => form.save_card = value == "yes",
                "auto_pay" => form.auto_pay = value == "yes",
                "email" => form.email = value.trim().to_owned(),
                _ => {}
            }
        }
        form
    }
}

/// The choice of no method on file: one is typed on Stripe's page.
pub const OTHER: &str = "other";

/// Digits only, more than nothing: what our own page writes.
fn minor_units(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|minor| plain && *minor > 0)
}

/// One of several: which method becomes the default, or pays a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceForm {
    /// The method that is to be the default.
    pub default: String,
    /// What is to be charged: a method, or [`OTHER`].
    pub with: String,
}

impl ChoiceForm {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs(body) {
            match name.as_ref() {
                "default" => form.default = value.into_owned(),
                "with" => form.with = value.into_owned(),
                _ => {}
            }
        }
        form
    }
}

/// The answer to a quote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerForm {
    /// What was pressed: "accept", "decline", or nothing that we know.
    pub answer: String,
    /// The name that was typed.
    pub name: String,
    /// What was said to it.
    pub comment: String,
}

impl AnswerForm {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs(body) {
            match name.as_ref() {
                "answer" => form.answer = value.into_owned(),
                "name" => form.name = value.into_owned(),
                "comment" => form.comment = value.into_owned(),
                _ => {}
            }
        }
        form
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, PageError> {
    match Bytes::from_request(request, state).await {
        Ok(body) => Ok(body),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(PageError::TooLarge),
        // The sender broke off; nobody is left to read the answer.
        Err(_) => Err(PageError::Invalid("What you sent didn’t arrive completely.".to_owned())),
    }
}

impl<S: Send + Sync> FromRequest<S> for PayForm {
    type Rejection = PageError;
    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        Ok(Self::read(&body(request, state).await?))
    }
}

impl<S: Send + Sync> FromRequest<S> for ChoiceForm {
    type Rejection = PageError;
    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        Ok(Self::read(&body(request, state).await?))
    }
}

impl<S: Send + Sync> FromRequest<S> for AnswerForm {
    type Rejection = PageError;
    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        Ok(Self::read(&body(request, state).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_form_reads_as_the_page_writes_it() {
        let form = |amount_minor, save_card| PayForm { amount_minor, save_card, ..PayForm::default() };
        assert_eq!(PayForm::read(b"amount=16305&save_card=yes"), form(Some(16_305), true));
        assert_eq!(PayForm::read(b"amount=16305"), form(Some(16_305), false));
        for bad in ["", "amount=", "amount=-5", "amount=%2B5", "amount=1.5", "amount=0", "amount=99999999999999999999"]
        {
            assert_eq!(PayForm::read(bad.as_bytes()), form(None, false), "{bad}");
        }
    }

    #[test]
    fn s26_a_method_auto_pay_and_an_address_come_with_it() {
        let form = PayForm::read(b"amount=5&with=pmt_1&auto_pay=yes&email=+dana%40example.com+");
        assert_eq!(
            (form.with.as_deref(), form.auto_pay, form.email.as_str()),
            (Some("pmt_1"), true, "dana@example.com")
        );
        assert_eq!(PayForm::read(b"amount=5&with=other").with, None);
        assert_eq!(PayForm::read(b"amount=5&with=").with, None);
    }

    #[test]
    fn s09_one_of_several_is_chosen() {
        assert_eq!(ChoiceForm::read(b"default=pmt_2").default, "pmt_2");
        assert_eq!(ChoiceForm::read(b"with=other&x=y").with, OTHER);
        assert_eq!(ChoiceForm::read(b""), ChoiceForm::default());
    }

    #[test]
    fn an_answer_comes_with_a_name_and_a_comment() {
        let form = AnswerForm::read(b"name=Dana+W&comment=a%0Ab&answer=accept");
        assert_eq!((form.answer.as_str(), form.name.as_str(), form.comment.as_str()), ("accept", "Dana W", "a\nb"));
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_breaks_it(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(PayForm::read(&body).amount_minor.is_none_or(|minor| minor > 0));
        }
    }
}
