//! The portal home: what is owed in all and the way to pay it, then quotes, invoices, methods
//! and auto-pay, in this order.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use zoop_app::portal::{self, Opened, Portal, SavedMethod};
use zoop_domain::business::Business;
use zoop_domain::consent::ConsentSource;
use zoop_domain::invoice::{InvoiceSummary, PayBlock, Status};
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment_method::{CardExpiry, ExpiryStatus, MethodType};
use zoop_domain::time::Date;

use crate::Web;
use crate::error::PageError;
use crate::extract::Visit;
use crate::page::status_look::StatusLook;
use crate::page::{self, Samples};
use crate::routes::PortalPath;

/// `GET /p/{token}`
pub async fn get(State(web): State<Web>, path: PortalPath, Visit(visit): Visit) -> Result<Response, PageError> {
    // What a mail's link opens alone has no page yet.
    let Opened::Portal(portal) = portal::open(&web.app, path.token()).await? else { return Err(PageError::NotFound) };
    if visit {
        portal::mark_seen(&web.app, &portal);
    }
    page::ok(&HomePage::new(*portal, &path).map_err(PageError::internal)?)
}

/// The portal home.
#[derive(Template)]
#[template(path = "portal/home.html", whitespace = "minimize")]
pub struct HomePage {
    portal: Portal,
    past: Vec<Row>,
    older: Vec<Row>,
    unpaid: Vec<Row>,
    owed: Vec<Money>,
    coming: Vec<Money>,
    oldest_is_online: bool,
}

/// An invoice in a list.
pub struct Row {
    number: String,
    href: String,
    issued_on: Date,
    due_on: Date,
    status: Status,
    look: StatusLook,
    total: Money,
    owed: Money,
}

impl Row {
    fn new(invoice: &InvoiceSummary, path: &PortalPath, today: Date) -> Result<Self, MoneyError> {
        let status = invoice.facts.status_on(today);
        let due_on = invoice.facts.due_on;
        Ok(Self {
            number: invoice.number.clone(),
            href: path.invoice(&invoice.id).page(),
            issued_on: invoice.issued_on,
            due_on,
            status,
            look: StatusLook::of(status, due_on),
            total: invoice.facts.ledger.total,
            owed: invoice.facts.owed()?,
        })
    }

    /// Whether the total says less than the truth about what is left.
    fn is_partly_paid(&self) -> bool {
        self.owed.is_positive() && self.owed != self.total
    }

    fn is_canceled(&self) -> bool {
        self.status == Status::Canceled
    }

    /// The due date stands beside it there, so the word need not repeat it.
    fn word_beside_due_date(&self) -> &str {
        if matches!(self.status, Status::Due(1..)) { "Not due yet" } else { &self.look.word }
    }
}

impl HomePage {
    /// The page of `portal`, opened by `path`.
    ///
    /// # Errors
    /// Amounts that don't add up.
    pub fn new(portal: Portal, path: &PortalPath) -> Result<Self, MoneyError> {
        let rows = |invoices: &[InvoiceSummary]| -> Result<Vec<Row>, MoneyError> {
            invoices.iter().map(|invoice| Row::new(invoice, path, portal.today)).collect()
        };
        let (past, older) = (rows(&portal.invoices)?, rows(&portal.older_unpaid)?);
        let payable =
            || portal.invoices.iter().chain(&portal.older_unpaid).filter(|invoice| is_payable(invoice, portal.today));
        let mut unpaid: Vec<&InvoiceSummary> = payable().collect();
        unpaid.sort_by_key(|invoice| (invoice.facts.due_on, invoice.issued_on));
        let oldest_is_online = match unpaid.first() {
            Some(oldest) => PayBlock::of(&portal.business, &oldest.facts, portal.today)?.is_online(),
            None => false,
        };
        let unpaid =
            unpaid.into_iter().map(|invoice| Row::new(invoice, path, portal.today)).collect::<Result<Vec<_>, _>>()?;
        let owed = sums(unpaid.iter().map(|row| row.owed))?;
        let processing = |row: &&Row| row.status == Status::Processing && row.owed.is_positive();
        let coming = sums(past.iter().chain(&older).filter(processing).map(|row| row.owed))?;
        Ok(Self { portal, past, older, unpaid, owed, coming, oldest_is_online })
    }

    fn business(&self) -> &Business {
        &self.portal.business
    }

    /// What is owed in all: one amount for each currency, zero if it is nothing.
    fn owed(&self) -> Vec<Money> {
        if self.owed.is_empty() { vec![Money::zero(self.portal.business.currency)] } else { self.owed.clone() }
    }

