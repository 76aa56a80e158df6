//! What handlers unpack from a request. Each extractor fails as a [`PageError`], never with
//! the framework's bare text.

pub mod client_ip;
pub mod form;
pub mod pairs;
pub mod path;
pub mod sender;
pub mod visit;
pub mod way_back_cookie;

pub use client_ip::ClientIp;
pub use form::{AnswerForm, ChoiceForm, PayForm};
pub use pairs::pairs;
pub use path::Segments;
pub use sender::Sender;
pub use visit::Visit;
pub use way_back_cookie::WayBackCookie;
