//! What a customer sees of saving a card, outside the portal.

pub mod come_back;
