//! Errors by what the caller can do about them. No HTTP here; the text for people and the
//! source for the log are apart.

use std::fmt;

use zoop_domain::form::FieldErrors;

/// Why something could not be done.
#[derive(Debug)]
pub enum Error {
    /// It isn't there, or isn't yours: the two can't be told apart.
    NotFound,
    /// You may not.
    Forbidden,
    /// What was sent can't be used; the text says why, in the user's words.
    Invalid(String),
    /// Fields of a form can't be used; each says why.
    Fields(FieldErrors),
    /// It clashes with what has happened meanwhile; the text says with what.
    Conflict(String),
    /// Somebody we depend on (Stripe) did not do its part; trying again later may help.
    Upstream(Source),
    /// Our fault. The text is for the log only.
    Internal(Source),
}

/// The private half of an error: for the log, never for a page.
pub type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

impl Error {
    /// An internal error from whatever went wrong.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::Internal(source.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Forbidden => f.write_str("not allowed"),
            Self::Invalid(why) | Self::Conflict(why) => f.write_str(why),
            Self::Fields(errors) => errors.fmt(f),
            Self::Upstream(_) => f.write_str("a service we depend on did not answer as expected"),
            Self::Internal(_) => f.write_str("something went wrong on our side"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Upstream(source) | Self::Internal(source) => Some(source.as_ref()),
            _ => None,
        }
    }
}

impl Error {
    /// Whether the same transaction may pass when tried again.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Upstream(source) => {
                source.downcast_ref::<zoop_store::Error>().is_some_and(zoop_store::Error::is_transient)
            }
            _ => false,
        }
    }
}

/// A database that is busy, away or read-only may be back soon; anything else is our fault.
impl From<zoop_store::Error> for Error {
    fn from(error: zoop_store::Error) -> Self {
        use zoop_store::Error as Store;
        match error {
            Store::Busy(_) | Store::Unavailable(_) | Store::ReadOnly(_) => Self::Upstream(error.into()),
            _ => Self::Internal(error.into()),
        }
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Fields(errors)
    }
}

impl From<zoop_stripe::Error> for Error {
    fn from(error: zoop_stripe::Error) -> Self {
        Self::Upstream(error.into())
    }
}

/// Stored amounts that don't fit together are our fault.
impl From<zoop_domain::money::MoneyError> for Error {
    fn from(error: zoop_domain::money::MoneyError) -> Self {
        Self::Internal(error.into())
    }
}

/// Why a plan can't do that now is for whoever asked.
impl From<zoop_domain::plan::PlanRefusal> for Error {
    fn from(refusal: zoop_domain::plan::PlanRefusal) -> Self {
        Self::Conflict(refusal.to_string())
    }
}

impl From<zoop_domain::customer::NotBilled> for Error {
    fn from(not_billed: zoop_domain::customer::NotBilled) -> Self {
        Self::Conflict(not_billed.to_string())
    }
}

impl From<zoop_domain::plan::InvalidPlan> for Error {
    fn from(invalid: zoop_domain::plan::InvalidPlan) -> Self {
        Self::Invalid(invalid.to_string())
    }
}
