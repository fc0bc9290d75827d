//! Who comes too often is served late.
//!
//! Somebody who tries names, passwords or rubbish without end waits for each answer before the next try; a second of
//! waiting costs this side nothing and takes most of the flood away. Each network has some free, since a school sits
//! behind one address and people mistype.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::allowance::{Allowances, Rate};
use crate::listen::ClientAddress;

/// How late the others come.
const LATE: Duration = Duration::from_secs(1);
/// Held back at most: each takes some memory meanwhile.
const HELD_MAX: usize = 1024;

#[derive(Default)]
struct State {
    /// What each network has free.
    networks: Allowances<ClientAddress>,
    held: usize,
}

/// Who came how often.
pub(crate) struct Pace {
    free: Rate,
    state: Mutex<State>,
}

/// Something that is held back.
struct Held<'a>(&'a Pace);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).held -= 1;
    }
}

impl Pace {
    /// Nobody has come yet. So many are served as they come.
    pub(crate) fn new(free: Rate) -> Self {
        Self { free, state: Mutex::default() }
    }

    /// Counts one; waits when it is one too many.
    pub(crate) async fn keep(&self, client: ClientAddress) {
        if let Some(_held) = self.count(client) {
            tokio::time::sleep(LATE).await;
        }
    }

    fn count(&self, client: ClientAddress) -> Option<Held<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let free = state.networks.left(client, self.free, Instant::now());
        let left = *free;
        *free = (left - 1.0).max(0.0);
        if left >= 1.0 || state.held >= HELD_MAX {
            return None;
        }
        state.held += 1;
        Some(Held(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allowance::COUNTED_MIN;
    use crate::listen::AddressKeys;

    const FREE: usize = 5;

    fn pace() -> Pace {
        Pace::new(Rate { burst: FREE as f64, per_s: 1.0 })
    }

    fn network(number: u32) -> ClientAddress {
        AddressKeys::new(|| 0, |bytes| bytes.fill(7)).hash(std::net::Ipv4Addr::from(number).into())
    }

    async fn waits(pace: &Pace, client: ClientAddress) -> Duration {
        let begin = Instant::now();
        pace.keep(client).await;
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_too_often_waits_and_nobody_else() {
        let (pace, loud, other) = (pace(), network(1), network(2));
        for _ in 0..FREE {
            assert_eq!(waits(&pace, loud).await, Duration::ZERO);
        }
        // A second of waiting earns the next one.
        assert_eq!(waits(&pace, loud).await, LATE);
        assert_eq!(waits(&pace, loud).await, Duration::ZERO);
        assert_eq!(waits(&pace, loud).await, LATE);
        assert_eq!(waits(&pace, other).await, Duration::ZERO);
        tokio::time::advance(Duration::from_secs(FREE as u64)).await;
        assert_eq!(waits(&pace, loud).await, Duration::ZERO);
        assert_eq!(pace.state.lock().unwrap().held, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let pace = pace();
        for _ in 0..FREE {
            drop(pace.count(network(1)));
        }
        let held: Vec<_> = (0..2 * HELD_MAX).filter_map(|_| pace.count(network(1))).collect();
        assert_eq!(held.len(), HELD_MAX);
        for number in 0..10_000 {
            tokio::time::advance(Duration::from_millis(10)).await;
            drop(pace.count(network(number)));
        }
        assert!(pace.state.lock().unwrap().networks.counted() <= 2 * COUNTED_MIN);
    }
}
