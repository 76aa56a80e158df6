//! The signature of a webhook, over the raw body as it came in: who sent it, and that it isn't an old one replayed.
//! Reading the event is `event`'s; what to do with it is `app`'s.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// Stripe's own tolerance.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// Why a webhook isn't believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header isn't `t=…,v1=…`.
    #[error("the signature header can't be read")]
    Malformed,
    /// No secret of ours makes any of its signatures.
    #[error("the signature doesn't fit")]
    Mismatch,
    /// Signed longer ago than the tolerance.
    #[error("the signature is too old")]
    TooOld,
    /// Signed further ahead of our clock than the tolerance.
    #[error("the signature is from the future")]
    InFuture,
}

/// Checks the `Stripe-Signature` header against every current secret (there are two while one is being replaced).
///
/// # Errors
/// See [`SignatureError`]. The age is judged only once the signature fits.
pub fn verify(
    payload: &[u8],
    header: &str,
    secrets: &[SecretString],
    tolerance: Duration,
    now_unix: i64,
) -> Result<(), SignatureError> {
    let (signed_at, signatures) = parse(header)?;
    let mut fits = Choice::from(0);
    // An empty secret is a gap in the configuration, and a key that anyone knows.
    for secret in secrets.iter().filter(|secret| !secret.expose_secret().is_empty()) {
        let expected = mac(secret, signed_at, payload);
        for signature in &signatures {
            fits |= expected.ct_eq(signature);
        }
    }
    if !bool::from(fits) {
        return Err(SignatureError::Mismatch);
    }
    let tolerance = i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX);
    let signed_at: i64 = signed_at.parse().map_err(|_| SignatureError::Malformed)?;
    if now_unix.saturating_sub(signed_at) > tolerance {
        Err(SignatureError::TooOld)
    } else if signed_at.saturating_sub(now_unix) > tolerance {
        Err(SignatureError::InFuture)
    } else {
        Ok(())
    }
}

/// The header Stripe would send: for tests, and for the sandbox to be held against.
#[must_use]
pub fn sign(payload: &[u8], secret: &SecretString, signed_at_unix: i64) -> String {
    let signed_at = signed_at_unix.to_string();
    let signature = hex::encode(mac(secret, &signed_at, payload));
    format!("t={signed_at},v1={signature}")
}

/// The one `t`, as it was written, and all `v1`. Other schemes (`v0` is for Stripe's own tests) are passed over.
fn parse(header: &str) -> Result<(&str, Vec<[u8; 32]>), SignatureError> {
    let mut signed_at = None;
    let mut signatures = Vec::new();
    for item in header.split(',') {
        let (name, value) = item.trim().split_once('=').ok_or(SignatureError::Malformed)?;
        match name {
            "t" if signed_at.is_some() => return Err(SignatureError::Malformed),
            "t" => signed_at = Some(value),
            "v1" => {
                let mut signature = [0; 32];
                // One that can't be read can't fit; another may.
                if hex::decode_to_slice(value, &mut signature).is_ok() {
                    signatures.push(signature);
                }
            }
            _ => {}
        }
    }
    let signed_at = signed_at.ok_or(SignatureError::Malformed)?;
    signed_at.parse::<i64>().map_err(|_| SignatureError::Malformed)?;
    Ok((signed_at, signatures))
}

fn mac(secret: &SecretString, signed_at: &str, payload: &[u8]) -> [u8; 32] {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        unreachable!("HMAC takes a key of any length")
    };
    mac.chain_update(signed_at).chain_update(".").chain_update(payload).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_780_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    fn check(header: &str, secrets: &[&str]) -> Result<(), SignatureError> {
        let secrets: Vec<_> = secrets.iter().map(|text| secret(text)).collect();
        verify(BODY, header, &secrets, TOLERANCE, NOW)
    }

    #[test]
    fn the_signature_is_the_one_other_tools_make() {
        // printf '%s' '1780000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        assert_eq!(
            sign(BODY, &secret("whsec_test"), NOW),
            "t=1780000000,v1=a6cfe2114f40ec5193d0304c1e682c55fdabf04be55f4190b0c065017cb094af"
        );
    }

    #[test]
    fn a_good_signature_under_any_current_secret_is_believed() {
        let header = sign(BODY, &secret("old"), NOW);
        assert_eq!(check(&header, &["new", "old"]), Ok(()));
        assert_eq!(check(&header, &["new"]), Err(SignatureError::Mismatch));
        assert_eq!(check(&header, &[]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn one_fitting_signature_of_several_is_enough() {
        let good = sign(BODY, &secret("s"), NOW);
        let (_, v1) = good.split_once(',').unwrap();
        let zeros = "0".repeat(64);
        assert_eq!(check(&format!("t={NOW},v1={zeros},{v1},v0=abc"), &["s"]), Ok(()));
        assert_eq!(check(&format!("t={NOW}, v1=zz, {v1}"), &["s"]), Ok(()));
        assert_eq!(check(&format!("t={NOW},v1={zeros}"), &["s"]), Err(SignatureError::Mismatch));
        assert_eq!(check(&format!("t={NOW},{}", v1.replace("v1", "v0")), &["s"]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn old_and_future_ones_are_refused_at_the_edge() {
        for (offset, expected) in
            [(-300, Ok(())), (-301, Err(SignatureError::TooOld)), (300, Ok(())), (301, Err(SignatureError::InFuture))]
        {
            assert_eq!(check(&sign(BODY, &secret("s"), NOW + offset), &["s"]), expected, "{offset}");
        }
        for extreme in [i64::MIN, i64::MAX] {
            assert!(check(&sign(BODY, &secret("s"), extreme), &["s"]).is_err());
        }
    }

    #[test]
    fn the_time_is_part_of_what_is_signed() {
        let header = sign(BODY, &secret("s"), NOW - 900).replace(&(NOW - 900).to_string(), &NOW.to_string());
        assert_eq!(check(&header, &["s"]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        assert_eq!(check(&sign(BODY, &secret(""), NOW), &["", "s"]), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_header_without_its_parts_is_malformed() {
        let twice = format!("t={NOW},{}", sign(BODY, &secret("s"), NOW));
        for header in ["", "v1=ab", "t=,v1=ab", "t=x,v1=ab", "nonsense", twice.as_str()] {
            assert_eq!(check(header, &["s"]), Err(SignatureError::Malformed), "{header:?}");
        }
        assert_eq!(check(&format!("t={NOW}"), &["s"]), Err(SignatureError::Mismatch));
    }

    proptest! {
        #[test]
        fn no_header_panics(header in ".*") {
            prop_assert!(check(&header, &["s"]).is_err());
        }

        #[test]
        fn a_changed_body_is_refused(body in prop::collection::vec(any::<u8>(), 1..64), at in any::<prop::sample::Index>(), bit in 0..8) {
            let secrets = [secret("s")];
            let header = sign(&body, &secrets[0], NOW);
            prop_assert_eq!(verify(&body, &header, &secrets, TOLERANCE, NOW), Ok(()));
            let mut changed = body.clone();
            changed[at.index(body.len())] ^= 1_u8 << bit;
            prop_assert_eq!(verify(&changed, &header, &secrets, TOLERANCE, NOW), Err(SignatureError::Mismatch));
        }
    }
}
