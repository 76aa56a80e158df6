//! What is logged: everything any crate below says, at every level, is caught and searched.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use zoop_stripe::customer::{self, CustomerFields};
use zoop_stripe::{Expandable, IdempotencyKey, PaymentIntent, Scope};

use crate::server::{Server, Step, reply};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn the_log_has_the_request_id_and_nothing_private() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let again = Step::Reply(500, &[("request-id", "req_first")], "{}".to_owned());
    let server = Server::start([again, reply(402, r#"{"error":{"message":"Private words"}}"#)]).await;
    let fields = CustomerFields { email: Some("ann@example.com".to_owned()), ..CustomerFields::default() };
    let key = IdempotencyKey::new("private-key").unwrap();
    let error = customer::update(&server.client(), &Scope::Own, "cus_private", &fields, &key).await.unwrap_err();
    assert_eq!(error.api().and_then(|error| error.message.as_deref()), Some("Private words"));
    drop(guard);

    let log = log.0.lock().unwrap().clone();
    for expected in ["path=\"/v1/customers/:id\"", "method=POST", "status=402", "req_first", "req_1"] {
        assert!(log.contains(expected), "{expected} is missing:\n{log}");
    }
    for private in ["51Secret", "ann", "cus_private", "private-key", "Private words"] {
        assert!(!log.contains(private), "{private} is in the log:\n{log}");
    }
}

#[test]
fn debug_never_shows_a_client_secret() {
    let intent: PaymentIntent = serde_json::from_str(include_str!("../fixtures/payment_intent.json")).unwrap();
    assert!(intent.client_secret.is_some());
    let shown = format!("{:?}", Expandable::Object(Box::new(intent)));
    assert!(!shown.contains("_secret_Dm43"), "{shown}");
}
