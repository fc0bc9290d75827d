//! What is kept how long: the model's own count of days, by the clock that is right.

use crate::clock::{DAY_MS, SimulatedClock};
use beistand_domain::clock::Clock as _;
use beistand_protocol::limit::CLOCK_JUMP_DAYS_MAX;

/// How far a clock that no time server confirms is believed.
const BELIEVED_MS: i64 = CLOCK_JUMP_DAYS_MAX as i64 * DAY_MS;

/// When somebody was last in contact.
#[derive(Debug, Clone, Copy)]
pub struct Contact {
    true_ms: i64,
    /// How much earlier the box may have written down.
    early_ms: i64,
}

impl Contact {
    /// Now, and the box wrote down another time.
    pub fn at(clock: &SimulatedClock, written_s: u64) -> Self {
        let true_ms = clock.true_ms();
        let written_ms = i64::try_from(written_s.saturating_mul(1000)).unwrap_or(i64::MAX);
        // However far back its clock stands: the box knows better, to some days.
        Self { true_ms, early_ms: (true_ms - written_ms).clamp(0, BELIEVED_MS) }
    }

    /// Whether what hangs on it may be destroyed after so many days.
    pub fn is_over(&self, clock: &SimulatedClock, days: u16) -> bool {
        let fast_ms = if clock.synchronised() { 0 } else { clock.wrong_ms().clamp(0, BELIEVED_MS) };
        clock.true_ms() + fast_ms + self.early_ms >= self.true_ms + i64::from(days) * DAY_MS
    }
}
