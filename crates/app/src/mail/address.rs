//! An address that somebody typed.

/// A text that is no email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not an email address, such as dana@example.com")]
pub struct InvalidAddress;

/// RFC 5321 allows no longer one.
const LONGEST: usize = 254;

/// Reads an address as typed, without the spaces around it.
///
/// # Errors
/// Anything that mail can't be sent to.
pub fn parse_address(text: &str) -> Result<String, InvalidAddress> {
    let text = text.trim();
    let fits = text.len() <= LONGEST && text.rsplit_once('@').is_some_and(|(_, host)| host.contains('.'));
    match text.parse::<lettre::Address>() {
        Ok(address) if fits => Ok(address.to_string()),
        _ => Err(InvalidAddress),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        assert_eq!(parse_address(" dana@example.com ").as_deref(), Ok("dana@example.com"));
        for bad in
            ["", "dana", "dana@", "@example.com", "dana@example", "a b@example.com", "a@example.com\r\nBcc: x@y.z"]
        {
            assert_eq!(parse_address(bad), Err(InvalidAddress), "{bad:?}");
        }
    }
}
