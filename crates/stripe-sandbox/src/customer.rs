//! Customers of an account.
//! A deleted one stays as a stub, as at Stripe, and loses its payment methods.

use serde_json::json;

use crate::Reply;
use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::payment_method;
use crate::state::Tx;

/// A living customer named by the parameter `customer`.
pub(crate) async fn named(tx: &mut Tx, id: &str) -> Result<Object, ApiError> {
    let customer = tx.get_as(Kind::Customer, id, "customer").await?;
    if is_deleted(&customer) {
        return Err(ApiError::no_such("customer", id, "customer"));
    }
    Ok(customer)
}

/// A living customer named in the path.
async fn living(tx: &mut Tx, id: &str) -> Result<Object, ApiError> {
    let customer = tx.get(Kind::Customer, id).await?;
    if is_deleted(&customer) {
        return Err(ApiError::not_found("customer", id, "id"));
    }
    Ok(customer)
}

fn is_deleted(customer: &Object) -> bool {
    customer.body["deleted"] == json!(true)
}

pub(crate) async fn create(tx: &mut Tx, params: &mut Params) -> Reply {
    let id = tx.new_id(Kind::Customer);
    let mut customer = Object::new(
        Kind::Customer,
        json!({
            "id": id,
            "object": "customer",
            "address": null,
            "balance": 0,
            "created": tx.now,
            "currency": null,
            "customer_account": null,
            "default_source": null,
            "delinquent": false,
            "description": null,
            "discount": null,
            "email": null,
            "invoice_prefix": tx.shared.ids.make("", 8).to_uppercase(),
            "invoice_settings": {
                "custom_fields": null,
                "default_payment_method": null,
                "footer": null,
                "rendering_options": null,
            },
            "livemode": false,
            "metadata": {},
            "name": null,
            "next_invoice_sequence": 1,
            "phone": null,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": null,
        }),
    );
    let method = params.text("payment_method")?;
    tx.insert(&customer).await?;
    if let Some(method) = method {
        let mut method = payment_method::named(tx, &method).await?;
        payment_method::attach_to(tx, &mut method, &id).await?;
    }
    change(tx, &mut customer, params).await?;
    tx.save(&customer).await?;
    tx.emit("customer.created", &customer.body).await?;
    Ok(customer.body)
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::Customer, id).await?.body)
}

pub(crate) async fn update(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    let mut customer = living(tx, id).await?;
    change(tx, &mut customer, params).await?;
    tx.save(&customer).await?;
    tx.emit("customer.updated", &customer.body).await?;
    Ok(customer.body)
}

pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Reply {
    let mut customer = living(tx, id).await?;
    let methods = Filter::new(Kind::PaymentMethod).customer(Some(id.to_owned()));
    for mut method in list::all(tx, &methods, i64::MAX).await? {
        payment_method::detach_from_customer(tx, &mut method).await?;
    }
    let last = customer.body.clone();
    customer.body = json!({ "id": id, "object": "customer", "deleted": true });
    tx.save(&customer).await?;
    tx.emit("customer.deleted", &last).await?;
    Ok(customer.body)
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let filter = Filter::new(Kind::Customer)
        .tags(&["live".to_owned()])
        .field("$.email", params.text("email")?)
        .created(params)?;
    list::list(tx, params, "/v1/customers", &filter).await
}

pub(crate) async fn payment_methods(tx: &mut Tx, id: &str, params: &mut Params) -> Reply {
    living(tx, id).await?;
    let types: Vec<String> = params.text("type")?.into_iter().collect();
    let filter = Filter::new(Kind::PaymentMethod)
        .customer(Some(id.to_owned()))
        .tags(&types)
        .field("$.allow_redisplay", params.text("allow_redisplay")?);
    let url = format!("/v1/customers/{id}/payment_methods");
    list::list(tx, params, &url, &filter).await
}

pub(crate) async fn payment_method(tx: &mut Tx, id: &str, method: &str) -> Reply {
    let found = tx.get(Kind::PaymentMethod, method).await?;
    if found.text("customer") == Some(id) {
        return Ok(found.body);
    }
    Err(ApiError::not_found("PaymentMethod", method, "payment_method"))
}

async fn change(tx: &mut Tx, customer: &mut Object, params: &mut Params) -> Result<(), ApiError> {
    for field in ["description", "email", "name", "phone"] {
        if let Some(value) = params.clearable(field)? {
            customer.set(field, value);
        }
    }
    if let Some(address) = params.address("address")? {
        customer.set("address", address);
    }
    if let Some(locales) = params.strings("preferred_locales")? {
        customer.set("preferred_locales", locales);
    }
    if let Some(exempt) = params.choice("tax_exempt", &["none", "exempt", "reverse"])? {
        customer.set("tax_exempt", exempt);
    }
    let default = params.nested("invoice_settings", |settings| {
        settings.accept(&["footer"]);
        settings.clearable("default_payment_method")
    })?;
    if let Some(Some(default)) = default {
        if let Some(method) = &default {
            check_default(tx, customer.id(), method).await?;
        }
        customer.body["invoice_settings"]["default_payment_method"] = json!(default);
    }
    params.metadata()?.apply(&mut customer.body)
}

/// Only a method that is attached to the customer can be its default.
async fn check_default(tx: &mut Tx, customer: &str, method: &str) -> Result<(), ApiError> {
    let found = tx.find(method).await?;
    let attached =
        found.is_some_and(|found| found.kind == Kind::PaymentMethod && found.text("customer") == Some(customer));
    if attached {
        return Ok(());
    }
    Err(ApiError::state(
        "resource_missing",
        format!(
            "The customer does not have a payment method with the ID {method}. The payment method must be attached \
             to the customer."
        ),
    )
    .param("invoice_settings[default_payment_method]"))
}
