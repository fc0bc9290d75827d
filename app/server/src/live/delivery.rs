//! Who hears of what is stored: the hub's part of routing envelopes.

use super::hub::{ConnectionId, State, frame};
use crate::directory::{is_active, teams_of};
use beistand_domain::{
    clock::Seconds,
    record::{Conversation, NewEnvelope},
    storage::Actor,
};
use beistand_protocol::{api::StoredEnvelope, id::PersonId, live::ServerFrame};
use std::collections::BTreeMap;

impl State {
    /// Staff connections that may read a conversation.
    pub(super) fn readers(&self, conversation: &Conversation) -> Vec<ConnectionId> {
        // The same person's teams are asked for once, however many tabs are open.
        let mut known: BTreeMap<PersonId, bool> = BTreeMap::new();
        self.staff
            .iter()
            .filter(|(_, person)| {
                *known.entry(**person).or_insert_with(|| {
                    is_active(self.log(), **person)
                        && self.index.reads(conversation, **person, &teams_of(self.log(), **person))
                })
            })
            .map(|(id, _)| *id)
            .collect()
    }

    pub(super) fn of_seeker(&self, conversation: &Conversation) -> Vec<ConnectionId> {
        conversation.seekers().filter_map(|seeker| self.by_account.get(&seeker)).flatten().copied().collect()
    }

    /// Everybody connected who may read a conversation.
    pub(super) fn audience(&self, conversation: &Conversation) -> Vec<ConnectionId> {
        let mut all = self.of_seeker(conversation);
        all.extend(self.readers(conversation));
        all
    }

    pub(super) fn stored(
        &mut self,
        envelopes: &[NewEnvelope],
        places: &[(u64, Seconds)],
        new_from: u64,
        conversation: Conversation,
        actor: Actor,
    ) {
        let id = conversation.id;
        self.turns_due |= conversation.seeker().is_some();
        let before = self.index.get(id).cloned();
        let former: Vec<_> = before.as_ref().map(|before| self.readers(before)).unwrap_or_default();
        let guests = |known: &Conversation| match known.group() {
            Some(_) => self.of_seeker(known),
            None => Vec::new(),
        };
        let former_guests = before.as_ref().map(guests).unwrap_or_default();
        let now_guests = guests(&conversation);
        let fresh_guests: Vec<_> =
            now_guests.iter().copied().filter(|id| !former_guests.contains(id)).collect();
        let lost_guests = former_guests.into_iter().filter(|id| !now_guests.contains(id));
        // Who reads a talk no longer doesn't read the thread about it either, and the reverse.
        let moved = before.as_ref().is_some_and(|before| before.readers != conversation.readers);
        let thread = self.index.thread_about(id).filter(|_| moved).cloned();
        let beside = thread.map(|thread| (self.readers(&thread), thread));
        drop(self.index.put(conversation.clone()));
        let readers = self.readers(&conversation);
        let seekers = self.of_seeker(&conversation);
        let fresh: Vec<_> = readers.iter().copied().filter(|id| !former.contains(id)).collect();
        let lost: Vec<_> = former.into_iter().filter(|id| !readers.contains(id)).chain(lost_guests).collect();
        let changed = before
            .as_ref()
            .is_none_or(|b| b.state != conversation.state || b.length == 0 || b.steps != conversation.steps);
        let promise_changed = !changed && before.is_some_and(|b| b.answer_by_s != conversation.answer_by_s);
        if changed {
            self.tell_summary(&conversation, &readers, &seekers);
        } else {
            self.tell_summary(&conversation, &fresh, &fresh_guests);
        }
        // Who gives something away sees that it was stored, and can hand over the thread beside it.
        let giver = |id: &&ConnectionId| self.staff.get(*id).map(|p| Actor::Person(*p)) == Some(actor);
        let hear: Vec<_> = readers.iter().chain(&seekers).chain(lost.iter().filter(giver)).copied().collect();
        for (new, (position, stored_s)) in envelopes.iter().zip(places) {
            // Sent again: everybody has it.
            if *position < new_from {
                continue;
            }
            let stored =
                StoredEnvelope { position: *position, stored_s: *stored_s, envelope: new.envelope.clone() };
            let stored = frame(&ServerFrame::Stored { conversation: id, stored });
            self.push(hear.iter().copied(), &stored);
        }
        // After what has changed it: nobody has to fetch anything for it.
        if promise_changed {
            self.tell_summary(&conversation, &readers, &seekers);
        }
        self.push(lost, &frame(&ServerFrame::Gone(id)));
        if let Some((former, thread)) = beside {
            self.regroup(&former, &thread);
        }
    }

    /// A thread has other readers without having grown.
    fn regroup(&mut self, former: &[ConnectionId], thread: &Conversation) {
        let readers = self.readers(thread);
        let fresh: Vec<_> = readers.iter().copied().filter(|id| !former.contains(id)).collect();
        self.tell_summary(thread, &fresh, &[]);
        let lost = former.iter().copied().filter(|id| !readers.contains(id));
        self.push(lost, &frame(&ServerFrame::Gone(thread.id)));
    }
}
