//! Time in which the hypervisor gave this machine's processors to others.
//!
//! Machines that are rented are stopped for up to a tenth of a second once they use all of what was rented: "steal" in
//! `/proc/stat` (proc(5)). And an idle processor may wake some milliseconds late, which no counter tells: on each one a
//! thread of real-time priority, before which nothing else of this machine runs (sched(7)), looks whether it is woken
//! when it asked to be, as cyclictest does. What was under way then says nothing about the box.

use nix::{
    sched::{CpuSet, sched_setaffinity},
    unistd::{Pid, gettid},
};
use std::{
    fs,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// One tick of `/proc/stat`.
const TICK: Duration = Duration::from_millis(10);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Less than so many ticks in one look are the ordinary change of turns.
const TICKS_MIN: u64 = 2;
/// How often a thread of real-time priority is woken.
const WAKE: Duration = Duration::from_millis(1);
/// Later than this it is the hypervisor: Linux itself takes some microseconds.
const LATE: Duration = Duration::from_millis(2);

type Spans = Arc<Mutex<Vec<(Instant, Instant)>>>;

/// Notes when time was stolen, until it is dropped.
pub struct Watch {
    spans: Spans,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Instant {
    Instant::now()
}

fn note(spans: &Spans, from: Instant, to: Instant) {
    spans.lock().unwrap_or_else(PoisonError::into_inner).push((from, to));
}

/// What the counters say.
fn count(spans: &Spans, stop: &AtomicBool) {
    let mut before = (now(), steals());
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
        let after = (now(), steals());
        let most = after.1.iter().zip(&before.1).map(|(after, before)| after.saturating_sub(*before)).max();
        if let Some(ticks) = most.filter(|ticks| *ticks >= TICKS_MIN) {
            // It is counted once it is over, which the look before may have missed.
            let stolen = TICK * (u32::try_from(ticks).unwrap_or(u32::MAX) + 1);
            let from = after.0.checked_sub(stolen).unwrap_or(before.0).min(before.0);
            note(spans, from, after.0);
        }
        before = after;
    }
}

/// How late one processor wakes. Without the right to such priority nothing is noted: it would be whatever else runs.
fn wake(processor: usize, spans: &Spans, stop: &AtomicBool) {
    let mut only = CpuSet::new();
    if only.set(processor).and_then(|()| sched_setaffinity(Pid::from_raw(0), &only)).is_err() {
        return;
    }
    let thread = gettid().to_string();
    let first = Command::new("chrt").args(["--fifo", "--pid", "1", &thread]).stderr(Stdio::null()).status();
    if !first.is_ok_and(|status| status.success()) {
        return;
    }
    while !stop.load(Ordering::Relaxed) {
        let wanted = now() + WAKE;
        thread::sleep(WAKE);
        let woken = now();
        if woken.duration_since(wanted) > LATE {
            note(spans, wanted, woken);
        }
    }
}

impl Watch {
    /// Begins to look.
    #[must_use]
    pub fn begin() -> Self {
        let (spans, stop) = (Spans::default(), Arc::<AtomicBool>::default());
        let (noted, ended) = (spans.clone(), stop.clone());
        let mut threads = vec![thread::spawn(move || count(&noted, &ended))];
        for processor in 0..steals().len() {
            let (noted, ended) = (spans.clone(), stop.clone());
            threads.push(thread::spawn(move || wake(processor, &noted, &ended)));
        }
        Self { spans, stop, threads }
    }

    /// Whether time was stolen in between.
    #[must_use]
    pub fn was_stolen(&self, from: Instant, to: Instant) -> bool {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.iter().any(|(begin, end)| from <= *end && *begin <= to)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // One that is gone has noted what it could.
            let _ = thread.join();
        }
    }
}

/// Ticks stolen from each processor so far; none where the system doesn't say.
fn steals() -> Vec<u64> {
    of(&fs::read_to_string("/proc/stat").unwrap_or_default())
}

fn of(stat: &str) -> Vec<u64> {
    let lines = stat.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu "));
    lines.filter_map(|line| line.split_whitespace().nth(8)?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eighth_number_of_each_processor_is_read() {
        let stat = "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 11 12 13 14 15 16 17 18 19 20\ncpu1 0 0 0 0 0 0 0 7 0 0\nintr 5\n";
        assert_eq!(of(stat), [18, 7]);
        assert!(!steals().is_empty());
    }

    #[test]
    fn what_overlaps_is_stolen() {
        let watch = Watch::begin();
        let at = |ms| now() + Duration::from_secs(3600) + Duration::from_millis(ms);
        let (begin, end) = (at(100), at(200));
        watch.spans.lock().unwrap().push((begin, end));
        let ms = Duration::from_millis(50);
        assert!(watch.was_stolen(begin - ms, begin + ms));
        assert!(watch.was_stolen(begin - ms, end + ms));
        assert!(watch.was_stolen(begin + ms, begin + ms));
        assert!(!watch.was_stolen(begin - 2 * ms, begin - ms));
        assert!(!watch.was_stolen(end + ms, end + 2 * ms));
    }
}
