//! The Stripe account a business charges on: what was heard of it, and how it stands for that. Stripe
//! decides; here its words become one of a few standings, and what the owner is to do.

use crate::time::Instant;

/// What is remembered of a business's Stripe account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeAccount {
    /// `acct_…`; never empty, also in an install with a key of its own.
    pub id: String,
    /// Whether Stripe lets it charge.
    pub charges_enabled: bool,
    /// Whether Stripe sends its money on to the bank.
    pub payouts_enabled: bool,
    /// Whether its owner has been through Stripe's onboarding.
    pub details_submitted: bool,
    /// What Stripe still wants.
    pub requirements: Requirements,
    /// When Stripe was asked last.
    pub checked_at: Option<Instant>,
    /// Since when it isn't used any more, whatever Stripe says of it. Its old payments still carry it.
    pub disconnected_at: Option<Instant>,
}

/// What Stripe still wants to know, in its own names: `external_account`, `rejected.fraud`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// To be handed in, in time or too late already.
    pub due: Vec<String>,
    /// Handed in, and being looked at.
    pub pending: Vec<String>,
    /// Why it can't charge or isn't paid out.
    pub disabled_reason: Option<String>,
    /// Until when what is due may wait.
    pub deadline: Option<Instant>,
}

/// How a business's card payments stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onboarding {
    /// There is no account.
    NotSetUp,
    /// There is one, whose owner has not been through Stripe's onboarding.
    Incomplete,
    /// Stripe looks at what was handed in.
    InReview,
    /// It can charge, and Stripe wants nothing.
    Active,
    /// The owner has something to do.
    ActionNeeded(Action),
    /// It is no longer used.
    Disconnected,
}

impl Onboarding {
    /// In a word or two, for the audit trail.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::NotSetUp => "not set up",
            Self::Incomplete => "incomplete",
            Self::InReview => "in review",
            Self::Active => "active",
            Self::ActionNeeded(_) => "action needed",
            Self::Disconnected => "disconnected",
        }
    }
}

/// What the owner has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Hand this in; until then nothing can be charged.
    HandIn(Vec<Topic>),
    /// Hand this in, by then if Stripe names a day; charges go on meanwhile.
    HandInSoon(Vec<Topic>, Option<Instant>),
    /// Stripe has stopped charges for a reason that only its dashboard explains.
    LookAtStripe,
    /// Stripe has refused the account for good: only Stripe can say more.
    Rejected,
}

/// What Stripe asks for, as an owner would call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// What the business does, and how it is reached.
    Profile,
    /// The company itself.
    Company,
    /// Whoever owns, leads or represents it.
    People,
    /// A photo of a passport, or the like.
    Document,
    /// Where the money goes.
    BankAccount,
    /// Stripe's own terms.
    Terms,
    /// Whatever Stripe adds.
    Other,
}

impl Topic {
    /// As it stands in a list: "a bank account".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Profile => "what the business does",
            Self::Company => "details of the company",
            Self::People => "details of the people behind it",
            Self::Document => "an identity document",
            Self::BankAccount => "a bank account",
            Self::Terms => "agreement to Stripe’s terms",
            Self::Other => "something more",
        }
    }

    fn of(name: &str) -> Self {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        if rest.contains("verification") {
            return Self::Document;
        }
        match first {
            "business_profile" => Self::Profile,
            "company" | "business_type" => Self::Company,
            "individual" | "representative" | "owners" | "directors" | "executives" | "relationship" => Self::People,
            person if person.starts_with("person_") => Self::People,
            "external_account" => Self::BankAccount,
            "tos_acceptance" => Self::Terms,
            _ => Self::Other,
        }
    }
}

impl Requirements {
    /// What is due, each topic once.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        let mut topics: Vec<Topic> = self.due.iter().map(|name| Topic::of(name)).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }
}

