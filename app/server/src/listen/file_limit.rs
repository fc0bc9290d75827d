//! How many connections the system allows.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the number of files and connections this process may have open as far as the system lets it, and
/// gives that number. A login shell starts with 1024, fewer than [`super::Limits::connections_max`]. To be called
/// once at start; where raising fails the old number holds.
#[must_use]
pub fn raise_file_limit() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 0 };
    match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_reaches_what_the_system_allows() {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        assert_eq!(raise_file_limit(), hard);
        assert_eq!(getrlimit(Resource::RLIMIT_NOFILE).unwrap(), (hard, hard));
    }
}
