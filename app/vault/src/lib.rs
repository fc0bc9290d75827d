//! The end-to-end encryption core: keys, log-in (client half), seal, open, membership log.
//!
//! Pure: no I/O, no clock, no randomness of its own. Time comes in as milliseconds since 1970,
//! randomness as [`random::Random`]; equal input gives equal bytes, native and in the browser.
//! Which bytes, and why, stands in `app/protocol/PROTOCOL.md`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod account;
pub mod blocks;
#[cfg(feature = "client")]
pub mod client;
pub mod code;
pub mod conversation;
pub mod epoch;
pub mod group;
pub mod login;
pub mod lookup;
pub mod membership;
pub mod message;
pub mod name;
pub mod padding;
pub mod random;
pub mod recovery;
pub mod seal;
pub mod secret;
pub mod sighting;
pub mod state;
#[cfg(feature = "strength")]
pub mod strength;
pub mod team;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
pub mod worker;
pub mod wrap;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod vectors;
