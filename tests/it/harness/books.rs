//! The books: what must hold after every test, whatever happened in it. The stand-in's ledger is
//! the truth about money; everything here is held against it.

use std::collections::BTreeMap;

use super::TestApp;

#[derive(Debug, sqlx::FromRow)]
struct PaymentRow {
    id: String,
    invoice_id: String,
    kind: String,
    state: String,
    amount_minor: i64,
    applied_minor: i64,
    refunded_minor: i64,
    currency: String,
    account: Option<String>,
    payment_intent: Option<String>,
    charge: Option<String>,
}

impl PaymentRow {
    fn surplus(&self) -> i64 {
        self.amount_minor - self.applied_minor
    }

    /// Of what went back, the part that had paid the invoice.
    fn given_back(&self) -> i64 {
        (self.refunded_minor - self.surplus()).max(0)
    }
}

#[derive(Debug, sqlx::FromRow)]
struct InvoiceRow {
    id: String,
    lifecycle: String,
    total_minor: i64,
    applied_minor: i64,
    returned_minor: i64,
    refunded_minor: i64,
}

#[derive(Debug, sqlx::FromRow)]
struct RefundRow {
    payment_id: String,
    amount_minor: i64,
    reason: String,
    state: String,
    idempotency_key: String,
}

impl TestApp {
    /// How many jobs wait or run, and how many were given up.
    pub async fn jobs(&self) -> (i64, i64) {
        zoop_store::job::count(&mut self.app().db.read().await.unwrap()).await.unwrap()
    }

    pub async fn live_attempts(&self) -> i64 {
        self.database.rows::<(i64,)>(&format!("SELECT COUNT(*) FROM attempts WHERE {LIVE}")).await[0].0
    }

    /// Fails if anything doesn't add up.
    pub async fn check_books(&self) {
        self.check_queue().await;
        let payments: Vec<PaymentRow> = self
            .database
            .rows(
                "SELECT id, invoice_id, kind, state, amount_minor, applied_minor, refunded_minor, currency, account, \
                 payment_intent, charge FROM payments",
            )
            .await;
        self.check_ledger(&payments).await;
        self.check_refunds(&payments).await;
        self.check_invoices(&payments, &self.failed_refunds().await).await;
        self.check_consents().await;
        let crowded: Vec<(String,)> = self
            .database
            .rows(&format!("SELECT invoice_id FROM attempts WHERE {LIVE} GROUP BY invoice_id HAVING COUNT(*) > 1"))
            .await;
        assert!(crowded.is_empty(), "two live attempts: {crowded:?}");
    }

    async fn check_queue(&self) {
        let left: Vec<(String, String, String, Option<String>)> =
            self.database.rows("SELECT kind, payload, state, last_error FROM jobs").await;
        assert!(left.is_empty(), "jobs are left behind: {left:?}");
        let unread: Vec<(String, String)> =
            self.database.rows("SELECT kind, event FROM webhook_events WHERE processed_at IS NULL").await;
        assert!(unread.is_empty(), "events that nobody dealt with: {unread:?}");
    }

    /// Each charge of ours has one payment, and each payment by Stripe its charge.
    async fn check_ledger(&self, payments: &[PaymentRow]) {
        let sql = "SELECT id, business_id, invoice_id, account, currency FROM attempts";
        let ours: Vec<(String, String, String, String, String)> = self.database.rows(sql).await;
        let mut by_intent = BTreeMap::new();
        for payment in payments.iter().filter(|payment| payment.kind == "stripe") {
            let key = (payment.account.clone().unwrap(), payment.payment_intent.clone().unwrap());
            assert!(by_intent.insert(key, payment).is_none(), "written down twice: {payment:?}");
        }
        for charge in self.stripe.ledger().await {
            let named = |name: &str| charge.metadata.get(name).map_or("", String::as_str);
            let is_ours = |(id, business, invoice, account, currency): &(String, String, String, String, String)| {
                let names = [named("attempt_id"), named("business_id"), named("invoice_id")] == [id, business, invoice];
                names && *account == charge.account && *currency == charge.currency
            };
            if !ours.iter().any(is_ours) {
                continue;
            }
            let Some(payment) = by_intent.remove(&(charge.account.clone(), charge.payment_intent.clone())) else {
                panic!("money moved that has no payment: {charge:?}");
            };
            assert_eq!(payment.amount_minor, charge.amount, "{payment:?}");
            assert_eq!(payment.currency, charge.currency, "{payment:?}");
            assert_eq!(payment.charge.as_ref(), Some(&charge.charge), "{payment:?}");
            assert_eq!(payment.refunded_minor, charge.refunded, "{payment:?} {charge:?}");
        }
        assert!(by_intent.is_empty(), "payments without a charge: {by_intent:?}");
    }

