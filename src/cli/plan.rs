//! `zoop plan …` on the command line.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Plan {
    /// List plans, newest first: state, next cycle, price, customer, title.
    List(ListPlans),
    /// Make a plan. Its first invoice is made when its first cycle comes; its id is printed.
    Create(CreatePlan),
    /// Bill the next cycle now: the invoice is dated today, and sent.
    Run(PlanId),
    /// Leave the next cycle out: no invoice is made for it.
    Skip(PlanId),
    /// Make no invoices until it is resumed. What passes meanwhile is not made up.
    Pause(PlanId),
    /// Make invoices again.
    Resume(PlanId),
    /// Make no invoice any more, and end its auto-pay. What was sent stays owed.
    Cancel(PlanId),
}

#[derive(Debug, Args)]
pub(crate) struct ListPlans {
    /// Only this customer's
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanId {
    /// The plan: `pln_` and 26 letters and digits
    #[arg(long, value_name = "ID")]
    pub plan: String,
}

#[derive(Debug, Args)]
pub(crate) struct CreatePlan {
    /// Whom it bills
    #[arg(long, value_name = "ID")]
    pub customer: String,
    /// What customers read, such as "Monthly lawn care"
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// weekly, every_two_weeks, monthly, quarterly or yearly
    #[arg(long, value_name = "WORD", required_unless_present = "rrule", conflicts_with = "rrule")]
    pub frequency: Option<String>,
    /// A recurrence rule (RFC 5545) instead, such as "FREQ=MONTHLY;BYMONTHDAY=-1"
    #[arg(long, value_name = "RULE")]
    pub rrule: Option<String>,
    /// The day its cycles are counted from, such as 2026-12-31 [default: today]
    #[arg(long, value_name = "DAY")]
    pub starts_on: Option<String>,
    /// How many days before a cycle's day its invoice is made and sent
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub lead_days: u8,
    /// A line: description, quantity and price, as "Mowing;4;38.00"; may be repeated
    #[arg(long = "line", value_name = "LINE", required = true)]
    pub lines: Vec<String>,
    /// The tax rate of all lines, by its id or name
    #[arg(long, value_name = "RATE")]
    pub tax: Option<String>,
    /// The most one automatic payment may take, such as 250.00
    #[arg(long, value_name = "AMOUNT")]
    pub cap: Option<String>,
}
