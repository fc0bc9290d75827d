//! Wire types, ids, limits and codec: what browser and server say to each other.
//!
//! Nothing here does I/O, reads a clock or draws randomness, and no type holds the clear text
//! of a message: a body is always [`api::Sealed`] bytes. The bytes themselves are specified in
//! `PROTOCOL.md` beside this crate.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod api;
pub mod codec;
pub mod error;
pub mod id;
pub mod limit;
pub mod live;
pub mod worker;
