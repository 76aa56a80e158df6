//! What a form shows: the values as they were typed, and what is wrong with each.

use zoop_domain::form::FieldErrors;

use super::posted::Fields;

/// A form's values and errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    fields: Fields,
    errors: FieldErrors,
}

impl Entered {
    /// A form that was refused: nothing that was typed is lost.
    #[must_use]
    pub const fn refused(fields: Fields, errors: FieldErrors) -> Self {
        Self { fields, errors }
    }

    /// A form that begins with these values.
    pub fn of<N: Into<String>, V: Into<String>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { fields: Fields::of(fields), errors: FieldErrors::default() }
    }

    /// What was typed over an older `revision`: it stays, and the next time it is stored knowingly.
    #[must_use]
    pub fn overtaken(fields: &Fields, revision: i64) -> Self {
        let kept = fields.iter().filter(|(name, _)| *name != "revision");
        Self::of(kept.chain([("revision", revision.to_string().as_str())]))
    }

    /// Each of the `named` fields that is stored now as something else than was typed: its name, and what it is.
    #[must_use]
    pub fn differing(&self, stored: &Self, named: &[(&str, &'static str)]) -> Vec<(&'static str, String)> {
        let differs = |field: &str| {
            let typed = self.fields.find(field).map(|typed| typed.trim().replace("\r\n", "\n"));
            typed.is_some_and(|typed| typed != stored.value(field))
        };
        let changed = named.iter().filter(|(field, _)| differs(field));
        changed
            .map(|(field, name)| (*name, stored.value(field)))
            .map(|(name, value)| (name, if value.is_empty() { "empty".to_owned() } else { value.to_owned() }))
            .collect()
    }

    /// The value of a field; empty if there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// Whether a field has this value: for radios, boxes and options.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.fields.find(name) == Some(value)
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.has(name)
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.of(name)
    }

    /// All that is wrong, for the line at the top.
    #[must_use]
    pub const fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    /// The values.
    #[must_use]
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }
}
