//! A target for every parser that reads bytes from outside.
//!
//! The input of a target is always plain bytes. Its first byte says how to read the rest: as the
//! bytes that arrive, or as choices from which a valid value is built and then damaged a little
//! ([`generate`], [`mutate`]). So whatever proposes inputs (random bytes, a corpus, a tool led by
//! coverage) reaches both the parser's edges and what lies behind it.
//!
//! To add a target: a module below [`target`], a line in [`TARGETS`], one or two small files in
//! `corpus/NAME` that reach what is special about it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod generate;
pub mod mutate;
pub mod target;

/// A parser under attack. It panics when something is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the target and of its corpus.
    pub name: &'static str,
    /// Tries one input.
    pub run: fn(&[u8]) -> Depth,
}

/// How far an input came: what a run counts, so that a target that no longer gets anywhere shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Refused.
    Refused,
    /// Read as a value.
    Accepted,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "wire", run: target::wire::run },
    Target { name: "http", run: target::http::run },
    Target { name: "membership-log", run: target::membership_log::run },
    Target { name: "calendar", run: target::calendar::run },
    Target { name: "code", run: target::code::run },
    Target { name: "configuration", run: target::configuration::run },
    Target { name: "stored", run: target::stored::run },
];
