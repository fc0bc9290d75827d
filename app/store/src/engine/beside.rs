//! What runs beside the writer, in threads of its own.

use rustix::process::{getpriority_process, setpriority_process};
use std::{
    io,
    thread::{Builder, JoinHandle},
};

/// Nice value of threads that tidy up: about a tenth of what others get who want the same processor, and all of it
/// otherwise (setpriority(2)). Never none, so that commits which wait for a checkpoint go on.
const NICE: i32 = 10;

/// Something that was started.
pub(super) enum Beside {
    Thread(JoinHandle<()>),
    /// Its outcome is held, or waits in the writer's queue.
    Done,
}

impl Beside {
    pub(super) fn start(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        Builder::new().name(name.to_owned()).spawn(run).map(Self::Thread)
    }

    pub(super) fn join(self) {
        if let Self::Thread(thread) = self {
            // It has sent its last message.
            let _ = thread.join();
        }
    }
}

/// From now on the calling thread, and as Linux has it no other, waits for whoever has more to lose by waiting. Where
/// that is refused, everybody is equal.
pub(super) fn run_after_the_others() {
    if getpriority_process(None).is_ok_and(|now| now < NICE) {
        let _ = setpriority_process(None, NICE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn who_tidies_up_runs_after_the_others() {
        let before = getpriority_process(None).unwrap();
        let (sender, receiver) = channel();
        let beside = Beside::start("store-copy", move || {
            run_after_the_others();
            sender.send(getpriority_process(None).unwrap()).unwrap();
        });
        beside.unwrap().join();
        assert_eq!(receiver.recv().unwrap(), NICE.max(before));
        assert_eq!(getpriority_process(None).unwrap(), before);
    }
}
