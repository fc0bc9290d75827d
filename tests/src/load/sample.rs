//! Percentiles of durations.

use serde::Serialize;
use std::time::Duration;

/// What a set of durations comes to, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Summary {
    /// How many.
    pub count: usize,
    /// Half of all were at most this.
    pub p50_ms: f64,
    /// Ninety-nine of a hundred were at most this.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Summary {
    /// Sums up; all zero for none.
    #[must_use]
    pub fn of(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        let at = |per_mille: usize| {
            let place = (samples.len() * per_mille / 1000).min(samples.len().saturating_sub(1));
            samples.get(place).map_or(0.0, |sample| sample.as_secs_f64() * 1000.0)
        };
        Self { count: samples.len(), p50_ms: at(500), p99_ms: at(990), max_ms: at(1000) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let samples = (1..=1000).rev().map(Duration::from_millis).collect();
        let summary = Summary::of(samples);
        assert_eq!(
            (summary.count, summary.p50_ms, summary.p99_ms, summary.max_ms),
            (1000, 501.0, 991.0, 1000.0)
        );
        assert_eq!(Summary::of(Vec::new()).p99_ms, 0.0);
    }
}
