//! What happened, in order: a hash over all of it, and the last lines for whoever looks at a failure.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use tokio::time::Instant;

/// Lines shown of a run that failed.
const LINES_KEPT: usize = 120;

struct Inner {
    hash: u64,
    count: u64,
    lines: VecDeque<String>,
    begun: Instant,
}

/// The trace; clones write the same one.
#[derive(Clone)]
pub struct Trace(Rc<RefCell<Inner>>);

impl Trace {
    /// An empty trace that begins now.
    pub fn new() -> Self {
        let begun = Instant::now();
        Self(Rc::new(RefCell::new(Inner {
            hash: 0xcbf2_9ce4_8422_2325,
            count: 0,
            lines: VecDeque::new(),
            begun,
        })))
    }

    /// Something happened.
    pub fn note(&self, what: &str) {
        let mut inner = self.0.borrow_mut();
        let line = format!("{:>9} {what}", inner.begun.elapsed().as_millis());
        for byte in line.bytes() {
            inner.hash = (inner.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        inner.count += 1;
        if std::env::var_os("SIMULATION_TRACE").is_some() {
            eprintln!("{line}");
        }
        if inner.lines.len() == LINES_KEPT {
            inner.lines.pop_front();
        }
        inner.lines.push_back(line);
    }

    /// Hash over everything so far.
    pub fn hash(&self) -> u64 {
        self.0.borrow().hash
    }

    /// Number of events so far.
    pub fn count(&self) -> u64 {
        self.0.borrow().count
    }

    /// The last lines.
    pub fn tail(&self) -> String {
        self.0.borrow().lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
