//! Cards and bank accounts on file.

pub mod detach;
pub mod expiry;
pub mod remove;
pub(crate) mod save;
pub mod set_default;
pub(crate) mod sync;
