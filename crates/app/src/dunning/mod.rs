//! What follows a failed automatic charge: it is written down, tried again, or stopped.

pub(crate) mod record;
pub mod retry;
pub mod stop;
