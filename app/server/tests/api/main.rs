//! The interface from outside: the real router over the in-memory storage, with a clock that
//! tests move. One file a noun, as in `src/route`.
#![allow(clippy::unwrap_used, missing_docs)]

mod blocks;
mod board;
mod closing;
mod conversation;
mod escalation;
mod group;
mod live;
mod log;
mod log_in;
mod notice;
mod page;
mod promise;
mod push;
mod queue;
mod recovery;
mod retention;
mod room;
mod roster;
mod rotation;
mod route_table;
mod second_factor;
mod session;
mod set_up;
mod sighting;
mod slow_store;
mod smtp;
mod statistics;
mod test_app;
mod thread;
