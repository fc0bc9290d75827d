//! What comes out of a conversation: what an envelope means, or why it was refused.

use super::graph::Alarm;
use crate::{
    group::{Invite, Join},
    message::MessageError,
};
use beistand_protocol::{
    epoch::{Author, EpochError},
    id::{DeviceSessionId, Digest, MessageId, PersonId},
    membership::Language,
    message::ShapeError,
};
use std::collections::BTreeSet;
use thiserror::Error;

/// What an applied envelope was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its digest.
    pub digest: Digest,
    /// Its place.
    pub position: u64,
    /// Its id.
    pub id: MessageId,
    /// Who made it; `None` if it can't be read here.
    pub author: Option<Author>,
    /// On which device; `None` for epochs and what can't be read here.
    pub device_session: Option<DeviceSessionId>,
    /// When its author says it was made.
    pub claimed_time_ms: u64,
    /// What it means.
    pub event: Event,
    /// What was noticed besides. Any alarm is a hard stop.
    pub alarms: Vec<Alarm>,
}

/// What an envelope means.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// A new epoch: who reads from here on.
    Epoch(EpochEvent),
    /// The seeker introduced itself.
    Introduced {
        /// Name.
        pseudonym: String,
        /// Language.
        language: Language,
    },
    /// Words.
    Text(String),
    /// Something that the staff note in a thread.
    #[cfg(feature = "staff")]
    Remark(beistand_protocol::worker::Remark),
    /// The author's client has received, and somebody looked at, everything up to these places.
    Receipt {
        /// Newest received.
        delivered: u64,
        /// Newest looked at.
        read: Option<u64>,
    },
    /// A claim; it counts once an epoch names it.
    Claimed(PersonId),
    /// The holder gave it back; counts with the epoch.
    Released,
    /// Given to a colleague; counts with the epoch.
    HandedOver(PersonId),
    /// Finished.
    Closed,
    /// Goes on.
    Reopened,
    /// Finished; the seeker may not write any more.
    Blocked,
    /// The seeker may write again.
    Unblocked,
    /// What a group is.
    Card,
    /// An invitation to a group.
    Invited(Invite),
    /// The seeker comes into a group.
    Joined(Box<Join>),
    /// Sealed under an epoch that this reader can't open.
    Unreadable,
}

impl core::fmt::Debug for Event {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Epoch(epoch) => f.debug_tuple("Epoch").field(epoch).finish(),
            Self::Introduced { .. } => f.write_str("Introduced(…)"),
            Self::Text(_) => f.write_str("Text(…)"),
            #[cfg(feature = "staff")]
            Self::Remark(_) => f.write_str("Remark(…)"),
            Self::Receipt { delivered, read } => write!(f, "Receipt({delivered}, {read:?})"),
            Self::Claimed(person) => write!(f, "Claimed({person:?})"),
            Self::Released => f.write_str("Released"),
            Self::HandedOver(person) => write!(f, "HandedOver({person:?})"),
            Self::Closed => f.write_str("Closed"),
            Self::Reopened => f.write_str("Reopened"),
            Self::Blocked => f.write_str("Blocked"),
            Self::Card => f.write_str("Card"),
            Self::Invited(_) => f.write_str("Invited(…)"),
            Self::Joined(_) => f.write_str("Joined(…)"),
            Self::Unblocked => f.write_str("Unblocked"),
            Self::Unreadable => f.write_str("Unreadable"),
        }
    }
}

/// A new epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochEvent {
    /// Its number.
    pub number: u32,
    /// Who has claimed the conversation now.
    pub holder: Option<PersonId>,
    /// Whether the holder is another than before.
    pub holder_changed: bool,
    /// Every staff person who reads from here on.
    pub people: BTreeSet<PersonId>,
    /// The first epoch whose content they can read.
    pub history_from: u32,
    /// Whether this reader can open it.
    pub readable: bool,
    /// Whether it opens older epochs that were unreadable here before: load the conversation anew.
    pub reload: bool,
}

/// Why an envelope was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// Not the next place: fetch from this one on.
    #[error("next expected position is {0}")]
    Position(u64),
    /// Needs a longer log: fetch it, apply again.
    #[error("envelope is ahead of the known log")]
    AheadOfLog,
    /// Needs a team generation that is not known: fetch, apply again.
    #[error("envelope names an unknown team generation")]
    UnknownGeneration,
    /// A staff thread that names an epoch of its talk that is not known: fetch the talk, apply again.
    #[error("envelope names an unknown epoch of its talk")]
    UnknownTalk,
    /// The clear parts don't fit together.
    #[error("envelope is malformed")]
    Shape(#[source] ShapeError),
    /// An envelope with this id or these bytes was there before.
    #[error("envelope is a duplicate")]
    Duplicate,
    /// Sealed under an epoch that a newer one has closed.
    #[error("epoch is closed")]
    ClosedEpoch,
    /// Sealed under an epoch that is not there.
    #[error("epoch is not there")]
    NoEpoch,
    /// An epoch that must not be.
    #[error("epoch refused")]
    Epoch(#[source] EpochError),
    /// A message that must not be.
    #[error("message refused")]
    Message(#[source] MessageError),
    /// The author does not read this epoch.
    #[error("author is no reader")]
    Author,
    /// It names another log: hard stop.
    #[error("message names another log")]
    OtherLog,
    /// It was missing before, and comes in another order than its author's.
    #[error("message comes out of order")]
    Reordered,
    /// Two different messages with one counter, or a counter that was there before.
    #[error("message repeats a counter")]
    Replayed,
    /// A receipt for something that is not there.
    #[error("receipt for an unknown envelope")]
    Receipt,
}

impl ApplyError {
    /// Whether the same envelope may be applied again after fetching what is missing. Otherwise
    /// its place is taken and it is never shown.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Position(_) | Self::AheadOfLog | Self::UnknownGeneration | Self::UnknownTalk)
    }
}

/// The server has less than, or something else than, was known before: hard stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the conversation is not the one that was known")]
pub struct RolledBack;

/// How far each reader confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confirmed {
    /// Newest place received.
    pub delivered: Option<u64>,
    /// Newest place looked at.
    pub read: Option<u64>,
}
