//! Mail: how it leaves, and what of it is told and kept.

mod smtp;
mod year;
