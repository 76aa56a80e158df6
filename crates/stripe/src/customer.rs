//! The payer, as the business's own Stripe account knows them: the owner of saved payment methods.

use serde::Deserialize;

use crate::expandable::has_id;
use crate::{Client, Error, Form, IdempotencyKey, Metadata, Scope, de};

/// A customer, `cus_…`.
#[derive(Debug, Clone, Deserialize)]
pub struct Customer {
    /// `cus_…`
    pub id: String,
    /// Deleted at Stripe: nothing but the id is left.
    #[serde(default)]
    pub deleted: bool,
    /// Full name, or that of a company.
    pub name: Option<String>,
    /// Checkout shows it, and doesn't let it be changed.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Ours.
    #[serde(default, deserialize_with = "de::metadata")]
    pub metadata: Metadata,
    /// Unix seconds.
    pub created: Option<i64>,
    /// False in test mode.
    pub livemode: Option<bool>,
}

has_id!(Customer);

/// What to write: `None` leaves a field alone, an empty text clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFields {
    /// Full name, or that of a company.
    pub name: Option<String>,
    /// Address for mail. Stripe writes to it only if told to.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Ours: keys that aren't named are left alone.
    pub metadata: Metadata,
}

impl CustomerFields {
    fn form(&self) -> Form {
        let mut form = Form::new();
        form.maybe("name", self.name.as_deref());
        form.maybe("email", self.email.as_deref());
        form.maybe("phone", self.phone.as_deref());
        form.map("metadata", &self.metadata);
        form
    }
}

/// Makes a customer.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    client: &Client,
    scope: &Scope,
    fields: &CustomerFields,
    key: &IdempotencyKey,
) -> Result<Customer, Error> {
    client.post(scope, "/v1/customers", &[], &fields.form(), key).await
}

/// Reads a customer; a deleted one too.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, scope: &Scope, id: &str) -> Result<Customer, Error> {
    client.get(scope, "/v1/customers/:id", &[id], &Form::new()).await
}

/// Changes the named fields.
///
/// # Errors
/// See [`Error`].
pub async fn update(
    client: &Client,
    scope: &Scope,
    id: &str,
    fields: &CustomerFields,
    key: &IdempotencyKey,
) -> Result<Customer, Error> {
    client.post(scope, "/v1/customers/:id", &[id], &fields.form(), key).await
}
