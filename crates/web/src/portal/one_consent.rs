//! What the link of a mail about auto-pay opens when the portal link of then is dead: that one consent
//! and the dialog that turns it off. Nothing here leads into the portal.

use askama::Template;
use zoop_app::portal::OneConsent;
use zoop_domain::business::Business;

use super::dialog::DialogQuery;
use crate::page::Samples;
use crate::routes::PortalPath;

/// The page of one consent that isn't over.
#[derive(Template)]
#[template(path = "portal/one_consent.html", whitespace = "minimize")]
pub struct OneConsentPage {
    one: OneConsent,
    path: PortalPath,
    asks: bool,
}

impl OneConsentPage {
    /// The page of `one`, opened by `path`; with its dialog, if the URL asks for that.
    #[must_use]
    pub fn new(one: OneConsent, path: &PortalPath, asked: &DialogQuery) -> Self {
        let asks = matches!(asked, DialogQuery::TurnOff(id) if id == one.turn_off.consent.as_str());
        Self { one, path: path.clone(), asks }
    }

    fn business(&self) -> &Business {
        &self.one.business
    }
}

impl Samples for OneConsentPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample;
        let asked = DialogQuery::TurnOff(sample::turn_off().consent.to_string());
        let one = || OneConsent { business: sample::greenline(), turn_off: sample::turn_off() };
        let path = sample::portal_path();
        vec![
            ("one-consent-turn-off", Self::new(one(), &path, &asked)),
            ("one-consent", Self::new(one(), &path, &DialogQuery::None)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s45_after_rotate_the_mails_link_opens_just_its_dialog() {
        let pages = OneConsentPage::samples().into_iter().map(|(_, page)| page.render().unwrap()).collect::<Vec<_>>();
        let [asking, plain] = pages.as_slice() else { panic!("two samples") };
        assert!(asking.contains("<dialog open") && !plain.contains("<dialog"));
        let home = crate::sample::portal_path().home();
        for page in [asking, plain] {
            assert!(!page.contains("/invoices") && !page.contains("/payment-methods"));
            assert!(page.contains(&home));
        }
    }

    #[test]
    fn another_consents_id_opens_no_dialog() {
        let (_, page) = OneConsentPage::samples().swap_remove(0);
        let asked = DialogQuery::TurnOff("cns_00000000000000000000000009".into());
        assert!(!OneConsentPage::new(page.one, &page.path, &asked).asks);
    }
}
