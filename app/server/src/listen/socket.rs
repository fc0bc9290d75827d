//! A connection's socket, which goes along from one runtime to another.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Id};

/// A socket that is known to the runtime on which it is used. One that stayed with another would wake a thread of that
/// one for each packet, only to hand it on: a live connection would wait for the threads at the door, and each request
/// would cost two threads' time.
///
/// Whoever polls it on another runtime for the first time has to be alone with it: nobody still waits on the former.
#[derive(Debug)]
pub(super) struct Socket {
    /// `None`: lost on the way.
    stream: Option<TcpStream>,
    at: Id,
}

impl Socket {
    /// Of the calling runtime.
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream: Some(stream), at: Handle::current().id() }
    }

    /// The stream, where it is used.
    fn here(&mut self) -> Result<Pin<&mut TcpStream>> {
        let here = Handle::current().id();
        if self.at != here
            && let Some(stream) = self.stream.take()
        {
            self.stream = Some(TcpStream::from_std(stream.into_std()?)?);
            self.at = here;
        }
        self.stream.as_mut().map(Pin::new).ok_or_else(|| Error::from(ErrorKind::NotConnected))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        self.here()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.here()?.poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.here()?.poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(TcpStream::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.here()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.here()?.poll_shutdown(context)
    }
}
