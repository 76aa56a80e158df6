//! What a Checkout session is for: lines with a price made on the spot.
//! Prices and products that were made beforehand don't exist here.

use serde_json::{Value, json};

use crate::Reply;
use crate::error::ApiError;
use crate::list::envelope;
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::Tx;

/// One line as the caller described it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) currency: String,
    unit_amount: i64,
    quantity: i64,
    name: String,
}

impl Line {
    pub(crate) fn total(&self) -> i64 {
        self.unit_amount.saturating_mul(self.quantity)
    }

    /// Reads one of `line_items`.
    pub(crate) fn read(params: &mut Params) -> Result<Self, ApiError> {
        if let Some(price) = params.text("price")? {
            return Err(ApiError::no_such("price", &price, "line_items[0][price]"));
        }
        params.accept(&["metadata"]);
        let quantity = params.integer("quantity")?.ok_or_else(|| params.missing("quantity"))?;
        let data = params.nested("price_data", |price| {
            price.choice("tax_behavior", &["exclusive", "inclusive", "unspecified"])?;
            let currency = crate::payment_intent::read_currency(price)?.ok_or_else(|| price.missing("currency"))?;
            let unit_amount = price.integer("unit_amount")?.ok_or_else(|| price.missing("unit_amount"))?;
            if unit_amount < 0 {
                return Err(ApiError::invalid("Invalid non-negative integer")
                    .code("parameter_invalid_integer")
                    .param("line_items[0][price_data][unit_amount]"));
            }
            let name = price
                .nested("product_data", |product| {
                    product.accept(&["description", "images", "metadata", "tax_code"]);
                    product.required("name")
                })?
                .ok_or_else(|| price.missing("product_data"))?;
            Ok((currency, unit_amount, name))
        })?;
        let (currency, unit_amount, name) = data.ok_or_else(|| params.missing("price_data"))?;
        Ok(Self { currency, unit_amount, quantity, name })
    }

    /// The line as an object.
    pub(crate) fn body(&self, tx: &Tx) -> Value {
        let total = self.total();
        json!({
            "id": tx.shared.ids.make("li_", 24),
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": 0,
            "amount_subtotal": total,
            "amount_tax": 0,
            "amount_total": total,
            "currency": self.currency,
            "description": self.name,
            "metadata": {},
            "price": {
                "id": tx.shared.ids.make("price_", 24),
                "object": "price",
                "active": false,
                "billing_scheme": "per_unit",
                "created": tx.now,
                "currency": self.currency,
                "custom_unit_amount": null,
                "livemode": false,
                "lookup_key": null,
                "metadata": {},
                "nickname": null,
                "product": tx.shared.ids.make("prod_", 14),
                "recurring": null,
                "tax_behavior": "unspecified",
                "tiers_mode": null,
                "transform_quantity": null,
                "type": "one_time",
                "unit_amount": self.unit_amount,
                "unit_amount_decimal": self.unit_amount.to_string(),
            },
            "quantity": self.quantity,
        })
    }
}

/// The lines of a session as a list object.
pub(crate) fn list_of(session: &Object) -> Value {
    let lines = session.hidden["line_items"].as_array().cloned();
    let url = format!("/v1/checkout/sessions/{}/line_items", session.id());
    envelope(&url, lines.unwrap_or_default(), false)
}

pub(crate) async fn list(tx: &mut Tx, session: &str, params: &mut Params) -> Reply {
    params.accept(&["limit", "starting_after", "ending_before"]);
    Ok(list_of(&tx.get(Kind::CheckoutSession, session).await?))
}
