//! What happens to every request and answer, whatever the route: one file a layer.
//! Their order, with its reasons, stands in `lib.rs`.

pub mod failure;
pub mod headers;
pub mod request_id;
pub mod timeout;
