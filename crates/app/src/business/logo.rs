//! A logo as its owner hands it in. What the file claims to be counts for nothing: it is read as a picture and drawn
//! anew, so that nothing but a picture is ever kept or served.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType as RowFilter, PngEncoder};
use image::error::LimitErrorKind;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};
use sha2::{Digest as _, Sha256};

use crate::{App, Error};

/// The longest edge of what is read.
const LARGEST_EDGE: u32 = 4_000;
/// The longest edge of what is kept.
const KEPT_EDGE: u32 = 512;
/// A picture of the largest size with two bytes a channel; one that unpacks to more is refused before it does.
const MOST_MEMORY: u64 = 4_000 * 4_000 * 8;

/// A logo, drawn anew.
pub(super) struct Logo {
    /// A short hash of the picture.
    pub(super) hash: String,
    pub(super) png: Vec<u8>,
}

/// Reads and draws it, on a thread where that holds up nobody.
///
/// # Errors
/// The inner one is for the owner: what is wrong with his file.
pub(super) async fn redrawn(app: &App, file: Vec<u8>) -> Result<Result<Logo, String>, Error> {
    let permit = app.press.clone().acquire_owned().await.map_err(Error::internal)?;
    let drawing = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        redraw(&file)
    });
    drawing.await.map_err(Error::internal)
}

fn redraw(file: &[u8]) -> Result<Logo, String> {
    let picture = read(file)?;
    let picture = match picture.width().max(picture.height()) > KEPT_EDGE {
        true => picture.resize(KEPT_EDGE, KEPT_EDGE, FilterType::Lanczos3),
        false => picture,
    };
    // Eight bits a channel, with transparency: what every browser and printer takes.
    let picture = DynamicImage::ImageRgba8(picture.into_rgba8());
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, RowFilter::Adaptive);
    picture.write_with_encoder(encoder).map_err(|_| BROKEN)?;
    let hash = Sha256::digest(&png).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(Logo { hash, png })
}

const BROKEN: &str = "This picture can’t be read. Save it again as PNG and choose that file.";

fn read(file: &[u8]) -> Result<DynamicImage, String> {
    let format = image::guess_format(file).ok();
    let Some(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) = format else {
        return Err("This file isn’t a PNG, JPEG or WebP picture, whatever its name says. Choose another one.".into());
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_EDGE);
    limits.max_image_height = Some(LARGEST_EDGE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| words(&error))?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > LARGEST_EDGE || decoder.total_bytes() > MOST_MEMORY {
        return Err(TOO_LARGE.into());
    }
    decoder.set_limits(limits).map_err(|error| words(&error))?;
    let orientation = decoder.orientation().map_err(|error| words(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| words(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

const TOO_LARGE: &str = "This picture is too large. Choose one of at most 4,000 pixels on each side.";

fn words(error: &ImageError) -> String {
    match error {
        ImageError::Limits(limits) if !matches!(limits.kind(), LimitErrorKind::Unsupported { .. }) => TOO_LARGE.into(),
        _ => BROKEN.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_logo_becomes_a_png_that_fits() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let logo = redraw(&drawn(1_200, 300, format)).unwrap();
            let kept = image::load_from_memory_with_format(&logo.png, ImageFormat::Png).unwrap();
            assert_eq!((kept.width(), kept.height()), (512, 128), "{format:?}");
            assert_eq!(logo.hash.len(), 16);
        }
        let small = redraw(&drawn(40, 30, ImageFormat::Png)).unwrap();
        let kept = image::load_from_memory_with_format(&small.png, ImageFormat::Png).unwrap();
        assert_eq!((kept.width(), kept.height()), (40, 30), "a small one is not blown up");
    }

    #[test]
    fn what_stands_around_a_picture_is_not_kept() {
        let mut file = drawn(8, 8, ImageFormat::Png);
        file.extend_from_slice(b"<script>alert(1)</script>");
        let logo = redraw(&file).unwrap();
        assert!(!logo.png.windows(7).any(|part| part == b"<script"));
    }

    #[test]
    fn what_is_no_picture_is_refused_whatever_it_is_called() {
        for file in [&b""[..], b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", b"GIF89a\x01\0\x01\0", b"<html>", b"BM"]
        {
            assert!(redraw(file).is_err_and(|why| why.contains("isn’t a PNG")));
        }
        for file in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP"] {
            assert!(redraw(file).is_err_and(|why| why.contains("can’t be read")));
        }
        let whole = drawn(64, 64, ImageFormat::Png);
        assert!(redraw(&whole[..whole.len() / 2]).is_err());
    }

    #[test]
    fn a_picture_that_unpacks_to_more_is_refused_before_it_does() {
        assert!(redraw(&drawn(4_001, 1, ImageFormat::Png)).is_err_and(|why| why.contains("too large")));
        // A small file that says it is 60,000 × 60,000: a gigabyte and more, were it unpacked.
        let mut bomb = drawn(1, 1, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let checksum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert!(redraw(&bomb).is_err_and(|why| why.contains("too large")));
    }

    /// The checksum of PNG's chunks, bit by bit.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
        })
    }
}
