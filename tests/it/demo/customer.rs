//! A customer who pays by hand, step by step, so that a test can pull the plug between two steps;
//! and what must be true of his invoice in the end.

use std::io;

use serde_json::Value;
use url::Url;

use super::Demo;
use crate::cli::http::{Browser, Reply};
use crate::cli::zoop::until;

/// Dana with her phone.
#[derive(Default)]
pub struct Customer {
    browser: Browser,
}

impl Customer {
    pub fn get(&mut self, url: &Url) -> io::Result<Reply> {
        self.browser.get(url)
    }

    /// Pay now, with what the page says is owed; `None` if it offers no payment.
    pub fn press_pay(&mut self, invoice: &Url) -> io::Result<Option<Reply>> {
        let page = self.browser.get(invoice)?;
        let Some(amount) = page.field("amount").map(str::to_owned) else { return Ok(None) };
        let pay: Url = format!("{invoice}/pay").parse().unwrap();
        self.browser.post(&pay, &[("amount", &amount)]).map(Some)
    }

    /// The same, and there is a payment page: its address.
    #[track_caller]
    pub fn begin(&mut self, invoice: &Url) -> Url {
        let reply = self.press_pay(invoice).unwrap().expect("the invoice can be paid");
        let page = reply.location().unwrap_or_else(|| panic!("no payment page: {reply:?}"));
        assert!(page.path().starts_with("/c/pay/"), "{page}");
        page
    }

    /// Types the usual card into the payment page.
    pub fn submit(&mut self, page: &Url) -> io::Result<Reply> {
        let card = [
            ("number", "4242 4242 4242 4242"),
            ("exp", "12/34"),
            ("cvc", "123"),
            ("holder", "Dana Whitfield"),
            ("zip", "78745"),
        ];
        self.browser.post(page, &card)
    }

    /// The same, and the card is accepted: the way back.
    #[track_caller]
    pub fn pay(&mut self, page: &Url) -> Url {
        let reply = self.submit(page).unwrap();
        reply.location().unwrap_or_else(|| panic!("the card was not accepted: {reply:?}"))
    }

    /// Goes back to the invoice, as the cookie says.
    #[track_caller]
    pub fn come_back(&mut self, way_back: &Url, invoice: &Url) {
        let reply = self.get(way_back).unwrap();
        assert_eq!(reply.location().as_ref(), Some(invoice), "{reply:?}");
    }
}

/// An invoice's own facts.
pub struct Bill {
    pub id: String,
    pub url: Url,
    /// What was paid of it before.
    payments: usize,
}

impl Bill {
    pub fn of(demo: &Demo, url: Url) -> Self {
        let token = url.path().rsplit('/').next().unwrap();
        let all = demo.rows::<(String, String)>("SELECT token, id FROM invoices");
        let (_, id) = all.into_iter().find(|(other, _)| other == token).unwrap();
        let payments = paid(demo, &id).len();
        Self { id, url, payments }
    }

    pub fn open(demo: &Demo) -> Self {
        Self::of(demo, demo.invoice("open"))
    }

    /// Waits until it is paid; nobody does anything for it.
    #[track_caller]
    pub fn until_paid(&self, demo: &Demo) {
        until("the invoice is paid", || (paid(demo, &self.id).len() > self.payments).then_some(()));
    }

    /// It is paid, once: one charge, one payment, one receipt, and no try is left in the air.
    #[track_caller]
    pub fn is_paid_once(&self, demo: &Demo) {
        let page = demo.page(&self.url);
        assert!(page.body.contains("Paid on") && page.field("amount").is_none(), "{}", page.body);
        let charges: Vec<Value> = demo
            .ledger()
            .into_iter()
            .filter(|entry| entry["metadata"]["invoice_id"] == self.id && entry["refunded"] == 0)
            .collect();
        assert_eq!(charges.len(), 1, "{charges:?}");
        let charge = charges[0]["charge"].as_str().unwrap();
        let payments = paid(demo, &self.id);
        assert_eq!(payments.len(), self.payments + 1, "{payments:?}");
        assert!(payments.iter().any(|paid| paid.0.as_deref() == Some(charge)), "{charge}: {payments:?}");
        let receipt = demo.page(&format!("{}/receipt", self.url).parse().unwrap());
        assert!(receipt.body.contains(charge), "{}", receipt.body);
        let live = "SELECT invoice_id, state FROM attempts WHERE state IN \
                    ('creating', 'open', 'requires_action', 'processing', 'unknown')";
        let live: Vec<_> = demo.rows::<(String, String)>(live).into_iter().filter(|(id, _)| *id == self.id).collect();
        assert_eq!(live, []);
        assert_eq!(demo.rows::<(i64,)>("SELECT COUNT(*) FROM refunds WHERE reason = 'surplus'"), [(0,)]);
    }
}

/// Charge and state of an invoice's payments.
fn paid(demo: &Demo, invoice: &str) -> Vec<(Option<String>, String)> {
    let all = "SELECT invoice_id, charge, state FROM payments ORDER BY received_at, id";
    let all = demo.rows::<(String, Option<String>, String)>(all);
    all.into_iter().filter(|(id, ..)| id == invoice).map(|(_, charge, state)| (charge, state)).collect()
}
