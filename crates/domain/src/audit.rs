//! What is noted in the audit trail. The list is closed: whatever the program notes has its words on every page
//! that tells of it, or it doesn’t compile.

crate::words! {
    /// What was done. Beside each stands what it was done to, the line’s subject.
    pub enum Action {
        /// An alert was seen; the alert.
        AlertResolved = "alert.resolved",
        /// Somebody signs in without an authenticator again; the person.
        AuthenticatorOff = "authenticator.off",
        /// Somebody signs in with an authenticator; the person.
        AuthenticatorOn = "authenticator.on",
        /// The business was made; itself.
        BusinessCreated = "business.created",
        /// What its owners are told by mail was changed; itself.
        BusinessNotify = "business.notify",
        /// How card payments stand has changed; the account at Stripe.
        BusinessStripe = "business.stripe",
        /// Its settings were changed; itself.
        BusinessUpdate = "business.update",
        /// An automatic charge was declined; the invoice.
        ChargeFailed = "charge.failed",
        /// Somebody asked for another try; the invoice.
        ChargeRetried = "charge.retried",
        /// Auto-pay is off; the consent.
        ConsentEnded = "consent.ended",
        /// Auto-pay is on; the consent.
        ConsentGranted = "consent.granted",
        /// A card was saved again and auto-pay follows; the consent.
        ConsentMethodFollowed = "consent.method_followed",
        /// Auto-pay could not be turned on; the plan.
        ConsentNotGranted = "consent.not_granted",
        /// It can be charged for again; the consent.
        ConsentResumed = "consent.resumed",
        /// It can’t be charged for now; the consent.
        ConsentSuspended = "consent.suspended",
        /// A customer was put away; himself.
        CustomerArchived = "customer.archived",
        /// And brought back; himself.
        CustomerBroughtBack = "customer.brought_back",
        /// A customer was added; himself.
        CustomerCreated = "customer.created",
        /// His contact data was changed; himself.
        CustomerEdited = "customer.edited",
        /// His personal data was erased; himself.
        CustomerErased = "customer.erased",
        /// He came in with a file; himself.
        CustomerImported = "customer.imported",
        /// Data left; the business.
        DataExported = "data.exported",
        /// A dispute was lost and the money is gone; the invoice.
        DisputeLost = "dispute.lost",
        /// A payment is disputed; the invoice.
        DisputeOpened = "dispute.opened",
        /// A dispute was won; the invoice.
        DisputeWon = "dispute.won",
        /// An automatic payment isn’t tried any more; the invoice.
        DunningStopped = "dunning.stopped",
        /// A file came in; the import.
        ImportDone = "import.done",
        /// Somebody was invited; the invitation.
        InvitationSent = "invitation.sent",
        /// And invited again; the invitation.
        InvitationSentAgain = "invitation.sent_again",
        /// The invitation was taken back; itself.
        InvitationWithdrawn = "invitation.withdrawn",
        /// A draft was made of a quote; the invoice.
        InvoiceCreated = "invoice.created",
        /// A draft was deleted; the invoice.
        InvoiceDiscarded = "invoice.discarded",
        /// A draft was begun; the invoice.
        InvoiceDrafted = "invoice.drafted",
        /// The due date was moved; the invoice.
        InvoiceDueMoved = "invoice.due_moved",
        /// A draft was copied from another invoice; the draft.
        InvoiceDuplicated = "invoice.duplicated",
        /// A draft was changed; the invoice.
        InvoiceEdited = "invoice.edited",
        /// It came in with a file; the invoice.
        InvoiceImported = "invoice.imported",
        /// Its internal notes were changed; the invoice.
        InvoiceNoted = "invoice.noted",
        /// It was mailed again; the invoice.
        InvoiceResent = "invoice.resent",
        /// It was sent; the invoice.
        InvoiceSent = "invoice.sent",
        /// It was voided; the invoice.
        InvoiceVoided = "invoice.voided",
        /// It was written off; the invoice.
        InvoiceWrittenOff = "invoice.written_off",
        /// Somebody joined the team; the person.
        MemberJoined = "member.joined",
        /// Somebody left it; the person.
        MemberRemoved = "member.removed",
        /// His role was changed; the person.
        MemberRoleChanged = "member.role_changed",
        /// A new password was set; the person.
        PasswordChanged = "password.changed",
        /// A new password was asked for; the person.
        PasswordResetAsked = "password.reset_asked",
        /// A payment that the customer had made failed after all; the invoice.
        PaymentFailed = "payment.failed",
        /// A payment arrived; the invoice.
        PaymentReceived = "payment.received",
        /// Somebody gave a payment back; the invoice.
        PaymentRefunded = "payment.refunded",
        /// A payment by hand doesn’t count after all; the invoice.
        PaymentTakenBack = "payment.taken_back",
        /// Another card is charged first; the method.
        PaymentMethodDefault = "payment_method.default",
        /// A card was removed at Stripe; the method.
        PaymentMethodDetached = "payment_method.detached",
        /// A card was removed; the method.
        PaymentMethodRemoved = "payment_method.removed",
        /// A card took the place of another; the new method.
        PaymentMethodReplaced = "payment_method.replaced",
        /// A card was saved; the method.
        PaymentMethodSaved = "payment_method.saved",
        /// The bank renewed a card; the method.
        PaymentMethodUpdated = "payment_method.updated",
        /// A plan was ended; the plan.
        PlanCancelled = "plan.cancelled",
        /// A plan was made; the plan.
        PlanCreated = "plan.created",
        /// A plan was changed; the plan.
        PlanEdited = "plan.edited",
        /// A plan was paused; the plan.
        PlanPaused = "plan.paused",
        /// A plan goes on; the plan.
        PlanResumed = "plan.resumed",
        /// A cycle was billed ahead of its time; the plan.
        PlanRunNow = "plan.run_now",
        /// A cycle was left out; the plan.
        PlanSkipped = "plan.skipped",
        /// A portal link was made; the link.
        PortalLinkGenerated = "portal_link.generated",
        /// A portal link was ended; the link.
        PortalLinkRevoked = "portal_link.revoked",
        /// A portal link took the place of another; the new link.
        PortalLinkRotated = "portal_link.rotated",
        /// A quote was accepted; the quote.
        QuoteAccepted = "quote.accepted",
        /// A quote was begun; the quote.
        QuoteCreated = "quote.created",
        /// A quote was declined; the quote.
        QuoteDeclined = "quote.declined",
        /// A draft was deleted; the quote.
        QuoteDeleted = "quote.deleted",
        /// A draft was changed; the quote.
        QuoteEdited = "quote.edited",
        /// An invoice was made of it; the quote.
        QuoteInvoiced = "quote.invoiced",
        /// Somebody took a link that opens it; the quote.
        QuoteLinkCopied = "quote.link_copied",
        /// It was mailed again; the quote.
        QuoteResent = "quote.resent",
        /// It was sent; the quote.
        QuoteSent = "quote.sent",
        /// It was taken back; the quote.
        QuoteWithdrawn = "quote.withdrawn",
        /// Money that was to go back did not; the invoice.
        RefundFailed = "refund.failed",
        /// Money went back that nobody here sent back by hand; the invoice.
        RefundMade = "refund.made",
        /// Somebody signed in; the person.
        SessionBegan = "session.began",
        /// Somebody guessed at a password; the person.
        SignInSlowed = "sign_in.slowed",
        /// A tax rate was put away; the rate.
        TaxRateArchive = "tax_rate.archive",
        /// A tax rate was added; the rate.
        TaxRateCreate = "tax_rate.create",
        /// Another tax rate is the usual one; the rate, or the business for none.
        TaxRateDefault = "tax_rate.default",
        /// Somebody changed his name; the person.
        UserRenamed = "user.renamed",
    }
}
