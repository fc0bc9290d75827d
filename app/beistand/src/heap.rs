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
/// Resident pages (of 4 KiB) more than at the start: 16 MiB. Below it nothing is done, so that nobody waits for the
/// allocator in quiet.
const PAGES_MORE: u64 = 4096;
/// Pages that must have gone back for it to be worth while: 1 MiB. Otherwise the next time comes later.
const PAGES_WORTH: u64 = 256;
/// Most looks from one time to the next.
const LOOKS_MAX: u32 = 32;

/// Looks until `stop`; while the process is larger than it was, free memory goes back.
pub(crate) async fn give_back(stop: CancellationToken) {
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let Ok(begun) = resident_pages() else { return };
    let (mut looks, mut left) = (0, 1);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        let Ok(resident) = resident_pages() else { return };
        left -= 1;
        if resident <= begun + PAGES_MORE {
            (looks, left) = (0, 1);
        } else if left == 0 {
            // It walks through all arenas: no worker's thread waits for that.
            let trimmed = tokio::task::spawn_blocking(|| {
                trim();
                resident_pages()
            });
            let Ok(Ok(after)) = trimmed.await else { return };
            looks = next_looks(looks, resident.saturating_sub(after));
            left = looks;
        }
    }
}

/// How many looks to let pass, after so many and after so many pages that went back.
fn next_looks(looks: u32, pages: u64) -> u32 {
    if pages < PAGES_WORTH { (looks * 2).clamp(1, LOOKS_MAX) } else { 1 }
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
    fn what_is_not_worth_while_is_tried_less_often() {
        assert_eq!(next_looks(0, 0), 1);
        assert_eq!(next_looks(1, PAGES_WORTH - 1), 2);
        assert_eq!(next_looks(LOOKS_MAX, 0), LOOKS_MAX);
        assert_eq!(next_looks(LOOKS_MAX, PAGES_WORTH), 1);
    }

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
