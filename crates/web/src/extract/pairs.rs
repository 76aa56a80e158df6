//! Names and values of a form or a query, read in one place.

use std::borrow::Cow;

use url::form_urlencoded;

/// Names and values in their order, as they were sent but for NUL: nobody types one, and no text in the database holds
/// one.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(text).map(|(name, value)| (plain(name), plain(value)))
}

fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_holds_a_nul() {
        let read: Vec<_> = pairs(b"na%00me=Rosa%00+D&notes=%00&q=x").collect();
        let wanted = [("name", "Rosa D"), ("notes", ""), ("q", "x")];
        assert_eq!(read, wanted.map(|(name, value)| (name.into(), value.into())));
    }
}
