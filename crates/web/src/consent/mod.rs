//! What a customer does with his permissions; they are shown on the portal home.

pub mod change_card;
pub mod turn_off;
