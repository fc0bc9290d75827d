//! What goes on in one connection: whether it idles, and whether a request hangs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::Limits;

/// The requests of one connection.
pub(super) struct Activity(Mutex<Requests>);

struct Requests {
    /// Start of each open request, by number, so oldest first.
    open: BTreeMap<u64, Instant>,
    next_number: u64,
    /// When the last one ended, or the connection began.
    idle_since: Instant,
}

/// What should be done with the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// Nothing.
    Fine,
    /// Nothing was asked for a while: close it politely.
    Idle,
    /// A request is open for longer than any may take: cut it.
    Stuck,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let requests = Requests { open: BTreeMap::new(), next_number: 0, idle_since: Instant::now() };
        Arc::new(Self(Mutex::new(requests)))
    }

    /// A request begins; it ends when the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> RequestGuard {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = requests.next_number;
        requests.next_number += 1;
        requests.open.insert(number, Instant::now());
        RequestGuard { activity: self.clone(), number }
    }

    pub(super) fn verdict(&self, limits: &Limits) -> Verdict {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match requests.open.first_key_value() {
            None if requests.idle_since.elapsed() >= limits.idle_max => Verdict::Idle,
            Some((_, started)) if started.elapsed() >= limits.request_max => Verdict::Stuck,
            _ => Verdict::Fine,
        }
    }
}

/// An open request.
pub(super) struct RequestGuard {
    activity: Arc<Activity>,
    number: u64,
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let mut requests = self.activity.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.open.remove(&self.number);
        requests.idle_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn idle_and_stuck_connections_are_told_apart() {
        let limits = Limits {
            idle_max: Duration::from_secs(10),
            request_max: Duration::from_secs(30),
            ..Limits::default()
        };
        let activity = Activity::new();
        let verdict_after = async |seconds| {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            activity.verdict(&limits)
        };
        assert_eq!(verdict_after(9).await, Verdict::Fine);
        let first = activity.begin();
        assert_eq!(verdict_after(20).await, Verdict::Fine);
        let second = activity.begin();
        assert_eq!(verdict_after(10).await, Verdict::Stuck);
        drop(first);
        assert_eq!(verdict_after(10).await, Verdict::Fine);
        drop(second);
        assert_eq!(verdict_after(9).await, Verdict::Fine);
        assert_eq!(verdict_after(1).await, Verdict::Idle);
    }
}
