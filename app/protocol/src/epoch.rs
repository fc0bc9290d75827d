//! Epochs: which key a conversation is sealed under, and who exactly reads it. Types and a pure
//! verifier; the same code decides in the browser and in the server.
//!
//! An epoch is a signed statement with one box a reader. The complete readers are recomputed
//! from the membership log by everybody who receives one ([`required_readers`]); a statement
//! with any other readers is refused (P5). A re-seal is nothing else than an epoch whose header
//! carries the former epoch's key, sealed under the new one, and says from which epoch on the
//! readers get the history (P7).

mod chain;
mod readers;

pub use chain::{EpochChain, EpochError, NeedsEpoch, VerifiedEpoch, history_must_be_cut};
pub use readers::{Facts, Readers, ReadersError, entitled_people, required_readers};

use crate::{
    api::LogHead,
    codec,
    id::{ConversationId, Digest, KeyId, OrganisationId, PersonId, SiteId, TeamId},
    label,
    membership::PersonKeys,
    signature::{Signature, digest},
    suite::Suite,
    wrap::Locked,
};
use serde::{Deserialize, Serialize};

/// What a conversation is. Fixed by its first epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConversationKind {
    /// Between a seeker and the site's counselors.
    Talk,
    /// Among staff, never readable for a seeker.
    Thread {
        /// The talk it is about, if any.
        about: Option<ConversationId>,
    },
    /// One person's notes.
    Note {
        /// Whose.
        owner: PersonId,
        /// The talk they are about, if any.
        about: Option<ConversationId>,
    },
}

impl ConversationKind {
    /// The staff's thread about a talk.
    #[must_use]
    pub const fn thread(talk: ConversationId) -> Self {
        Self::Thread { about: Some(talk) }
    }

    /// The one id that a conversation of the staff's can have; `None` for talks, whose ids are random. A thread of
    /// another talk, or a second one of the same, is thereby none.
    #[must_use]
    pub fn staff_id(&self, team: TeamId) -> Option<ConversationId> {
        let digest = match self {
            Self::Talk => return None,
            Self::Thread { about: Some(talk) } => digest(label::THREAD, talk.as_bytes()),
            Self::Thread { about: None } => digest(label::TEAM_ROOM, team.as_bytes()),
            Self::Note { owner, about } => digest(label::NOTE, &codec::encode(&(owner, about))),
        };
        let mut id = [0; ConversationId::BYTES];
        let (begin, rest) = id.split_at_mut(ConversationId::STAFF.len());
        begin.copy_from_slice(&ConversationId::STAFF);
        rest.copy_from_slice(&digest.as_bytes()[..rest.len()]);
        Some(ConversationId(id))
    }

    /// The id of the staff's thread about a talk.
    #[must_use]
    pub fn thread_id(talk: ConversationId) -> ConversationId {
        // Whichever team it is: a thread about a talk takes its id from the talk alone.
        Self::thread(talk).staff_id(TeamId([0; 16])).unwrap_or(talk)
    }

    /// The talk that a staff thread is about.
    #[must_use]
    pub const fn thread_about(&self) -> Option<ConversationId> {
        match self {
            Self::Thread { about } => *about,
            _ => None,
        }
    }
}

/// Who made a statement or message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// The conversation's seeker.
    Seeker,
    /// A staff person with a key of the log.
    Person {
        /// Who.
        person: PersonId,
        /// By which key.
        key: KeyId,
    },
}

/// Why a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReaderRole {
    /// Holds the conversation.
    Holder,
    /// Leads the team.
    Lead,
    /// Belongs to the team.
    Member,
    /// Owns the notes.
    Owner,
}

/// One reader, with the key that the box is sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reader {
    /// The seeker, with the keys of this conversation.
    Seeker(PersonKeys),
    /// A team in one of its generations.
    Team {
        /// The team.
        team: TeamId,
        /// The generation's number.
        number: u32,
        /// The generation's digest.
        generation: Digest,
    },
    /// A staff person with the keys of the log.
    Person {
        /// Who.
        person: PersonId,
        /// Which key.
        key: KeyId,
        /// Why.
        role: ReaderRole,
    },
}

