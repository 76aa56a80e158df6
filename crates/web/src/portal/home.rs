//! The portal home: what is owed in all and the way to pay it, then quotes, invoices, methods
//! and auto-pay, in this order.

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use zoop_app::portal::{self, ActiveConsent, Opened, Portal, SavedMethod};
use zoop_domain::business::Business;
use zoop_domain::consent::{ConsentSource, SuspendedWhy};
use zoop_domain::invoice::{InvoiceSummary, PayBlock, Status};
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment;
use zoop_domain::payment_method::{CardExpiry, ExpiryStatus, MethodType};
use zoop_domain::time::Date;

use super::dialog::{self, Dialog, DialogQuery};
use super::ended::EndedPage;
use super::notice::{Notice, NoticeQuery, Place};
use super::one_consent::OneConsentPage;
use crate::Web;
use crate::error::PageError;
use crate::extract::Visit;
use crate::page::status_look::StatusLook;
use crate::page::{self, Samples};
use crate::routes::PortalPath;

/// `GET /p/{token}`
pub async fn get(
    State(web): State<Web>,
    path: PortalPath,
    Visit(visit): Visit,
    NoticeQuery(asked): NoticeQuery,
    dialog: DialogQuery,
) -> Result<Response, PageError> {
    let portal = match portal::open(&web.app, path.token()).await? {
        Opened::Portal(portal) => portal,
        Opened::Consent(one) => return page::ok(&OneConsentPage::new(*one, &path, &dialog)),
        Opened::Ended(ended) => return page::ok(&EndedPage::new(*ended)),
    };
    if visit {
        portal::mark_seen(&web.app, &portal);
    }
    let notice = match asked {
        Some(asked) => Notice::find(&web.app, &path, &portal, &asked).await?,
        None => None,
    };
    let dialog = Dialog::find(&web.app, path.token(), &dialog).await?;
    let page = HomePage::new(*portal, &path).map_err(PageError::internal)?;
    page::ok(&page.with_notice(notice).with_dialog(dialog))
}

/// `GET` of what is only posted to: whoever reloads such an address wants the portal.
pub async fn back(State(web): State<Web>, path: PortalPath) -> Result<Redirect, PageError> {
    portal::opens_all(&web.app, path.token()).await?;
    Ok(Redirect::to(&path.home()))
}

