//! Mail: how it leaves.

mod smtp;
