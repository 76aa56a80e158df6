//! What a business's stylesheet and logo are made of. Public: whoever has the path may read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zoop_domain::brand::BrandColor;
use zoop_domain::id::BusinessId;
use zoop_store::business;

use crate::{App, Error};

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
    let id: BusinessId = business.parse().map_err(|_| Error::NotFound)?;
    if !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let (content_type, base64) = business::find_logo(&mut tx, &id, hash).await?.ok_or(Error::NotFound)?;
    let bytes = STANDARD.decode(base64).map_err(Error::internal)?;
    Ok(Logo { content_type, bytes })
}

/// The colour of `business`.
///
/// # Errors
/// [`Error::NotFound`] if it has none.
pub async fn color(app: &App, business: &str) -> Result<BrandColor, Error> {
    let id: BusinessId = business.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let business = business::get(&mut tx, &id).await?.ok_or(Error::NotFound)?;
    business.brand_color.ok_or(Error::NotFound)
}
