//! The staff's thread beside a talk: a conversation of its own that no seeker's key opens.
//!
//! Its id follows from the talk's, so there is one at most, and the server can't pass off another. It is opened with
//! the first words that somebody writes in it, by whoever is first. Who reads it, the log and the talk's newest epoch
//! say.

use super::{Client, STAFF, conversation::Talk, log_in::Session, start::Place, transport::Transport};
use beistand_protocol::{
    epoch::{Basis, ConversationKind, EpochChain, entitled_people},
    id::ConversationId,
};

impl Session {
    /// The talk whose thread this would be, if it is known here.
    pub fn talk_of_thread(&self, id: ConversationId) -> Option<ConversationId> {
        let mut talks = self.talks.keys().filter(|talk| !talk.is_staff() && !talk.is_group());
        talks.find(|talk| ConversationKind::thread_id(**talk) == id).copied()
    }

    /// The epochs of the talk that a thread is about.
    pub fn beside(&self, id: ConversationId) -> Option<EpochChain> {
        if !STAFF {
            return None;
        }
        let about = self.talks.get(&id)?.about()?;
        self.talks.get(&about).map(|talk| talk.core.chain().clone())
    }
}

impl<T: Transport> Client<T> {
    /// Fetches a talk anew for what its thread names of it.
    #[cfg(feature = "staff")]
    pub(super) async fn refetch_talk(
        &mut self,
        talk: ConversationId,
    ) -> Result<(), beistand_protocol::worker::Failure> {
        Box::pin(self.refetch(talk)).await
    }

    /// Makes room for a thread, or a room of a team, that nobody has written in yet.
    pub(super) fn ensure_thread(&mut self, id: ConversationId) {
        if !STAFF || !id.is_staff() {
            return;
        }
        let now_s = self.transport.now_ms() / 1000;
        let Some(session) = &mut self.session else { return };
        if session.talks.contains_key(&id) {
            return;
        }
        let Some(about) = session.talk_of_thread(id) else { return self.ensure_room(id) };
        let Some(epoch) = session.talks.get(&about).and_then(|talk| talk.core.epoch()) else { return };
        let mut thread = session.unopened(id, epoch.header.site, epoch.header.team, now_s);
        thread.about = Some(about);
        session.talks.insert(id, thread);
    }
}

/// Whether a thread is to be handed over: its talk went to others, who can't read it before somebody who can makes the
/// next epoch.
pub(super) fn handover_due(thread: &Talk, beside: Option<&EpochChain>, place: &Place) -> bool {
    let (Some(epoch), Some(beside)) = (thread.core.epoch(), beside) else { return false };
    let state = place.log.state();
    let Some(facts) = epoch.facts().beside(state, Some(beside)) else { return false };
    facts.holder != epoch.header.holder
        && thread.core.is_readable()
        && entitled_people(state, &facts, Basis::Ordinary)
            .is_ok_and(|people| !people.is_subset(&epoch.people))
}
