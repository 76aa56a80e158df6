//! Everything as one JSON document: a list for each table. Numbers are texts, because a reader may take a number
//! for a float.

use serde_json::{Map, Value, json as object};
use zoop_domain::export::Table;
use zoop_domain::id::BusinessId;
use zoop_store as store;
use zoop_store::export::Place;

use super::read;
use crate::{Actor, App, Error};

/// Where the document goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// It begins.
    #[default]
    Head,
    /// In the table of this place in the order of tables, behind a row of it.
    Table(usize, Option<Place>),
    /// It is whole.
    End,
}

/// The next piece of the document, and where it goes on; nothing once it is whole.
///
/// # Errors
/// [`Error::Forbidden`] but for an owner; the database does not answer.
pub async fn json(app: &App, actor: Actor, business: &BusinessId, at: At) -> Result<Option<(String, At)>, Error> {
    actor.must_be_owner()?;
    match at {
        At::End => Ok(None),
        At::Head => Ok(Some((head(app, business).await?, At::Table(0, None)))),
        At::Table(place, after) => {
            let Some(table) = Table::ALL.get(place).copied() else {
                return Ok(Some(("}\n".to_owned(), At::End)));
            };
            let (rows, next) = read(app, actor, business, table, after.as_ref()).await?;
            let names = || store::export::columns(table).iter().map(|(name, _)| (*name).to_owned());
            let mut text = if after.is_none() { format!(",\n\"{table}\": [") } else { String::new() };
            for (index, row) in rows.into_iter().enumerate() {
                let values = row.into_iter().map(|value| value.map_or(Value::Null, Value::String));
                let row: Map<String, Value> = names().zip(values).collect();
                text.push_str(if index == 0 && after.is_none() { "\n" } else { ",\n" });
                text.push_str(&serde_json::to_string(&row).map_err(Error::internal)?);
            }
            Ok(Some(match next {
                Some(next) => (text, At::Table(place, Some(next))),
                None => (text + "\n]", At::Table(place + 1, None)),
            }))
        }
    }
}

/// The document up to its tables: what it is, when it was made, and whose.
async fn head(app: &App, business: &BusinessId) -> Result<String, Error> {
    let mut tx = app.db.read().await?;
    let owner = store::business::get(&mut tx, business).await?.ok_or(Error::NotFound)?;
    let business = object!({
        "id": owner.id.as_str(),
        "name": owner.name,
        "phone": owner.phone,
        "email": owner.email,
        "address": owner.address,
        "time_zone": owner.time_zone.name(),
        "currency": owner.currency.as_str(),
        "payment_instructions": owner.payment_instructions,
    });
    let made_at = jiff::Timestamp::from_microsecond(app.now().as_microseconds()).map_err(Error::internal)?;
    Ok(format!(
        "{{\"format\": \"zoop-export\", \"version\": 1, \"exported_at\": \"{made_at}\", \"business\": {business}"
    ))
}
