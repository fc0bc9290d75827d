//! Time: it passes as the simulation lets it pass, and each clock may be wrong in its own way.

use beistand_domain::clock::{Clock, Seconds};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};
use tokio::time::Instant;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A clock: true time plus its own error. Clones are the same clock.
#[derive(Clone)]
pub struct SimulatedClock {
    begun: Instant,
    begun_ms: i64,
    /// Days that went by while nothing ran: the same for all clocks of a world.
    passed_ms: Arc<AtomicI64>,
    wrong_ms: Arc<AtomicI64>,
    synchronised: Arc<AtomicBool>,
}

impl SimulatedClock {
    /// A clock that is right: now it is `now_ms` since 1970.
    pub fn new(now_ms: i64) -> Self {
        Self {
            begun: Instant::now(),
            begun_ms: now_ms,
            passed_ms: Arc::default(),
            wrong_ms: Arc::default(),
            synchronised: Arc::default(),
        }
    }

    /// Another clock of the same world, right for now.
    pub fn another(&self) -> Self {
        Self { wrong_ms: Arc::default(), synchronised: Arc::default(), ..self.clone() }
    }

    /// Days go by, everywhere, and nothing ran meanwhile: lids are closed, and timers count on from where they were.
    pub fn pass_ms(&self, ms: i64) {
        self.passed_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// A time server confirms what the clock shows, or none answers.
    pub fn set_synchronised(&self, synchronised: bool) {
        self.synchronised.store(synchronised, Ordering::Relaxed);
    }

    /// What a clock shows that is right.
    pub fn true_ms(&self) -> i64 {
        let since = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.begun_ms + since + self.passed_ms.load(Ordering::Relaxed)
    }

    /// Sets how wrong the clock goes.
    pub fn go_wrong_by_ms(&self, wrong_ms: i64) {
        self.wrong_ms.store(wrong_ms, Ordering::Relaxed);
    }

    /// How wrong the clock goes.
    pub fn wrong_ms(&self) -> i64 {
        self.wrong_ms.load(Ordering::Relaxed)
    }

    /// What the clock shows.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.true_ms() + self.wrong_ms()).unwrap_or(0)
    }
}

impl Clock for SimulatedClock {
    fn now_s(&self) -> Seconds {
        self.now_ms() / 1000
    }
    fn steady_s(&self) -> Seconds {
        self.begun.elapsed().as_secs()
    }
    fn synchronised(&self) -> bool {
        self.synchronised.load(Ordering::Relaxed)
    }
}
