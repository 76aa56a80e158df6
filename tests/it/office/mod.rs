//! The owner's application at a browser: one file a noun.

mod invoice;
mod invoice_list;
mod payment;
