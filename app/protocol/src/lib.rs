//! Wire types, ids, limits and codec: what browser and server say to each other.
//!
//! Nothing here does I/O, reads a clock or draws randomness, and nothing the server can name
//! holds the clear text of a message: a body is always [`api::Sealed`] bytes. What page and vault
//! worker say to each other inside one browser is clear; it exists only under feature `worker`,
//! which the server never enables; what of it is said on the staff's pages alone, under feature `staff`: seekers load
//! nothing for it. The bytes themselves are specified in `PROTOCOL.md`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod api;
pub mod blocks;
pub mod board;
pub mod claim_code;
pub mod closing;
pub mod codec;
pub mod epoch;
pub mod error;
pub mod id;
pub mod label;
pub mod limit;
pub mod live;
#[cfg(feature = "login")]
pub mod login;
pub mod membership;
pub mod message;
pub mod month;
pub mod notice;
pub mod queue;
pub mod roster;
pub mod second_factor;
pub mod signature;
pub mod statistics;
pub mod suite;
pub mod team;
#[cfg(feature = "worker")]
pub mod worker;
pub mod wrap;
