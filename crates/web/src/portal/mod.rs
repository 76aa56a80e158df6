//! The portal: what a customer sees below `/p/{token}` that isn't an invoice.

pub(crate) mod after_post;
pub mod dialog;
pub mod ended;
pub mod home;
pub mod notice;
pub mod one_consent;
