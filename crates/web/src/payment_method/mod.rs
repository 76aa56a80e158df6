//! What a customer does with his cards and bank accounts; they are shown on the portal home.

pub mod add;
pub mod remove;
pub mod set_default;
