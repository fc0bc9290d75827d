//! What the client needs from its surroundings: requests, a live channel, time, and somebody who
//! can judge passwords. The browser's worker and the native client of the tests each bring one.

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes something, or asks with a body.
    Post,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// An answer: status and body, whatever the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Body, at most [`RESPONSE_BYTES_MAX`].
    pub body: Vec<u8>,
}

/// Longest answer that a transport reads; longer ones count as unreachable.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Seconds after which a transport gives a request up.
pub const REQUEST_TIMEOUT_S: u64 = 20;
/// Milliseconds that a request of the background is left alone while a person waits behind it; then it is
/// given up. Long enough for an honest slow network.
pub const YIELD_AFTER_MS: i32 = 2000;

/// No answer came: cut, refused, too slow or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer from the server")]
pub struct Unreachable;

/// Number of one opening of the live channel. A transport gives each its own and never one twice: what waits in the
/// driver's queue can be older than the channel that is open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel(pub u64);

/// The client's surroundings. Single-threaded: nothing here is sent between threads.
///
/// The driver that owns the transport also hands in what happens as [`Input`](super::Input), one after the other.
#[allow(async_fn_in_trait)]
pub trait Transport {
    /// One request. `token` goes into `Authorization: Bearer` as base64url without padding.
    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<Response, Unreachable>;

    /// From now on keep a live channel open, and open it again (with growing pauses) whenever it breaks.
    fn open_live(&self);

    /// The live channel is no longer wanted. Opened again, it has another number.
    fn close_live(&self);

    /// Sends a frame on a live channel; lost without notice if that is no longer the open one.
    fn send_live(&self, channel: Channel, frame: Vec<u8>);

    /// Milliseconds since 1970.
    fn now_ms(&self) -> u64;

    /// The list of a language that passphrases are made of, one word a line ([`words`](super::passphrase::words)).
    /// `None` if it can't be had now.
    async fn words(&self, language: &str) -> Option<String>;

    /// Common logarithm of the number of guesses that zxcvbn expects for a password; words of
    /// `known` count as guessed. `None` if it can't be judged now.
    async fn guesses_log10(&self, password: &str, known: &[&str]) -> Option<f64>;
}
