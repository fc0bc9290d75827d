//! What is no talk: threads go with their talks, rooms and groups by themselves.

use crate::{
    SEEKER, append, appended, commit, done,
    parts::{self, conversation, envelope, epoch},
    refused,
};
use beistand_domain::{
    record::{Conversation, Group, NewEnvelope, Readers, Whose},
    storage::{Actor, Change, Output, Refused, Storage},
};
use beistand_protocol::{
    api::{EnvelopeKind, Window},
    id::{AccountId, GuestId, PersonId},
};

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
    assert_eq!((&kept.whose, kept.length), (&room.whose, 2));
    assert_eq!(storage.list_conversations().unwrap(), std::slice::from_ref(&kept));
    let expire = |last_s| Change::ConversationExpire { conversation: room.id, last_s };
    assert_eq!(commit(storage, vec![expire(kept.last_s + 1)]).unwrap(), [Output::Kept]);
    done(storage, expire(kept.last_s));
    assert!(storage.list_conversations().unwrap().is_empty());
    assert!(storage.list_envelopes(room.id, 0, 100, 1 << 20).unwrap().is_empty());
}

pub fn a_group_knows_its_guests(storage: &dyn Storage) {
    let group = Conversation { whose: Whose::Group(Group::default()), ..conversation(7, 1) };
    let (guest, account) = (GuestId([8; 16]), AccountId([1; 16]));
    let with = |guests: Vec<(GuestId, bool)>, id: u8, number, position| NewEnvelope {
        readers: Some(Readers { persons: vec![PersonId([5; 16])], teams: Vec::new(), guests }),
        ..epoch(id, number, position)
    };
    let by = |actor, envelopes| Change::ConversationAppend {
        conversation: group.id,
        actor,
        envelopes,
        answer_by_s: None,
    };
    let person = Actor::Person(PersonId([5; 16]));
    let words = |id, number| by(SEEKER, vec![envelope(id, EnvelopeKind::Message, number)]);
    let put = |windows: Vec<Window>, guest| Change::GroupPut { conversation: group.id, windows, guest };
    let always = vec![Window { from_s: 0, until_s: u64::MAX }];
    assert_eq!(refused(storage, put(Vec::new(), None)), Refused::NotFound);
    done(storage, Change::ConversationAdd(group.clone()));
    appended(storage, by(person, vec![epoch(1, 0, 0)]));
    let conversation_refused = |change| match refused(storage, change) {
        Refused::Conversation(why) => why,
        other => panic!("{other}"),
    };
    use beistand_domain::conversation::Refused as Why;
    // Named by the box alone, nobody is a guest; named by an epoch, nobody is one whose account is not known.
    done(storage, put(always.clone(), Some((guest, account))));
    assert_eq!(conversation_refused(words(2, 0)), Why::Forbidden);
    appended(storage, by(person, vec![with(vec![(guest, false), (GuestId([9; 16]), false)], 3, 1, 1)]));
    appended(storage, words(4, 1));
    let known = storage.lookup_conversation(group.id).unwrap().unwrap();
    assert_eq!(known.seekers().collect::<Vec<_>>(), [account]);
    assert_eq!(known.guest(account), Some((guest, false)));
    assert_eq!(known.group().unwrap().windows, always);
    // Closed, muted, and out.
    done(storage, put(Vec::new(), None));
    assert_eq!(conversation_refused(words(5, 1)), Why::NotOpen);
    done(storage, put(always.clone(), None));
    appended(storage, words(5, 1));
    appended(storage, by(person, vec![with(vec![(guest, true)], 6, 2, 4)]));
    assert_eq!(conversation_refused(words(7, 2)), Why::Muted);
    appended(storage, by(person, vec![with(Vec::new(), 8, 3, 5)]));
    assert_eq!(conversation_refused(words(9, 3)), Why::Forbidden);
    // Let in again, and gone with the account.
    appended(storage, by(person, vec![with(vec![(guest, false)], 10, 4, 6)]));
    appended(storage, words(11, 4));
    done(storage, Change::GroupLeave { conversation: group.id, account });
    assert_eq!(conversation_refused(words(12, 4)), Why::Forbidden);
    assert_eq!(storage.lookup_conversation(group.id).unwrap().unwrap().seekers().count(), 0);
    // What is no group has none of it.
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    let leave = Change::GroupLeave { conversation: conversation(1, 1).id, account };
    assert_eq!(refused(storage, leave), Refused::NotFound);
}
