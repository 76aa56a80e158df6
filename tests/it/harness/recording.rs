//! What was said to the stand-in for Stripe and heard from it, for the check against Stripe's own
//! types: only while `ZOOP_CONTRACT_RECORDING` names a place, one file a test below it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// The exchanges of one test so far.
#[derive(Clone, Debug, Default)]
pub struct Recording(Arc<Mutex<Vec<Value>>>);

impl Recording {
    /// How many exchanges there are.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Adds a webhook that arrived here.
    pub fn hear(&self, path: &str, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).expect("an event is JSON");
        self.0.lock().unwrap().push(json!({
            "method": "POST", "path": path, "params": {}, "status": 200, "body": body
        }));
    }

    /// Writes them to the folder that the environment names, if it names one.
    pub fn write(&self, name: &str) {
        let Some(folder) = std::env::var_os("ZOOP_CONTRACT_RECORDING").map(PathBuf::from) else { return };
        std::fs::create_dir_all(&folder).expect("a folder for recordings");
        let text = serde_json::to_string_pretty(&*self.0.lock().unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), text).expect("the recording is written");
    }
}

/// Between the client and the stand-in. No fault is injected where it listens.
pub async fn listen(State(recording): State<Recording>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if !path.starts_with("/v1/") {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let sent = body.collect().await.expect("the request arrives").to_bytes();
    let query = head.uri.query().unwrap_or_default().as_bytes().to_vec();
    let params = decode(if head.method == http::Method::GET { &query } else { &sent });
    let method = head.method.to_string();
    let (head, body) = next.run(Request::from_parts(head, Body::from(sent))).await.into_parts();
    let heard = body.collect().await.expect("the reply arrives").to_bytes();
    let body: Value = serde_json::from_slice(&heard).expect("a reply is JSON");
    recording.0.lock().unwrap().push(json!({
        "method": method, "path": path, "params": params, "status": head.status.as_u16(), "body": body
    }));
    Response::from_parts(head, Body::from(heard))
}

/// `a[b][0]=x` as `{"a": {"b": {"0": "x"}}}`.
fn decode(encoded: &[u8]) -> Value {
    let mut all = Map::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        let mut place = &mut all;
        let names: Vec<&str> = name.split('[').map(|part| part.trim_end_matches(']')).collect();
        let (last, before) = names.split_last().expect("a name has a part");
        for part in before {
            let inner = place.entry(*part).or_insert_with(|| Value::Object(Map::new()));
            place = inner.as_object_mut().expect("a name is a leaf or a branch");
        }
        place.insert((*last).to_owned(), Value::String(value.into_owned()));
    }
    Value::Object(all)
}
