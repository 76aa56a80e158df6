//! What is wrong with something that was entered, field by field.

use std::fmt;

/// One field that can't be used as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form: `email`, `line-2-price`.
    pub field: String,
    /// What to do about it, in the user's words: a whole sentence.
    pub message: String,
}

/// Every field that can't be used. Nothing was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Adds one.
    pub fn push(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Just one.
    #[must_use]
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.push(field, message);
        errors
    }

    /// Keeps the error of a field that couldn't be read, and goes on with nothing.
    pub fn take<T, E: fmt::Display>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.push(field, error.to_string())).ok()
    }

    /// Whether every field can be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }

    /// What is wrong with `field`, if anything.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(&error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}

/// One line of text, trimmed: not empty, at most `longest` characters, nothing that can't be printed.
///
/// # Errors
/// A sentence that says which of these it isn't; `what` names it: "a name".
pub fn line(text: &str, what: &str, longest: usize) -> Result<String, String> {
    optional_line(text, what, longest)?.ok_or_else(|| format!("Enter {what}."))
}

/// The same, but it may be left empty.
///
/// # Errors
/// As for [`line`].
pub fn optional_line(text: &str, what: &str, longest: usize) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(format!("Enter {what} on one line, without control characters."));
    }
    if text.chars().count() > longest {
        return Err(format!("Enter {what} of at most {longest} characters."));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Several lines, trimmed, with plain line ends; they may be left empty.
///
/// # Errors
/// As for [`line`].
pub fn lines(text: &str, what: &str, longest: usize) -> Result<String, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let text = text.trim();
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return Err(format!("Enter {what} without control characters."));
    }
    if text.chars().count() > longest {
        return Err(format!("Enter {what} of at most {longest} characters."));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_held_to_its_length() {
        assert_eq!(line("  Rosa ", "a name", 5), Ok("Rosa".into()));
        assert_eq!(line(" ", "a name", 5), Err("Enter a name.".into()));
        assert!(
            line("Rosa D", "a name", 5).is_err() && line("a\nb", "a name", 5).is_err() && line("a\0", "x", 5).is_err()
        );
        assert_eq!(optional_line("", "a name", 5), Ok(None));
    }

    #[test]
    fn several_lines_keep_their_breaks() {
        assert_eq!(lines("a \r\nb\r\n\r\n", "an address", 9), Ok("a\nb".into()));
        assert!(lines("a\u{7}", "an address", 9).is_err() && lines("0123456789", "an address", 9).is_err());
    }

    #[test]
    fn errors_are_found_by_field() {
        let mut errors = FieldErrors::default();
        assert_eq!(errors.take("name", line("", "a name", 9)), None);
        assert_eq!(errors.take("note", line("x", "a note", 9)), Some("x".into()));
        assert_eq!((errors.of("name"), errors.of("note")), (Some("Enter a name."), None));
        assert_eq!(errors.to_string(), "Enter a name.");
    }
}
