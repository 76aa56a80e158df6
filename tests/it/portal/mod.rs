//! The portal: what it shows, in which order, and when it counts as a visit.

mod auto_pay;
mod cards;
mod home;
mod last_seen;
mod link;
mod saved;
