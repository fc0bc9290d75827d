//! The main job against a real box: set-up, invitation, sign-up, live talk both ways, absence,
//! second device, recovery, removal, handover.
//!
//! Needs the binary: `cargo build --package beistand`, or BEISTAND_BIN.
#![allow(clippy::unwrap_used)]

mod along;
mod block;
mod blocks;
mod claim;
mod connection;
mod freshness;
mod full;
mod generation;
mod group;
mod hostile;
mod liar;
mod lies;
mod people;
mod property;
mod remark;
mod renewal;
mod room;
mod rotation;
mod second_factor;
mod thread;
mod transcript;
mod turn;
mod world;