/// By which rule the readers were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// As the team's rules say.
    Ordinary,
    /// The log was not confirmed for too long: seeker and leads alone (P14). Always allowed,
    /// because it only narrows and never leaves the leads out.
    LeadsOnly,
}

/// What an epoch says. Its digest is the HPKE `info` of its boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochHeader {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The site.
    pub site: SiteId,
    /// The conversation.
    pub conversation: ConversationId,
    /// What the conversation is.
    pub kind: ConversationKind,
    /// From 0, one more each time.
    pub number: u32,
    /// The place this statement takes in the conversation: everything before it is closed with
    /// it. The server accepts it at no other place, so nothing slips in between.
    pub position: u64,
    /// Digest of the epoch before; `None` in the first.
    pub predecessor: Option<Digest>,
    /// The log as the author saw it.
    pub log_head: LogHead,
    /// By which rule the readers were chosen.
    pub basis: Basis,
    /// The team that answers.
    pub team: TeamId,
    /// Who has claimed the conversation.
    pub holder: Option<PersonId>,
    /// Digest of the message (claim, release, handover) that changed the holder. In a staff thread about a talk:
    /// digest of the talk's epoch that the author saw, which the holder is taken from.
    pub cause: Option<Digest>,
    /// Everybody who reads, complete, in the order of [`required_readers`].
    pub readers: Vec<Reader>,
    /// First epoch whose content the readers get through this one.
    pub history_from: u32,
    /// The heads of the conversation at this place: every message before it is one of them or
    /// named by one of them. In byte order.
    pub closing_heads: Vec<Digest>,
    /// Who made it.
    pub author: Author,
    /// When, milliseconds since 1970.
    pub claimed_time_ms: u64,
    /// Commits to the epoch's key.
    pub key_commitment: [u8; 32],
    /// The former epoch's key, sealed under this one's; `None` where history is cut.
    pub history: Option<Locked>,
}

/// An older epoch's key for one reader, where the history is cut for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryBox {
    /// Number of the older epoch.
    pub epoch: u32,
    /// Index of the reader in the header.
    pub reader: u16,
    /// The box.
    pub sealed: Vec<u8>,
}

/// An epoch as sent: `api::Envelope::sealed` of kind epoch is its encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEpoch {
    /// The encoded [`EpochHeader`].
    pub header: Vec<u8>,
    /// [`boxes_digest`].
    pub boxes_digest: Digest,
    /// Over [`label::EPOCH_STATEMENT`] and [`statement_bytes`].
    pub signature: Signature,
    /// One box a reader, in the readers' order.
    pub boxes: Vec<Vec<u8>>,
    /// Older keys for single readers.
    pub history_boxes: Vec<HistoryBox>,
}

/// Digest of a header: the HPKE `info` of its boxes.
#[must_use]
pub fn header_digest(header: &[u8]) -> Digest {
    digest(label::EPOCH_HEADER, header)
}

/// Digest of all boxes.
#[must_use]
pub fn boxes_digest(boxes: &[Vec<u8>], history_boxes: &[HistoryBox]) -> Digest {
    digest(label::EPOCH_BOXES, &codec::encode(&(boxes, history_boxes)))
}

/// What is signed, and hashed to the epoch's digest: both digests.
#[must_use]
pub fn statement_bytes(header: &Digest, boxes: &Digest) -> Vec<u8> {
    codec::encode(&(header, boxes))
}

/// The digest that names an epoch in its successor and in every message under it.
#[must_use]
pub fn epoch_digest(header: &Digest, boxes: &Digest) -> Digest {
    digest(label::EPOCH_STATEMENT, &statement_bytes(header, boxes))
}
