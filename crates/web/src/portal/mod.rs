//! The portal: what a customer sees below `/p/{token}` that isn't an invoice.

pub mod home;
