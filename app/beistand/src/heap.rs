//! What the allocator keeps of a busy hour is given back to the machine.
//!
//! glibc keeps freed memory in each thread's arena and returns only what lies at the end of it. After an attack by a
//! thousand connections two thirds of the resident memory were free and stayed (`scripts/bench abuse`), on a box that
//! has 2 GB for everything. Other allocators return it by themselves but take more in quiet: jemalloc 40 MB and
//! mimalloc 67 MB where glibc takes 16.

use std::{io, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often to look.
const INTERVAL: Duration = Duration::from_secs(10);
/// Resident pages (of 4 KiB) more than were left the last time: 16 MiB. Below it nothing is done, so that
/// nobody waits for the allocator in quiet.
const PAGES_MORE: u64 = 4096;

/// Looks until `stop`; each time the process has grown, free memory goes back.
pub(crate) async fn give_back(stop: CancellationToken) {
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut left = resident_pages().unwrap_or(0);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        let Ok(resident) = resident_pages() else { return };
        if resident > left + PAGES_MORE {
            // It walks through all arenas: no worker's thread waits for that.
            left = tokio::task::spawn_blocking(|| {
                trim();
                resident_pages()
            })
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or(resident);
        } else {
            left = left.min(resident);
        }
    }
}

/// Resident memory, in pages; proc_pid_statm(5).
fn resident_pages() -> io::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let second = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    second.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the only way to ask; a function of the C library without a safe wrapper")]
fn trim() {
    // SAFETY: malloc_trim(3) takes a number and no pointer, touches free memory alone, and is MT-safe.
    unsafe { libc::malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
fn trim() {}

#[cfg(all(test, target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn freed_memory_goes_back_though_something_behind_it_stays() {
        // Too small for a mapping of their own, so that they are the arena's; every sixteenth stays, the last too.
        let all: Vec<Vec<u8>> = (0..8192).map(|_| vec![1; 8 * 1024]).collect();
        let few: Vec<_> =
            all.into_iter().enumerate().filter(|(n, _)| n % 16 == 15).map(|(_, one)| one).collect();
        let before = resident_pages().unwrap();
        trim();
        let after = resident_pages().unwrap();
        assert!(before > after + 8192, "{before} pages, then {after}");
        assert_eq!(few.len(), 512);
    }
}
