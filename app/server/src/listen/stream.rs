//! A connection's bytes, with its place in the count and a limit for readers that have stopped reading.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::gate::Pass;

/// A stream that carries its [`Pass`] wherever it goes: also an upgraded connection, which lives on long after
/// the HTTP connection's task has ended, counts until it is closed. Writing fails when the other side has
/// taken nothing for `stall_max`.
pub(super) struct CountedStream<S> {
    inner: S,
    stall_max: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    _pass: Pass,
    _token: TaskTrackerToken,
}

impl<S> CountedStream<S> {
    pub(super) fn new(inner: S, stall_max: Duration, pass: Pass, token: TaskTrackerToken) -> Self {
        Self { inner, stall_max, stalled: None, _pass: pass, _token: token }
    }

    /// Passes a result on; while it is pending the clock runs.
    fn watch<T>(&mut self, context: &mut Context<'_>, result: Poll<Result<T>>) -> Poll<Result<T>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let stall_max = self.stall_max;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(stall_max)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => {
                Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the other side has stopped reading")))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for CountedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for CountedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.watch(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.watch(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        self.watch(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(context);
        self.watch(context, result)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::listen::{AddressKeys, Gate, Limits, TrustedProxies};

    #[tokio::test(start_paused = true)]
    async fn who_stops_reading_is_dropped() {
        let stall_max = Duration::from_secs(30);
        let gate = Gate::new(Limits::default(), TrustedProxies::default(), AddressKeys::new(|| 0, |_| {}));
        let pass = gate.enter([192, 0, 2, 1].into()).unwrap();
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut stream = CountedStream::new(ours, stall_max, pass, TaskTracker::new().token());
        stream.write_all(&[0; 64]).await.unwrap();
        // Slow is fine: whatever is taken starts the time again.
        let reader = tokio::spawn(async move {
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_secs(29)).await;
                theirs.read_exact(&mut [0; 64]).await.unwrap();
            }
            theirs
        });
        stream.write_all(&[0; 192]).await.unwrap();
        let _theirs = reader.await.unwrap();
        let before = Instant::now();
        assert_eq!(stream.write_all(&[0; 64]).await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!(before.elapsed().as_secs(), stall_max.as_secs());
        drop(stream);
        assert_eq!(gate.connections(), 0);
    }
}
