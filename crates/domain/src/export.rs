//! What a business can take away of its own: the tables by name, and how the texts of their columns are meant. Which
//! columns a table has is the store's matter.

/// How a column's text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// As it stands.
    Text,
    /// Minor units of the row's currency.
    Money,
    /// Ten-thousandths of a minor unit of the row's currency.
    Price,
    /// Ten-thousandths.
    Decimal,
    /// Microseconds since 1970.
    Moment,
    /// 1 or 0.
    Flag,
    /// A whole number.
    Count,
}

crate::words! {
    /// A table that can be taken away.
    pub enum Table {
        /// Customers.
        Customers = "customers",
        /// Invoices, drafts included.
        Invoices = "invoices",
        /// Their lines.
        InvoiceLines = "invoice_lines",
        /// Their taxes.
        InvoiceTaxes = "invoice_taxes",
        /// Payments.
        Payments = "payments",
        /// Refunds.
        Refunds = "refunds",
        /// Quotes.
        Quotes = "quotes",
        /// Their lines.
        QuoteLines = "quote_lines",
        /// Their taxes.
        QuoteTaxes = "quote_taxes",
        /// Plans.
        Plans = "plans",
        /// Their lines.
        PlanLines = "plan_lines",
        /// Tax rates, archived ones included.
        TaxRates = "tax_rates",
        /// Cards and bank accounts on file: what their owner sees of them.
        PaymentMethods = "payment_methods",
        /// Consents to auto-pay, with their evidence.
        Consents = "consents",
        /// What became of each consent, step by step.
        ConsentEvents = "consent_events",
        /// Mails to customers, and what became of them.
        Mails = "mails",
        /// The audit trail.
        Audit = "audit",
    }
}
