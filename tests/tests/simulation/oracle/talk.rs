//! A conversation, as its commits say.

use beistand_domain::storage::Actor;
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind},
    epoch::{EpochHeader, Reader},
    id::{AccountId, Digest, MessageId, PersonId},
    team::TeamHeader,
};
use std::collections::BTreeMap;

/// The key of an older epoch, in a box for one reader of a newer one.
pub struct OldKey {
    pub within: u32,
    pub reader: u16,
    pub epoch: u32,
}

/// An envelope.
pub struct Kept {
    pub id: MessageId,
    pub digest: Digest,
    pub kind: EnvelopeKind,
    pub epoch: u32,
    /// Who brought it; unknown if the box ended before it could say.
    pub by: Option<Actor>,
    /// In the order of everything that was stored.
    pub order: u64,
}

/// A conversation.
pub struct Talk {
    pub seeker: AccountId,
    pub envelopes: Vec<Kept>,
    pub places: BTreeMap<MessageId, u64>,
    pub epochs: Vec<EpochHeader>,
    pub old_keys: Vec<OldKey>,
    pub state: ConversationState,
    /// It was destroyed, and may not come back.
    pub destroyed: bool,
}

impl Talk {
    pub fn new(seeker: AccountId, state: ConversationState) -> Self {
        Self {
            seeker,
            envelopes: Vec::new(),
            places: BTreeMap::new(),
            epochs: Vec::new(),
            old_keys: Vec::new(),
            state,
            destroyed: false,
        }
    }

    /// Whether this person was given the key of an epoch: of itself, of a later one whose history reaches back to
    /// it, or in a box of its own when a conversation was handed over.
    pub fn opened_to(&self, person: PersonId, epoch: u32, generations: &BTreeMap<u32, TeamHeader>) -> bool {
        let names = |reader: &Reader| match reader {
            Reader::Person { person: reads, .. } => *reads == person,
            // A later generation holds the secrets before it, as far back as each links the one before.
            Reader::Team { number, .. } => generations
                .range(number..)
                .take_while(|(later, header)| *later == number || header.history.is_some())
                .any(|(_, header)| header.members.iter().any(|member| member.person == person)),
            // No client of this world founds groups.
            Reader::Seeker(_) | Reader::Guest(_) => false,
        };
        let reaches = |from: u32| from >= epoch && self.epochs[from as usize].history_from <= epoch;
        let boxed = |old: &&OldKey| names(&self.epochs[old.within as usize].readers[usize::from(old.reader)]);
        self.epochs.iter().any(|header| header.readers.iter().any(names) && reaches(header.number))
            || self.old_keys.iter().filter(boxed).any(|old| reaches(old.epoch))
    }

    /// Whether the other side confirmed anything after a place.
    pub fn is_confirmed_after(&self, position: u64, by_staff: bool) -> bool {
        self.envelopes.iter().skip(position as usize + 1).any(|kept| {
            kept.kind == EnvelopeKind::Receipt
                && kept.by.is_none_or(|by| matches!(by, Actor::Person(_)) == by_staff)
        })
    }
}
