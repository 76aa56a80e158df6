//! From where a form was sent: the evidence of what a customer agreed to.

use axum::extract::{FromRef, FromRequestParts};
use http::header::USER_AGENT;
use http::request::Parts;
use zoop_app::consent::offer::Evident;

use super::ClientIp;
use crate::Web;
use crate::error::PageError;

/// The client's address and browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(pub Evident);

/// Longer names of browsers are cut: they are kept with each consent.
const AGENT_LIMIT: usize = 500;

impl<S> FromRequestParts<S> for Sender
where
    S: Send + Sync,
    Web: FromRef<S>,
{
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let ClientIp(ip) = ClientIp::from_request_parts(parts, state).await?;
        let agent = parts.headers.get(USER_AGENT).map(|agent| shortened(agent.as_bytes()));
        Ok(Self(Evident { ip: Some(ip.to_string()), user_agent: agent }))
    }
}

/// The header as text; it may hold anything.
fn shortened(agent: &[u8]) -> String {
    let text = String::from_utf8_lossy(agent);
    text.chars().filter(|letter| !letter.is_control()).take(AGENT_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_odd_name_is_kept_as_far_as_it_goes() {
        assert_eq!(shortened(b"Mozilla/5.0\t(x)"), "Mozilla/5.0(x)");
        assert_eq!(shortened("é".repeat(600).as_bytes()).chars().count(), AGENT_LIMIT);
        assert_eq!(shortened(b"\xff"), "\u{fffd}");
    }
}
