//! Answers that refuse come late to whoever gets many of them.
//!
//! Somebody who tries names, passwords or rubbish without end waits for each answer before the next
//! try; a second of waiting costs this side nothing and takes most of the flood away. A network has
//! some refusals free, since a school sits behind one address and people mistype.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::ClientAddress;
use crate::allowance::{Allowances, Rate};

/// Refusals that come at once …
const FREE: f64 = 30.0;
/// … and how many more each second.
const FREE_PER_S: f64 = 1.0;
const RATE: Rate = Rate { burst: FREE, per_s: FREE_PER_S };
/// How late the others come.
const LATE: Duration = Duration::from_secs(1);
/// Answers held back at most: each takes some memory meanwhile.
const HELD_MAX: usize = 1024;

#[derive(Default)]
struct State {
    /// Free refusals that each network has left.
    networks: Allowances<ClientAddress>,
    held: usize,
}

/// Who was refused how often.
#[derive(Default)]
pub(super) struct Refusals(Mutex<State>);

/// An answer that is held back.
struct Held<'a>(&'a Refusals);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).held -= 1;
    }
}

impl Refusals {
    /// Called before each answer; waits when it is one refusal too many.
    pub(super) async fn slow_down(&self, client: ClientAddress, status: StatusCode) {
        if let Some(_held) = self.count(client, status) {
            tokio::time::sleep(LATE).await;
        }
    }

    fn count(&self, client: ClientAddress, status: StatusCode) -> Option<Held<'_>> {
        if !status.is_client_error() {
            return None;
        }
        let now = Instant::now();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = state.networks.left(client, RATE, now);
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
    use super::super::AddressKeys;
    use super::*;
    use crate::allowance::COUNTED_MIN;

    const REFUSED: StatusCode = StatusCode::TOO_MANY_REQUESTS;

    fn network(number: u32) -> ClientAddress {
        AddressKeys::new(|| 0, |bytes| bytes.fill(7)).hash(std::net::Ipv4Addr::from(number).into())
    }

    async fn waits(refusals: &Refusals, client: ClientAddress, status: StatusCode) -> Duration {
        let begin = Instant::now();
        refusals.slow_down(client, status).await;
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_refused_too_often_waits_and_nobody_else() {
        let (refusals, loud, other) = (Refusals::default(), network(1), network(2));
        for _ in 0..FREE as usize {
            assert_eq!(waits(&refusals, loud, REFUSED).await, Duration::ZERO);
        }
        // A second of waiting earns the next one.
        assert_eq!(waits(&refusals, loud, REFUSED).await, LATE);
        assert_eq!(waits(&refusals, loud, REFUSED).await, Duration::ZERO);
        assert_eq!(waits(&refusals, loud, REFUSED).await, LATE);
        assert_eq!(waits(&refusals, loud, StatusCode::OK).await, Duration::ZERO);
        assert_eq!(waits(&refusals, other, REFUSED).await, Duration::ZERO);
        tokio::time::advance(Duration::from_secs(FREE as u64)).await;
        assert_eq!(waits(&refusals, loud, REFUSED).await, Duration::ZERO);
        assert_eq!(refusals.0.lock().unwrap().held, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let refusals = Refusals::default();
        for _ in 0..FREE as usize {
            drop(refusals.count(network(1), REFUSED));
        }
        let held: Vec<_> = (0..2 * HELD_MAX).filter_map(|_| refusals.count(network(1), REFUSED)).collect();
        assert_eq!(held.len(), HELD_MAX);
        for number in 0..10_000 {
            tokio::time::advance(Duration::from_millis(10)).await;
            drop(refusals.count(network(number), REFUSED));
        }
        assert!(refusals.0.lock().unwrap().networks.counted() <= 2 * COUNTED_MIN);
    }
}
