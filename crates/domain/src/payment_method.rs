//! A card or bank account on file. The number stays at Stripe; what is kept here names it.

use crate::id::{BusinessId, CustomerId, PaymentMethodId};
use crate::payment;
use crate::time::{Date, Instant};

crate::words! {
    /// What kind of method it is, by Stripe's type name.
    pub enum MethodType {
        /// A card.
        Card = "card",
        /// A US bank account.
        UsBankAccount = "us_bank_account",
    }
}

crate::words! {
    /// Whether it can be charged.
    pub enum MethodState {
        /// It can.
        Active = "active",
        /// Being removed; never charged any more.
        Removing = "removing",
        /// Detached at Stripe.
        Removed = "removed",
    }
}

/// The end of the month a card expires in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardExpiry {
    month: i8,
    year: i16,
}

/// A card is flagged so many days before its last.
pub const EXPIRING_DAYS: i32 = 30;

/// How near a card's end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryStatus {
    /// More than 30 days away.
    Valid,
    /// Within 30 days.
    ExpiringSoon,
    /// Over.
    Expired,
}

impl CardExpiry {
    /// From the month, 1 to 12, and the full year.
    #[must_use]
    pub fn new(month: i64, year: i64) -> Option<Self> {
        let (month, year) = (i8::try_from(month).ok()?, i16::try_from(year).ok()?);
        Date::end_of_month(year, month).map(|_| Self { month, year })
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> i8 {
        self.month
    }

    /// The full year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// How near the end is on `today`, the business's day. A card is good through its last day.
    #[must_use]
    pub fn status_on(self, today: Date) -> ExpiryStatus {
        let Some(last_day) = Date::end_of_month(self.year, self.month) else {
            return ExpiryStatus::Expired;
        };
        match last_day.days_since(today) {
            ..0 => ExpiryStatus::Expired,
            0..=EXPIRING_DAYS => ExpiryStatus::ExpiringSoon,
            _ => ExpiryStatus::Valid,
        }
    }
}

/// Shown as on the card, with the full year: `04/2028`.
impl std::fmt::Display for CardExpiry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}/{}", self.month, self.year)
    }
}

/// A method on file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentMethod {
    /// Its id here.
    pub id: PaymentMethodId,
    /// The business.
    pub business: BusinessId,
    /// Whose method.
    pub customer: CustomerId,
    /// Stripe's account: `acct_…`.
    pub account: String,
    /// Stripe's id: `pm_…`.
    pub stripe_payment_method: String,
    /// Card or bank account.
    pub kind: MethodType,
    /// "Visa", or the bank's name.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// When a card expires.
    pub expiry: Option<CardExpiry>,
    /// Stripe's fingerprint: the same card has the same one in the same account.
    pub fingerprint: Option<String>,
    /// Whether it is offered first.
    pub is_default: bool,
    /// Whether it can be charged.
    pub state: MethodState,
    /// When it was saved.
    pub added_at: Instant,
}

impl PaymentMethod {
    /// "Visa •••• 4242".
    #[must_use]
    pub fn label(&self) -> String {
        payment::method_label(&self.brand, &self.last4)
    }
}

/// The name people know a card brand by, from Stripe's word for it.
#[must_use]
pub fn brand_name(stripe_brand: &str) -> String {
    match stripe_brand {
        "amex" | "american_express" => "American Express".into(),
        "cartes_bancaires" => "Cartes Bancaires".into(),
        "diners" | "diners_club" => "Diners Club".into(),
        "discover" => "Discover".into(),
        "eftpos_au" => "eftpos".into(),
        "jcb" => "JCB".into(),
        "mastercard" => "Mastercard".into(),
        "unionpay" => "UnionPay".into(),
        "visa" => "Visa".into(),
        "" | "unknown" => "Card".into(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s40_a_card_is_flagged_thirty_days_before_its_last_day() {
        let card = CardExpiry::new(9, 2026).unwrap();
        let on = |day: &str| card.status_on(day.parse().unwrap());
        assert_eq!(on("2026-08-30"), ExpiryStatus::Valid);
        assert_eq!(on("2026-08-31"), ExpiryStatus::ExpiringSoon);
        assert_eq!(on("2026-09-30"), ExpiryStatus::ExpiringSoon);
        assert_eq!(on("2026-10-01"), ExpiryStatus::Expired);
        assert_eq!(card.to_string(), "09/2026");
        assert_eq!(CardExpiry::new(13, 2026), None);
        assert_eq!(CardExpiry::new(0, 2026), None);
    }
}
