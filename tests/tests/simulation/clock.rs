//! Time: it passes as the simulation lets it pass, and each clock may be wrong in its own way.

use beistand_domain::clock::{Clock, Seconds};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};
use tokio::time::Instant;

/// A clock: true time plus its own error. Clones are the same clock.
#[derive(Clone)]
pub struct SimulatedClock {
    begun: Instant,
    begun_ms: i64,
    wrong_ms: Arc<AtomicI64>,
    synchronised: Arc<AtomicBool>,
}

impl SimulatedClock {
    /// A clock that is right: now it is `now_ms` since 1970.
    pub fn new(now_ms: i64) -> Self {
        Self {
            begun: Instant::now(),
            begun_ms: now_ms,
            wrong_ms: Arc::default(),
            synchronised: Arc::default(),
        }
    }

    /// Another clock of the same world, right for now.
    pub fn another(&self) -> Self {
        Self { wrong_ms: Arc::default(), synchronised: Arc::default(), ..self.clone() }
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
        let since = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        u64::try_from(self.begun_ms + since + self.wrong_ms()).unwrap_or(0)
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
