//! Races and faults: each row of the table that concerns a payment on Stripe's page. Whatever
//! happens in whatever order, money moves once, and what moved is written down.

mod click;
mod closing;
mod crash;
mod debit;
mod dispute;
mod event;
mod fault;
mod foreign;
mod nobody_tells;
mod refund;
mod surplus;
