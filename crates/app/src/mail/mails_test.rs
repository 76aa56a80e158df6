//! Draws every mail from its samples and holds it to what mail programs and people need.

use std::collections::HashSet;

use super::{
    ActionNeededMail, AutopayOffMail, AutopayOnMail, CardExpiringMail, InvoiceMail, PasswordResetMail,
    PaymentFailedMail, QuoteMail, ReceiptMail, RefundMail, Rendered, TeamInvitationMail, UpcomingChargeMail,
};

fn all() -> Vec<(&'static str, Rendered)> {
    [
        InvoiceMail::samples(),
        ReceiptMail::samples(),
        AutopayOnMail::samples(),
        AutopayOffMail::samples(),
        UpcomingChargeMail::samples(),
        PaymentFailedMail::samples(),
        ActionNeededMail::samples(),
        CardExpiringMail::samples(),
        RefundMail::samples(),
        QuoteMail::samples(),
        TeamInvitationMail::samples(),
        PasswordResetMail::samples(),
    ]
    .concat()
}

/// Names of tags in order, closing ones with their slash. Our templates write no `>` in attributes.
fn tags(html: &str) -> Vec<(&str, &str)> {
    let bodies = html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
    bodies.map(|body| body.split_once([' ', '\n']).unwrap_or((body, ""))).collect()
}

fn balanced(mail: &str, tags: &[(&str, &str)]) {
    let mut open = Vec::new();
    for (name, _) in tags {
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{mail}"),
            None if matches!(*name, "!doctype" | "meta" | "br") => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{mail}: {open:?}");
}

fn links(html: &str) -> Vec<String> {
    let hrefs = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    hrefs.map(|href| href.replace("&#38;", "&")).collect()
}

#[test]
fn every_mail_keeps_the_rules_of_markup() {
    let mut names = HashSet::new();
    for (mail, Rendered { subject, html, text }) in all() {
        assert!(names.insert(mail), "{mail} is named twice");
        let tags = tags(&html);
        balanced(mail, &tags);
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en-US\">"), "{mail}: {html}");
        let count = |name: &str| tags.iter().filter(|(tag, _)| *tag == name).count();
        assert_eq!((count("title"), count("h1"), count("style")), (1, 1, 1), "{mail}");
        for foreign in ["script", "link", "img", "iframe", "form", "svg", "object", "video"] {
            assert_eq!(count(foreign), 0, "{mail}: <{foreign}>");
        }
        assert!(!html.contains("url(") && !html.contains("@import") && !html.contains(" src="), "{mail}");
        for (tag, attributes) in tags.iter().filter(|(tag, _)| *tag == "table") {
            assert!(attributes.contains("role=\"presentation\""), "{mail}: <{tag} {attributes}>");
        }
        assert!(html.len() < 100_000, "{mail}: some mail programs cut off what is longer");
        assert!(
            html.contains(
                &subject.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;")
            ),
            "{mail}"
        );
        assert!(!subject.contains("SECRET") && !subject.contains('\n'), "{mail}");
        assert!(!text.contains("{{") && !html.contains("{{"), "{mail}");
    }
}

#[test]
fn the_plain_part_says_the_same() {
    for (mail, Rendered { html, text, .. }) in all() {
        for link in links(&html) {
            let shown = link.strip_prefix("tel:").map_or(link.as_str(), |_| "(512) 555-0148");
            assert!(text.lines().any(|line| line.contains(shown)), "{mail}: {link}\n{text}");
            assert!(link.starts_with("tel:") || text.lines().any(|line| line == link), "{mail}: {link} isn't a line");
        }
        assert!(text.lines().all(|line| line.len() <= 998), "{mail}");
        assert!(text.lines().all(|line| line.chars().count() <= 76 || line.starts_with("https://")), "{mail}:\n{text}");
        assert!(!text.contains("\n\n\n") && text.ends_with('\n') && !text.contains("&#"), "{mail}:\n{text}");
        assert!(text.starts_with("Hello "), "{mail}");
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let (_, awkward) = all().into_iter().find(|(name, _)| *name == "invoice-awkward").unwrap();
    assert!(!awkward.html.contains("<b>Bold") && !awkward.html.contains("<Heating>"));
    assert!(awkward.html.contains("&#60;b&#62;Bold"));
    assert!(awkward.text.contains("<b>Bold</b> & Sons \"Ltd\""));
}

#[test]
fn mails_read_as_designed() {
    for (name, mail) in all() {
        if matches!(name, "invoice-automatic" | "autopay-on" | "payment-failed") {
            insta::assert_snapshot!(name, format!("{}\n\n{}\n{}", mail.subject, mail.text, mail.html));
        }
    }
}
