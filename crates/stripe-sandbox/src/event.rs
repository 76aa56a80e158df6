//! Events: what happened, kept for listing and queued for delivery in the transaction that did it.
//! Sending them is `webhook`'s work.

use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::list::{self, Filter};
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::{PLATFORM, Tx};
use crate::{API_VERSION, Reply};

impl Tx {
    /// Records an event about `object` as it is now.
    pub(crate) async fn emit(&mut self, name: &str, object: &Value) -> Result<(), ApiError> {
        self.emit_change(name, object, None).await
    }

    /// Records an event with what the changed fields were before.
    pub(crate) async fn emit_change(
        &mut self,
        name: &str,
        object: &Value,
        previous: Option<Value>,
    ) -> Result<(), ApiError> {
        let wanted = self.shared.wants_events_of(&self.account);
        let mut data = json!({ "object": object });
        if let Some(previous) = previous {
            data["previous_attributes"] = previous;
        }
        let id = self.new_id(Kind::Event);
        let mut body = json!({
            "id": id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": false,
            "pending_webhooks": i64::from(wanted),
            "request": { "id": self.origin.request, "idempotency_key": self.origin.idempotency_key },
            "type": name,
        });
        if self.account != PLATFORM {
            body["account"] = json!(self.account);
        }
        self.insert(&Object::new(Kind::Event, body)).await?;
        if wanted {
            self.queue_delivery(&id).await?;
        }
        Ok(())
    }

    /// Queues an event for delivery at once.
    pub(crate) async fn queue_delivery(&mut self, event: &str) -> Result<(), ApiError> {
        sqlx::query("INSERT INTO deliveries (account, event, due, attempts, held) VALUES ($1, $2, $3, 0, 0)")
            .bind(&self.account)
            .bind(event)
            .bind(self.now)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }
}

/// What a change took away, as `previous_attributes` has it: each changed field's earlier value, `null` for one
/// that wasn't there. Objects are followed, arrays are given whole. None: nothing changed.
pub(crate) fn previous(before: &Value, after: &Value) -> Option<Value> {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        return (before != after).then(|| before.clone());
    };
    let gone = old.iter().filter_map(|(key, value)| {
        let left = new.get(key).map_or_else(|| Some(value.clone()), |after| previous(value, after));
        left.map(|value| (key.clone(), value))
    });
    let come = new.keys().filter(|key| !old.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let changed: Map<String, Value> = gone.chain(come).collect();
    (!changed.is_empty()).then_some(Value::Object(changed))
}

pub(crate) async fn retrieve(tx: &mut Tx, id: &str) -> Reply {
    Ok(tx.get(Kind::Event, id).await?.body)
}

pub(crate) async fn list(tx: &mut Tx, params: &mut Params) -> Reply {
    let mut types = params.strings("types")?.unwrap_or_default();
    types.extend(params.text("type")?);
    let pending = params.boolean("delivery_success")?.map(|delivered| i64::from(!delivered).to_string());
    let filter = Filter::new(Kind::Event).tags(&types).field("$.pending_webhooks", pending).created(params)?;
    list::list(tx, params, "/v1/events", &filter).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::previous;

    #[test]
    fn only_what_changed_is_told() {
        let before = json!({ "id": "pm_1", "card": { "exp_year": 2026, "last4": "4242" }, "metadata": { "a": "1" } });
        assert_eq!(previous(&before, &before), None);
        let after = json!({ "id": "pm_1", "card": { "exp_year": 2030, "last4": "4242" }, "metadata": { "b": "2" } });
        let told = json!({ "card": { "exp_year": 2026 }, "metadata": { "a": "1", "b": null } });
        assert_eq!(previous(&before, &after), Some(told));
    }
}
