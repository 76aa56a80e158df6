//! On to the bank that wants to see the customer itself. A redirect after the form would be held up by
//! `form-action`, which can't name every bank, so it is a page with a link that opens by itself.

use askama::Template;
use url::Url;
use zoop_app::invoice::show::InvoiceView;
use zoop_domain::business::Business;

use crate::page::Samples;

/// The page before the bank's.
#[derive(Template)]
#[template(path = "invoice/bank.html", whitespace = "minimize")]
pub struct BankPage {
    view: InvoiceView,
    url: Url,
}

impl BankPage {
    /// The page that leads from the invoice to `url`.
    #[must_use]
    pub fn new(view: InvoiceView, url: Url) -> Self {
        Self { view, url }
    }

    fn business(&self) -> &Business {
        &self.view.business
    }
}

impl Samples for BankPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        let url = "https://bank.example/challenge?intent=pi_1&code=2".parse().expect("samples are well-formed");
        vec![("bank", Self::new(crate::sample::invoice::due(), url))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_by_itself_and_by_a_link() {
        let (_, page) = BankPage::samples().swap_remove(0);
        let html = page.render().unwrap();
        let address = "https://bank.example/challenge?intent=pi_1&#38;code=2";
        assert!(html.contains(&format!("<meta http-equiv=\"refresh\" content=\"0; url={address}\">")));
        assert!(html.contains(&format!("href=\"{address}\"")) && html.contains("Continue to your bank"));
    }
}
