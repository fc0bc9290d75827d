//! Notes about talks.

use super::{conversation, done, parts, refused};
use beistand_domain::storage::{Change, Refused, Storage};
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{ConversationId, PersonId};

pub fn go_with_their_talk_or_their_author(storage: &dyn Storage) {
    let note = |talk, person| Library::Note(ConversationId([talk; 16]), PersonId([person; 16]));
    let there = |talk, person| storage.lookup_blocks(note(talk, person)).unwrap().is_some();
    assert_eq!(refused(storage, parts::blocks_put(note(1, 1), 1, 1)), Refused::NotFound);
    for talk in 1..4 {
        done(storage, Change::ConversationAdd(conversation(talk, 1)));
        done(storage, parts::blocks_put(note(talk, 1), 1, 1));
        done(storage, parts::blocks_put(note(talk, 2), 1, 2));
    }
    assert_eq!(refused(storage, parts::blocks_put(note(1, 1), 1, 9)), Refused::VersionMoved);
    done(storage, parts::blocks_put(note(1, 1), 2, 3));
    done(storage, parts::blocks_put(Library::Own(PersonId([1; 16])), 1, 4));
    done(storage, Change::ConversationRemove(ConversationId([1; 16])));
    assert_eq!((there(1, 1), there(1, 2), there(2, 1), there(2, 2)), (false, false, true, true));
    done(storage, Change::NotesRemove(PersonId([1; 16])));
    assert_eq!((there(2, 1), there(2, 2), there(3, 1), there(3, 2)), (false, true, false, true));
    assert!(storage.lookup_blocks(Library::Own(PersonId([1; 16]))).unwrap().is_some());
}
