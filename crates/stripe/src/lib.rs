//! A thin typed Stripe client: the calls Zoop makes, and webhook signatures.
