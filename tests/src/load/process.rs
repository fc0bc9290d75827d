//! What the system says about a process: memory, processor time, open files.

use super::LoadError;
use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    time::{clock_getcpuclockid, clock_gettime},
    unistd::Pid,
};
use std::{fs, io, time::Duration};

/// A running process.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    fn status_kib(self, field: &str) -> Result<u64, LoadError> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix(field)?.split_whitespace().nth(1)?.parse().ok())
            .ok_or(LoadError::Unexpected("no such field in the process's status"))
    }

    /// Resident memory now, in KiB.
    ///
    /// # Errors
    /// [`LoadError::File`] if the process has ended.
    pub fn resident_kib(self) -> Result<u64, LoadError> {
        self.status_kib("VmRSS")
    }

    /// The most that was ever resident, in KiB.
    ///
    /// # Errors
    /// As [`Self::resident_kib`].
    pub fn resident_max_kib(self) -> Result<u64, LoadError> {
        self.status_kib("VmHWM")
    }

    /// Open files and sockets.
    ///
    /// # Errors
    /// As [`Self::resident_kib`].
    pub fn files(self) -> Result<usize, LoadError> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.0))?.count())
    }

    /// Processor time used so far, in user and system, of threads that have ended too (clock_getcpuclockid(3)).
    ///
    /// # Errors
    /// [`LoadError::File`] if the process has ended.
    pub fn used(self) -> Result<Duration, LoadError> {
        let clock = clock_getcpuclockid(Pid::from_raw(self.0.cast_signed())).map_err(io::Error::from)?;
        Ok(clock_gettime(clock).map_err(io::Error::from)?.into())
    }
}

/// Leaves one of the processors to others: this thread, and whatever it starts from now on, keeps off the one that is
/// returned. `None` if there is no other.
pub fn leave_a_processor() -> Option<usize> {
    let this = Pid::from_raw(0);
    let mut mine = sched_getaffinity(this).ok()?;
    let is_mine = |number: &usize| mine.is_set(*number).unwrap_or(false);
    let [.., _, last] = (0..CpuSet::count()).filter(is_mine).collect::<Vec<_>>()[..] else { return None };
    mine.unset(last).ok()?;
    sched_setaffinity(this, &mine).ok().map(|()| last)
}

/// Lets this process open as many files as the system allows.
pub fn raise_file_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where it does not work, connections fail and say so.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(1 << 16), hard);
    }
}
