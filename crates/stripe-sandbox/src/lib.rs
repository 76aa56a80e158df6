//! A stateful stand-in for Stripe: API, hosted Checkout page, webhooks, faults.
