//! The share of its processor that a thread at the door takes.
//!
//! Anybody may knock: a thousand handshakes at once keep such a thread busy for a second. That it runs after the
//! others (its nice value) is not enough. What Linux itself does for a commit, passing on a flush of the disk, is done by
//! kernel threads, and on a processor that is never idle those may wait for 10 to 20 ms until they are seen to be
//! owed a turn (sched(7) and `Documentation/scheduler/sched-eevdf.rst`; seen with `perf sched` on Linux 6.18). So
//! the thread rests now and then, and its processor is idle for a moment.

use hyper::rt::Executor;
use nix::time::{ClockId, clock_gettime};
use std::{cell::Cell, future::poll_fn, pin::pin, time::Duration};

/// What a thread takes of a processor's time when there is no end of work.
const SHARE: f64 = 1.0 / 3.0;
/// Work that is done at once after a pause, in seconds of processor time: a few handshakes, more than a page needs.
const BURST_S: f64 = 0.003;
/// Less is not worth a sleep, in seconds.
const REST_MIN_S: f64 = 0.0005;

/// What a thread has left of its share.
#[derive(Debug, Clone, Copy)]
struct Account {
    /// Seconds of processor time; less than none is debt.
    left: f64,
    /// Until when it was earned, and which time of the processor was paid.
    at: Duration,
    paid: Duration,
}

impl Account {
    const fn open(now: Duration, processor: Duration) -> Self {
        Self { left: BURST_S, at: now, paid: processor }
    }

    /// Pays for what the thread has used until now. Returns how long it has to rest.
    fn pay(&mut self, now: Duration, processor: Duration) -> Option<Duration> {
        let earned = now.saturating_sub(self.at).as_secs_f64() * SHARE;
        self.left = (self.left + earned).min(BURST_S) - processor.saturating_sub(self.paid).as_secs_f64();
        (self.at, self.paid) = (now, processor);
        let rest = -self.left / SHARE;
        (rest >= REST_MIN_S).then(|| Duration::from_secs_f64(rest))
    }
}

thread_local! {
    static ACCOUNT: Cell<Option<Account>> = const { Cell::new(None) };
}

/// The time that never goes back, and the processor time of this thread (clock_gettime(2)).
fn clocks() -> Option<(Duration, Duration)> {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).ok()?;
    let processor = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok()?;
    Some((now.into(), processor.into()))
}

/// From now on the calling thread takes a share of its processor with what [`super::serve`] runs on it. For threads
/// that do nothing else: it rests as a whole.
pub fn take_a_share() {
    ACCOUNT.set(clocks().map(|(now, processor)| Account::open(now, processor)));
}

/// Rests if the thread has used more than its share; threads without one never do.
fn rest_if_due() {
    let Some(mut account) = ACCOUNT.get() else { return };
    let Some((now, processor)) = clocks() else { return };
    let rest = account.pay(now, processor);
    ACCOUNT.set(Some(account));
    if let Some(rest) = rest {
        std::thread::sleep(rest);
    }
}

/// Lets the thread rest between two steps of some work.
pub(super) async fn sharing<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|context| {
        let outcome = work.as_mut().poll(context);
        rest_if_due();
        outcome
    })
    .await
}

/// Runs what an HTTP/2 connection starts beside itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharingExecutor;

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for SharingExecutor {
    fn execute(&self, work: F) {
        drop(tokio::spawn(sharing(work)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn who_works_all_the_time_rests_two_thirds_of_it() {
        let mut account = Account::open(Duration::ZERO, Duration::ZERO);
        let (mut now, mut processor) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..1000 {
            now += MS;
            processor += MS;
            now += account.pay(now, processor).unwrap_or_default();
        }
        assert_eq!(processor, 1000 * MS);
        // Three times as long, but for what it may do at once.
        assert!((2980 * MS..=3000 * MS).contains(&now), "{now:?}");
    }

    #[test]
    fn who_works_little_never_rests_and_saves_no_more_than_a_burst() {
        let mut account = Account::open(Duration::ZERO, Duration::ZERO);
        for second in 1..100u32 {
            assert_eq!(account.pay(Duration::from_secs(second.into()), 3 * second * MS), None);
        }
        let (now, processor) = (Duration::from_secs(1000), 297 * MS);
        assert_eq!(account.pay(now, processor), None);
        assert_eq!(account.pay(now + 3 * MS, processor + 3 * MS), None);
        assert!(account.pay(now + 30 * MS, processor + 30 * MS).is_some());
    }

    #[test]
    fn a_thread_with_a_share_rests_and_another_does_not() {
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (began, before) = clocks().unwrap();
            for step in 1..=60 {
                runtime.block_on(sharing(async { while clocks().unwrap().1 < before + step * MS {} }));
            }
            (clocks().unwrap().0 - began, ACCOUNT.get().is_some())
        };
        let (took, has_a_share) = std::thread::spawn(move || {
            take_a_share();
            work()
        })
        .join()
        .unwrap();
        assert!(has_a_share);
        assert!(took >= 160 * MS, "{took:?}");
        assert!(!std::thread::spawn(work).join().unwrap().1);
    }
}
