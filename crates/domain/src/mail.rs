//! A mail to a customer or to the business's own people as it is kept: what it is about, to whom, what became of it. Its words are
//! made when it is sent.

use crate::id::{BusinessId, CustomerId, InvoiceId, MailId};
use crate::time::Instant;

crate::words! {
    /// What a mail says. Beside each stands what its subject names.
    pub enum MailKind {
        /// An invoice; the invoice, and for each further mail its number: `inv_…/2`.
        Invoice = "invoice",
        /// A payment arrived; the payment.
        Receipt = "receipt",
        /// Auto-pay is on; the consent.
        AutoPayOn = "auto_pay.on",
        /// Auto-pay is off; the consent.
        AutoPayOff = "auto_pay.off",
        /// A charge is coming: the plan and the cycle's day, `pln_…/2026-12-01`, or an invoice and the day.
        UpcomingCharge = "upcoming_charge",
        /// An automatic charge failed; the attempt.
        PaymentFailed = "payment.failed",
        /// The bank wants the customer in person; the attempt.
        ActionNeeded = "action_needed",
        /// A card that pays plans expires: the method and the month, `pmt_…/2026-12`.
        CardExpiring = "card_expiring",
        /// Money went back; the refund.
        Refund = "refund",
        /// A quote that can be accepted: the quote and which of its mails, `quo_…/2`.
        Quote = "quote",
        /// Somebody is to join the team; the invitation.
        TeamInvitation = "team_invitation",
        /// A way in for one of the team who forgot his password; the request.
        PasswordReset = "password_reset",
        /// To an owner: a customer paid; the payment and the owner, `pay_…/usr_…`.
        OwnerPaid = "owner_paid",
        /// To an owner: an automatic charge failed; the attempt and the owner.
        OwnerChargeFailed = "owner_charge_failed",
        /// To an owner: a customer turned auto-pay off; the consent and the owner.
        OwnerAutoPayOff = "owner_auto_pay_off",
        /// To an owner: a customer removed a card; the method and the owner.
        OwnerCardRemoved = "owner_card_removed",
        /// To an owner: a payment is disputed, or no longer; the payment, how it stands, and the owner.
        OwnerDispute = "owner_dispute",
        /// To an owner: a customer accepted or declined a quote; the quote and the owner.
        OwnerQuoteAnswered = "owner_quote_answered",
    }
}

crate::words! {
    /// What became of a mail.
    pub enum MailState {
        /// It waits, or is tried again.
        Queued = "queued",
        /// The mail server took it. Whether it was read nobody knows.
        Sent = "sent",
        /// The mail server refused it for good, or there is none.
        Failed = "failed",
        /// What it was to tell no longer holds.
        Dropped = "dropped",
    }
}

/// What a mail says of itself that was never tried, because there was no mail server.
pub const NO_SERVER: &str = "no mail server is configured";

/// Why the customer of an invoice has no mail with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMailed {
    /// The mail server refused it.
    Refused,
    /// There was no mail server.
    NoServer,
    /// He has no address.
    NoAddress,
}

impl NotMailed {
    /// By the invoice's last mail, if there is one, with what is said to have kept it back; and whether its customer has an
    /// address.
    #[must_use]
    pub fn of(last: Option<(MailState, Option<&str>)>, has_address: bool) -> Option<Self> {
        match last {
            Some((MailState::Failed, Some(NO_SERVER))) => Some(Self::NoServer),
            Some((MailState::Failed, _)) => Some(Self::Refused),
            Some(_) => None,
            None => (!has_address).then_some(Self::NoAddress),
        }
    }
}

/// A mail as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its id, and the stable part of its Message-ID.
    pub id: MailId,
    /// In whose name.
    pub business: BusinessId,
    /// To which customer; `None`: to one of the business's own people.
    pub customer: Option<CustomerId>,
    /// What it says.
    pub kind: MailKind,
    /// What it is about.
    pub subject: String,
    /// The invoice it belongs to, if to one.
    pub invoice: Option<InvoiceId>,
    /// His address when it was queued.
    pub recipient: String,
    /// The owner's own words.
    pub message: Option<String>,
    /// What became of it.
    pub state: MailState,
    /// What the mail server said, if it refused.
    pub error: Option<String>,
    /// When it was queued.
    pub created_at: Instant,
    /// When it was sent, or given up.
    pub closed_at: Option<Instant>,
}

impl Mail {
    /// The id of what it is about, without what tells it from other mails about the same.
    #[must_use]
    pub fn about(&self) -> &str {
        self.subject.split('/').next().unwrap_or_default()
    }
}

/// The text with the secrets of portal links taken out: what may stay stored.
#[must_use]
pub fn mask_portal_links(text: &str) -> String {
    const SECRET: usize = 43;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/p/") {
        let (before, after) = rest.split_at(at + 3);
        masked.push_str(before);
        let length = after.bytes().take_while(|byte| is_letter(*byte)).count();
        let kept = if length >= SECRET { "…" } else { &after[..length] };
        masked.push_str(kept);
        rest = &after[length..];
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_is_masked() {
        let secret = "AbcDEF-_0123456789abcdefghijklmnopqrstuvwxy";
        assert_eq!(secret.len(), 43);
        let text = format!("Hello, see https://pay.example/p/{secret}?turn-off=x and /p/{secret}. Also /p/short.");
        assert_eq!(mask_portal_links(&text), "Hello, see https://pay.example/p/…?turn-off=x and /p/…. Also /p/short.");
        assert_eq!(mask_portal_links("/p/"), "/p/");
    }
}
