//! The invoice page: who asks, how much, by when, one button; then what it is for.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use zoop_app::invoice::settlement::{SettlementRow, settlement_rows};
use zoop_app::invoice::show::{Headline, InvoiceView, show};
use zoop_app::portal::mark_invoice_seen;
use zoop_domain::business::Business;
use zoop_domain::contact;
use zoop_domain::invoice::{Invoice, PayBlock, Status};
use zoop_domain::money::{Money, MoneyError};
use zoop_domain::payment_method::PaymentMethod;

use super::banner;
use super::notice::{Notice, NoticeQuery};
use crate::Web;
use crate::error::PageError;
use crate::extract::{PayForm, Visit};
use crate::office::cookie::is_of_the_office;
use crate::page::status_look::StatusLook;
use crate::page::{self, Samples};
use crate::routes::InvoicePath;

/// `GET /p/{token}/invoices/{invoice}` and `GET /i/{token}`
pub async fn get(
    State(web): State<Web>,
    path: InvoicePath,
    Visit(visit): Visit,
    headers: HeaderMap,
    NoticeQuery(asked): NoticeQuery,
) -> Result<Response, PageError> {
    let view = show(&web.app, path.key()).await?;
    // The office has the same link on its own page of the invoice.
    if visit && !is_of_the_office(&headers, &web) {
        mark_invoice_seen(&web.app, &view.business.id, &view.invoice.id);
    }
    InvoicePage::new(view, &path)?.with_notice(asked).answer(StatusCode::OK)
}

/// The invoice page.
#[derive(Template)]
#[template(path = "invoice/show.html", whitespace = "minimize")]
pub struct InvoicePage {
    view: InvoiceView,
    path: InvoicePath,
    status: Status,
    look: StatusLook,
    block: PayBlock,
    headline: Headline,
    owed: Money,
    balance: Money,
    settlement: Vec<SettlementRow>,
    notice: Option<Notice>,
    kept: PayForm,
}

impl InvoicePage {
    /// The page of `view`, reached by `path`.
    ///
    /// # Errors
    /// [`PageError::Internal`] for amounts that don't add up.
    pub fn new(view: InvoiceView, path: &InvoicePath) -> Result<Self, PageError> {
        Self::of(view, path.clone()).map_err(PageError::internal)
    }

    fn of(view: InvoiceView, path: InvoicePath) -> Result<Self, MoneyError> {
        let facts = &view.invoice.facts;
        let status = view.status();
        Ok(Self {
            look: StatusLook::of(status, facts.due_on),
            headline: view.headline()?,
            block: PayBlock::of(&view.business, facts, view.today)?,
            owed: facts.owed()?,
            balance: facts.ledger.balance()?,
            settlement: settlement_rows(&view)?,
            notice: None,
            kept: PayForm::default(),
            status,
            path,
            view,
        })
    }

    /// Says what came of the last step; drops what no longer holds, such as "you can pay
    /// whenever you're ready" on a paid invoice whose URL still asks for it.
    #[must_use]
    pub fn with_notice(mut self, notice: Option<Notice>) -> Self {
        self.notice = notice.filter(|_| self.status.is_payable());
        self
    }

    /// Keeps what was ticked and typed.
    #[must_use]
    pub fn keeping(mut self, kept: PayForm) -> Self {
        self.kept = kept;
        self
    }

    /// The balance changed; says to what.
    #[must_use]
    pub fn with_changed_balance(self) -> Self {
        let owed = self.owed;
        self.with_notice(Some(Notice::BalanceChanged(owed)))
    }

    /// The answer.
    ///
    /// # Errors
    /// [`PageError::Internal`] if the page can't be drawn.
    pub fn answer(&self, status: StatusCode) -> Result<Response, PageError> {
        page::with_status(status, self)
    }

    fn business(&self) -> &Business {
        &self.view.business
    }

    fn invoice(&self) -> &Invoice {
        &self.view.invoice
    }

    fn is_canceled(&self) -> bool {
        self.status == Status::Canceled
    }

