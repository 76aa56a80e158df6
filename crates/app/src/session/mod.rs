//! Signed-in browsers of the business's own people.

pub mod begin;
pub mod end;
pub mod open;
pub mod sign_in;
pub mod switch;

/// A session ends after so many seconds, whatever happens: thirty days.
pub const LIFETIME: i64 = 30 * 24 * 3600;
/// And after so many seconds without a request: seven days.
pub const IDLE: i64 = 7 * 24 * 3600;