/// The portal home.
#[derive(Template)]
#[template(path = "portal/home.html", whitespace = "minimize")]
pub struct HomePage {
    portal: Portal,
    path: PortalPath,
    notice: Option<Notice>,
    dialog: Option<Dialog>,
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
        let (path, notice, dialog) = (path.clone(), None, None);
        Ok(Self { portal, path, notice, dialog, past, older, unpaid, owed, coming, oldest_is_online })
    }

    /// Says what was done.
    #[must_use]
    pub fn with_notice(mut self, notice: Option<Notice>) -> Self {
        self.notice = notice;
        self
    }

    /// Asks something over the page. Where no card can be saved, none can be changed.
    #[must_use]
    pub fn with_dialog(mut self, dialog: Option<Dialog>) -> Self {
        let takes_cards = self.portal.takes_cards;
        self.dialog = dialog.filter(|dialog| takes_cards || !matches!(dialog, Dialog::ChangeCard(_)));
        self
    }

    /// Back to the plain page, at one of its sections.
    fn home(&self, anchor: &str) -> String {
        format!("{}{anchor}", self.path.home())
    }

    /// Whether the business's own people look at it: then nothing can be pressed.
    fn is_viewed(&self) -> bool {
        self.path.viewed_from().is_some()
    }

    fn notice_at(&self, place: Place) -> Option<&Notice> {
        self.notice.as_ref().filter(|notice| notice.place == place)
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

    /// What a suspended consent waits for.
    fn waits_for(&self, why: SuspendedWhy) -> &'static str {
        match why {
            SuspendedWhy::Disconnected if !self.portal.takes_cards => "Paused",
            _ => "Needs a new card",
        }
    }

    /// Why it is suspended, and what to do.
    fn why_suspended(&self, consent: &ActiveConsent, why: SuspendedWhy) -> String {
        let label = payment::method_label(&consent.method_brand, &consent.method_last4);
        let why = match why {
            SuspendedWhy::Declined => format!("Your bank won’t take payments with {label} any more."),
            SuspendedWhy::CardExpired => format!("{label} has expired."),
            SuspendedWhy::CardGone => format!("{label} can’t be charged any more."),
            SuspendedWhy::Dispute => format!("A payment with {label} was disputed."),
            SuspendedWhy::Disconnected if !self.portal.takes_cards => {
                return "We take no cards at the moment, so nothing is charged.".to_owned();
            }
            SuspendedWhy::Disconnected => format!("{label} has to be saved with us again."),
        };
        let until = if self.portal.takes_cards { " until you choose another card" } else { "" };
        format!("{why} Nothing is charged{until}.")
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
        use super::notice::{self, Asked};
        use crate::sample;
        let path = sample::portal_path();
        let page = |portal| Self::new(portal, &path).expect("samples add up");
        let asking = |dialog| page(sample::portal()).with_dialog(Some(dialog));
        let saying = |asked: &Asked, words| page(sample::portal()).with_notice(Some(Notice::new(asked, words)));
        let (turned_off, removed) = (Asked::TurnedOff(sample::id("cns", 4)), Asked::Removed(sample::id("pmt", 5)));
        vec![
            ("portal", page(sample::portal())),
            ("portal-empty", page(sample::empty_portal())),
            ("portal-one", page(sample::one_invoice_portal())),
            ("portal-offline", page(sample::offline_portal())),
            ("portal-suspended", page(sample::suspended_portal())),
            ("portal-turn-off", asking(Dialog::TurnOff(sample::turn_off()))),
            (
                "portal-remove-card",
                asking(Dialog::Remove(Box::new(sample::removal(&["Hedge trimming", "Spring and fall cleanup"])))),
            ),
            ("portal-remove-idle-card", asking(Dialog::Remove(Box::new(sample::removal(&[]))))),
            ("portal-change-card", asking(Dialog::ChangeCard(sample::card_choice()))),
            ("portal-turned-off", saying(&turned_off, notice::turned_off("Hedge trimming", Some(sample::usd(6_495))))),
            ("portal-removed", saying(&removed, notice::removed("Visa •••• 5454", &[], None))),
            (
                "portal-viewed",
                Self::new(sample::portal(), &PortalPath::viewed(sample::id("cus", 1))).expect("it adds up"),
            ),
            ("portal-unavailable", saying(&Asked::Unavailable, "The page to save a card isn’t answering.".into())),
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
    fn s09_s10_each_method_has_a_radio_and_a_way_to_remove_it() {
        let html = home(sample::portal());
        assert_eq!(html.matches("type=\"radio\" name=\"default\"").count(), 4);
        assert_eq!(html.matches("\" checked>").count(), 1);
        assert_eq!(html.matches("?remove=pmt_").count(), 4);
        assert!(html.contains("Make this my default</button>") && html.contains("Add a card</button>"));
    }

    #[test]
    fn s08_a_card_is_added_only_where_it_can_be_charged() {
        assert!(home(sample::empty_portal()).contains("Add a card</button>"));
        let offline = home(sample::offline_portal());
        assert!(!offline.contains("Add a card") && offline.contains("No card saved.</p>"));
    }

    #[test]
    fn s12_each_consent_can_be_turned_off_and_moved() {
        let html = home(sample::portal());
        assert_eq!(html.matches("?turn-off=cns_").count(), 3);
        assert_eq!(html.matches("?change-card=cns_").count(), 3);
    }

    #[test]
    fn a_suspended_consent_needs_a_new_card_and_says_why() {
        let html = home(sample::suspended_portal());
        assert_eq!(html.matches("Needs a new card").count(), 2);
        assert!(html.contains("has expired. Nothing is charged until you choose another card."));
    }

    #[test]
    fn s42_a_dialog_lies_over_a_page_that_is_inert() {
        for (name, page) in HomePage::samples() {
            let html = page.render().unwrap();
            let asking = html.contains("<dialog open");
            assert_eq!(html.contains("<div class=\"sheet\" inert>"), asking, "{name}");
            assert_eq!(html.contains("class=\"skip vh\""), !asking, "{name}");
        }
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
