//! Money on its way back.

pub mod send;
