//! Live delivery: who is connected, and what is pushed to whom.
//!
//! [`hub`] knows every connection and every conversation's routing; the storage's listener feeds
//! it in commit order, so what one connection hears of one conversation is in order and without
//! gaps; who that is, [`delivery`] says. [`socket`] is one WebSocket: frames in, queue out. [`intake`] bounds what one
//! account sends, [`turn`] says whose turn it is, [`news`] what is told of a conversation as a whole.

mod delivery;
pub mod hub;
mod index;
pub mod intake;
mod news;
pub mod queue;
pub mod socket;
mod turn;

pub use hub::{Channel, ConnectionId, Hub, Outgoing};
pub use turn::StepDue;

/// Tells every connection that the server stops or restarts, and ends it.
pub fn close_all(app: &crate::app::App) {
    app.hub.end_all(beistand_protocol::live::Ending::Restart);
}
