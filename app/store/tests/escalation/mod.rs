//! Queue rules, and steps of an escalation: stored once, and only while the conversation waits.

use super::*;
use beistand_protocol::queue::{Reach, Step};

pub fn a_request_goes_on_while_it_waits(storage: &dyn Storage) {
    let id = conversation(1, 1).id;
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    appended(storage, append(1, SEEKER, vec![epoch(1, 0, 0), envelope(2, EnvelopeKind::Message, 0)]));
    let steps = || storage.lookup_conversation(id).unwrap().unwrap().steps;
    let begun = Step { at_s: 1000, reach: Reach::Duty };
    assert_eq!(steps(), [begun]);
    let leads = Step { at_s: 1060, reach: Reach::Leads };
    let escalate = |conversation, newest, step| {
        commit(storage, vec![Change::ConversationEscalate { conversation, newest, step }]).unwrap()
    };
    assert_eq!(escalate(id, leads, leads), [Output::Kept]);
    assert_eq!(escalate(id, begun, leads), [Output::Done]);
    assert_eq!(escalate(id, begun, leads), [Output::Kept], "once");
    assert_eq!(escalate(conversation(2, 1).id, begun, leads), [Output::Kept], "gone meanwhile");
    assert_eq!(steps(), [begun, leads]);
    let person = Actor::Person(PersonId([9; 16]));
    let mut claim = envelope(3, EnvelopeKind::Claim, 0);
    claim.envelope.assignee = Some(PersonId([9; 16]));
    appended(storage, append(1, person, vec![claim]));
    assert_eq!(escalate(id, leads, Step { reach: Reach::Letter, ..leads }), [Output::Kept], "taken");
    assert_eq!(steps(), [begun, leads]);
}

pub fn queue_rules_are_each_teams_own(storage: &dyn Storage) {
    let of = |team: u8| {
        let all = storage.list_queue_rules().unwrap();
        all.into_iter().find(|(known, _)| *known == TeamId([team; 16])).map(|(_, rules)| rules.talks_max)
    };
    assert_eq!(of(1), None);
    done(storage, parts::queue_rules(1, 3));
    done(storage, parts::queue_rules(2, 1));
    assert_eq!((of(1), of(2)), (Some(Some(3)), Some(None)));
    done(storage, parts::queue_rules(1, 4));
    assert_eq!((of(1), of(2)), (Some(Some(4)), Some(None)));
}
