//! What the program can do: one function a verb, in a folder a noun.

pub mod attempt;
mod error;
pub mod invoice;
pub mod portal;

pub use error::{Error, Source};

/// All a verb needs; made once at the start and shared.
#[derive(Clone)]
pub struct App {}

impl App {
    /// The address customers reach this install at, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &url::Url {
        unimplemented!()
    }

    /// The origin of Stripe's Checkout page, for `form-action`: `https://checkout.stripe.com`.
    #[must_use]
    pub fn checkout_origin(&self) -> &str {
        unimplemented!()
    }
}

/// What a business's brand stylesheet and logo are made of. Public: whoever has the path may read them.
pub mod brand {
    use super::{App, Error};

    /// A logo as stored.
    #[derive(Clone, Debug)]
    pub struct Logo {
        /// `image/svg+xml`, `image/png` …
        pub content_type: String,
        /// The file.
        pub bytes: Vec<u8>,
    }

    /// The logo of `business` with this content hash.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none.
    pub async fn logo(app: &App, business: &str, hash: &str) -> Result<Logo, Error> {
        let _ = (app, business, hash);
        unimplemented!()
    }

    /// The colour of `business`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it has none.
    pub async fn color(app: &App, business: &str) -> Result<zoop_domain::brand::BrandColor, Error> {
        let _ = (app, business);
        unimplemented!()
    }
}
