//! Lists: newest first, a page at a time, with cursors that are ids.
//!
//! The statement is chosen by the narrowest indexed filter; `tag`, `created` and one field of the body
//! narrow it further.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::object::{Kind, Object};
use crate::params::Params;
use crate::state::{Tx, read_object};

const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 100;

macro_rules! page_sql {
    ($lead:literal, $beyond:literal, $order:literal) => {
        concat!(
            "SELECT kind, body, hidden FROM objects WHERE account = $1 AND kind = $2 AND ",
            $lead,
            " AND ($4 = '' OR instr($4, ',' || tag || ',') > 0) AND created BETWEEN $5 AND $6",
            " AND ($7 = '' OR CAST(json_extract(body, $7) AS TEXT) = $8)",
            " AND ($9 = '' OR seq ",
            $beyond,
            " (SELECT seq FROM objects WHERE account = $1 AND id = $9)) ORDER BY seq ",
            $order,
            " LIMIT $10"
        )
    };
}

/// The indexed column a list is read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Kind,
    Customer,
    Intent,
    Charge,
}

/// What a list is narrowed to.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    kind: Kind,
    lead: Lead,
    lead_value: String,
    tags: String,
    field: (&'static str, String),
    created: (i64, i64),
}

impl Filter {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            lead: Lead::Kind,
            lead_value: String::new(),
            tags: String::new(),
            field: ("", String::new()),
            created: (i64::MIN, i64::MAX),
        }
    }

    fn led_by(mut self, lead: Lead, path: &'static str, value: Option<String>) -> Self {
        let Some(value) = value else { return self };
        if self.lead == Lead::Kind {
            self.lead = lead;
            self.lead_value = value;
            self
        } else {
            self.field(path, Some(value))
        }
    }

    #[must_use]
    pub(crate) fn customer(self, value: Option<String>) -> Self {
        self.led_by(Lead::Customer, "$.customer", value)
    }

    #[must_use]
    pub(crate) fn intent(self, value: Option<String>) -> Self {
        self.led_by(Lead::Intent, "$.payment_intent", value)
    }

    #[must_use]
    pub(crate) fn charge(self, value: Option<String>) -> Self {
        self.led_by(Lead::Charge, "$.charge", value)
    }

    /// Objects whose tag (status or type) is one of these; none given: all.
    #[must_use]
    pub(crate) fn tags(mut self, tags: &[String]) -> Self {
        if !tags.is_empty() {
            self.tags = format!(",{},", tags.join(","));
        }
        self
    }

    /// Objects with this text at a path of their body.
    #[must_use]
    pub(crate) fn field(mut self, path: &'static str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.field = (path, value);
        }
        self
    }

    /// Reads `created` or `created[gte]` and the like.
    pub(crate) fn created(mut self, params: &mut Params) -> Result<Self, ApiError> {
        let mut plain = params.clone();
        if let Ok(Some(at)) = plain.integer("created") {
            *params = plain;
            self.created = (at, at);
            return Ok(self);
        }
        let range = params.nested("created", |range| {
            let mut from = i64::MIN;
            let mut to = i64::MAX;
            if let Some(at) = range.integer("gte")? {
                from = from.max(at);
            }
            if let Some(at) = range.integer("gt")? {
                from = from.max(at.saturating_add(1));
            }
            if let Some(at) = range.integer("lte")? {
                to = to.min(at);
            }
            if let Some(at) = range.integer("lt")? {
                to = to.min(at.saturating_sub(1));
            }
            Ok((from, to))
        })?;
        if let Some(range) = range {
            self.created = range;
        }
        Ok(self)
    }
}

/// A page of a list as Stripe answers it, read by `limit`, `starting_after` and `ending_before`.
pub(crate) async fn list(tx: &mut Tx, params: &mut Params, url: &str, filter: &Filter) -> Result<Value, ApiError> {
    let limit = params.integer("limit")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let bound = if limit < 1 { "greater than or equal to 1" } else { "less than or equal to 100" };
        return Err(ApiError::invalid(format!("This value must be {bound}."))
            .code("parameter_invalid_integer")
            .param("limit"));
    }
    let after = params.text("starting_after")?;
    let before = params.text("ending_before")?;
    if after.is_some() && before.is_some() {
        return Err(ApiError::invalid("You may only specify one of these parameters: starting_after, ending_before.")
            .code("parameters_exclusive"));
    }
    for (cursor, param) in [(&after, "starting_after"), (&before, "ending_before")] {
        if let Some(cursor) = cursor {
            tx.get_as(filter.kind, cursor, param).await?;
        }
    }
    let newer = before.is_some();
    let cursor = after.or(before).unwrap_or_default();
    let mut found = page(tx, filter, &cursor, newer, limit + 1).await?;
    let has_more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if has_more {
        found.pop();
    }
    if newer {
        found.reverse();
    }
    let data: Vec<Value> = found.into_iter().map(|object| object.body).collect();
    Ok(envelope(url, data, has_more))
}

/// A list object.
pub(crate) fn envelope(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    let mut list = json!({ "object": "list", "url": url, "has_more": has_more });
    list["data"] = Value::Array(data);
    list
}

/// Everything that a filter finds, newest first, up to `limit`.
pub(crate) async fn all(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Object>, ApiError> {
    page(tx, filter, "", false, limit).await
}

async fn page(tx: &mut Tx, filter: &Filter, cursor: &str, newer: bool, limit: i64) -> Result<Vec<Object>, ApiError> {
    let statement = match (filter.lead, newer) {
        (Lead::Kind, false) => page_sql!("$3 = ''", "<", "DESC"),
        (Lead::Kind, true) => page_sql!("$3 = ''", ">", "ASC"),
        (Lead::Customer, false) => page_sql!("customer = $3", "<", "DESC"),
        (Lead::Customer, true) => page_sql!("customer = $3", ">", "ASC"),
        (Lead::Intent, false) => page_sql!("intent = $3", "<", "DESC"),
        (Lead::Intent, true) => page_sql!("intent = $3", ">", "ASC"),
        (Lead::Charge, false) => page_sql!("charge = $3", "<", "DESC"),
        (Lead::Charge, true) => page_sql!("charge = $3", ">", "ASC"),
    };
    let rows = sqlx::query(statement)
        .bind(&tx.account)
        .bind(filter.kind.as_str())
        .bind(&filter.lead_value)
        .bind(&filter.tags)
        .bind(filter.created.0)
        .bind(filter.created.1)
        .bind(filter.field.0)
        .bind(&filter.field.1)
        .bind(cursor)
        .bind(limit)
        .fetch_all(&mut *tx.db)
        .await?;
    rows.iter().map(read_object).collect()
}
