//! Mail over SMTP, against a server that records and refuses.

use mail_parser::MimeHeaders as _;
use secrecy::SecretString;
use zoop_app::mail::{MailError, Mailer as _, Message, Party, Smtp};
use zoop_domain::time::Instant;

use crate::harness::smtp::{Answer, SmtpServer, Stage};
use crate::harness::time::START;

const SENDER: &str = "mail@zoop.example";

fn message() -> Message {
    Message {
        id: "mail_1@zoop.example".into(),
        from: Party { name: "Greenline Lawn & Garden".into(), address: SENDER.into() },
        reply_to: Some("billing@greenline.example".into()),
        to: Party { name: "Zoë Whitfield".into(), address: "zoe@example.com".into() },
        subject: "Invoice INV-1062 – Greenline".into(),
        text: "Hello Zoë,\n\n.a line that begins with a dot\n.\nhttps://pay.example/i/SECRET\n".into(),
        html: "<p>Hello Zoë</p>".into(),
        list_unsubscribe: None,
        date: Instant::from_unix_seconds(START),
    }
}

fn open(url: &str) -> Smtp {
    Smtp::new(&SecretString::from(url), SENDER).unwrap()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = SmtpServer::start().await;
    open(&server.url()).send(&message()).await.unwrap();
    let delivery = server.wait_for(|delivery| delivery.message_id() == "mail_1@zoop.example").await;
    assert_eq!((delivery.from.as_str(), delivery.to.as_str()), (SENDER, "zoe@example.com"));
    assert_eq!(delivery.subject(), message().subject);
    assert_eq!(delivery.text(), message().text);
    assert_eq!(delivery.html().trim_end(), message().html);
    assert_eq!(delivery.links(), ["https://pay.example/i/SECRET"]);
    let parsed = delivery.parsed();
    assert_eq!(parsed.content_type().unwrap().subtype(), Some("alternative"));
    assert_eq!(parsed.to().and_then(|to| to.first()).unwrap().name(), Some("Zoë Whitfield"));
    assert_eq!(parsed.reply_to().and_then(|to| to.first()).unwrap().address(), Some("billing@greenline.example"));
    assert_eq!(parsed.date().unwrap().to_timestamp(), START);
    assert_eq!(server.commands()[0], "EHLO zoop.example");
}

#[tokio::test]
async fn a_4xx_is_for_now_and_a_5xx_for_good() {
    let server = SmtpServer::start().await;
    let smtp = open(&server.url());
    for stage in [Stage::Recipient, Stage::Data] {
        server.answer(stage, Answer::Reply("450 4.2.0 Try again later"));
        let refused = smtp.send(&message()).await.unwrap_err();
        assert!(
            matches!(&refused, MailError::Temporary { code: Some(450), text } if text.contains("Try again later")),
            "{refused:?}"
        );
        server.answer(stage, Answer::Reply("550 5.1.1 No such user"));
        let refused = smtp.send(&message()).await.unwrap_err();
        assert!(
            matches!(&refused, MailError::Permanent { code: Some(550), text } if text.contains("No such user")),
            "{refused:?}"
        );
    }
    assert!(server.deliveries().is_empty());
    smtp.send(&message()).await.unwrap();
    assert_eq!(server.deliveries().len(), 1);
}

#[tokio::test]
async fn a_reply_is_one_line_however_long() {
    let server = SmtpServer::start().await;
    server.answer(Stage::Data, Answer::Reply("554-5.7.1 We don't\r\n554-take mail\r\n554 like this one"));
    let refused = open(&server.url()).send(&message()).await.unwrap_err();
    let MailError::Permanent { code: Some(554), text } = refused else { panic!("{refused:?}") };
    assert!(text.contains("take mail") && !text.contains('\n'), "{text}");
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again() {
    let server = SmtpServer::start().await;
    let smtp = open(&server.url());
    smtp.send(&message()).await.unwrap();
    server.go_down();
    let mut refused = smtp.send(&message()).await;
    while refused.is_ok() {
        // The listener ends with its task, a turn of the runtime later.
        refused = smtp.send(&message()).await;
    }
    assert!(matches!(refused, Err(MailError::Temporary { code: None, .. })), "{refused:?}");
    let before = server.deliveries().len();
    server.come_back().await;
    smtp.send(&message()).await.unwrap();
    assert_eq!(server.deliveries().len(), before + 1);
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_the_outcome_open() {
    let server = SmtpServer::start().await;
    let smtp = open(&server.url());
    for (stage, answer, taken) in
        [(Stage::Recipient, Answer::Cut, 0), (Stage::Data, Answer::Cut, 0), (Stage::Data, Answer::TakeAndCut, 1)]
    {
        server.answer(stage, answer);
        let refused = smtp.send(&message()).await.unwrap_err();
        assert!(matches!(refused, MailError::Temporary { code: None, .. }), "{refused:?}");
        assert_eq!(server.deliveries().len(), taken);
    }
    // Sent again, it has the same Message-ID, by which the other side knows it.
    smtp.send(&message()).await.unwrap();
    let deliveries = server.deliveries();
    assert_eq!(deliveries[0].message_id(), deliveries[1].message_id());
}

#[tokio::test]
async fn a_login_that_is_refused_is_the_operators_to_mend() {
    let server = SmtpServer::start().await;
    server.offer_login();
    let smtp = open(&format!("smtp://zoop:hunter2@{}", server.address()));
    server.answer(Stage::Login, Answer::Reply("535 5.7.8 Wrong password"));
    let refused = smtp.send(&message()).await.unwrap_err();
    assert!(matches!(refused, MailError::Temporary { code: Some(535), .. }), "{refused:?}");
    assert!(!format!("{refused} {refused:?} {smtp:?}").contains("hunter2"));
    smtp.send(&message()).await.unwrap();
    assert_eq!(server.deliveries().len(), 1);
}

#[tokio::test]
async fn neither_login_nor_mail_is_sent_when_tls_is_required_and_missing() {
    for pretends in [false, true] {
        let server = SmtpServer::start().await;
        server.offer_login();
        if pretends {
            server.pretend_tls();
        }
        let smtp = open(&format!("smtp://zoop:hunter2@{}?tls=required", server.address()));
        let refused = smtp.send(&message()).await.unwrap_err();
        assert!(matches!(refused, MailError::Temporary { .. }), "{refused:?}");
        let commands = server.commands();
        assert!(!commands.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{commands:?}");
    }
}

#[tokio::test]
async fn no_settings_send_a_password_over_a_network_in_clear() {
    for url in ["smtp://zoop:hunter2@mail.example:587?tls=opportunistic", "smtp://zoop:hunter2@192.0.2.1?tls=none"] {
        let refused = Smtp::new(&SecretString::from(url), SENDER).unwrap_err();
        assert!(refused.to_string().contains("in clear") && !refused.to_string().contains("hunter2"), "{refused}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_never_reaches_the_server() {
    let server = SmtpServer::start().await;
    let to = Party { address: "nobody".into(), ..message().to };
    let refused = open(&server.url()).send(&Message { to, ..message() }).await.unwrap_err();
    assert!(matches!(refused, MailError::Permanent { code: None, .. }), "{refused:?}");
    assert!(server.commands().is_empty());
}
