//! Cards and bank accounts on file.

pub mod detach;
pub mod save;
