//! Ends of talks are counted once, and of the talk nothing is kept for it.

use super::*;
use beistand_domain::record::ClosingKey;
use beistand_protocol::closing::{ClosingReason, Topic, Topics};
use beistand_protocol::id::MessageId;

pub fn ends_of_talks_are_counted_once(storage: &dyn Storage) {
    let key = ClosingKey {
        team: TeamId([1; 16]),
        month: 2026 * 12 + 10,
        topic: Some(3),
        reason: ClosingReason::Answered,
    };
    let id = conversation(1, 1).id;
    let person = Actor::Person(PersonId([9; 16]));
    let counted = || {
        let mut counts = storage.list_closings().unwrap();
        counts.sort_unstable();
        counts
    };
    let close = |number: u8, key: ClosingKey| {
        let new = envelope(number, EnvelopeKind::Close, 0);
        let count = Change::ClosingCount { conversation: id, envelope: MessageId([number; 16]), key };
        commit(storage, vec![count, append(1, person, vec![new])])
    };
    assert!(close(3, key).is_err(), "there is nothing to close");
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    appended(storage, append(1, SEEKER, vec![epoch(1, 0, 0), envelope(2, EnvelopeKind::Message, 0)]));
    assert_eq!(counted(), []);
    close(3, key).unwrap();
    assert_eq!(counted(), [(key, 1)]);
    // The answer was lost, and it is sent again; and somebody else closes what is closed.
    close(3, key).unwrap();
    close(4, key).unwrap();
    assert_eq!(counted(), [(key, 1)]);
    // Written in again, sent again what closed it before, and closed anew.
    appended(storage, append(1, SEEKER, vec![envelope(5, EnvelopeKind::Message, 0)]));
    close(3, key).unwrap();
    assert_eq!(counted(), [(key, 1)]);
    let other = ClosingKey { topic: None, reason: ClosingReason::NoAnswer, ..key };
    close(6, other).unwrap();
    appended(storage, append(1, SEEKER, vec![envelope(7, EnvelopeKind::Message, 0)]));
    close(8, key).unwrap();
    assert_eq!(counted(), [(other, 1), (key, 2)]);
    // A refused one counts nothing; what is counted stays when the talk goes.
    let stale = envelope(9, EnvelopeKind::Close, 7);
    appended(storage, append(1, SEEKER, vec![envelope(10, EnvelopeKind::Message, 0)]));
    let count = Change::ClosingCount { conversation: id, envelope: MessageId([9; 16]), key };
    assert!(commit(storage, vec![count, append(1, person, vec![stale])]).is_err());
    // One that blocks is counted, and what comes after it ends nothing any more.
    let blocked = ClosingKey { reason: ClosingReason::Blocked, ..key };
    let count = Change::ClosingCount { conversation: id, envelope: MessageId([11; 16]), key: blocked };
    commit(storage, vec![count, append(1, person, vec![envelope(11, EnvelopeKind::Block, 0)])]).unwrap();
    close(12, key).unwrap();
    let word = append(1, SEEKER, vec![envelope(13, EnvelopeKind::Message, 0)]);
    assert!(commit(storage, vec![word]).is_err());
    done(storage, Change::ConversationRemove(id));
    assert_eq!(counted(), [(other, 1), (key, 2), (blocked, 1)]);
}

pub fn topics_are_each_teams_own(storage: &dyn Storage) {
    let topics = |name: &str| Topics {
        topics: vec![Topic { number: 7, name: name.to_owned(), in_use: name != "Schule" }],
    };
    let of = |team: u8| storage.lookup_topics(TeamId([team; 16])).unwrap();
    let put = |team: u8, name| Change::TopicsPut { team: TeamId([team; 16]), topics: topics(name) };
    assert_eq!(of(1), Topics::default());
    done(storage, put(1, "Familie"));
    done(storage, put(2, "Sucht"));
    done(storage, put(1, "Schule"));
    assert_eq!((of(1), of(2)), (topics("Schule"), topics("Sucht")));
}
