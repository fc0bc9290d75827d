//! Time as an argument.

/// Seconds since 1970-01-01 UTC.
pub type Seconds = u64;

/// Seconds of a day.
pub const DAY_S: Seconds = 24 * 60 * 60;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now_s(&self) -> Seconds;

    /// Seconds since some moment before this process first asked. They only count up, however the
    /// clock is set: for what lives in memory for some minutes, such as tickets and pauses.
    fn steady_s(&self) -> Seconds;

    /// Whether the system's clock is known to be synchronised with a time server.
    fn synchronised(&self) -> bool;
}
