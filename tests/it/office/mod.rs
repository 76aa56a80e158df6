//! The owner's application, in the order of its navigation.

mod quote;
