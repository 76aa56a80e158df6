//! The business's hand on a page: its stylesheet of one colour, its logo.

use zoop_domain::brand::BrandColor;
use zoop_domain::business::Business;

use crate::{asset, routes};

/// The stylesheet that sets the brand's colour, one shade for each scheme. It is unlayered, so it
/// wins over the neutral colour of the common one.
#[must_use]
pub fn stylesheet(color: BrandColor) -> String {
    format!(
        ":root {{ --brand: {}; }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ --brand: {}; }} }}\n",
        color.on_light(),
        color.on_dark(),
    )
}

/// The content hash in a brand stylesheet's URL. It is that of the chosen colour, so that a page
/// need not compute the shades to link to it; the number changes when their rule does.
#[must_use]
pub fn stylesheet_hash(color: BrandColor) -> String {
    asset::short_hash(format!("1 {color}").as_bytes())
}

/// Where the business's stylesheet is, if it has chosen a colour.
#[must_use]
pub fn stylesheet_url(business: &Business) -> Option<String> {
    business.brand_color.map(|color| routes::brand_css(business, &stylesheet_hash(color)))
}

/// Where its logo is, if it has one.
#[must_use]
pub fn logo_url(business: &Business) -> Option<String> {
    business.logo.as_deref().map(|hash| routes::brand_logo(business, hash))
}

/// The icon in the browser's tab: the logo, or a sheet of paper.
#[must_use]
pub fn icon_url(business: &Business) -> String {
    logo_url(business).unwrap_or_else(|| asset::favicon().url().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_has_a_shade_for_each_scheme() {
        let css = stylesheet("#0057b8".parse().unwrap());
        assert!(css.starts_with(":root { --brand: #0057b8; }\n@media screen and (prefers-color-scheme: dark)"));
    }
}
