//! The threads at the door: handshakes, log-ins and pages, so that those who talk need not wait for all who knock.
//!
//! These cost up to a millisecond of arithmetic each, and anybody may ask for many. Where they share the workers of
//! live connections, a message of a running talk waits behind a hundred that came at once. Here they have threads of
//! their own, half as many as there are processors, which the system lets run after those of the others, and which take
//! a share of their processors only.

use beistand_server::listen::take_a_share;
use rustix::process::{getpriority_process, setpriority_process};
use std::io;
use std::thread::available_parallelism;
use tokio::runtime::{Builder, Runtime};

/// Nice value of these threads, of 0 to 19: about a tenth of what a live connection's worker gets when both want the
/// same processor, and all of it otherwise (setpriority(2)).
const NICE: i32 = 10;

/// Starts the threads.
///
/// # Errors
/// As [`Builder::build`].
pub(crate) fn open() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(available_parallelism().map_or(1, |all| all.get().div_ceil(2)))
        .thread_name("door")
        .on_thread_start(|| {
            // Of the calling thread alone, as Linux has it. Where it is refused, everybody is equal.
            if getpriority_process(None).is_ok_and(|now| now < NICE) {
                let _ = setpriority_process(None, NICE);
            }
            take_a_share();
        })
        .enable_all()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knocks_runs_after_the_others() {
        let before = getpriority_process(None).unwrap();
        let door = open().unwrap();
        let at_the_door = door.block_on(door.spawn(async { getpriority_process(None).unwrap() })).unwrap();
        assert_eq!(at_the_door, NICE.max(before));
        assert_eq!(getpriority_process(None).unwrap(), before);
    }
}
