//! What is owed: total, what was applied to it, and what went back again.
//! Applying a payment is decided here and nowhere else.

use super::Lifecycle;
use crate::money::{Money, MoneyError};

/// The sums of one invoice, all in its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// What the invoice asks for.
    pub total: Money,
    /// Payments, as far as they paid it.
    pub applied: Money,
    /// What no longer pays it: bank returns, lost disputes, refunds made while it was open.
    pub returned: Money,
    /// What the customer got back of what he had paid on it. Surplus doesn't count.
    pub refunded: Money,
}

/// The answer to "a payment arrived".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The part that pays the invoice.
    pub applied: Money,
    /// The rest, which goes back to the payer.
    pub surplus: Money,
    /// The invoice afterwards.
    pub ledger: Ledger,
    /// Its lifecycle afterwards.
    pub lifecycle: Lifecycle,
}

impl Ledger {
    /// A new invoice's sums.
    #[must_use]
    pub const fn new(total: Money) -> Self {
        let zero = Money::zero(total.currency());
        Self { total, applied: zero, returned: zero, refunded: zero }
    }

    /// Balance = total − applied + returned.
    ///
    /// # Errors
    /// An overflow, or mixed currencies.
    pub fn balance(&self) -> Result<Money, MoneyError> {
        self.total.minus(self.applied)?.plus(self.returned)
    }

    /// A payment of `amount` arrived while the invoice was in `lifecycle`: it pays up to the
    /// balance, the rest is surplus. On a written-off invoice it is applied too (recovered);
    /// on a draft, a paid or a void one all of it is surplus.
    ///
    /// # Errors
    /// Another currency, or an overflow.
    pub fn apply(&self, lifecycle: Lifecycle, amount: Money) -> Result<Applied, MoneyError> {
        let balance = self.balance()?;
        let takes = matches!(lifecycle, Lifecycle::Open | Lifecycle::Uncollectible);
        let zero = Money::zero(amount.currency());
        let applied = if takes && balance.is_positive() { amount.min(balance)? } else { zero };
        let surplus = amount.minus(applied)?;
        let ledger = Self { applied: self.applied.plus(applied)?, ..*self };
        let settled = takes && ledger.balance()?.is_zero();
        let lifecycle = if settled { Lifecycle::Paid } else { lifecycle };
        Ok(Applied { applied, surplus, ledger, lifecycle })
    }

    /// The bank took back `amount` that had been applied, or a dispute was lost: it is owed again,
    /// and a paid invoice is open again.
    ///
    /// # Errors
    /// Another currency, or an overflow.
    pub fn take_back(&self, lifecycle: Lifecycle, amount: Money) -> Result<(Self, Lifecycle), MoneyError> {
        let ledger = Self { returned: self.returned.plus(amount)?, ..*self };
        let reopened = lifecycle == Lifecycle::Paid && ledger.balance()?.is_positive();
        Ok((ledger, if reopened { Lifecycle::Open } else { lifecycle }))
    }

    /// What the bank had taken back is here again: a lost dispute was turned round.
    ///
    /// # Errors
    /// Another currency, or an overflow.
    pub fn restore(&self, lifecycle: Lifecycle, amount: Money) -> Result<(Self, Lifecycle), MoneyError> {
        let ledger = Self { returned: self.returned.minus(amount)?, ..*self };
        let settled = lifecycle == Lifecycle::Open && !ledger.balance()?.is_positive();
        Ok((ledger, if settled { Lifecycle::Paid } else { lifecycle }))
    }

    /// The business gave back `amount` that had been applied. On an open invoice it is owed
    /// again; a paid one stays paid.
    ///
    /// # Errors
    /// Another currency, or an overflow.
    pub fn refund(&self, lifecycle: Lifecycle, amount: Money) -> Result<Self, MoneyError> {
        let refunded = self.refunded.plus(amount)?;
        let owed_again = matches!(lifecycle, Lifecycle::Open | Lifecycle::Uncollectible);
        let returned = if owed_again { self.returned.plus(amount)? } else { self.returned };
        Ok(Self { refunded, returned, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    #[test]
    fn a_payment_beyond_the_balance_leaves_a_surplus() {
        let ledger = Ledger::new(usd(10_000));
        let first = ledger.apply(Lifecycle::Open, usd(4_000)).unwrap();
        assert_eq!((first.applied, first.surplus, first.lifecycle), (usd(4_000), usd(0), Lifecycle::Open));
        let second = first.ledger.apply(first.lifecycle, usd(10_000)).unwrap();
        assert_eq!((second.applied, second.surplus, second.lifecycle), (usd(6_000), usd(4_000), Lifecycle::Paid));
        let third = second.ledger.apply(second.lifecycle, usd(1)).unwrap();
        assert_eq!((third.applied, third.surplus), (usd(0), usd(1)));
    }

    #[test]
    fn a_void_invoice_takes_nothing_and_a_written_off_one_recovers() {
        let ledger = Ledger::new(usd(500));
        assert_eq!(ledger.apply(Lifecycle::Void, usd(500)).unwrap().surplus, usd(500));
        let recovered = ledger.apply(Lifecycle::Uncollectible, usd(500)).unwrap();
        assert_eq!((recovered.applied, recovered.lifecycle), (usd(500), Lifecycle::Paid));
    }

    #[test]
    fn a_bank_return_reopens_and_a_refund_does_not() {
        let paid = Ledger::new(usd(500)).apply(Lifecycle::Open, usd(500)).unwrap();
        let (returned, lifecycle) = paid.ledger.take_back(paid.lifecycle, usd(500)).unwrap();
        assert_eq!((returned.balance().unwrap(), lifecycle), (usd(500), Lifecycle::Open));
        let refunded = paid.ledger.refund(paid.lifecycle, usd(500)).unwrap();
        assert_eq!((refunded.balance().unwrap(), refunded.refunded), (usd(0), usd(500)));
        let partly = Ledger::new(usd(500)).apply(Lifecycle::Open, usd(200)).unwrap();
        let owed = partly.ledger.refund(partly.lifecycle, usd(200)).unwrap();
        assert_eq!(owed.balance().unwrap(), usd(500));
    }

    #[test]
    fn another_currency_is_refused() {
        let euro = Money::new(500, Currency::Eur);
        assert!(Ledger::new(usd(500)).apply(Lifecycle::Open, euro).is_err());
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_applied_or_surplus_and_never_more_than_owed(
            total in 0_i64..10_000, payments in prop::collection::vec(1_i64..5_000, 0..20),
        ) {
            let (mut ledger, mut lifecycle) = (Ledger::new(usd(total)), Lifecycle::Open);
            let (mut arrived, mut surplus) = (0, 0);
            for payment in payments {
                let step = ledger.apply(lifecycle, usd(payment)).unwrap();
                prop_assert_eq!(step.applied.plus(step.surplus).unwrap(), usd(payment));
                (ledger, lifecycle) = (step.ledger, step.lifecycle);
                arrived += payment;
                surplus += step.surplus.minor();
                prop_assert!(ledger.applied.minor() <= total);
                prop_assert_eq!(lifecycle == Lifecycle::Paid, ledger.balance().unwrap().is_zero());
            }
            prop_assert_eq!(ledger.applied.minor() + surplus, arrived);
        }
    }
}
