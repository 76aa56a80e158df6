//! Objects as they are kept: the body that callers see, and what only the sandbox knows of it.
//! Reading and writing them is `state`'s work; what they mean, that of their own files.

use serde_json::{Value, json};

/// The kinds of object there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Account,
    AccountLink,
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Customer,
    Dispute,
    Event,
    PaymentIntent,
    PaymentMethod,
    Refund,
    SetupIntent,
}

impl Kind {
    /// The name in `object`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::AccountLink => "account_link",
            Self::BalanceTransaction => "balance_transaction",
            Self::Charge => "charge",
            Self::CheckoutSession => "checkout.session",
            Self::Customer => "customer",
            Self::Dispute => "dispute",
            Self::Event => "event",
            Self::PaymentIntent => "payment_intent",
            Self::PaymentMethod => "payment_method",
            Self::Refund => "refund",
            Self::SetupIntent => "setup_intent",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Account,
            Self::AccountLink,
            Self::BalanceTransaction,
            Self::Charge,
            Self::CheckoutSession,
            Self::Customer,
            Self::Dispute,
            Self::Event,
            Self::PaymentIntent,
            Self::PaymentMethod,
            Self::Refund,
            Self::SetupIntent,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }

    /// The name in "No such …", and the parameter named when the id stood in the path.
    pub(crate) fn missing(self) -> (&'static str, &'static str) {
        match self {
            Self::Account => ("account", "account"),
            Self::AccountLink => ("account link", "id"),
            Self::BalanceTransaction => ("balance transaction", "id"),
            Self::Charge => ("charge", "id"),
            Self::CheckoutSession => ("checkout.session", "session"),
            Self::Customer => ("customer", "id"),
            Self::Dispute => ("dispute", "dispute"),
            Self::Event => ("event", "id"),
            Self::PaymentIntent => ("payment_intent", "intent"),
            Self::PaymentMethod => ("PaymentMethod", "payment_method"),
            Self::Refund => ("refund", "id"),
            Self::SetupIntent => ("setupintent", "intent"),
        }
    }

    /// What ids begin with, and how many letters and digits follow.
    pub(crate) fn id_shape(self) -> (&'static str, usize) {
        match self {
            Self::Account => ("acct_", 16),
            Self::AccountLink => ("acctlink_", 32),
            Self::BalanceTransaction => ("txn_", 24),
            Self::Charge => ("ch_", 24),
            Self::CheckoutSession => ("cs_test_", 58),
            Self::Customer => ("cus_", 14),
            Self::Dispute => ("dp_", 24),
            Self::Event => ("evt_", 24),
            Self::PaymentIntent => ("pi_", 24),
            Self::PaymentMethod => ("pm_", 24),
            Self::Refund => ("re_", 24),
            Self::SetupIntent => ("seti_", 24),
        }
    }
}

/// One object of one account.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    /// What callers see.
    pub(crate) body: Value,
    /// What only the sandbox knows: the test card behind a method, a session's wishes for its intent.
    pub(crate) hidden: Value,
}

impl Object {
    pub(crate) fn new(kind: Kind, body: Value) -> Self {
        Self { kind, body, hidden: json!({}) }
    }

    #[must_use]
    pub(crate) fn hiding(mut self, hidden: Value) -> Self {
        self.hidden = hidden;
        self
    }

    pub(crate) fn id(&self) -> &str {
        text(&self.body, "id").unwrap_or("")
    }

    pub(crate) fn status(&self) -> &str {
        text(&self.body, "status").unwrap_or("")
    }

    /// A text field of the body; None when it is null or not text.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        text(&self.body, key)
    }

    /// A text field of the body as an owned value.
    pub(crate) fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// A number of the body; 0 when it is null.
    pub(crate) fn number(&self, key: &str) -> i64 {
        self.body[key].as_i64().unwrap_or(0)
    }

    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.body[key] = value.into();
    }

    /// What lists can filter by beside customer, intent and charge.
    pub(crate) fn tag(&self) -> Option<&str> {
        match self.kind {
            Kind::Event | Kind::PaymentMethod => self.text("type"),
            Kind::Charge | Kind::CheckoutSession => self.text("status"),
            Kind::Customer if self.body["deleted"] == json!(true) => Some("deleted"),
            Kind::Customer => Some("live"),
            _ => None,
        }
    }
}

fn text<'a>(body: &'a Value, key: &str) -> Option<&'a str> {
    body.get(key).and_then(Value::as_str)
}
