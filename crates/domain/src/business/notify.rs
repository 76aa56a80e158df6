//! Of what a business's owners are told by mail.

crate::words! {
    /// Something that a customer, or his bank, did.
    pub enum Event {
        /// A customer paid online.
        Paid = "paid",
        /// An automatic charge failed.
        ChargeFailed = "failed",
        /// A customer turned auto-pay off.
        AutoPayOff = "auto_pay_off",
        /// A customer removed a card or a bank account.
        CardRemoved = "card_removed",
        /// A payment is disputed, or the dispute is decided.
        Dispute = "dispute",
        /// A customer accepted or declined a quote.
        QuoteAnswered = "quote_answered",
    }
}

/// Which of them are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notify {
    /// A customer paid online.
    pub paid: bool,
    /// An automatic charge failed.
    pub charge_failed: bool,
    /// A customer turned auto-pay off.
    pub auto_pay_off: bool,
    /// A customer removed a card or a bank account.
    pub card_removed: bool,
    /// A payment is disputed.
    pub dispute: bool,
    /// A customer accepted or declined a quote.
    pub quote_answered: bool,
}

impl Notify {
    /// What `tells` says of each.
    pub fn of(tells: impl Fn(Event) -> bool) -> Self {
        Self {
            paid: tells(Event::Paid),
            charge_failed: tells(Event::ChargeFailed),
            auto_pay_off: tells(Event::AutoPayOff),
            card_removed: tells(Event::CardRemoved),
            dispute: tells(Event::Dispute),
            quote_answered: tells(Event::QuoteAnswered),
        }
    }

    /// Whether it is told.
    #[must_use]
    pub const fn tells(&self, event: Event) -> bool {
        match event {
            Event::Paid => self.paid,
            Event::ChargeFailed => self.charge_failed,
            Event::AutoPayOff => self.auto_pay_off,
            Event::CardRemoved => self.card_removed,
            Event::Dispute => self.dispute,
            Event::QuoteAnswered => self.quote_answered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_its_own_box() {
        for event in Event::ALL {
            let notify = Notify::of(|other| other == *event);
            assert!(Event::ALL.iter().all(|other| notify.tells(*other) == (other == event)));
        }
    }
}
