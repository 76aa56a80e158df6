//! The client as a whole: what it sends, when it sends it again, what it reads, and what it keeps to itself.
//! The server at the other end is a small scripted one; the stateful stand-in is its own crate.

// clippy takes only the functions marked #[test] for tests, not what they call.
#![allow(clippy::unwrap_used)]

mod calls;
mod declines;
mod quiet;
mod replies;
mod retries;
mod server;
mod setup;
