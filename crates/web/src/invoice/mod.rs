//! An invoice as a customer sees it, below a portal or by its own link: the page, paying it,
//! the receipt, both as PDF. The same handlers answer both ways; the path in hand decides where links lead.

pub mod bank;
pub(crate) mod banner;
pub mod document;
pub mod notice;
pub mod pay;
pub mod receipt;
pub mod show;
