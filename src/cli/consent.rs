//! `zoop consent …` on the command line.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Consent {
    /// List permissions for auto-pay: state, plan, method, when given and how.
    List(ListConsents),
    /// Write down that a customer agreed in person, by phone or on paper. He gets a copy by mail.
    Attest(Attest),
    /// End one: nothing more is charged by it. The customer is told by mail.
    End(ConsentId),
    /// Print everything known of one as JSON, for a dispute.
    Export(ConsentId),
}

#[derive(Debug, Args)]
pub(crate) struct ListConsents {
    /// Only this plan's
    #[arg(long, value_name = "ID")]
    pub plan: Option<String>,
    /// Only this customer's
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Those that are over, too
    #[arg(long)]
    pub ended: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Attest {
    /// The plan whose invoices may be charged
    #[arg(long, value_name = "ID")]
    pub plan: String,
    /// The card or bank account on file that is charged: `pmt_` and 26 letters and digits
    #[arg(long, value_name = "ID")]
    pub method: String,
    /// The team member who writes it down
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// How the customer agreed, such as "by phone, on Nov 2"
    #[arg(long, value_name = "TEXT")]
    pub how: String,
}

#[derive(Debug, Args)]
pub(crate) struct ConsentId {
    /// The consent: `cns_` and 26 letters and digits
    #[arg(long, value_name = "ID")]
    pub consent: String,
}
