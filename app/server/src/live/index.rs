//! Every conversation's routing in memory: what storage says, updated with each commit.

use beistand_domain::{
    conversation::{is_letter, may_read},
    record::{Conversation, Whose},
};
use beistand_protocol::{
    api::{ConversationSummary, SessionKind},
    codec::encode,
    epoch::ConversationKind,
    id::{AccountId, ConversationId, PersonId, TeamId},
};
use std::collections::{BTreeMap, BTreeSet};

/// All conversations, and which ones a seeker has.
#[derive(Default)]
pub(super) struct Index {
    all: BTreeMap<ConversationId, Conversation>,
    by_seeker: BTreeMap<AccountId, BTreeSet<ConversationId>>,
}

impl Index {
    /// Takes over a conversation as it now is; gives it as it was.
    pub(super) fn put(&mut self, conversation: Conversation) -> Option<Conversation> {
        let before = self.remove(conversation.id);
        for seeker in conversation.seekers() {
            self.by_seeker.entry(seeker).or_default().insert(conversation.id);
        }
        self.all.insert(conversation.id, conversation);
        before
    }

    pub(super) fn remove(&mut self, id: ConversationId) -> Option<Conversation> {
        let gone = self.all.remove(&id)?;
        for seeker in gone.seekers() {
            if let Some(ids) = self.by_seeker.get_mut(&seeker) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.by_seeker.remove(&seeker);
                }
            }
        }
        Some(gone)
    }

    pub(super) fn get(&self, id: ConversationId) -> Option<&Conversation> {
        self.all.get(&id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Conversation> {
        self.all.values()
    }

    pub(super) fn of_seeker(&self, seeker: AccountId) -> impl Iterator<Item = &Conversation> {
        self.by_seeker.get(&seeker).into_iter().flatten().filter_map(|id| self.all.get(id))
    }

    pub(super) fn of_person(
        &self,
        person: PersonId,
        teams: &[TeamId],
    ) -> impl Iterator<Item = &Conversation> {
        self.all.values().filter(move |conversation| self.reads(conversation, person, teams))
    }

    /// Whether a staff person with these teams may fetch a conversation: a thread only together with its talk, a room
    /// or group whoever is in its team now, whom its newest epoch may not name yet, or still.
    pub(super) fn reads(&self, conversation: &Conversation, person: PersonId, teams: &[TeamId]) -> bool {
        let reads = |conversation: &Conversation| may_read(&conversation.readers, person, teams);
        match conversation.whose {
            Whose::Seeker(_) => reads(conversation),
            Whose::Thread(talk) => reads(conversation) && self.all.get(&talk).is_some_and(reads),
            Whose::Room(_) | Whose::Group(_) => teams.contains(&conversation.team),
        }
    }

    /// The staff's thread about a talk, if there is one.
    pub(super) fn thread_about(&self, talk: ConversationId) -> Option<&Conversation> {
        self.all.get(&ConversationKind::thread_id(talk))
    }
}

/// A conversation as lists show it. Whom the team has asked is the team's.
pub(super) fn summary(
    conversation: &Conversation,
    kind: SessionKind,
    seeker_present: bool,
) -> ConversationSummary {
    ConversationSummary {
        id: conversation.id,
        site: conversation.site,
        team: conversation.team,
        state: conversation.state,
        opened_s: conversation.opened_s,
        last_s: conversation.last_s,
        length: conversation.length,
        epoch: conversation.epoch,
        seeker_present,
        answer_by_s: conversation.answer_by_s,
        letter: is_letter(conversation),
        steps: match kind {
            SessionKind::Staff(_) => encode(&conversation.steps),
            SessionKind::Seeker(_) => Vec::new(),
        },
    }
}
