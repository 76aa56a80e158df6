//! Whose request it is. `X-Forwarded-For` is believed only as far as trusted proxies wrote it:
//! it is read from the right, and the first address that is no proxy of ours is the client.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use http::HeaderMap;
use http::request::Parts;
use ipnet::IpNet;

use crate::Web;
use crate::error::PageError;

/// The client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl<S> FromRequestParts<S> for ClientIp
where
    S: Send + Sync,
    Web: FromRef<S>,
{
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, state)
            .await
            .map_err(|_| PageError::internal("served without ConnectInfo: the peer’s address is unknown"))?;
        let trusted = &Web::from_ref(state).config.trusted_proxies;
        Ok(Self(client_ip(peer.ip(), &parts.headers, trusted)))
    }
}

/// The first address from the right that isn't in `trusted`. An entry that is no address ends the
/// search: whatever stands left of it was written by somebody we don't know.
fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let mut client = peer.to_canonical();
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or_default()).collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Some(before) = address(entry.trim()) else { break };
        client = before.to_canonical();
    }
    client
}

/// `203.0.113.9`, `2001:db8::1`, and both with a port, as some proxies write them.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn found(peer: &str, lines: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap()).into();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        client_ip(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(found("198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(found("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["1.2.3.4, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["1.2.3.4", "203.0.113.9", "10.0.0.2"]), "203.0.113.9");
        assert_eq!(found("fd00::1", &["2001:db8::5"]), "2001:db8::5");
        assert_eq!(found("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["[2001:db8::5]:443"]), "2001:db8::5");
        assert_eq!(found("10.0.0.1", &["203.0.113.9, garbage"]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    proptest! {
        #[test]
        fn what_the_client_writes_itself_changes_nothing(forged in "[ -~]{0,80}", client in any::<[u8; 4]>()) {
            let client = IpAddr::from(client);
            prop_assume!(!"10.0.0.0/8".parse::<IpNet>().unwrap().contains(&client));
            let line = format!("{forged}, {client}, 10.0.0.2");
            prop_assert_eq!(found("10.0.0.1", &[&line]), client.to_string());
            prop_assert_eq!(found("10.0.0.1", &[&forged, &client.to_string()]), client.to_string());
        }

        #[test]
        fn an_untrusted_peer_is_the_client(peer in any::<[u8; 4]>(), forged in "[ -~]{0,80}") {
            let peer = IpAddr::from(peer);
            prop_assume!(!"10.0.0.0/8".parse::<IpNet>().unwrap().contains(&peer));
            prop_assert_eq!(found(&peer.to_string(), &[&forged]), peer.to_string());
        }
    }
}
