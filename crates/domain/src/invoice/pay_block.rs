//! Which ways to pay an invoice page offers: the four rows of the pay block.

use super::{Status, StatusFacts};
use crate::business::Business;
use crate::money::MoneyError;
use crate::time::Date;

/// The ways to pay that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayBlock {
    /// Nothing to pay, or a payment is under way.
    Nothing,
    /// "Pay now" only.
    Online,
    /// "Pay now" and a collapsible "Or pay offline".
    OnlineAndOffline,
    /// The business's instructions only.
    OfflineOnly,
    /// A note to contact the business.
    Contact,
}

impl PayBlock {
    /// The row that holds for an invoice of `business` on `today`. Online needs a connected
    /// account with charges enabled and a balance that reaches Stripe's minimum charge.
    ///
    /// # Errors
    /// An overflow, or mixed currencies.
    pub fn of(business: &Business, facts: &StatusFacts, today: Date) -> Result<Self, MoneyError> {
        let owed = facts.owed()?;
        if !facts.status_on(today).is_payable() || !owed.is_positive() {
            return Ok(Self::Nothing);
        }
        let enough = owed.minor() >= owed.currency().minimum_charge().minor();
        let online = enough && business.charging_account().is_some();
        Ok(Self::row(online, business.payment_instructions.is_some()))
    }

    /// The row that holds for open invoices of `business`, whatever they come to.
    #[must_use]
    pub fn usual(business: &Business) -> Self {
        Self::row(business.charging_account().is_some(), business.payment_instructions.is_some())
    }

    const fn row(online: bool, offline: bool) -> Self {
        match (online, offline) {
            (true, false) => Self::Online,
            (true, true) => Self::OnlineAndOffline,
            (false, true) => Self::OfflineOnly,
            (false, false) => Self::Contact,
        }
    }

    /// Whether "Pay now" is offered.
    #[must_use]
    pub const fn is_online(self) -> bool {
        matches!(self, Self::Online | Self::OnlineAndOffline)
    }
}

impl Status {
    /// Whether the receipt is worth showing: a payment settled the invoice.
    #[must_use]
    pub const fn has_receipt(self) -> bool {
        matches!(self, Self::Paid | Self::Refunded | Self::PartlyRefunded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::business::StripeAccount;
    use crate::id::BusinessId;
    use crate::invoice::{Ledger, Lifecycle};
    use crate::money::{Currency, Money};
    use crate::time::TimeZone;

    fn business(charges_enabled: Option<bool>, instructions: Option<&str>) -> Business {
        Business {
            id: "biz_00000000000000000000000000".parse::<BusinessId>().unwrap(),
            name: "Hartley Plumbing & Heating".into(),
            phone: None,
            email: None,
            address: String::new(),
            time_zone: TimeZone::UTC,
            currency: Currency::Usd,
            brand_color: None,
            logo: None,
            payment_instructions: instructions.map(Into::into),
            stripe: charges_enabled
                .map(|charges_enabled| StripeAccount { charges_enabled, ..StripeAccount::charging("acct_1") }),
            invoice_prefix: String::new(),
            notice_days: None,
            due_days: 30,
            default_tax_rate: None,
        }
    }

    fn block(business: &Business, minor: i64) -> PayBlock {
        let due_on = "2026-10-02".parse().unwrap();
        let facts = StatusFacts {
            lifecycle: Lifecycle::Open,
            ledger: Ledger::new(Money::new(minor, Currency::Usd)),
            due_on,
            live_attempt: None,
            dunning: None,
            bank_returned: false,
        };
        PayBlock::of(business, &facts, due_on).unwrap()
    }

    #[test]
    fn s21_s22_s23_s24_the_four_rows() {
        let check = Some("Send a check");
        assert_eq!(block(&business(Some(true), None), 100), PayBlock::Online);
        assert_eq!(block(&business(Some(true), check), 100), PayBlock::OnlineAndOffline);
        assert_eq!(block(&business(None, check), 100), PayBlock::OfflineOnly);
        assert_eq!(block(&business(None, None), 100), PayBlock::Contact);
        for (account, text) in [(Some(true), None), (Some(true), check), (Some(false), check), (None, None)] {
            let business = business(account, text);
            assert_eq!(PayBlock::usual(&business), block(&business, 100));
        }
    }

    #[test]
    fn connected_means_that_charges_are_enabled() {
        assert_eq!(block(&business(Some(false), None), 100), PayBlock::Contact);
    }

    #[test]
    fn a_balance_below_the_minimum_charge_is_not_paid_online() {
        assert_eq!(block(&business(Some(true), None), 49), PayBlock::Contact);
        assert_eq!(block(&business(Some(true), None), 50), PayBlock::Online);
        assert_eq!(block(&business(Some(true), None), 0), PayBlock::Nothing);
    }
}
