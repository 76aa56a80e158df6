//! Names each request, so that a customer's reference number finds its lines in the log.
//! The log knows the route's pattern, never the URL: a URL here is a secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

/// A request's name: eight letters that can be read out on the phone, `7K2M-Q9XT`.
#[derive(Clone, Debug, Default)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Draws a new name for each request. It need not be secret, only differ between requests and
/// between runs of the program; so it is a hash of the run's seed and a counter.
#[derive(Clone, Debug)]
pub struct RequestIds {
    seed: u64,
    count: Arc<AtomicU64>,
}

impl RequestIds {
    /// `seed` should differ from run to run: the microsecond the program started will do.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, count: Arc::default() }
    }

    fn next(&self) -> RequestId {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let hash = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(count.to_be_bytes()).finalize();
        let mut name: String = hash.iter().take(8).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
        name.insert(4, '-');
        RequestId(name.into())
    }
}

/// Opens a span for the request and closes it with a line that says how it went.
pub async fn run(State(ids): State<RequestIds>, mut request: Request, next: Next) -> Response {
    let id = ids.next();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let span = tracing::info_span!("request", id = id.as_str(), method = %request.method(), route);
    request.extensions_mut().insert(id);
    let started = Instant::now();
    async {
        let response = next.run(request).await;
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), micros, "answered");
        response
    }
    .instrument(span)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_differ_between_requests_and_runs() {
        let runs = [RequestIds::new(1), RequestIds::new(2)];
        let names: HashSet<String> =
            runs.iter().flat_map(|ids| (0..500).map(|_| ids.next().as_str().to_owned())).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| name.len() == 9));
    }
}
