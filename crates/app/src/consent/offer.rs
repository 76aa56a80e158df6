//! "Auto-pay future invoices for *plan*": whether it is offered beside an invoice, and in what words.

use zoop_domain::attempt::ConsentDraft;
use zoop_domain::business::Business;
use zoop_domain::consent::{DISCLOSURE_VERSION, disclosure};
use zoop_domain::id::{CustomerId, PlanId};
use zoop_domain::money::Money;
use zoop_domain::plan::{Plan, PlanState};
use zoop_store::{self as store, Tx};

use crate::{App, Error};

/// What a customer can agree to while he pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The plan.
    pub plan: PlanId,
    /// What it is called.
    pub plan_title: String,
    /// The words beside the box.
    pub disclosure: String,
    /// How often it may charge by these words.
    pub every: &'static str,
    /// The most one payment may take.
    pub cap: Option<Money>,
    /// What an invoice of the plan comes to.
    pub agreed: Money,
    /// Whether an email address has to be given with it: a copy must go out.
    pub needs_email: bool,
}

/// From where a customer agreed to something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evident {
    /// His address on the network.
    pub ip: Option<String>,
    /// His browser.
    pub user_agent: Option<String>,
}

/// The offer for an invoice of `plan` that comes to `agreed`. `None` if the plan has a live consent
/// or is cancelled, if its cap lies below the amount, or if no copy could go out.
pub(crate) async fn offer(
    app: &App,
    tx: &mut Tx,
    business: &Business,
    customer: &CustomerId,
    plan: &PlanId,
    agreed: Money,
) -> Result<Option<Offer>, Error> {
    if !app.sends_mail() || business.charging_account().is_none() {
        return Ok(None);
    }
    let Some(plan) = store::plan::get(tx, &business.id, plan).await? else { return Ok(None) };
    if plan.state == PlanState::Cancelled || plan.cap.is_some_and(|cap| cap.minor() < agreed.minor()) {
        return Ok(None);
    }
    if store::consent::find_live(tx, &business.id, &plan.id).await?.is_some() {
        return Ok(None);
    }
    let customer = store::customer::get(tx, &business.id, customer).await?.ok_or(Error::NotFound)?;
    Ok(Some(Offer {
        disclosure: words(business, &plan),
        every: plan.schedule.frequency().every(),
        plan: plan.id,
        plan_title: plan.title,
        cap: plan.cap,
        agreed,
        needs_email: customer.email.is_none(),
    }))
}

/// The words a customer agrees to for `plan`.
pub(crate) fn words(business: &Business, plan: &Plan) -> String {
    disclosure(&business.name, &plan.title, plan.schedule.frequency().every(), plan.cap)
}

impl Offer {
    /// The customer agrees, now and from there.
    pub(crate) fn accepted(&self, app: &App, evident: &Evident, email: Option<String>) -> ConsentDraft {
        ConsentDraft {
            plan: self.plan.clone(),
            disclosure_text: self.disclosure.clone(),
            disclosure_version: DISCLOSURE_VERSION,
            every: self.every.into(),
            cap: self.cap,
            agreed: self.agreed,
            email: email.filter(|_| self.needs_email),
            granted_at: app.now(),
            ip: evident.ip.clone(),
            user_agent: evident.user_agent.clone(),
        }
    }
}
