//! The owner's application, in the order of its navigation; first what stands before it.

mod account;
mod attest;
mod audit;
mod authenticator;
mod card_payments;
mod customer;
mod export;
mod home;
mod import;
mod invoice;
mod invoice_list;
mod no_mail_server;
mod notifications;
mod password_reset;
mod payment;
mod plan;
mod portal_access;
mod quote;
mod settings;
mod setup;
mod sign_in;
mod tax_rate;
mod team;
