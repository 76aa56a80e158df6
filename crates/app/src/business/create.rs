//! Makes a business, with what its first invoice needs.

use zoop_domain::audit::Action;
use zoop_domain::business::Business;
use zoop_domain::form::{self, FieldErrors};
use zoop_domain::id::BusinessId;
use zoop_domain::money::Currency;
use zoop_domain::time::TimeZone;
use zoop_store::{self as store, Tx};

use crate::mail::parse_address;
use crate::{Actor, App, Error, actor};

/// What its invoices' numbers begin with, until its owner says otherwise.
const INVOICE_PREFIX: &str = "INV-";
const FIRST_INVOICE: i64 = 1;
const DUE_DAYS: i64 = 30;

/// A business that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBusiness {
    /// Its name, as on its van.
    pub name: String,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// What it bills in.
    pub currency: Currency,
    /// Where customers call.
    pub phone: Option<String>,
    /// Where customers write.
    pub email: Option<String>,
    /// Its postal address.
    pub address: String,
}

/// The same as entered; each field bears its name in the form.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnteredBusiness<'a> {
    /// Its name.
    pub business: &'a str,
    /// An IANA name.
    pub time_zone: &'a str,
    /// A currency's code.
    pub currency: &'a str,
    /// May be empty.
    pub phone: &'a str,
    /// May be empty.
    pub business_email: &'a str,
    /// May be empty.
    pub address: &'a str,
}

impl NewBusiness {
    /// Reads what was entered; what is wrong with it goes to `errors`.
    pub fn read(entered: EnteredBusiness<'_>, errors: &mut FieldErrors) -> Option<Self> {
        let name = errors.take("business", form::line(entered.business, "the business’s name", 100));
        let time_zone = entered.time_zone.trim().parse().map_err(|_| "Choose the time zone your days begin in.");
        let time_zone = errors.take("time_zone", time_zone);
        let currency = entered.currency.trim().to_lowercase().parse().map_err(|_| "Choose the currency you bill in.");
        let currency = errors.take("currency", currency);
        let phone = errors.take("phone", form::optional_line(entered.phone, "a phone number", 40));
        let email = errors.take("business_email", optional_address(entered.business_email));
        let address = errors.take("address", form::lines(entered.address, "an address", 300));
        Some(Self {
            name: name?,
            time_zone: time_zone?,
            currency: currency?,
            phone: phone?,
            email: email?,
            address: address?,
        })
    }
}

fn optional_address(text: &str) -> Result<Option<String>, &'static str> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse_address(text).map(Some).map_err(|_| "Enter an email address, such as billing@example.com, or leave it empty.")
}

/// Stores a new business, in a transaction that gives it an owner.
pub(crate) async fn create_in(app: &App, tx: &mut Tx, actor: Actor, new: &NewBusiness) -> Result<Business, Error> {
    let now = app.now();
    let business = Business {
        id: BusinessId::generate(now, app.random.as_ref()),
        name: new.name.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        address: new.address.clone(),
        time_zone: new.time_zone.clone(),
        currency: new.currency,
        brand_color: None,
        logo: None,
        payment_instructions: None,
        stripe: None,
        invoice_prefix: INVOICE_PREFIX.to_owned(),
        notice_days: None,
        due_days: DUE_DAYS,
        default_tax_rate: None,
    };
    store::business::insert(tx, &business, FIRST_INVOICE, now).await?;
    actor::record(app, tx, actor, &business.id, Action::BusinessCreated, business.id.as_str(), &business.name).await?;
    Ok(business)
}
