//! The history graph: which message builds on which, and what is missing.
//!
//! Each message names the one before of its own device session and the heads its author saw.
//! Two tabs or devices of one account are different device sessions, so honest ones never clash;
//! what clashes or is missing was made so by somebody in between.

use super::ApplyError;
use crate::message::Content;
use beistand_protocol::{
    epoch::Author,
    id::{DeviceSessionId, Digest, GuestId, PersonId},
    limit,
};
use std::collections::{BTreeMap, BTreeSet};

/// Something was withheld, doubled or lied about. Always a hard stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// A message that a later one names is not there.
    Missing(Digest),
    /// An epoch closes other heads than there are: something was put in or left out.
    Heads,
    /// An epoch hands on another key than it promises.
    KeyMismatch,
}

/// A device session is one author's.
type Session = (Who, DeviceSessionId);

/// Whose it is, whatever key signs: nobody uses up the counters of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Seeker,
    Person(PersonId),
    Guest(GuestId),
}

impl From<Author> for Who {
    fn from(author: Author) -> Self {
        match author {
            Author::Seeker => Self::Seeker,
            Author::Person { person, .. } => Self::Person(person),
            Author::Guest(guest) => Self::Guest(guest),
        }
    }
}

/// See the module's documentation.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    known: BTreeMap<Digest, u64>,
    heads: BTreeSet<Digest>,
    missing: BTreeSet<Digest>,
    sessions: BTreeMap<Session, (u64, Digest)>,
    receipts: BTreeMap<Session, u64>,
    /// Newest number given to an own receipt, whether or not the server ever showed it again.
    drawn: u64,
    typing: BTreeMap<Session, u64>,
    /// Messages that can't be read here: what they name is unknown.
    blind: BTreeSet<Digest>,
    /// Whether there were such messages since the last epoch.
    heads_unknown: bool,
}

fn session(content: &Content) -> Session {
    (content.author.into(), content.device_session)
}

impl Graph {
    pub fn knows(&self, digest: &Digest) -> bool {
        self.known.contains_key(digest)
    }

    /// Keeps the digest of something that can't be read here.
    pub fn unreadable(&mut self, digest: Digest, position: u64) {
        self.known.insert(digest, position);
        self.blind.insert(digest);
        self.heads_unknown = true;
    }

    /// Adds a message and tells what it names that is not there.
    pub fn append(
        &mut self,
        content: &Content,
        digest: Digest,
        position: u64,
    ) -> Result<Vec<Alarm>, ApplyError> {
        if self.missing.remove(&digest) {
            // It is there after all, but later than what builds on it: the order is not the author's.
            self.known.insert(digest, position);
            return Err(ApplyError::Reordered);
        }
        let session = session(content);
        let last = self.sessions.get(&session);
        if let Some((counter, before)) = last {
            // The counter is the author's word: it may be anything.
            let next = counter.checked_add(1) == Some(content.counter);
            let skips = content.counter > *counter && !next;
            let before_known = content
                .predecessor
                .is_some_and(|named| self.known.contains_key(&named) && !self.blind.contains(&named));
            // Repeated, or the counter and the message it follows do not agree. A gap is fine as
            // such: what is named and not there is an alarm below.
            if !(next || skips) || (next && content.predecessor != Some(*before)) || (skips && before_known) {
                return Err(ApplyError::Replayed);
            }
        }
        let mut alarms = Vec::new();
        for named in content.predecessor.iter().chain(&content.heads) {
            if !self.known.contains_key(named) && self.missing.insert(*named) {
                alarms.push(Alarm::Missing(*named));
            }
            self.heads.remove(named);
        }
        self.known.insert(digest, position);
        self.heads.insert(digest);
        self.sessions.insert(session, (content.counter, digest));
        Ok(alarms)
    }

    /// Counters outside history only grow.
    pub fn check_side_counter(&mut self, content: &Content, typing: bool) -> Result<(), ApplyError> {
        let row = if typing { &mut self.typing } else { &mut self.receipts };
        let last = row.entry(session(content)).or_default();
        if content.counter <= *last {
            return Err(ApplyError::Replayed);
        }
        *last = content.counter;
        Ok(())
    }

    /// An epoch closes everything before it: its heads must be exactly the ones there are. What
    /// was unreadable here is taken on the epoch's word.
    pub fn close(&mut self, closing: &[Digest]) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        for head in closing {
            if !self.known.contains_key(head) && self.missing.insert(*head) {
                alarms.push(Alarm::Missing(*head));
            }
        }
        if !self.heads_unknown && !self.heads.iter().eq(closing) {
            alarms.push(Alarm::Heads);
        }
        self.heads = closing.iter().copied().collect();
        self.heads_unknown = false;
        alarms
    }

    #[cfg(test)]
    pub fn dangerous_set(&mut self, device: DeviceSessionId, counter: u64, last: Digest) {
        self.sessions.insert((Who::Seeker, device), (counter, last));
    }

    /// The heads, in byte order.
    pub fn heads(&self) -> Vec<Digest> {
        self.heads.iter().copied().collect()
    }

    /// Counter, predecessor and heads for the next message of a device session. With more heads
    /// than a message may name, the oldest wait for the next one.
    pub fn next(&self, who: Who, device: DeviceSessionId) -> (u64, Option<Digest>, Vec<Digest>) {
        let last = self.sessions.get(&(who, device));
        let predecessor = last.map(|(_, digest)| *digest);
        let mut heads: Vec<Digest> =
            self.heads.iter().filter(|head| Some(**head) != predecessor).copied().collect();
        heads.sort_by_key(|head| core::cmp::Reverse(self.known.get(head)));
        heads.truncate(limit::HEADS_MAX);
        heads.sort_unstable();
        (last.map_or(1, |(counter, _)| counter.saturating_add(1)), predecessor, heads)
    }

    /// The number of the next own receipt.
    pub fn next_receipt(&self, who: Who, device: DeviceSessionId) -> u64 {
        self.receipts.get(&(who, device)).map_or(1, |last| last.saturating_add(1)).max(self.drawn)
    }

    /// The next receipt's number, used up at once.
    pub fn draw_receipt(&mut self, who: Who, device: DeviceSessionId) {
        let shown = self.receipts.get(&(who, device)).copied().unwrap_or_default();
        self.drawn = self.drawn.max(shown).saturating_add(1);
    }

    /// Takes over which numbers a former copy has used up.
    pub fn keep_drawn(&mut self, former: &Self) {
        self.drawn = self.drawn.max(former.drawn);
    }

    /// The next typing counter, used up at once.
    pub fn use_typing(&mut self, who: Who, device: DeviceSessionId) -> u64 {
        let last = self.typing.entry((who, device)).or_default();
        *last = last.saturating_add(1);
        *last
    }
}
