//! The dialogs over a customer's page. A query names one; what is asked for and isn't there (any more), or isn't
//! this person's to do, is the plain page. The one with the link comes with the answer to a form and never else.

use url::Url;
use zoop_app::customer::erase::{self, Erasure};
use zoop_app::customer::show::{self, ConsentView, CustomerView};
use zoop_domain::consent::{ConsentSource, EndedHow, SuspendedWhy};
use zoop_domain::id::ConsentId;
use zoop_domain::money::Money;

use crate::Web;
use crate::error::PageError;
use crate::office::{Fields, Staff};

/// A question over the page, or an answer.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// The link, once.
    Link {
        /// The whole address.
        url: Url,
        /// Whether it took another's place.
        rotated: bool,
    },
    /// Rotate it?
    Rotate,
    /// Revoke it?
    Revoke,
    /// Erase the personal data?
    Erase(Box<Erasure>),
    /// What a consent rests on.
    Evidence(Box<ConsentView>),
    /// Turn auto-pay off?
    TurnOff(Box<ConsentView>),
}

impl Dialog {
    /// What `query` asks for on the page of `view`.
    pub(super) async fn find(
        web: &Web,
        staff: &Staff,
        view: &CustomerView,
        query: &Fields,
    ) -> Result<Option<Self>, PageError> {
        if query.has("erase") {
            let is_open = staff.is_owner() && view.customer.erased_at.is_none();
            return match is_open {
                true => {
                    let asked = erase::ask(&web.app, staff.actor(), staff.at(), &view.customer.id).await?;
                    Ok(Some(Self::Erase(Box::new(asked))))
                }
                false => Ok(None),
            };
        }
        let may = staff.is_owner() && view.access.live().is_some();
        if query.has("rotate") || query.has("revoke") {
            let dialog = if query.has("rotate") { Self::Rotate } else { Self::Revoke };
            return Ok(may.then_some(dialog));
        }
        let (name, dialog): (_, fn(Box<ConsentView>) -> Self) = match query.has("evidence") {
            true => ("evidence", Self::Evidence),
            false => ("turn-off", Self::TurnOff),
        };
        let Ok(consent) = query.get(name).parse::<ConsentId>() else { return Ok(None) };
        let found = show::consent(&web.app, staff.actor(), staff.at(), &view.customer.id, &consent).await;
        match found {
            Ok(found) if name == "turn-off" && found.consent.ended.is_some() => Ok(None),
            Ok(found) => Ok(Some(dialog(Box::new(found)))),
            Err(zoop_app::Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether it shows something that mustn't be lost to a stray key.
    #[must_use]
    pub const fn holds_a_secret(&self) -> bool {
        matches!(self, Self::Link { .. })
    }
}

/// "Visa •••• 0341, up to $400.00 a payment".
pub(super) fn charged_to(brand: &str, last4: &str, cap: Option<&Money>) -> String {
    let method = zoop_domain::payment::method_label(brand, last4);
    match cap {
        Some(cap) => format!("{method}, up to {cap} a payment"),
        None => format!("{method}, no cap"),
    }
}

/// How a consent came to be: its tone, icon and word.
pub(crate) const fn source(source: ConsentSource) -> (&'static str, &'static str, &'static str) {
    match source {
        ConsentSource::Attested => ("info", "shield", "Zooper attested"),
        ConsentSource::Inline => ("info", "user", "Inline"),
    }
}

/// Why it is suspended.
pub(crate) const fn suspended(why: SuspendedWhy) -> &'static str {
    match why {
        SuspendedWhy::Declined => "the bank declined the card for good",
        SuspendedWhy::CardExpired => "the card has expired",
        SuspendedWhy::CardGone => "the card was removed at Stripe",
        SuspendedWhy::Dispute => "a charge on the card was disputed",
        SuspendedWhy::Disconnected => "the Stripe account was disconnected or changed",
    }
}

/// How it ended.
pub(crate) const fn ended(how: EndedHow) -> &'static str {
    match how {
        EndedHow::Portal => "turned off in the portal",
        EndedHow::EmailLink => "turned off by the link of an email",
        EndedHow::CardRemoved => "the card was removed",
        EndedHow::Owner => "turned off by the business",
        EndedHow::PlanCancelled => "the plan was cancelled",
        EndedHow::Replaced => "replaced by another consent",
    }
}
