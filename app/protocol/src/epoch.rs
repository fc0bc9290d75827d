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
    id::{ConversationId, Digest, GuestId, KeyId, OrganisationId, PersonId, SiteId, TeamId},
    label,
    membership::PersonKeys,
    month::Month,
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
        /// The talk it is about.
        #[serde(with = "there")]
        about: ConversationId,
    },
    /// One person's notes.
    Note {
        /// Whose.
        owner: PersonId,
        /// The talk they are about, if any.
        about: Option<ConversationId>,
    },
    /// Among all members of a team, about nothing in particular. It belongs to no site, and nobody holds it.
    Room {
        /// Each month has one of its own, so that none gets full, and old ones end.
        month: Month,
    },
    /// Among the members of a team and several seekers, the group's guests, each with keys of its own for it. Any member
    /// moderates: makes epochs, lets guests in, mutes and removes them.
    Group {
        /// Whether a guest who comes in reads what was written before.
        history: bool,
        /// Guests at most.
        most: u8,
    },
}

/// Something that is always there, encoded as an `Option`: when threads were first written they could be about nothing.
mod there {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Some(value).serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        Option::deserialize(deserializer)?.ok_or_else(|| D::Error::custom("nothing there"))
    }
}

impl ConversationKind {
    /// The staff's thread about a talk.
    #[must_use]
    pub const fn thread(talk: ConversationId) -> Self {
        Self::Thread { about: talk }
    }

    /// Whether it is a group.
    #[must_use]
    pub const fn is_group(&self) -> bool {
        matches!(self, Self::Group { .. })
    }

    /// Whether an id can be that of a conversation of this kind that a team has.
    #[must_use]
    pub fn fits(&self, team: TeamId, id: ConversationId) -> bool {
        match self.staff_id(team) {
            Some(only) => only == id,
            None => !id.is_staff() && id.is_group() == self.is_group(),
        }
    }

    /// The one id that a conversation of the staff's can have; `None` for talks and groups, whose ids are random. A thread of
    /// another talk, or a second one of the same, is thereby none.
    #[must_use]
    pub fn staff_id(&self, team: TeamId) -> Option<ConversationId> {
        let digest = match self {
            Self::Talk | Self::Group { .. } => return None,
            Self::Thread { about: talk } => digest(label::THREAD, talk.as_bytes()),
            Self::Note { owner, about } => digest(label::NOTE, &codec::encode(&(owner, about))),
            Self::Room { month } => return Some(Self::room_id(team, *month)),
        };
        Some(staff_id(&digest))
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
            Self::Thread { about } => Some(*about),
            _ => None,
        }
    }

    /// The id of a team's room in a month.
    #[must_use]
    pub fn room_id(team: TeamId, month: Month) -> ConversationId {
        staff_id(&digest(label::TEAM_ROOM, &codec::encode(&(team, month))))
    }

    /// The month of a team's room.
    #[must_use]
    pub const fn room_month(&self) -> Option<Month> {
        match self {
            Self::Room { month } => Some(*month),
            _ => None,
        }
    }
}

/// The id of a conversation of the staff's.
fn staff_id(digest: &Digest) -> ConversationId {
    let mut id = [0; ConversationId::BYTES];
    let (begin, rest) = id.split_at_mut(ConversationId::STAFF.len());
    begin.copy_from_slice(&ConversationId::STAFF);
    rest.copy_from_slice(&digest.as_bytes()[..rest.len()]);
    ConversationId(id)
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
    /// One of a group's guests, with the key that the epoch names.
    Guest(GuestId),
}

/// One of a group's guests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Who.
    pub guest: GuestId,
    /// The keys: the seeker's for this group and for nothing else.
    pub keys: PersonKeys,
    /// Reads, and writes nothing.
    pub muted: bool,
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
    /// One of a group's guests.
    Guest(Guest),
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
    /// The site; of a team's room [`SiteId::NONE`].
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode;

    const TEAM: TeamId = TeamId([2; 16]);

    #[test]
    fn each_conversation_of_the_staffs_has_one_id_and_no_two_the_same() {
        let (talk, owner) = (ConversationId([1; 16]), PersonId([3; 16]));
        let month = Month::at(1_800_000_000);
        let room = |team, month| ConversationKind::room_id(team, month);
        let ids = [
            ConversationKind::thread_id(talk),
            ConversationKind::Note { owner, about: Some(talk) }.staff_id(TEAM).unwrap(),
            room(TEAM, month),
            room(TEAM, month.before().unwrap()),
            room(TeamId([4; 16]), month),
        ];
        for (number, id) in ids.iter().enumerate() {
            assert!(id.is_staff());
            assert!(ids[number + 1..].iter().all(|other| other != id));
        }
        assert_eq!(ConversationKind::Room { month }.staff_id(TEAM), Some(room(TEAM, month)));
        assert_eq!(ConversationKind::Talk.staff_id(TEAM), None);
        // Of a talk and a group it is clear by the id which of both it is.
        let mut group = talk;
        group.0[..4].copy_from_slice(&ConversationId::GROUP);
        let of_group = ConversationKind::Group { history: false, most: 2 };
        for (kind, id, expect) in [
            (ConversationKind::Talk, talk, true),
            (ConversationKind::Talk, group, false),
            (ConversationKind::Talk, ids[0], false),
            (of_group, talk, false),
            (of_group, group, true),
            (of_group, ids[0], false),
        ] {
            assert_eq!(kind.fits(TEAM, id), expect, "{kind:?} {id}");
        }
        assert_eq!(room(TEAM, month).to_hex(), "ffffffff7a575f99d96c11e2f84cca0d");
    }

    #[test]
    fn kinds_are_encoded_as_they_were_and_grow_at_their_end() {
        let talk = ConversationId([1; 16]);
        let check = |kind: ConversationKind, expect: &[u8]| {
            let bytes = codec::encode(&kind);
            assert_eq!(bytes, expect, "{kind:?}");
            assert_eq!(decode::<ConversationKind>(&bytes).unwrap(), kind);
        };
        check(ConversationKind::Talk, &[0]);
        check(ConversationKind::thread(talk), &[&[1, 1][..], &[1; 16]].concat());
        check(ConversationKind::Room { month: Month::MIN }, &[3, 0xd8, 0xb8, 0x01]);
        check(ConversationKind::Group { history: true, most: 8 }, &[4, 1, 8]);
        // A thread about nothing, and a month that there is not.
        for bytes in [&[1, 0][..], &[3, 0]] {
            assert!(decode::<ConversationKind>(bytes).is_err(), "{bytes:?}");
        }
    }
}
