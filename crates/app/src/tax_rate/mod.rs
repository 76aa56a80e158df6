//! Tax rates: made, made the default, and put away. None is ever changed, because its name and percentage stand on
//! what it taxed.

pub mod archive;
pub mod create;
pub mod list;
pub mod set_default;
