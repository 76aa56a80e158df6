//! The files every page shares, embedded in the binary. A file's URL holds the hash of its
//! content, so browsers keep it for good; each is compressed once, at its best.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use sha2::{Digest as _, Sha256};

use crate::error::PageError;
use crate::extract::Segments;
use crate::routes;

/// For whatever has its content's hash in its URL.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// One embedded file.
pub struct Asset {
    url: String,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: Vec<u8>,
    gzip: Vec<u8>,
}

static CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("zoop", "css", "text/css; charset=utf-8", include_bytes!("../assets/zoop.css")));
static ICONS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icons", "svg", "image/svg+xml", include_bytes!("../assets/icons.svg")));
static FAVICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("favicon", "svg", "image/svg+xml", include_bytes!("../assets/favicon.svg")));

static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("portal", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/portal.js"))
});

static OFFICE_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("office", "css", "text/css; charset=utf-8", include_bytes!("../assets/office.css")));
static OFFICE_ICONS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("office-icons", "svg", "image/svg+xml", include_bytes!("../assets/office-icons.svg")));
static OFFICE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("office", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/office.js"))
});

/// The stylesheet of the owner's application.
pub fn office_css() -> &'static Asset {
    &OFFICE_CSS
}

/// Its icon sprite.
pub fn office_icons() -> &'static Asset {
    &OFFICE_ICONS
}

/// What makes it quicker to work with; every page works without it.
pub fn office_script() -> &'static Asset {
    &OFFICE_SCRIPT
}

/// The stylesheet.
pub fn css() -> &'static Asset {
    &CSS
}

/// The icon sprite; one icon is a fragment of it.
pub fn icons() -> &'static Asset {
    &ICONS
}

/// A sheet of paper, for businesses without a logo.
pub fn favicon() -> &'static Asset {
    &FAVICON
}

/// What makes a few things nicer; every page works without it.
pub fn script() -> &'static Asset {
    &SCRIPT
}

/// Every embedded file.
#[must_use]
pub fn all() -> [&'static Asset; 7] {
    [css(), icons(), favicon(), script(), office_css(), office_icons(), office_script()]
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, plain: &'static [u8]) -> Self {
        let url = routes::asset(name, &short_hash(plain), extension);
        Self { url, content_type, plain, brotli: brotli(plain), gzip: gzip(plain) }
    }

    /// Its path, with the content hash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file itself.
    #[must_use]
    pub fn bytes(&self) -> &'static [u8] {
        self.plain
    }

    /// The brotli size, for the page budget.
    #[must_use]
    pub fn compressed_len(&self) -> usize {
        self.brotli.len()
    }

    fn answer(&'static self, accepted: &str) -> Response {
        let head = [(CONTENT_TYPE, self.content_type), (CACHE_CONTROL, IMMUTABLE), (VARY, "accept-encoding")];
        match () {
            () if accepts(accepted, "br") => (head, [(CONTENT_ENCODING, "br")], self.brotli.as_slice()).into_response(),
            () if accepts(accepted, "gzip") => {
                (head, [(CONTENT_ENCODING, "gzip")], self.gzip.as_slice()).into_response()
            }
            () => (head, self.plain).into_response(),
        }
    }
}

/// `GET /assets/{name}.{hash}.{ext}`
pub async fn get(Segments(file): Segments<String>, headers: HeaderMap) -> Result<Response, PageError> {
    let asset = all().into_iter().find(|asset| asset.url.strip_prefix("/assets/") == Some(&file));
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(asset.ok_or(PageError::NotFound)?.answer(accepted))
}

/// `GET /favicon.ico`
pub async fn favicon_ico() -> Redirect {
    Redirect::permanent(favicon().url())
}

/// `GET /robots.txt`
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /p/\nDisallow: /i/\nDisallow: /q/\nDisallow: /r/\n"
}

/// The first 16 hex digits of the SHA-256: enough to tell versions apart, not a seal.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `coding` is named in an Accept-Encoding header and not refused by `q=0`.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        named && !refused
    })
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 18, ..Default::default() };
    // Writing to a Vec can't fail; were it to, an empty answer would be worse than none.
    let written = brotli::BrotliCompress(&mut &*plain, &mut packed, &parameters);
    debug_assert!(written.is_ok());
    packed
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = encoder.write_all(plain).and_then(|()| encoder.finish());
    debug_assert!(packed.is_ok());
    packed.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn an_encoding_is_named_and_not_refused() {
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("GZIP;q=0.5", "gzip"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("", "br"));
        assert!(!accepts("brotli", "br"));
    }

    #[tokio::test]
    async fn a_file_answers_only_by_its_present_hash() {
        let file = css().url().strip_prefix("/assets/").unwrap().to_owned();
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"))]);
        let answer = get(Segments(file), headers).await.unwrap();
        assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
        assert_eq!(answer.headers()[CACHE_CONTROL], IMMUTABLE);
        for other in ["zoop.css", "zoop.0000000000000000.css", "", "../Cargo.toml"] {
            assert!(get(Segments(other.to_owned()), HeaderMap::new()).await.is_err(), "{other}");
        }
    }

    #[test]
    fn the_stylesheet_leaves_room_for_the_page() {
        assert!(css().compressed_len() < 7_500, "{}", css().compressed_len());
    }

    #[test]
    fn the_script_is_small() {
        assert!(script().bytes().len() <= 5_000, "{}", script().bytes().len());
    }
}
