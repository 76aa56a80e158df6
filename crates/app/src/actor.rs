//! Who acts. It stands in the audit trail, and decides what may be done.

use zoop_domain::id::{AlertId, AuditId, BusinessId};
use zoop_store::Tx;
use zoop_store::alert::Alert;
use zoop_store::audit_event::AuditEvent;

use crate::{App, Error};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
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
    /// The word in the audit trail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
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
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), Error> {
    let now = app.now();
    let event = AuditEvent {
        id: AuditId::generate(now, app.random.as_ref()),
        actor: actor.as_str().into(),
        action: action.into(),
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
    let now = app.now();
    tracing::warn!(kind, subject, "{message}");
    let id = AlertId::generate(now, app.random.as_ref());
    let alert = Alert { id, kind: kind.into(), subject: subject.into(), message, raised_at: now };
    Ok(zoop_store::alert::insert(tx, business, &alert).await?)
}
