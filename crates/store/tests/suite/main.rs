//! The store held against both databases: every case runs on a fresh SQLite file and on a fresh
//! PostgreSQL database. One file a noun for what functions do; beside them the laws that hold
//! for all: tenants never meet, each function has a case, faults have names, indexes are used.

#[macro_use]
mod harness;
mod fixture;

mod attempt;
mod audit;
mod authenticator;
mod bill;
mod billing;
mod card_setup;
mod charge;
mod consent;
mod corrupt;
mod coverage;
mod customer;
mod customer_list;
mod dunning;
mod export;
mod fault;
mod home;
mod import;
mod inbox;
mod index;
mod invoice;
mod job;
mod known_browser;
mod login_throttle;
mod mail;
mod number;
mod office;
mod open;
mod payment;
mod payment_method;
mod plan;
mod plan_office;
mod portal_link;
mod portal_list;
mod quote;
mod round_trip;
mod session;
mod stock;
mod team;
mod tenancy;
mod turn_off_link;
mod user;
