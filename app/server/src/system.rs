//! The machine's clock and randomness: the one place in the server where they enter.

use crate::random::Random;
use beistand_domain::clock::{Clock, Seconds};
use std::{
    path::Path,
    sync::LazyLock,
    time::{Instant, SystemTime},
};

/// When somebody first asked for the steady time.
#[expect(clippy::disallowed_methods, reason = "the clock enters here")]
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// systemd-timesyncd makes this file once it has heard a time server.
const TIMESYNC_MARK: &str = "/run/systemd/timesync/synchronized";

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// Zero for a clock that stands before 1970.
    #[expect(clippy::disallowed_methods, reason = "the clock enters here")]
    fn now_s(&self) -> Seconds {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    #[expect(clippy::disallowed_methods, reason = "the clock enters here")]
    fn steady_s(&self) -> Seconds {
        BEGUN.elapsed().as_secs()
    }

    /// True only where systemd-timesyncd says so: without it nobody vouches for the clock.
    fn synchronised(&self) -> bool {
        Path::new(TIMESYNC_MARK).exists()
    }
}

/// The machine's secure randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "randomness enters here")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("getrandom(2) does not fail once the system has started");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::draw;

    #[test]
    fn clock_and_randomness_are_real() {
        // This code was written after September 2020.
        assert!(SystemClock.now_s() > 1_600_000_000);
        assert_ne!(draw::<16>(&SystemRandom), draw::<16>(&SystemRandom));
    }
}
