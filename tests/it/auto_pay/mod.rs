//! Auto-pay: agreed to, charged, failed and tried again, turned off; and the mail that goes with it.

mod charge;
mod consent;
mod dunning;
mod turn_off;

pub(super) use consent::plan_bill;
