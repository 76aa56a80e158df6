//! The owner's application: one file a noun, as its pages are.

mod customer;
mod portal_access;
