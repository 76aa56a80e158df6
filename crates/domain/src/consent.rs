//! A customer's permission to charge a plan's invoices. What was agreed to is evidence and never
//! changes; a consent only moves on: pending (a draft beside its payment) → live → suspended → ended.

use crate::id::{AttemptId, BusinessId, ConsentEventId, ConsentId, CustomerId, PaymentMethodId, PlanId};
use crate::money::Money;
use crate::time::Instant;

crate::words! {
    /// Where the permission came from.
    pub enum ConsentSource {
        /// The customer gave it himself, while paying or in his portal.
        Inline = "inline",
        /// A team member enrolled him, and says how he agreed.
        Attested = "attested",
    }
}

crate::words! {
    /// How far a consent has come. One whose payment has not succeeded yet is a draft beside its attempt.
    pub enum ConsentState {
        /// It may be charged.
        Live = "live",
        /// It needs a new card, or the business to reconnect.
        Suspended = "suspended",
        /// Over, for whatever reason stands beside.
        Ended = "ended",
    }
}

crate::words! {
    /// Why a consent can't be charged for now.
    pub enum SuspendedWhy {
        /// The bank declined for good: lost, stolen, closed, do not try again.
        Declined = "declined",
        /// The card has expired; Stripe's card updater may mend it.
        CardExpired = "card_expired",
        /// The card is no longer at Stripe.
        CardGone = "card_gone",
        /// The customer disputed a charge on that card.
        Dispute = "dispute",
        /// The business's Stripe account was disconnected or changed.
        Disconnected = "disconnected",
    }
}

crate::words! {
    /// How a consent ended.
    pub enum EndedHow {
        /// In the portal.
        Portal = "portal",
        /// By the link in a mail.
        EmailLink = "email_link",
        /// With its card.
        CardRemoved = "card_removed",
        /// By the business.
        Owner = "owner",
        /// With its plan.
        PlanCancelled = "plan_cancelled",
        /// By another consent, for the same plan.
        Replaced = "replaced",
    }
}

crate::words! {
    /// What can happen to a consent.
    pub enum ConsentEventKind {
        /// It was given.
        Granted = "granted",
        /// Its card was saved again, and it follows.
        MethodFollowed = "method_followed",
        /// It can't be charged for now.
        Suspended = "suspended",
        /// It can again.
        Resumed = "resumed",
        /// It is over.
        Ended = "ended",
    }
}

/// A consent as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The business.
    pub business: BusinessId,
    /// Who gave it.
    pub customer: CustomerId,
    /// For which plan.
    pub plan: PlanId,
    /// What was agreed to; never changes.
    pub evidence: Evidence,
    /// What is charged now.
    pub method: Option<PaymentMethodId>,
    /// How far it has come.
    pub state: ConsentState,
    /// Since when and why it is suspended.
    pub suspended: Option<(Instant, SuspendedWhy)>,
    /// When, by whom and how it ended.
    pub ended: Option<Ended>,
}

/// What was agreed to, when, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it came from.
    pub source: ConsentSource,
    /// The words that were agreed to.
    pub disclosure_text: String,
    /// Which version of them.
    pub disclosure_version: i64,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// What an invoice of the plan came to then: a charge of as much needs no notice.
    pub agreed: Money,
    /// When it was given.
    pub granted_at: Instant,
    /// From which address, for an inline one.
    pub ip: Option<String>,
    /// By which browser, for an inline one.
    pub user_agent: Option<String>,
    /// Which team member wrote it down, and how the customer agreed, for an attested one.
    pub attested: Option<Attested>,
    /// The payment it was given with.
    pub attempt: Option<AttemptId>,
    /// The method's name then: "Visa".
    pub method_brand: String,
    /// The method's last four digits then.
    pub method_last4: String,
}

/// Who vouches for a consent, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The team member's name.
    pub by: String,
    /// How the customer agreed: "by phone, on Nov 2".
    pub how: String,
}

