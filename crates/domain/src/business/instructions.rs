//! How customers pay without a card, in the owner's own words.

use crate::form::lines;

/// Room for three ways to pay, each with an address.
pub const LONGEST_INSTRUCTIONS: usize = 2_000;

/// Reads instructions as typed; empty ones are none.
///
/// # Errors
/// A sentence that says why they can't be used.
pub fn read(text: &str) -> Result<Option<String>, String> {
    let text = lines(text, "payment instructions", LONGEST_INSTRUCTIONS)?;
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_keep_their_lines_and_have_a_length() {
        assert_eq!(
            read(" Send a check to\r\n2210 Menchaca Road \r\n"),
            Ok(Some("Send a check to\n2210 Menchaca Road".into()))
        );
        assert_eq!(read(" \r\n "), Ok(None));
        assert!(
            read(&"x".repeat(LONGEST_INSTRUCTIONS)).is_ok() && read(&"x".repeat(LONGEST_INSTRUCTIONS + 1)).is_err()
        );
    }
}
