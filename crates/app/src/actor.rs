//! Who acts. It stands in the audit trail, and decides what may be done.

use zoop_domain::audit::Action;
use zoop_domain::id::{AlertId, AuditId, BusinessId, UserId};
use zoop_domain::user::Role;
use zoop_store::Tx;
use zoop_store::alert::{About, Alert};
use zoop_store::audit_event::AuditEvent;

use crate::{App, Error};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody of the business, signed in as its owner.
    Owner(UserId),
    /// Somebody of its office.
    Office(UserId),
    /// Whoever runs the server, by the command line.
    Operator,
    /// A customer, by his link.
    Customer,
    /// Stripe's word, by webhook or by asking.
    Stripe,
    /// The program itself.
    Zoop,
}

impl Actor {
    /// Somebody of the business.
    #[must_use]
    pub const fn member(user: UserId, role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner(user),
            Role::Office => Self::Office(user),
        }
    }

    /// Refuses what only an owner may do. The operator has the whole machine.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else.
    pub const fn must_be_owner(self) -> Result<(), Error> {
        match self {
            Self::Owner(_) | Self::Operator | Self::Zoop => Ok(()),
            Self::Office(_) | Self::Customer | Self::Stripe => Err(Error::Forbidden),
        }
    }

    /// Refuses what only the business's own people may do.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else.
    pub const fn must_be_member(self) -> Result<(), Error> {
        match self {
            Self::Owner(_) | Self::Office(_) | Self::Operator | Self::Zoop => Ok(()),
            Self::Customer | Self::Stripe => Err(Error::Forbidden),
        }
    }

    /// Refuses what only whoever runs the server may do.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else.
    pub const fn must_be_operator(self) -> Result<(), Error> {
        match self {
            Self::Operator => Ok(()),
            _ => Err(Error::Forbidden),
        }
    }

    /// The word in the audit trail: a person's id, or what it was.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Owner(user) | Self::Office(user) => user.as_str(),
            Self::Operator => "operator",
            Self::Customer => "customer",
            Self::Stripe => "stripe",
            Self::Zoop => "zoop",
        }
    }
}

/// Adds a line to the audit trail, in the transaction of what it tells. Never a secret.
pub(crate) async fn record(
    app: &App,
    tx: &mut Tx,
    actor: Actor,
    business: &BusinessId,
    action: Action,
    subject: &str,
    detail: &str,
) -> Result<(), Error> {
    let now = app.now();
    let event = AuditEvent {
        id: AuditId::generate(now, app.random.as_ref()),
        actor: actor.as_str().into(),
        action: action.as_str().into(),
        subject: subject.into(),
        detail: detail.into(),
        happened_at: now,
    };
    Ok(zoop_store::audit_event::insert(tx, business, &event).await?)
}

/// Tells the owner that something needs a look, once for each kind and subject.
pub(crate) async fn alert(
    app: &App,
    tx: &mut Tx,
    business: Option<&BusinessId>,
    kind: &str,
    subject: &str,
    message: String,
) -> Result<(), Error> {
    alert_of(app, tx, business, kind, subject, subject, message).await
}

/// The same about something that belongs to `owner`: an invoice, a payment, an attempt, a refund, a plan, a quote or a
/// mail. From there the owner is told whose it is and where it leads.
pub(crate) async fn alert_of(
    app: &App,
    tx: &mut Tx,
    business: Option<&BusinessId>,
    kind: &str,
    subject: &str,
    owner: &str,
    message: String,
) -> Result<(), Error> {
    let now = app.now();
    tracing::warn!(kind, subject, "{message}");
    let about = match business {
        Some(business) => zoop_store::alert::find_about(tx, business, owner).await?,
        None => About::default(),
    };
    let id = AlertId::generate(now, app.random.as_ref());
    let alert = Alert { id, kind: kind.into(), subject: subject.into(), message, about, raised_at: now };
    Ok(zoop_store::alert::insert(tx, business, &alert).await?)
}