    /// The one sentence under the amount.
    fn summary(&self) -> String {
        let late = self.unpaid.iter().filter(|row| row.status.is_late()).count();
        let unpaid = match (self.unpaid.as_slice(), late) {
            ([], _) => "Nothing to pay.".to_owned(),
            ([_], 1) => "1 unpaid invoice, and it is late.".to_owned(),
            ([Row { status: Status::Due(0), .. }], _) => "1 unpaid invoice, due today.".to_owned(),
            ([row], _) => format!("1 unpaid invoice, due on {}.", row.due_on),
            (rows, 0) => format!("{} unpaid invoices, none of them late.", rows.len()),
            (rows, late) if late == rows.len() => format!("{late} unpaid invoices, all of them late."),
            (rows, late) => format!("{} unpaid invoices, {late} of them late.", rows.len()),
        };
        let coming = self.coming.iter().map(Money::to_string).collect::<Vec<_>>().join(" and ");
        match (coming.is_empty(), self.unpaid.is_empty()) {
            (true, true) => format!("{unpaid} When we send you an invoice, you can pay it here."),
            (true, false) => unpaid,
            (false, true) => format!("{unpaid} {coming} is on its way from your bank."),
            (false, false) => format!("{unpaid} Another {coming} is on its way from your bank."),
        }
    }

    /// When a card ends, and how near that is.
    fn expiry(&self, saved: &SavedMethod) -> Option<(CardExpiry, ExpiryStatus)> {
        saved.method.expiry.map(|expiry| (expiry, expiry.status_on(self.portal.today)))
    }

    fn contact_heading(&self) -> &'static str {
        if self.past.is_empty() && self.older.is_empty() { "Questions?" } else { "Something looks wrong?" }
    }

    /// What the button says; it opens the oldest unpaid invoice.
    fn pay_words(&self) -> &'static str {
        match (self.oldest_is_online, self.unpaid.len()) {
            (true, 1) => "Pay",
            (true, _) => "Pay the oldest,",
            (false, 1) => "See how to pay",
            (false, _) => "See how to pay the oldest,",
        }
    }
}

fn is_payable(invoice: &InvoiceSummary, today: Date) -> bool {
    invoice.facts.status_on(today).is_payable()
}

/// One sum for each currency, in the order they appear: amounts of two currencies never mix.
fn sums(amounts: impl Iterator<Item = Money>) -> Result<Vec<Money>, MoneyError> {
    amounts.filter(|amount| amount.is_positive()).try_fold(Vec::<Money>::new(), |mut sums, amount| {
        match sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
            Some(sum) => *sum = sum.plus(amount)?,
            None => sums.push(amount),
        }
        Ok(sums)
    })
}

impl Samples for HomePage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample;
        let path = sample::portal_path();
        let page = |portal| Self::new(portal, &path).expect("samples add up");
        vec![
            ("portal", page(sample::portal())),
            ("portal-empty", page(sample::empty_portal())),
            ("portal-one", page(sample::one_invoice_portal())),
            ("portal-offline", page(sample::offline_portal())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn home(portal: Portal) -> String {
        HomePage::new(portal, &sample::portal_path()).unwrap().render().unwrap()
    }

    #[test]
    fn s03_four_sections_in_this_order() {
        for portal in [sample::portal(), sample::empty_portal()] {
            let html = home(portal);
            let places =
                ["Outstanding quotes</h2>", "Past invoices</h2>", "Saved payment methods</h2>", "Auto-pay</h2>"]
                    .map(|heading| html.find(heading).unwrap());
            assert!(places.is_sorted());
        }
    }

    #[test]
    fn s04_quotes_have_no_link() {
        let html = home(sample::portal());
        let section = &html[html.find("id=\"quotes\"").unwrap()..html.find("id=\"past\"").unwrap()];
        assert!(section.contains("check your original email") && section.contains("Q-0217"));
        assert!(!section.contains("href=\"/"));
    }

    #[test]
    fn every_link_stays_below_the_portal() {
        let html = home(sample::portal());
        let home = sample::portal_path().home();
        for href in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let fine = [home.as_str(), "/assets/", "/brand/", "#", "tel:", "mailto:"];
            assert!(fine.iter().any(|start| href.starts_with(start)), "{href}");
        }
    }

    #[test]
    fn amounts_of_two_currencies_are_never_added() {
        use zoop_domain::money::Currency;
        let amounts = [(5, Currency::Usd), (7, Currency::Cad), (6, Currency::Usd), (0, Currency::Gbp)];
        let sums = sums(amounts.into_iter().map(|(minor, currency)| Money::new(minor, currency))).unwrap();
        assert_eq!(sums, [Money::new(11, Currency::Usd), Money::new(7, Currency::Cad)]);
    }
}
