//! What is told of a conversation as a whole: how it stands, who is there, to whom it has gone on.

use super::{
    hub::{ConnectionId, Hub, State, frame},
    index::summary,
};
use crate::directory::{is_active, teams_of};
use beistand_domain::{
    conversation::{escalated, is_letter},
    record::Conversation,
};
use beistand_protocol::{
    api::{ConversationSummary, SessionKind},
    id::{AccountId, ConversationId, PersonId, TeamId},
    live::ServerFrame,
    queue::Step,
};

impl Hub {
    /// A conversation as lists show it.
    #[must_use]
    pub fn summary(&self, kind: SessionKind, conversation: &Conversation) -> ConversationSummary {
        self.lock().summary(kind, conversation)
    }

    /// Whether a person is to be called because of a conversation, which they may read and no open page of theirs tells
    /// them of; or because of something else, which pages don't tell.
    #[must_use]
    pub fn is_to_be_called(&self, person: PersonId, conversation: Option<&Conversation>) -> bool {
        let state = self.lock();
        let unseen = |known: &Conversation| {
            !state.presence.contains_key(&person)
                && state.index.reads(known, person, &teams_of(state.log(), person))
        };
        is_active(state.log(), person) && conversation.is_none_or(unseen)
    }

    /// A request that nobody has accepted goes on: those who read hear of it, and its seeker once it is a letter.
    pub fn escalated(&self, id: ConversationId, newest: Step, step: Step) {
        self.with(|state| {
            let known = state.index.get(id).and_then(|known| escalated(known, newest, step));
            let Some(conversation) = known else { return };
            state.turns_due = true;
            drop(state.index.put(conversation.clone()));
            let readers = state.readers(&conversation);
            // Whom the team asks, nobody else can tell from when frames come.
            let seekers = if is_letter(&conversation) { state.of_seeker(&conversation) } else { Vec::new() };
            state.tell_summary(&conversation, &readers, &seekers);
        });
    }
}

impl Hub {
    /// A group has other opening times, or an account may be or is no more among its guests. Nobody is told: what guests
    /// see of it, the group's envelopes say.
    pub fn regrouped(&self, id: ConversationId, change: impl FnOnce(&Conversation) -> Option<Conversation>) {
        self.with(|state| {
            if let Some(after) = state.index.get(id).and_then(change) {
                drop(state.index.put(after));
            }
        });
    }

    /// Groups of a team.
    #[must_use]
    pub fn groups_of(&self, team: TeamId) -> usize {
        self.lock().index.all().filter(|known| known.group().is_some() && known.team == team).count()
    }
}

impl State {
    /// Whether the seeker of a conversation that has one is there.
    fn is_present(&self, conversation: &Conversation) -> bool {
        conversation.seeker().is_some_and(|seeker| self.is_connected(seeker))
    }

    pub(super) fn summary(&self, kind: SessionKind, conversation: &Conversation) -> ConversationSummary {
        summary(conversation, kind, self.is_present(conversation))
    }

    /// Tells how a conversation stands: those who read, and its seeker, who does not hear whom the team has asked.
    pub(super) fn tell_summary(
        &mut self,
        conversation: &Conversation,
        readers: &[ConnectionId],
        seekers: &[ConnectionId],
    ) {
        let present = self.is_present(conversation);
        // Whose it is says nothing more here than which side.
        let staff = SessionKind::Staff(PersonId([0; 16]));
        for (kind, to) in [(staff, readers), (SessionKind::Seeker(conversation.site), seekers)] {
            if !to.is_empty() {
                let news = ServerFrame::Conversation(summary(conversation, kind, present));
                self.push(to.iter().copied(), &frame(&news));
            }
        }
    }

    /// A seeker has come or gone.
    pub(super) fn tell_seeker_presence(&mut self, seeker: AccountId) {
        self.turns_due = true;
        // Who of a group's guests is there is not told.
        let talks = self.index.of_seeker(seeker).filter(|known| known.seeker().is_some());
        let conversations: Vec<_> = talks.cloned().collect();
        for conversation in conversations {
            let readers = self.readers(&conversation);
            self.tell_summary(&conversation, &readers, &[]);
        }
    }
}
