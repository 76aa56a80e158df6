//! Stripe's form encoding: `a[b][c]=1&d[]=x` read into a tree and taken out piece by piece.
//!
//! Every reader takes what it understands; what is left in the end is a parameter that this version
//! of the API doesn't know, and Stripe refuses those. Messages are Stripe's.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::metadata::MetadataPatch;

/// Deeper nesting than any call of ours has; the rest of the key is dropped.
const MAX_DEPTH: usize = 8;

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Text(String),
    Tree(Vec<(String, Node)>),
}

/// The parameters of one call, or of one nested object in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params {
    path: String,
    entries: Vec<(String, Node)>,
}

impl Params {
    /// Reads a form body or a query string.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        let mut entries = Vec::new();
        for (key, value) in url::form_urlencoded::parse(encoded) {
            let path: Vec<&str> =
                key.split('[').map(|part| part.strip_suffix(']').unwrap_or(part)).take(MAX_DEPTH).collect();
            insert(&mut entries, &path, value.into_owned());
        }
        Self { path: String::new(), entries }
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}[{key}]", self.path) }
    }

    fn take(&mut self, key: &str) -> Option<Node> {
        let index = self.entries.iter().position(|(name, _)| name == key)?;
        Some(self.entries.remove(index).1)
    }

    /// Some(None) when the caller unset the field with an empty string.
    pub(crate) fn clearable(&mut self, key: &str) -> Result<Option<Option<String>>, ApiError> {
        match self.take(key) {
            None => Ok(None),
            Some(Node::Text(text)) if text.is_empty() => Ok(Some(None)),
            Some(Node::Text(text)) => Ok(Some(Some(text))),
            Some(Node::Tree(_)) => Err(ApiError::invalid("Invalid string: {...}").param(&self.name(key))),
        }
    }

    /// A string that can't be unset.
    pub(crate) fn text(&mut self, key: &str) -> Result<Option<String>, ApiError> {
        match self.clearable(key)? {
            None => Ok(None),
            Some(Some(text)) => Ok(Some(text)),
            Some(None) => {
                let name = self.name(key);
                Err(ApiError::invalid(format!(
                    "You passed an empty string for '{name}'. We assume empty values are an attempt to unset \
                     a parameter; however '{name}' cannot be unset. You should remove '{name}' from your \
                     request or supply a non-empty value."
                ))
                .code("parameter_invalid_empty")
                .param(&name))
            }
        }
    }

    /// A string that must be there.
    pub(crate) fn required(&mut self, key: &str) -> Result<String, ApiError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// The error for a parameter that isn't there.
    pub(crate) fn missing(&self, key: &str) -> ApiError {
        let name = self.name(key);
        ApiError::invalid(format!("Missing required param: {name}.")).code("parameter_missing").param(&name)
    }

    pub(crate) fn integer(&mut self, key: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(ApiError::invalid(format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
                .param(&self.name(key))),
        }
    }

    pub(crate) fn boolean(&mut self, key: &str) -> Result<Option<bool>, ApiError> {
        match self.text(key)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(ApiError::invalid(format!("Invalid boolean: {other}")).param(&self.name(key))),
        }
    }

    /// A string out of a closed list.
    pub(crate) fn choice(&mut self, key: &str, allowed: &[&str]) -> Result<Option<String>, ApiError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        if allowed.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let name = self.name(key);
        Err(ApiError::invalid(format!("Invalid {name}: must be one of {}", allowed.join(", "))).param(&name))
    }

    /// A web address.
    pub(crate) fn url(&mut self, key: &str) -> Result<Option<String>, ApiError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        match url::Url::parse(&text) {
            Ok(url) if url.has_host() => Ok(Some(text)),
            _ => Err(ApiError::invalid("Not a valid URL").code("url_invalid").param(&self.name(key))),
        }
    }

    /// A nested object, read whole by `read`; None also when it was unset with an empty string.
    pub(crate) fn nested<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Params) -> Result<T, ApiError>,
    ) -> Result<Option<T>, ApiError> {
        let path = self.name(key);
        match self.take(key) {
            None => Ok(None),
            Some(Node::Text(text)) if text.is_empty() => Ok(None),
            Some(Node::Text(_)) => Err(ApiError::invalid("Invalid object").param(&path)),
            Some(Node::Tree(entries)) => {
                let mut child = Params { path, entries };
                let value = read(&mut child)?;
                child.finish()?;
                Ok(Some(value))
            }
        }
    }

    /// A list of objects, each read whole by `read`.
    pub(crate) fn items<T>(
        &mut self,
        key: &str,
        mut read: impl FnMut(&mut Params) -> Result<T, ApiError>,
    ) -> Result<Option<Vec<T>>, ApiError> {
        self.nested(key, |list| {
            let indices: Vec<String> = list.entries.iter().map(|(name, _)| name.clone()).collect();
            let mut values = Vec::with_capacity(indices.len());
            for index in indices {
                values.extend(list.nested(&index, &mut read)?);
            }
            Ok(values)
        })
    }

    /// A list of strings.
    pub(crate) fn strings(&mut self, key: &str) -> Result<Option<Vec<String>>, ApiError> {
        self.nested(key, |list| {
            let indices: Vec<String> = list.entries.iter().map(|(name, _)| name.clone()).collect();
            let mut values = Vec::with_capacity(indices.len());
            for index in indices {
                values.extend(list.text(&index)?);
            }
            Ok(values)
        })
    }

    /// A postal address in Stripe's shape.
    pub(crate) fn address(&mut self, key: &str) -> Result<Option<Value>, ApiError> {
        self.nested(key, |address| {
            let mut body = empty_address();
            for field in ["city", "country", "line1", "line2", "postal_code", "state"] {
                if let Some(value) = address.clearable(field)? {
                    body[field] = json!(value);
                }
            }
            Ok(body)
        })
    }

    /// The change that `metadata` asks for.
    pub(crate) fn metadata(&mut self) -> Result<MetadataPatch, ApiError> {
        let entries = match self.take("metadata") {
            None => return Ok(MetadataPatch::Keep),
            Some(Node::Text(text)) if text.is_empty() => return Ok(MetadataPatch::Clear),
            Some(Node::Text(_)) => {
                return Err(ApiError::invalid("Invalid object").param(&self.name("metadata")));
            }
            Some(Node::Tree(entries)) => entries,
        };
        let mut pairs = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            match node {
                Node::Text(value) => pairs.push((key, value)),
                Node::Tree(_) => {
                    return Err(ApiError::invalid("Metadata values must be strings")
                        .param(&self.name(&format!("metadata[{key}]"))));
                }
            }
        }
        MetadataPatch::merge(pairs)
    }

    /// Parameters that Stripe takes and that change nothing here.
    pub(crate) fn accept(&mut self, keys: &[&str]) {
        self.entries.retain(|(name, _)| !keys.contains(&name.as_str()));
    }

    /// Refuses what nobody has read.
    pub(crate) fn finish(&self) -> Result<(), ApiError> {
        let Some((first, _)) = self.entries.first() else {
            return Ok(());
        };
        let names: Vec<String> = self.entries.iter().map(|(key, _)| self.name(key)).collect();
        let noun = if names.len() == 1 { "parameter" } else { "parameters" };
        Err(ApiError::invalid(format!("Received unknown {noun}: {}", names.join(", ")))
            .code("parameter_unknown")
            .param(&self.name(first)))
    }
}

