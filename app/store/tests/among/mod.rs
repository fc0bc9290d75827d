//! What the staff say among themselves: threads go with their talks, rooms by themselves.

use crate::{
    SEEKER, append, appended, commit, done,
    parts::{self, conversation, envelope, epoch},
    refused,
};
use beistand_domain::{
    record::Conversation,
    storage::{Actor, Change, Output, Refused, Storage},
};
use beistand_protocol::{api::EnvelopeKind, id::PersonId};

pub fn a_thread_goes_with_its_talk(storage: &dyn Storage) {
    let talk = conversation(1, 1).id;
    let thread = parts::thread(talk);
    let words = || Change::ConversationAppend {
        conversation: thread.id,
        actor: Actor::Person(PersonId([5; 16])),
        envelopes: vec![epoch(1, 0, 0), envelope(2, EnvelopeKind::Message, 0)],
        answer_by_s: None,
    };
    // There is none without its talk, nor under another id.
    assert_eq!(refused(storage, Change::ConversationAdd(thread.clone())), Refused::NotFound);
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    appended(storage, append(1, SEEKER, vec![epoch(1, 0, 0)]));
    let elsewhere = Conversation { id: conversation(7, 1).id, ..thread.clone() };
    assert_eq!(refused(storage, Change::ConversationAdd(elsewhere)), Refused::NotFound);
    let last_s = storage.lookup_conversation(talk).unwrap().unwrap().last_s;
    let expire = Change::ConversationExpire { conversation: talk, last_s };
    for end in [Change::ConversationRemove(talk), expire] {
        done(storage, Change::ConversationAdd(thread.clone()));
        appended(storage, words());
        done(storage, end);
        assert!(storage.list_conversations().unwrap().is_empty());
        assert!(storage.list_envelopes(thread.id, 0, 100, 1 << 20).unwrap().is_empty());
        assert_eq!(refused(storage, words()), Refused::NotFound);
        done(storage, Change::ConversationAdd(conversation(1, 1)));
        appended(storage, append(1, SEEKER, vec![epoch(1, 0, 0)]));
    }
}

pub fn a_room_goes_by_itself(storage: &dyn Storage) {
    let room = parts::room();
    let words = || Change::ConversationAppend {
        conversation: room.id,
        actor: Actor::Person(PersonId([5; 16])),
        envelopes: vec![epoch(1, 0, 0), envelope(2, EnvelopeKind::Message, 0)],
        answer_by_s: None,
    };
    // The team's and the month's, and no other one's.
    let elsewhere = Conversation { id: conversation(7, 1).id, ..room.clone() };
    assert_eq!(refused(storage, Change::ConversationAdd(elsewhere)), Refused::NotFound);
    done(storage, Change::ConversationAdd(room.clone()));
    assert_eq!(refused(storage, Change::ConversationAdd(room.clone())), Refused::IdTaken);
    appended(storage, words());
    // It needs no talk, and stays when one goes.
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    done(storage, Change::ConversationRemove(conversation(1, 1).id));
    let kept = storage.lookup_conversation(room.id).unwrap().unwrap();
    assert_eq!((kept.whose, kept.length), (room.whose, 2));
    assert_eq!(storage.list_conversations().unwrap(), std::slice::from_ref(&kept));
    let expire = |last_s| Change::ConversationExpire { conversation: room.id, last_s };
    assert_eq!(commit(storage, vec![expire(kept.last_s + 1)]).unwrap(), [Output::Kept]);
    done(storage, expire(kept.last_s));
    assert!(storage.list_conversations().unwrap().is_empty());
    assert!(storage.list_envelopes(room.id, 0, 100, 1 << 20).unwrap().is_empty());
}
