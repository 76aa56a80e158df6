//! The customer chooses the method that is offered first. Consents stay with theirs.

use zoop_domain::audit::Action;
use zoop_domain::id::PaymentMethodId;
use zoop_store as store;

use crate::{Actor, App, Error, actor, portal, transaction};

/// Makes the method the default of whoever has the portal link with this token.
///
/// # Errors
/// [`Error::NotFound`] if the link opens nothing, or he has no such method.
pub async fn set_default(app: &App, token: &str, method: &str) -> Result<(), Error> {
    let visitor = portal::visitor(app, token).await?;
    let method: PaymentMethodId = method.parse().map_err(|_| Error::NotFound)?;
    let (business, customer) = (&visitor.business.id, &visitor.customer.id);
    transaction!(app, |tx| {
        if !store::payment_method::update_default(tx, business, customer, &method).await? {
            return Err(Error::NotFound);
        }
        let label = store::payment_method::get(tx, business, &method).await?.map(|it| it.label()).unwrap_or_default();
        actor::record(app, tx, Actor::Customer, business, Action::PaymentMethodDefault, method.as_str(), &label)
            .await?;
    })
}