/// An address of which nothing is known.
pub(crate) fn empty_address() -> Value {
    json!({ "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null })
}

fn insert(entries: &mut Vec<(String, Node)>, path: &[&str], value: String) {
    let Some((head, rest)) = path.split_first() else {
        return;
    };
    let key = if head.is_empty() { entries.len().to_string() } else { (*head).to_owned() };
    let index = match entries.iter().position(|(name, _)| *name == key) {
        Some(index) => index,
        None => {
            entries.push((key, Node::Tree(Vec::new())));
            entries.len() - 1
        }
    };
    let node = &mut entries[index].1;
    if rest.is_empty() {
        *node = Node::Text(value);
        return;
    }
    if let Node::Text(_) = node {
        *node = Node::Tree(Vec::new());
    }
    if let Node::Tree(children) = node {
        insert(children, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_and_lists_keep_their_order() {
        let mut params =
            Params::parse(b"a[b][c]=1&l[]=x&l[]=y&items[0][q]=2&items[1][q]=3&metadata[k%5D]=v&expand[0]=e");
        let nested = params.nested("a", |a| a.nested("b", |b| b.integer("c"))).unwrap();
        assert_eq!(nested, Some(Some(Some(1))));
        assert_eq!(params.strings("l").unwrap(), Some(vec!["x".into(), "y".into()]));
        let items = params.items("items", |item| item.integer("q")).unwrap();
        assert_eq!(items, Some(vec![Some(2), Some(3)]));
        assert_eq!(params.strings("expand").unwrap(), Some(vec!["e".into()]));
        params.metadata().unwrap();
        params.finish().unwrap();
    }

    #[test]
    fn what_is_left_is_unknown() {
        let mut params = Params::parse(b"mode=payment&payment_intent_data[oops]=1");
        params.text("mode").unwrap();
        let error = params.nested("payment_intent_data", |_| Ok(())).unwrap_err();
        assert_eq!(error.field("code"), "parameter_unknown");
        assert_eq!(error.field("param"), "payment_intent_data[oops]");
    }

    #[test]
    fn an_empty_string_cannot_unset_a_required_value() {
        let error = Params::parse(b"amount=").integer("amount").unwrap_err();
        assert_eq!(error.field("code"), "parameter_invalid_empty");
    }
}
