//! The owner's application, in the order of its navigation; first what stands before it.

mod account;
mod audit;
mod authenticator;
mod customer;
mod invoice;
mod invoice_list;
mod password_reset;
mod payment;
mod portal_access;
mod quote;
mod setup;
mod sign_in;
mod team;
