//! What was done, in plain words. An action that nobody has written words for yet is said by its own name.

/// "changed a role: Luis Ortega is owner, was office".
#[must_use]
pub fn words(action: &str, detail: &str) -> String {
    let said = match action {
        "alert.resolved" => "set a warning aside",
        "authenticator.off" => "turned the authenticator off",
        "authenticator.on" => "turned the authenticator on",
        "business.created" => "made the business",
        "business.stripe" => "changed how card payments stand",
        "charge.failed" => "declined an automatic payment",
        "charge.retried" => "tried an automatic payment again",
        "consent.granted" => "turned auto-pay on",
        "consent.not_granted" => "couldn’t turn auto-pay on",
        "consent.ended" => "turned auto-pay off",
        "consent.resumed" => "resumed auto-pay",
        "consent.suspended" => "suspended auto-pay",
        "customer.created" => "added a customer",
        "customer.imported" => "imported a customer",
        "data.exported" => "exported data",
        "dunning.stopped" => "stopped trying an automatic payment",
        "import.done" => "imported",
        "invitation.sent" => "invited",
        "invitation.sent_again" => "invited again",
        "invitation.withdrawn" => "withdrew the invitation of",
        "invoice.imported" => "imported an open invoice",
        "invoice.sent" => "sent an invoice",
        "invoice.voided" => "canceled an invoice",
        "invoice.written_off" => "wrote an invoice off",
        "member.joined" => "let into the team",
        "member.removed" => "took out of the team",
        "member.role_changed" => "changed a role",
        "password.changed" => "set a new password",
        "password.reset_asked" => "asked for a new password",
        "payment.received" => "took a payment",
        "payment_method.default" => "chose another default card",
        "payment_method.detached" => "removed a card at Stripe",
        "payment_method.removed" => "removed a card",
        "payment_method.replaced" => "replaced a card",
        "payment_method.saved" => "saved a card",
        "payment_method.updated" => "updated a card",
        "plan.cancelled" => "cancelled a plan",
        "plan.created" => "made a plan",
        "plan.edited" => "changed a plan",
        "plan.paused" => "paused a plan",
        "plan.resumed" => "resumed a plan",
        "plan.run_now" => "billed a plan early",
        "plan.skipped" => "skipped a cycle of a plan",
        "portal_link.generated" => "generated a portal link",
        "portal_link.revoked" => "revoked a portal link",
        "portal_link.rotated" => "rotated a portal link",
        "session.began" => "signed in",
        "sign_in.slowed" => "slowed down guesses at a password",
        "user.renamed" => "changed a name",
        _ => return with(&action.replace(['.', '_'], " "), detail),
    };
    with(said, detail)
}

/// An id names nothing to a reader.
fn with(said: &str, detail: &str) -> String {
    let is_id = |text: &str| text.len() == 30 && text.as_bytes().get(3) == Some(&b'_');
    if detail.is_empty() || is_id(detail) { said.to_owned() } else { format!("{said}: {detail}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_said_with_what_else_is_known() {
        assert_eq!(words("invitation.sent", "priya@x.example as office"), "invited: priya@x.example as office");
        assert_eq!(words("session.began", ""), "signed in");
        assert_eq!(words("tax_rate.archived", "VAT"), "tax rate archived: VAT");
        assert_eq!(words("portal_link.rotated", "plk_0123456789abcdefghjkmnpqrs"), "rotated a portal link");
    }
}