impl StripeAccount {
    /// An account that can charge, of which nothing else was heard yet.
    #[must_use]
    pub fn charging(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            charges_enabled: true,
            payouts_enabled: true,
            details_submitted: true,
            requirements: Requirements::default(),
            checked_at: None,
            disconnected_at: None,
        }
    }

    /// Whether it can be charged on now.
    #[must_use]
    pub const fn can_charge(&self) -> bool {
        self.charges_enabled && self.disconnected_at.is_none()
    }

    /// How it stands.
    #[must_use]
    pub fn onboarding(&self) -> Onboarding {
        let Requirements { due, pending, disabled_reason, deadline } = &self.requirements;
        let reason = disabled_reason.as_deref().unwrap_or_default();
        if self.disconnected_at.is_some() {
            return Onboarding::Disconnected;
        }
        if reason.starts_with("rejected.") {
            return Onboarding::ActionNeeded(Action::Rejected);
        }
        if self.charges_enabled {
            return match due.is_empty() {
                true => Onboarding::Active,
                false => Onboarding::ActionNeeded(Action::HandInSoon(self.requirements.topics(), *deadline)),
            };
        }
        if !self.details_submitted {
            return Onboarding::Incomplete;
        }
        if !due.is_empty() {
            return Onboarding::ActionNeeded(Action::HandIn(self.requirements.topics()));
        }
        match reason {
            // Without a reason Stripe is about to switch charges on.
            "" | "under_review" | "requirements.pending_verification" => Onboarding::InReview,
            _ if !pending.is_empty() => Onboarding::InReview,
            _ => Onboarding::ActionNeeded(Action::LookAtStripe),
        }
    }

    /// Whether something else is known of it than of `other`, whenever each was asked.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let undated = |account: &Self| Self { checked_at: None, ..account.clone() };
        undated(self) != undated(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(due: &[&str], reason: Option<&str>) -> StripeAccount {
        let due = due.iter().map(|name| (*name).to_owned()).collect();
        let requirements = Requirements { due, disabled_reason: reason.map(Into::into), ..Requirements::default() };
        StripeAccount { charges_enabled: false, requirements, ..StripeAccount::charging("acct_1") }
    }

    #[test]
    fn a_new_account_is_incomplete_whatever_it_lacks() {
        for due in [&[][..], &["external_account"]] {
            let new = StripeAccount { details_submitted: false, ..waiting(due, Some("requirements.past_due")) };
            assert_eq!(new.onboarding(), Onboarding::Incomplete);
            assert!(!new.can_charge());
        }
    }

    #[test]
    fn what_was_handed_in_is_in_review() {
        for reason in [None, Some("requirements.pending_verification"), Some("under_review")] {
            assert_eq!(waiting(&[], reason).onboarding(), Onboarding::InReview, "{reason:?}");
        }
        let mut looked_at = waiting(&[], Some("requirements.past_due"));
        looked_at.requirements.pending = vec!["person_1.verification.document".into()];
        assert_eq!(looked_at.onboarding(), Onboarding::InReview);
    }

    #[test]
    fn an_account_that_can_charge_is_active_until_something_is_due() {
        let mut account = StripeAccount::charging("acct_1");
        assert_eq!(account.onboarding(), Onboarding::Active);
        account.requirements.pending = vec!["company.tax_id".into()];
        assert_eq!(account.onboarding(), Onboarding::Active, "nobody has to do anything");
        let by = Instant::from_unix_seconds(1_790_000_000);
        account.requirements.due = vec!["company.tax_id".into()];
        account.requirements.deadline = Some(by);
        let soon = Action::HandInSoon(vec![Topic::Company], Some(by));
        assert_eq!(account.onboarding(), Onboarding::ActionNeeded(soon));
        assert!(account.can_charge(), "charges go on");
    }

    #[test]
    fn charges_that_were_stopped_need_the_owner() {
        let wanted = waiting(&["external_account", "person_1.verification.document"], Some("requirements.past_due"));
        let topics = vec![Topic::Document, Topic::BankAccount];
        assert_eq!(wanted.onboarding(), Onboarding::ActionNeeded(Action::HandIn(topics)));
        for reason in ["listed", "platform_paused", "other", "action_required.requested_capabilities", "tomorrow"] {
            let action = waiting(&[], Some(reason)).onboarding();
            assert_eq!(action, Onboarding::ActionNeeded(Action::LookAtStripe), "{reason}");
        }
        for account in [waiting(&["external_account"], Some("rejected.fraud")), waiting(&[], Some("rejected.other"))] {
            assert_eq!(account.onboarding(), Onboarding::ActionNeeded(Action::Rejected));
        }
    }

    #[test]
    fn a_disconnected_account_charges_nothing_whatever_stripe_says() {
        let at = Some(Instant::from_unix_seconds(1));
        let account = StripeAccount { disconnected_at: at, ..StripeAccount::charging("acct_1") };
        assert_eq!((account.onboarding(), account.can_charge()), (Onboarding::Disconnected, false));
    }

    #[test]
    fn each_topic_is_named_once() {
        let names = [
            "business_profile.url",
            "business_profile.support_phone",
            "company.tax_id",
            "owners.email",
            "person_1Pgaf.first_name",
            "company.verification.document",
            "external_account",
            "tos_acceptance.ip",
            "settings.something.new",
        ];
        let topics = waiting(&names, None).requirements.topics();
        let all = [Topic::Profile, Topic::Company, Topic::People, Topic::Document, Topic::BankAccount, Topic::Terms];
        assert_eq!(topics, [&all[..], &[Topic::Other]].concat());
        assert!(topics.iter().all(|topic| !topic.words().is_empty()));
    }

    #[test]
    fn the_time_of_asking_makes_no_difference() {
        let account = StripeAccount::charging("acct_1");
        let later = StripeAccount { checked_at: Some(Instant::from_unix_seconds(9)), ..account.clone() };
        assert!(!account.differs_from(&later));
        assert!(account.differs_from(&StripeAccount { payouts_enabled: false, ..later }));
    }
}
