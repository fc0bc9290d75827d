//! What somebody may still do: so much at once, and then so much a second.

use std::collections::HashMap;
use std::hash::Hash;

use tokio::time::Instant;

/// How an allowance fills: the same unit for both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// At once.
    pub(crate) burst: f64,
    /// After that, each second.
    pub(crate) per_s: f64,
}

#[derive(Debug, Clone, Copy)]
struct Allowance {
    rate: Rate,
    left: f64,
    at: Instant,
}

impl Allowance {
    fn earn(&mut self, now: Instant) {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() * self.rate.per_s;
        self.left = (self.left + earned).min(self.rate.burst);
        self.at = self.at.max(now);
    }
}

/// Allowances that are counted before the full ones are forgotten.
pub(crate) const COUNTED_MIN: usize = 1024;

/// The allowances of many, in memory that is bounded by who used theirs lately.
pub(crate) struct Allowances<Key> {
    counted: HashMap<Key, Allowance>,
    /// Size at which it is tidied up next.
    tidy_at: usize,
}

impl<Key> Default for Allowances<Key> {
    fn default() -> Self {
        Self { counted: HashMap::new(), tidy_at: COUNTED_MIN }
    }
}

impl<Key: Eq + Hash> Allowances<Key> {
    /// What `key` has left now; whoever uses some of it takes it off. `rate` is that of a key's first time.
    pub(crate) fn left(&mut self, key: Key, rate: Rate, now: Instant) -> &mut f64 {
        if self.counted.len() >= self.tidy_at {
            self.counted.retain(|_, allowance| {
                allowance.earn(now);
                allowance.left < allowance.rate.burst
            });
            self.tidy_at = (self.counted.len() * 2).max(COUNTED_MIN);
        }
        let allowance = self.counted.entry(key).or_insert(Allowance { rate, left: rate.burst, at: now });
        allowance.earn(now);
        &mut allowance.left
    }

    /// How many are counted.
    #[cfg(test)]
    pub(crate) fn counted(&self) -> usize {
        self.counted.len()
    }
}
