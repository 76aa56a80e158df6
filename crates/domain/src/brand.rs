//! A business's colour, and the two shades of it that pass on light and on dark paper.
//!
//! The hue is kept; lightness moves in OKLCH until text passes WCAG contrast. Colours are the
//! one place where floats are right: no amount of money comes near this file.
#![allow(clippy::float_arithmetic, reason = "colour spaces are defined over real numbers")]

use std::fmt;
use std::str::FromStr;

/// An sRGB colour as the owner chose it, `#2e8b57`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrandColor([u8; 3]);

/// A text that is no `#rrggbb` colour.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a colour like #2e8b57")]
pub struct InvalidColor;

/// The papers a brand colour is read on in light mode: paper, inset, ground.
const LIGHT_PAPERS: [BrandColor; 3] =
    [BrandColor([0xff, 0xff, 0xff]), BrandColor([0xf7, 0xf7, 0xf5]), BrandColor([0xf2, 0xf2, 0xef])];
/// The same in dark mode, and the text that is drawn on the colour.
const DARK_PAPERS: [BrandColor; 4] = [
    BrandColor([0x17, 0x18, 0x1a]),
    BrandColor([0x1f, 0x21, 0x23]),
    BrandColor([0x0e, 0x0f, 0x10]),
    BrandColor([0x11, 0x12, 0x13]),
];
/// WCAG 2.2 AA for text (<https://www.w3.org/TR/WCAG22/#contrast-minimum>).
const LIGHT_CONTRAST: f64 = 4.5;
/// A little more on dark, where thin strokes bloom.
const DARK_CONTRAST: f64 = 5.5;
const STEP: f64 = 0.01;

impl BrandColor {
    /// The shade for light mode: at least 4.5:1 on each paper, and white text on it passes too.
    #[must_use]
    pub fn on_light(self) -> Self {
        self.moved(-STEP, &LIGHT_PAPERS, LIGHT_CONTRAST)
    }

    /// The shade for dark mode: at least 5.5:1 on each paper.
    #[must_use]
    pub fn on_dark(self) -> Self {
        self.moved(STEP, &DARK_PAPERS, DARK_CONTRAST)
    }

    fn moved(self, step: f64, papers: &[Self], least: f64) -> Self {
        let mut shade = self;
        let [mut lightness, chroma, hue] = self.to_oklch();
        while papers.iter().any(|paper| shade.contrast(*paper) < least) {
            lightness += step;
            if !(0.0..=1.0).contains(&lightness) {
                break;
            }
            shade = Self::from_oklch_in_gamut(lightness, chroma, hue);
        }
        shade
    }

    /// WCAG contrast ratio, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.to_linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn to_linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// Lightness, chroma and hue in radians. Matrices: <https://bottosson.github.io/posts/oklab/>.
    fn to_oklch(self) -> [f64; 3] {
        let [r, g, b] = self.to_linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s;
        let a = 1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s;
        [lightness, a.hypot(b), b.atan2(a)]
    }

    /// The colour with as much of `chroma` as sRGB holds at this lightness.
    fn from_oklch_in_gamut(lightness: f64, chroma: f64, hue: f64) -> Self {
        let (mut least, mut most) = (0.0, chroma);
        if let Some(color) = Self::from_linear(oklch_to_linear(lightness, most, hue)) {
            return color;
        }
        let mut best = Self::from_linear_clamped(oklch_to_linear(lightness, 0.0, hue));
        for _ in 0..24 {
            let middle = f64::midpoint(least, most);
            match Self::from_linear(oklch_to_linear(lightness, middle, hue)) {
                Some(color) => (best, least) = (color, middle),
                None => most = middle,
            }
        }
        best
    }

    fn from_linear(linear: [f64; 3]) -> Option<Self> {
        let inside = linear.iter().all(|value| (-1e-6..=1.0 + 1e-6).contains(value));
        inside.then(|| Self::from_linear_clamped(linear))
    }

    fn from_linear_clamped(linear: [f64; 3]) -> Self {
        Self(linear.map(|value| {
            let value = value.clamp(0.0, 1.0);
            let encoded = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
            // Clamped to 0..=1 above, so the cast can't wrap.
            (encoded * 255.0).round() as u8
        }))
    }
}

fn oklch_to_linear(lightness: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
    ]
}

impl FromStr for BrandColor {
    type Err = InvalidColor;
    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        let digits = text.strip_prefix('#').ok_or(InvalidColor)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidColor);
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| InvalidColor)?;
        let [_, r, g, b] = value.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl fmt::Display for BrandColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_reference_colours_come_out_as_designed() {
        // Close, not equal: how finely chroma is cut at the edge of sRGB is left open.
        let close = |a: BrandColor, b: BrandColor| a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) <= 6);
        for (chosen, light, dark) in [
            ("#2e8b57", "#197c49", "#50aa74"),
            ("#0057b8", "#0057b8", "#5099fe"),
            ("#f2a900", "#906406", "#f2a900"),
            ("#e4002b", "#da0029", "#ff6362"),
            ("#ffe600", "#7c6f02", "#ffe600"),
            ("#ffffff", "#6c6c6c", "#ffffff"),
        ] {
            let [chosen, light, dark] = [chosen, light, dark].map(|text| text.parse::<BrandColor>().unwrap());
            assert!(close(chosen.on_light(), light), "{chosen}: {} is not {light}", chosen.on_light());
            assert!(close(chosen.on_dark(), dark), "{chosen}: {} is not {dark}", chosen.on_dark());
        }
    }

    #[test]
    fn only_six_hex_digits_are_a_colour() {
        for bad in ["2e8b57", "#2e8b5", "#2e8b577", "#2e8b5g", "red", "", "#+e8b57"] {
            assert!(bad.parse::<BrandColor>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_colour_becomes_readable(rgb in any::<[u8; 3]>()) {
            let color = BrandColor(rgb);
            for paper in LIGHT_PAPERS {
                prop_assert!(color.on_light().contrast(paper) >= LIGHT_CONTRAST);
            }
            for paper in DARK_PAPERS {
                prop_assert!(color.on_dark().contrast(paper) >= DARK_CONTRAST);
            }
        }
    }
}
