//! Who a mail is from, as its head and foot show it: the initial, the colour, how to answer.

use zoop_domain::brand::BrandColor;
use zoop_domain::business::Business;
use zoop_domain::contact;

/// The colour of a business that chose none, on light and on dark paper; as on its pages.
const NEUTRAL: (&str, &str) = ("#2b4f76", "#9cc0ea");

/// The business as its mails show it.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'a> {
    business: &'a Business,
}

impl<'a> Letterhead<'a> {
    /// The letterhead of `business`.
    #[must_use]
    pub fn new(business: &'a Business) -> Self {
        Self { business }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.business.name
    }

    /// Where customers call, as it is written.
    #[must_use]
    pub fn phone(&self) -> Option<&'a str> {
        self.business.phone.as_deref()
    }

    /// Where customers write, which is where answers go.
    #[must_use]
    pub fn email(&self) -> Option<&'a str> {
        self.business.email.as_deref()
    }

    pub(super) fn monogram(&self) -> String {
        contact::monogram(&self.business.name)
    }

    pub(super) fn tel(&self) -> Option<String> {
        contact::tel(self.business)
    }

    pub(super) fn call_us(&self) -> &'static str {
        contact::call_us(self.business)
    }

    /// Name and postal address on one line.
    pub(super) fn signature(&self) -> String {
        let lines = self.business.address.lines().map(str::trim).filter(|line| !line.is_empty());
        let parts: Vec<_> = std::iter::once(self.name()).chain(lines).collect();
        parts.join(", ")
    }

    /// The brand's colour on light paper; white text on it can be read, too.
    pub(super) fn brand(&self) -> String {
        self.shade(BrandColor::on_light, NEUTRAL.0)
    }

    /// The brand's colour on dark paper.
    pub(super) fn brand_on_dark(&self) -> String {
        self.shade(BrandColor::on_dark, NEUTRAL.1)
    }

    fn shade(&self, shade: fn(BrandColor) -> BrandColor, neutral: &str) -> String {
        self.business.brand_color.map_or_else(|| neutral.to_owned(), |color| shade(color).to_string())
    }
}
