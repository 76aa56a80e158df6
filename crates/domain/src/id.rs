//! Ids that say what they name: `inv_01j9…`, one type a noun.
//!
//! The body is 26 characters of Crockford base 32: 48 bits of milliseconds, then 80 random
//! bits, so that rows made together lie together in an index and an id can't be guessed.

use crate::random::{self, Random};
use crate::time::Instant;

/// A text that is no id of the wanted kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a {prefix}_… id")]
pub struct InvalidId {
    /// The wanted prefix, without the underscore.
    pub prefix: &'static str,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BODY: usize = 26;

/// An id as its bytes: a prefix of three letters, an underscore and the body.
type Text = [u8; 4 + BODY];

fn generate(prefix: &str, now: Instant, random: &dyn Random) -> Text {
    let millis = now.as_microseconds().max(0) as u128 / 1000;
    let entropy: [u8; 10] = random::bytes(random);
    let entropy = entropy.iter().fold(0_u128, |all, byte| (all << 8) | u128::from(*byte));
    let value = (millis << 80) | entropy;
    let mut id = [b'_'; 4 + BODY];
    id[..3].copy_from_slice(prefix.as_bytes());
    for place in 0..BODY {
        let digit = (value >> (place * 5)) & 31;
        id[3 + BODY - place] = ALPHABET[digit as usize];
    }
    id
}

fn parse(prefix: &'static str, text: &str) -> Result<Text, InvalidId> {
    let body = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(InvalidId { prefix })?;
    let valid = body.len() == BODY && body.bytes().all(|byte| ALPHABET.contains(&byte));
    text.as_bytes().try_into().ok().filter(|_| valid).ok_or(InvalidId { prefix })
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Text);

        impl $name {
            /// What the id starts with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; later ones sort behind earlier ones.
            pub fn generate(now: Instant, random: &dyn Random) -> Self {
                Self(generate($prefix, now, random))
            }

            /// The id as stored and shown.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).expect("an id is made of ASCII letters")
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse($prefix, text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

ids! {
    /// A business, the tenant to which every row belongs.
    BusinessId = "biz",
    /// A customer of a business.
    CustomerId = "cus",
    /// A portal link, live or ended.
    PortalLinkId = "plk",
    /// An invoice, drafts included.
    InvoiceId = "inv",
    /// A quote.
    QuoteId = "quo",
    /// A secret link to one quote.
    QuoteLinkId = "qlk",
    /// A recurring plan.
    PlanId = "pln",
    /// A consent to auto-pay one plan.
    ConsentId = "cns",
    /// Something that happened to a consent.
    ConsentEventId = "cne",
    /// A secret link in a mail about one consent.
    TurnOffLinkId = "tol",
    /// A card being saved on Stripe's page.
    CardSetupId = "cst",
    /// A mail to a customer, or to one of the business's own people.
    MailId = "mal",
    /// A saved payment method.
    PaymentMethodId = "pmt",
    /// A payment, succeeded or under way.
    PaymentId = "pay",
    /// One try to take a payment; also the idempotency key sent to Stripe.
    AttemptId = "att",
    /// A refund.
    RefundId = "rfd",
    /// A dispute (chargeback).
    DisputeId = "dsp",
    /// A received webhook event.
    WebhookEventId = "evt",
    /// A queued job.
    JobId = "job",
    /// A line of the audit trail.
    AuditId = "aud",
    /// Something the owner should look at.
    AlertId = "alr",
    /// A tax rate of a business.
    TaxRateId = "txr",
    /// Somebody who signs in.
    UserId = "usr",
    /// A signed-in browser.
    SessionId = "ses",
    /// An invitation to a business's team.
    InvitationId = "ivt",
    /// A request for a new password.
    PasswordResetId = "pwr",
    /// An import of customers or invoices.
    ImportId = "imp",
}

/// Who acts is passed around a lot, and he is named by this.
impl Copy for UserId {}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn an_id_reads_back_and_sorts_by_time() {
        let early = InvoiceId::generate(Instant::from_microseconds(1_000_000), &Fixed(255));
        let late = InvoiceId::generate(Instant::from_microseconds(1_001_000), &Fixed(0));
        assert!(early < late);
        assert_eq!(early.as_str().parse::<InvoiceId>().unwrap(), early);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = InvoiceId::generate(Instant::from_microseconds(0), &Fixed(7));
        assert_eq!(id.as_str().parse::<PaymentId>(), Err(InvalidId { prefix: "pay" }));
        for bad in ["inv_", "inv", "", "inv_0123456789abcdefghjkmnpqr!", "inv_0123"] {
            assert!(bad.parse::<InvoiceId>().is_err(), "{bad}");
        }
    }
}