    /// What a customer with something on his mind can do: "call us".
    fn call_us(&self) -> &'static str {
        contact::call_us(self.business())
    }

    fn mail_subject(&self) -> String {
        format!("Invoice {}", self.invoice().number)
    }

    /// The card on file whose button leads, if one does: after a decline another card does.
    fn leading_method(&self) -> Option<&PaymentMethod> {
        let declined = matches!(self.notice, Some(Notice::Declined { .. }));
        self.view.methods.first().filter(|_| !declined)
    }

    /// Cards on file that stand behind the leading button.
    fn further_methods(&self) -> &[PaymentMethod] {
        let shown = usize::from(self.leading_method().is_some());
        self.view.methods.get(shown..).unwrap_or_default()
    }

    /// What the button says that leads to Stripe's page.
    fn other_words(&self) -> &'static str {
        match (&self.notice, self.leading_method()) {
            (Some(Notice::Declined { .. }), _) => "Pay with another card",
            (_, Some(_)) => "Pay another way",
            (_, None) => "Pay now",
        }
    }

    /// What is wrong with the address, if anything is.
    fn email_error(&self) -> Option<&'static str> {
        let needed = self.notice == Some(Notice::EmailNeeded);
        needed.then_some(if self.kept.email.is_empty() {
            "Please give an email address."
        } else {
            "Please check this address. It should look like name@example.com."
        })
    }

    /// The card that auto-pay charges, for those who came by the portal.
    fn auto_pay_label(&self) -> Option<&str> {
        let label = self.view.auto_pay.as_ref().map(|coming| coming.method_label.as_str());
        label.filter(|_| self.path.portal().is_some())
    }

    /// The invoice that takes this one's place: its number, and its page if the portal is open.
    fn replacement(&self) -> Option<(&str, Option<String>)> {
        let (id, number) = self.invoice().replaced_by.as_ref()?;
        Some((number, self.path.portal().map(|portal| portal.invoice(id).page())))
    }
}

