//! The listener: connections are taken and served until a stop, and none is held open by a head that doesn't come.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// So long a browser or a proxy may take for the head of a request, or keep a connection without one.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// Serves `router` until `shutdown`; then it takes no new request and returns once those under way are answered.
pub async fn serve(mut listener: TcpListener, router: Router, head_timeout: Duration, shutdown: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_timeout);
    let connections = GracefulShutdown::new();
    while let Some((stream, from)) = shutdown.run_until_cancelled(Listener::accept(&mut listener)).await {
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(from));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    async fn served(head_timeout: Duration) -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let whoever = get(async |ConnectInfo(from): ConnectInfo<SocketAddr>| from.ip().to_string());
        let router = Router::new().route("/", whoever);
        let served = tokio::spawn(serve(listener, router, head_timeout, shutdown.clone()));
        (address, shutdown, served)
    }

    /// All that comes until the connection is closed.
    async fn told(address: SocketAddr, sent: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_the_connection() {
        let (address, shutdown, served) = served(Duration::from_millis(20)).await;
        for half in ["", "G", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
            assert!(!told(address, half).await.contains("200"), "{half:?}");
        }
        shutdown.cancel();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_whole_request_is_answered_and_a_stop_waits_for_nobody_idle() {
        let (address, shutdown, served) = served(Duration::from_secs(60)).await;
        let answer = told(address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        idle.readable().await.unwrap();
        shutdown.cancel();
        served.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }
}
