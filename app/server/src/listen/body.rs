//! Bodies that can't be used to keep the server waiting, and that say when a request is over.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::activity::RequestGuard;

/// Time any body gets, before its size counts.
const BODY_GRACE: Duration = Duration::from_secs(20);
/// Slowest acceptable sender, in bytes per second: less than the worst mobile connection.
const BODY_BYTES_PER_S_MIN: u64 = 512;

/// What a handler gets when it reads the body of a sender that is too slow, or of one that broke off.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The body trickles in too slowly.
    #[error("the body came too slowly")]
    TooSlow,
    /// The connection broke.
    #[error("the body broke off")]
    BrokenOff(#[source] Box<dyn Error + Send + Sync>),
}

/// A request's body with a deadline: [`BODY_GRACE`] and what its bytes take at [`BODY_BYTES_PER_S_MIN`].
pub(super) struct TimedBody<B> {
    inner: B,
    started: Instant,
    received_bytes: u64,
    deadline: Pin<Box<Sleep>>,
}

impl<B> TimedBody<B> {
    pub(super) fn new(inner: B) -> Self {
        let started = Instant::now();
        Self {
            inner,
            started,
            received_bytes: 0,
            deadline: Box::pin(tokio::time::sleep_until(started + BODY_GRACE)),
        }
    }
}

impl<B> Body for TimedBody<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                self.received_bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                let allowance = Duration::from_secs(self.received_bytes / BODY_BYTES_PER_S_MIN);
                let deadline = self.started + BODY_GRACE + allowance;
                self.deadline.as_mut().reset(deadline);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(BodyError::BrokenOff(error.into())))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.deadline.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(BodyError::TooSlow))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A response's body: its request is over when this is dropped.
pub(super) struct GuardedBody<B> {
    pub(super) inner: B,
    pub(super) _guard: RequestGuard,
}

impl<B: Body + Unpin> Body for GuardedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::BodyExt;
    use http_body_util::channel::Channel;

    use super::*;

    /// Sends bytes at this pace and says what the receiver made of it.
    async fn receive(chunk_bytes: usize, pause_s: u64, chunks: usize) -> Result<usize, BodyError> {
        let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
        let sending = tokio::spawn(async move {
            for _ in 0..chunks {
                tokio::time::sleep(Duration::from_secs(pause_s)).await;
                if sender.send_data(vec![0; chunk_bytes].into()).await.is_err() {
                    break;
                }
            }
        });
        let received = TimedBody::new(body).collect().await.map(|body| body.to_bytes().len());
        sending.await.unwrap();
        received
    }

    #[tokio::test(start_paused = true)]
    async fn slow_bodies_fail_and_bodies_of_slow_phones_do_not() {
        assert_eq!(receive(100, 5, 3).await.unwrap(), 300);
        assert!(matches!(receive(1, 5, 5).await, Err(BodyError::TooSlow)));
        assert!(matches!(receive(1, 21, 1).await, Err(BodyError::TooSlow)));
        // A hundred seconds, but as fast as the slowest acceptable sender.
        assert_eq!(receive(5 * 512, 5, 20).await.unwrap(), 100 * 512);
    }
}