    /// Nothing was charged by a consent that was over, and whoever was to be told was told.
    async fn check_consents(&self) {
        let late = "SELECT a.id, n.id FROM attempts a JOIN consents n ON n.id = a.consent_id \
                    WHERE n.ended_at IS NOT NULL AND a.created_at > n.ended_at";
        let late: Vec<(String, String)> = self.database.rows(late).await;
        assert!(late.is_empty(), "claimed after the end was committed: {late:?}");
        let waiting = "SELECT kind, subject FROM mails WHERE state = 'queued'";
        let waiting: Vec<(String, String)> = self.database.rows(waiting).await;
        assert!(waiting.is_empty(), "mails that wait: {waiting:?}");
        let untold = "SELECT n.id, n.ended_how FROM consents n WHERE n.state = 'ended' AND n.ended_how <> 'replaced' \
                      AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.kind = 'auto_pay.off' AND m.subject = n.id)";
        let untold: Vec<(String, String)> = self.database.rows(untold).await;
        assert!(untold.is_empty(), "ended without a word: {untold:?}");
        let sent = "SELECT id FROM mails WHERE state = 'sent'";
        let sent: Vec<(String,)> = self.database.rows(sent).await;
        let taken: Vec<String> = self.outbox.sent().into_iter().map(|message| message.id).collect();
        // Nothing is in it where a test has a mail server of its own.
        let lost = sent.iter().find(|(id,)| !taken.is_empty() && !taken.iter().any(|taken| taken.starts_with(id)));
        assert!(lost.is_none(), "a mail that is said to be sent and never was: {lost:?}");
    }

    async fn check_refunds(&self, payments: &[PaymentRow]) {
        let refunds: Vec<RefundRow> =
            self.database.rows("SELECT payment_id, amount_minor, reason, state, idempotency_key FROM refunds").await;
        for payment in payments {
            let of_it = || refunds.iter().filter(|refund| refund.payment_id == payment.id);
            let sent: i64 = of_it().filter(|refund| refund.state != "failed").map(|refund| refund.amount_minor).sum();
            assert_eq!(payment.refunded_minor, sent, "{payment:?} {refunds:?}");
            assert!(payment.surplus() >= 0 && payment.refunded_minor <= payment.amount_minor, "{payment:?}");
            let surplus: Vec<_> = of_it().filter(|refund| refund.reason == "surplus").collect();
            if payment.surplus() == 0 {
                assert!(surplus.is_empty(), "{payment:?} {surplus:?}");
                continue;
            }
            let [refund] = surplus[..] else { panic!("the surplus is refunded once: {payment:?} {surplus:?}") };
            assert_eq!(refund.amount_minor, payment.surplus(), "{payment:?}");
            let intent = payment.payment_intent.as_deref().unwrap_or_default();
            assert_eq!(refund.idempotency_key, format!("refund-surplus-{intent}"));
            let back = refund.state != "failed" || payment.refunded_minor >= payment.surplus();
            assert!(back || self.alert_kinds().await.contains(&"refund.failed".to_owned()), "{payment:?} {refund:?}");
        }
    }

    /// What was on its way back and came back, by payment.
    async fn failed_refunds(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT payment_id, amount_minor FROM refunds WHERE state = 'failed'";
        let mut failed = BTreeMap::new();
        for (payment, minor) in self.database.rows::<(String, i64)>(sql).await {
            *failed.entry(payment).or_default() += minor;
        }
        failed
    }

    async fn check_invoices(&self, payments: &[PaymentRow], failed: &BTreeMap<String, i64>) {
        let invoices: Vec<InvoiceRow> = self
            .database
            .rows("SELECT id, lifecycle, total_minor, applied_minor, returned_minor, refunded_minor FROM invoices")
            .await;
        for invoice in invoices {
            let of_it: Vec<_> = payments.iter().filter(|payment| payment.invoice_id == invoice.id).collect();
            let sum = |part: fn(&PaymentRow) -> i64| of_it.iter().map(|payment| part(payment)).sum::<i64>();
            assert_eq!(invoice.applied_minor, sum(|payment| payment.applied_minor), "{invoice:?} {of_it:?}");
            assert_eq!(invoice.refunded_minor, sum(PaymentRow::given_back), "{invoice:?} {of_it:?}");
            let lost = sum(|payment| match payment.state.as_str() {
                "returned" => (payment.amount_minor - payment.refunded_minor).min(payment.applied_minor),
                _ => 0,
            });
            // A dispute takes what was left then; a refund that fails afterwards is money that stayed.
            let stayed: i64 = of_it.iter().filter_map(|payment| failed.get(&payment.id)).sum();
            let returned = (lost - stayed).max(0)..=lost + invoice.refunded_minor + stayed;
            assert!(returned.contains(&invoice.returned_minor), "{returned:?} {invoice:?} {of_it:?}");
            let balance = invoice.total_minor - invoice.applied_minor + invoice.returned_minor;
            assert!(balance >= 0, "more is applied than was asked for: {invoice:?} {of_it:?}");
            let fits = match invoice.lifecycle.as_str() {
                "paid" => balance == 0,
                "open" | "uncollectible" => balance > 0,
                "void" | "draft" => balance == invoice.total_minor,
                _ => false,
            };
            assert!(fits, "balance {balance}: {invoice:?} {of_it:?}");
        }
    }
}

const LIVE: &str = "state IN ('creating', 'open', 'requires_action', 'processing', 'unknown')";
