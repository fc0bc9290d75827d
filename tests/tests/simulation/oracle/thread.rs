//! What the staff say among themselves, beside talks and in rooms: nothing in them is lost or stored twice, no seeker is among their readers, and no
//! thread outlives its talk.

use beistand_protocol::{
    api::{EnvelopeKind, StoredEnvelope},
    codec::decode,
    epoch::{EpochHeader, Reader, SignedEpoch},
    id::{ConversationId, Digest, MessageId},
    signature::plain_digest,
};
use std::collections::BTreeMap;

/// All of them, with what is stored in each, in its order.
#[derive(Default)]
pub(super) struct Threads(BTreeMap<ConversationId, Vec<(MessageId, Digest)>>);

impl Threads {
    /// One is opened.
    pub(super) fn open(&mut self, id: ConversationId) {
        assert!(self.0.insert(id, Vec::new()).is_none(), "a thread was opened twice");
    }

    /// Whether it is one.
    pub(super) fn has(&self, id: ConversationId) -> bool {
        self.0.contains_key(&id)
    }

    /// Where something is stored.
    pub(super) fn place(&self, id: ConversationId, message: MessageId) -> Option<u64> {
        let place = self.0.get(&id)?.iter().position(|(known, _)| *known == message)?;
        Some(place as u64)
    }

    /// One goes with its talk, or by itself.
    pub(super) fn destroy(&mut self, id: ConversationId) -> bool {
        self.0.remove(&id).is_some()
    }

    /// One envelope was stored; `again`: it had been before.
    pub(super) fn hear(&mut self, id: ConversationId, stored: &StoredEnvelope, again: bool) {
        let thread = self.0.entry(id).or_default();
        let envelope = &stored.envelope;
        let place = thread.iter().position(|(known, _)| *known == envelope.id);
        if again {
            assert_eq!(
                place.map(|place| place as u64),
                Some(stored.position),
                "what is sent again keeps its place"
            );
            return;
        }
        assert_eq!(place, None, "{:?} was stored twice in a thread", envelope.id);
        assert_eq!(stored.position, thread.len() as u64, "places in a thread are without gap");
        thread.push((envelope.id, plain_digest(&envelope.sealed.0)));
        if envelope.kind == EnvelopeKind::Epoch {
            let signed: SignedEpoch = decode(&envelope.sealed.0).unwrap();
            let header: EpochHeader = decode(&signed.header).unwrap();
            let seekers = header.readers.iter().filter(|reader| matches!(reader, Reader::Seeker(_)));
            assert_eq!(seekers.count(), 0, "a seeker can read what staff say among themselves");
        }
    }

    /// What is stored is what was heard, and perhaps more that the box ended before it could tell.
    pub(super) fn compare(&mut self, id: ConversationId, stored: &[StoredEnvelope]) {
        let known = self.0.entry(id).or_default().clone();
        assert!(stored.len() >= known.len(), "{id:?} has lost envelopes");
        for (index, stored) in stored.iter().enumerate() {
            assert_eq!(stored.position, index as u64, "a gap in what is stored");
            match known.get(index) {
                Some(kept) => {
                    let same = *kept == (stored.envelope.id, plain_digest(&stored.envelope.sealed.0));
                    assert!(same, "{id:?} has changed at {index}");
                }
                None => self.hear(id, stored, false),
            }
        }
    }
}