/// The end of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Instant,
    /// By whom, as the audit trail names him.
    pub by: String,
    /// How.
    pub how: EndedHow,
    /// A charge that was under way then.
    pub on_its_way: Option<AttemptId>,
}

/// A row of a consent's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEvent {
    /// Its id.
    pub id: ConsentEventId,
    /// Which consent.
    pub consent: ConsentId,
    /// What happened.
    pub kind: ConsentEventKind,
    /// Who did it, as the audit trail names him.
    pub actor: String,
    /// More of it, in words.
    pub detail: String,
    /// When.
    pub happened_at: Instant,
}

/// The version of [`disclosure`]'s words. It grows with every change of them.
pub const DISCLOSURE_VERSION: i64 = 2;
/// No disclosure is longer, in characters; Stripe's page takes no more.
pub const DISCLOSURE_LIMIT: usize = 1_200;
const NAME_LIMIT: usize = 300;

/// The words a customer agrees to: a series of charges, when, of how much, never more than what,
/// and how to end it.
#[must_use]
pub fn disclosure(business: &str, plan: &str, every: &str, cap: Option<Money>) -> String {
    let (business, plan) = (shortened(business), shortened(plan));
    let cap = cap.map_or_else(String::new, |cap| format!(", never more than {cap}"));
    format!(
        "I authorize {business} to charge the card I pay with the total of each {plan} invoice, {every}, on its due \
         date{cap}, until I turn it off. I can do that any time, from my portal or by the link in the confirmation \
         email."
    )
}

/// A name as it stands in a disclosure: whole, unless it is absurdly long.
fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LIMIT {
        return name.to_owned();
    }
    name.chars().take(NAME_LIMIT - 1).chain(['…']).collect()
}

/// Why auto-pay leaves an amount alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCharged {
    /// It is more than was agreed to.
    OverCap,
    /// It is less than Stripe takes.
    BelowMinimum,
}

impl Evidence {
    /// Whether `amount` may be charged by this consent.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self, amount: Money) -> Result<(), NotCharged> {
        if amount.minor() < amount.currency().minimum_charge().minor() {
            return Err(NotCharged::BelowMinimum);
        }
        match self.cap {
            Some(cap) if cap.currency() != amount.currency() || amount.minor() > cap.minor() => {
                Err(NotCharged::OverCap)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    #[test]
    fn the_disclosure_says_all_a_card_network_asks_for() {
        let words = disclosure("Greenline", "Monthly lawn care", "every month", Some(usd(25_000)));
        for part in [
            "I authorize Greenline",
            "each Monthly lawn care invoice",
            "every month",
            "on its due date",
            "never more than $250.00",
            "until I turn it off",
        ] {
            assert!(words.contains(part), "{words}");
        }
        assert!(!disclosure("A", "B", "every week", None).contains("never"));
    }

    #[test]
    fn a_cap_is_the_most_and_stripes_minimum_the_least() {
        let evidence = |cap| Evidence {
            source: ConsentSource::Inline,
            disclosure_text: String::new(),
            disclosure_version: DISCLOSURE_VERSION,
            cap,
            agreed: usd(5_000),
            granted_at: Instant::from_microseconds(0),
            ip: None,
            user_agent: None,
            attested: None,
            attempt: None,
            method_brand: "Visa".into(),
            method_last4: "4242".into(),
        };
        assert_eq!(evidence(Some(usd(100))).allows(usd(100)), Ok(()));
        assert_eq!(evidence(Some(usd(100))).allows(usd(101)), Err(NotCharged::OverCap));
        assert_eq!(evidence(None).allows(usd(1_000_000)), Ok(()));
        assert_eq!(evidence(None).allows(usd(49)), Err(NotCharged::BelowMinimum));
    }

    proptest! {
        #[test]
        fn stripes_page_always_takes_the_disclosure(business in "\\PC{0,2000}", plan in "\\PC{0,2000}") {
            let words = disclosure(&business, &plan, "every three months", Some(usd(i64::MAX)));
            prop_assert!(words.chars().count() <= DISCLOSURE_LIMIT);
        }
    }
}
