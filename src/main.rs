//! The `zoop` binary.
fn main() {}
