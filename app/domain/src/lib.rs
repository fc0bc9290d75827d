//! Rules: people, teams, states of conversations, duty roster, retention, permissions; storage traits and clock.
//!
//! Envelopes are opaque bytes here. Time and storage come in as arguments; nothing reads a clock,
//! draws randomness or touches a disk, so that a seeded simulation can drive all of it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod clock;
pub mod conversation;
pub mod notice;
pub mod queue;
pub mod record;
pub mod retention;
pub mod roster;
pub mod statistics;
pub mod storage;
