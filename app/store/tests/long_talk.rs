//! A conversation with more envelopes than one commit can name is deleted in one commit all the same:
//! nothing of it can be read afterwards, and what is left of it goes with the next tidying up.
//!
//! `BEISTAND_TEST_SIZE=long`: as many as a talk can have.
#![allow(clippy::unwrap_used)]

mod parts;

use beistand_domain::record::NewEnvelope;
use beistand_domain::storage::{Actor, Change, CommitError, Refused, Storage};
use beistand_protocol::api::{Envelope, EnvelopeKind};
use beistand_protocol::id::{AccountId, MessageId};
use beistand_protocol::limit;
use parts::{Data, block_on, conversation, envelope, epoch};

fn message(number: u64) -> NewEnvelope {
    let mut id = [0xee; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let like = envelope(1, EnvelopeKind::Message, 0);
    NewEnvelope { envelope: Envelope { id: MessageId(id), ..like.envelope }, ..like }
}

#[test]
fn conversation_of_any_length_is_deleted_at_once() {
    let long = std::env::var("BEISTAND_TEST_SIZE").as_deref() == Ok("long");
    let length = if long { limit::CONVERSATION_MESSAGES_MAX } else { 60_000 };
    let data = Data::new();
    let mut options = data.options();
    options.limits.segment_bytes = 4 << 20;
    options.limits.journal_bytes_min = 16 << 20;
    options.limits.journal_bytes_max = 16 << 20;
    options.limits.spare_bytes = 8 << 20;
    let limits = options.limits.clone();
    let store = beistand_store::Store::open(options).unwrap();
    let kept = conversation(2, 8);
    let talk = conversation(1, 9);
    let id = talk.id;
    let append = |envelopes| Change::ConversationAppend {
        conversation: id,
        actor: Actor::Seeker(AccountId([9; 16])),
        envelopes,
        answer_by_s: None,
    };
    block_on(store.commit(1, vec![Change::ConversationAdd(talk.clone()), Change::ConversationAdd(kept)]))
        .unwrap();
    block_on(store.commit(1, vec![append(vec![epoch(1, 0, 0)])])).unwrap();
    let numbers: Vec<u64> = (1..length).collect();
    for some in numbers.chunks(16_000) {
        let commits: Vec<_> = some
            .chunks(64)
            .map(|some| store.commit(2, vec![append(some.iter().copied().map(message).collect())]))
            .collect();
        commits.into_iter().for_each(|commit| drop(block_on(commit).unwrap()));
    }
    assert_eq!(store.lookup_conversation(id).unwrap().unwrap().length, length);

    block_on(store.commit(3, vec![Change::ConversationRemove(id)])).unwrap();
    assert_eq!(store.list_conversations().unwrap().len(), 1);
    assert!(store.list_envelopes(id, 0, 10, 10_000).unwrap().is_empty());
    assert!(store.list_envelopes(id, length - 9, 10, 10_000).unwrap().is_empty());
    // While something of it is left, its id is not free: nothing old can appear in a new one.
    let again = || block_on(store.commit(4, vec![Change::ConversationAdd(talk.clone())]));
    assert!(matches!(again(), Err(CommitError::Refused(Refused::IdTaken))));
    block_on(store.tidy()).unwrap();
    let bytes = |part: &str| {
        let dir = std::fs::read_dir(data.path().join(part)).unwrap();
        dir.map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    assert!(bytes("checkpoint") < 4096, "{} bytes for one empty conversation", bytes("checkpoint"));
    // The current segment and the next one, made ahead.
    assert!(
        bytes("journal") < 2 * limits.segment_bytes + (64 << 10),
        "{} bytes of journal",
        bytes("journal")
    );
    again().unwrap();
    assert!(store.list_envelopes(id, 0, 10, 10_000).unwrap().is_empty());
}