impl Samples for InvoicePage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample;
        let page = |view, path: &InvoicePath| Self::new(view, path).expect("samples add up");
        let public = |(name, view)| (name, page(view, &sample::public_path()));
        let mut samples: Vec<_> = sample::invoice::all().into_iter().map(public).collect();
        let inside = |view: InvoiceView| {
            let path = sample::portal_path().invoice(&view.invoice.id);
            page(view, &path)
        };
        let kept = PayForm { save_card: true, ..PayForm::default() };
        let declined = Notice::Declined {
            method_label: "Visa •••• 4242".into(),
            decline_code: "insufficient_funds".into(),
        };
        samples.extend([
            ("invoice-from-portal", inside(sample::invoice::due())),
            ("invoice-viewed", {
                let view = sample::invoice::offered(true);
                let path = crate::routes::PortalPath::viewed(sample::id("cus", 1)).invoice(&view.invoice.id);
                page(view, &path)
            }),
            ("invoice-void-from-portal", inside(sample::invoice::void())),
            (
                "invoice-not-charged",
                page(sample::invoice::due(), &sample::public_path()).with_notice(Some(Notice::NotCharged)),
            ),
            (
                "invoice-balance-changed",
                inside(sample::invoice::overdue()).keeping(kept.clone()).with_changed_balance(),
            ),
            (
                "invoice-unavailable",
                inside(sample::invoice::due()).keeping(kept.clone()).with_notice(Some(Notice::Unavailable)),
            ),
            ("invoice-saved-card", inside(sample::invoice::saved_cards())),
            ("invoice-auto-pay-offered", page(sample::invoice::offered(true), &sample::public_path())),
            ("invoice-auto-pay-coming", inside(sample::invoice::auto_pay_coming())),
            ("invoice-auto-pay-coming-public", page(sample::invoice::auto_pay_coming(), &sample::public_path())),
            ("invoice-over-cap", inside(sample::invoice::over_cap())),
            (
                "invoice-declined",
                inside(sample::invoice::saved_cards()).keeping(kept.clone()).with_notice(Some(declined)),
            ),
            (
                "invoice-method-gone",
                inside(sample::invoice::saved_cards()).keeping(kept.clone()).with_notice(Some(Notice::MethodGone)),
            ),
            (
                "invoice-email-needed",
                page(sample::invoice::offered(true), &sample::public_path())
                    .keeping(PayForm { auto_pay: true, email: "dana@".into(), ..kept })
                    .with_notice(Some(Notice::EmailNeeded)),
            ),
        ]);
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn html(view: InvoiceView) -> String {
        InvoicePage::new(view, &sample::public_path()).unwrap().render().unwrap()
    }

    #[test]
    fn s21_to_s24_the_pay_block_has_four_rows() {
        let cases = [
            (sample::invoice::due(), [true, false, false]),
            (sample::invoice::overdue(), [true, true, false]),
            (sample::invoice::offline_only(), [false, false, false]),
            (sample::invoice::contact(), [false, false, true]),
        ];
        for (view, [pay_now, collapsed, contact]) in cases {
            let html = html(view);
            assert_eq!(html.contains(">Pay now</button>"), pay_now);
            assert_eq!(html.contains("Or pay offline"), collapsed);
            assert_eq!(html.contains("to arrange payment"), contact);
        }
        assert!(html(sample::invoice::offline_only()).contains("Send a check payable to"));
    }

    #[test]
    fn only_what_can_be_paid_has_a_form() {
        for (name, view) in sample::invoice::all() {
            let payable = view.invoice.facts.status_on(view.today).is_payable();
            let offered = html(view).contains("<form");
            assert!(payable || !offered, "{name}");
        }
    }

    #[test]
    fn the_rows_add_up_to_the_balance() {
        for (name, view) in sample::invoice::all() {
            let ledger = view.invoice.facts.ledger;
            let rows = settlement_rows(&view).unwrap();
            let sum = rows.iter().try_fold(ledger.total, |sum, row| sum.plus(row.amount)).unwrap();
            assert_eq!(sum, ledger.balance().unwrap(), "{name}");
        }
    }

    #[test]
    fn the_public_page_never_leads_into_the_portal() {
        for (name, view) in sample::invoice::all() {
            assert!(!html(view).contains("\"/p/"), "{name}");
        }
    }

    #[test]
    fn s25_a_card_on_file_is_offered_inside_the_portal_only() {
        let view = sample::invoice::saved_cards();
        let inside = sample::portal_path().invoice(&view.invoice.id);
        let html = InvoicePage::new(view, &inside).unwrap().render().unwrap();
        assert!(html.contains("name=\"with\" value=\"pmt_") && html.contains("Pay another way</button>"));
        let public = self::html(sample::invoice::auto_pay_coming());
        assert!(public.contains("Auto-pay will charge this on") && !public.contains("4242 on"));
    }

    #[test]
    fn s26_auto_pay_is_offered_with_its_words_and_locks_the_other_box() {
        let html = html(sample::invoice::offered(true));
        for part in
            ["name=\"auto_pay\"", "I authorize Greenline", "choice lockable", "autocomplete=\"email\"", "<script src"]
        {
            assert!(html.contains(part), "{part}");
        }
        let plain = self::html(sample::invoice::due());
        assert!(!plain.contains("auto_pay") && !plain.contains("<script") && !plain.contains("type=\"email\""));
    }

    #[test]
    fn after_a_decline_another_card_leads() {
        let (_, page) = InvoicePage::samples().into_iter().find(|(name, _)| *name == "invoice-declined").unwrap();
        let html = page.render().unwrap();
        let primary = html.split("class=\"button primary\"").nth(1).unwrap();
        assert!(primary.starts_with(" name=\"with\" value=\"other\">Pay with another card</button>"), "{primary:.80}");
    }

    #[test]
    fn an_old_notice_is_not_repeated_on_a_paid_invoice() {
        let page = InvoicePage::new(sample::invoice::paid(), &sample::public_path()).unwrap();
        assert!(!page.with_notice(Some(Notice::NotCharged)).render().unwrap().contains("Nothing was charged"));
    }
}
