//! A process that dies at a moment of its own, which no clock chooses: what it had stored stays, and
//! whatever it waited for never comes.

use std::task::Poll;

/// Polls `future` at most so often, then drops it; `None` if it wasn't over by then.
pub async fn dies_after<F: Future>(mut polls: u32, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
