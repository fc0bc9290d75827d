//! Where log lines go, and which ones there are.
//!
//! The journal when the process is connected to it, else standard error. Only Beistand's own code is heard:
//! what libraries log may hold host names, addresses or pieces of requests, and nobody here has read it.
//!
//! Never logged, at no level: content, names, pseudonyms, passwords, tokens, keys, addresses, paths and headers
//! of requests, conversation or account ids. What is logged: starts and stops, jobs with counts, failures of
//! the box (disk, clock, certificates, ports) with their chain of causes.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};
use systemd_journal_logger::{JournalLog, connected_to_journal};

/// Targets (module paths) that begin so are ours.
const OWN_TARGET_PREFIX: &str = "beistand";
/// Longest log line, in bytes; the rest is cut off.
const LINE_BYTES_MAX: usize = 2048;
/// Deepest chain of causes that is written out.
const CAUSES_MAX: usize = 8;

/// Where the lines go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Destination {
    /// The systemd journal, with priorities.
    Journal,
    /// Standard error, a line each.
    StandardError,
}

/// Why logging couldn't be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Something else has installed a logger in this process.
    #[error("a logger is already installed")]
    AlreadyInstalled,
}

/// Sends the process's log lines to the journal or to standard error, up to `level`. To be called once, first
/// thing in `main`. A journal that can't be reached is no reason not to start: standard error is used then.
///
/// # Errors
/// [`LogError::AlreadyInstalled`].
pub fn install(level: LevelFilter) -> Result<Destination, LogError> {
    let journal = if connected_to_journal() { JournalLog::new().ok() } else { None };
    let (destination, inner): (_, Box<dyn Log>) = match journal {
        Some(journal) => (Destination::Journal, Box::new(journal)),
        None => (Destination::StandardError, Box::new(LineLog::new(std::io::stderr()))),
    };
    log::set_boxed_logger(Box::new(OwnOnly(inner))).map_err(|_| LogError::AlreadyInstalled)?;
    log::set_max_level(level);
    Ok(destination)
}

/// Shows an error with its causes: `outer: cause: cause of the cause`.
pub struct Chain<'a>(pub &'a dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut cause = self.0.source();
        for _ in 0..CAUSES_MAX {
            let Some(error) = cause else { break };
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Lets records of our own code pass and swallows all others.
struct OwnOnly<L>(L);

impl<L: Log> Log for OwnOnly<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(OWN_TARGET_PREFIX) && self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}

/// Writes a line per record: level, target, message. Line breaks and other control characters inside a message
/// are escaped, so that no message can pose as a second one.
struct LineLog<W>(Mutex<W>);

impl<W: Write + Send> LineLog<W> {
    fn new(writer: W) -> Self {
        Self(Mutex::new(writer))
    }
}

impl<W: Write + Send> Log for LineLog<W> {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut line = Line::default();
        // Writing into a bounded line fails only when it is full: then it is cut.
        let _ = write!(line, "{:<5} {}: {}", record.level(), record.target(), record.args());
        line.0.push('\n');
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is left to tell when standard error is closed.
        let _ = writer.write_all(line.0.as_bytes());
    }

    fn flush(&self) {
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).flush();
    }
}

/// A bounded line without control characters.
#[derive(Default)]
struct Line(String);

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.0.len() >= LINE_BYTES_MAX {
                self.0.push('…');
                return Err(fmt::Error);
            }
            if character.is_control() {
                self.0.extend(character.escape_default());
            } else {
                self.0.push(character);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(target: &str, message: &str) -> String {
        let buffer = Buffer::default();
        let logger = OwnOnly(LineLog::new(buffer.clone()));
        logger.log(
            &Record::builder().level(log::Level::Warn).target(target).args(format_args!("{message}")).build(),
        );
        logger.flush();
        let bytes = buffer.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn own_lines_are_written() {
        assert_eq!(logged("beistand_server::listen", "started"), "WARN  beistand_server::listen: started\n");
        assert_eq!(logged("beistand", "started"), "WARN  beistand: started\n");
    }

    #[test]
    fn lines_of_libraries_are_not() {
        for target in ["rustls::msgs", "hyper::proto", "sled", "h2", "", "xbeistand"] {
            assert_eq!(logged(target, "canary"), "", "{target:?}");
        }
    }

    #[test]
    fn a_message_stays_one_bounded_line() {
        let line = logged("beistand", "one\ntwo\r\u{1b}[2Jthree");
        assert_eq!(line, "WARN  beistand: one\\ntwo\\r\\u{1b}[2Jthree\n");
        let long = logged("beistand", &"ä".repeat(5000));
        assert!(long.len() < LINE_BYTES_MAX + 8 && long.ends_with("…\n"), "{}", long.len());
    }

    #[test]
    fn a_chain_names_all_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        let error = Outer(std::io::Error::other("inner"));
        assert_eq!(Chain(&error).to_string(), "outer: inner");
    }
}
