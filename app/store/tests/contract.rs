//! What every implementation of the domain's storage must do. The same cases run on the data
//! directory (also closed and opened again) and in memory; random commits must give the same
//! answers on both.
#![allow(clippy::unwrap_used)]

mod among;
mod closing;
mod escalation;
mod notes;
mod notice;
mod parts;
mod person;

use beistand_domain::record::{AccountState, Session, SettingKey};
use beistand_domain::storage::{Actor, Change, CommitError, Output, Refused, Storage};
use beistand_protocol::api::{ConversationState, EnvelopeKind, LogHead, Sealed, SessionKind};
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{AccountId, Digest, InvitationId, PersonId, RealmId, TeamId};
use beistand_protocol::limit;
use beistand_store::{MemoryStore, Store};
use parts::{
    Data, acceptance, account, block_on, conversation, envelope, epoch, generation, session, staff_account,
};
use std::sync::{Arc, Mutex};

type Case = fn(&dyn Storage);

/// Every case, by name.
const CASES: &[(&str, Case)] = &[
    ("log_appends_only_at_its_head", log_appends_only_at_its_head),
    ("generations_follow_without_gap", generations_follow_without_gap),
    ("accounts_have_one_name_in_a_realm", accounts_have_one_name_in_a_realm),
    ("account_replace_compares_the_generation", account_replace_compares_the_generation),
    ("account_remove_takes_what_hangs_on_it", account_remove_takes_what_hangs_on_it),
    ("contact_never_gets_older", contact_never_gets_older),
    ("newest_account_of_a_person", newest_account_of_a_person),
    ("state_compares_the_version", state_compares_the_version),
    ("envelopes_are_stored_once_in_order", envelopes_are_stored_once_in_order),
    ("a_promise_is_kept_until_it_is_answered", a_promise_is_kept_until_it_is_answered),
    ("a_request_goes_on_while_it_waits", escalation::a_request_goes_on_while_it_waits),
    ("envelope_pages_have_limits", envelope_pages_have_limits),
    ("conversation_remove_leaves_nothing", conversation_remove_leaves_nothing),
    ("a_thread_goes_with_its_talk", among::a_thread_goes_with_its_talk),
    ("a_room_goes_by_itself", among::a_room_goes_by_itself),
    ("a_group_knows_its_guests", among::a_group_knows_its_guests),
    ("what_is_due_is_kept_where_somebody_came_back", what_is_due_is_kept_where_somebody_came_back),
    ("sessions_have_a_limit", sessions_have_a_limit),
    ("invitation_is_accepted_once", invitation_is_accepted_once),
    ("settings_and_sightings", settings_and_sightings),
    ("rosters_follow_version_by_version", rosters_follow_version_by_version),
    ("calendar_links_have_a_limit", calendar_links_have_a_limit),
    ("queue_rules_are_each_teams_own", escalation::queue_rules_are_each_teams_own),
    ("ends_of_talks_are_counted_once", closing::ends_of_talks_are_counted_once),
    ("topics_are_each_teams_own", closing::topics_are_each_teams_own),
    ("editions_of_text_blocks_follow", editions_of_text_blocks_follow),
    ("account_and_sessions_follow_together", person::account_and_sessions_follow_together),
    ("a_second_factor_goes_with_its_account", person::a_second_factor_goes_with_its_account),
    ("notes_go_with_their_talk_or_their_author", notes::go_with_their_talk_or_their_author),
    ("notices_are_each_persons_own", notice::notices_are_each_persons_own),
    ("devices_that_show_notices_have_a_limit", notice::devices_that_show_notices_have_a_limit),
    ("there_is_one_mail_server", notice::there_is_one_mail_server),
    ("commit_is_whole_or_not_at_all", commit_is_whole_or_not_at_all),
    ("later_changes_see_earlier_ones", later_changes_see_earlier_ones),
    ("listeners_hear_durable_commits_in_order", listeners_hear_durable_commits_in_order),
    ("commits_are_queued_at_the_call", commits_are_queued_at_the_call),
];

#[test]
fn in_memory() {
    for (name, case) in CASES {
        println!("{name}");
        case(&MemoryStore::default());
    }
}

#[test]
fn on_disk() {
    for (name, case) in CASES {
        println!("{name}");
        let data = Data::new();
        let store = data.open().unwrap();
        case(&store);
        // What the case left is there again after an orderly end, and after an abrupt one.
        let before = parts::everything(&store);
        drop(store);
        let store: Store = data.open().unwrap();
        assert_eq!(parts::everything(&store), before, "{name}: after opening again");
        drop(store);
        data.forget_orderly_end();
        assert_eq!(parts::everything(&data.open().unwrap()), before, "{name}: after recovery");
    }
}

fn commit(storage: &dyn Storage, changes: Vec<Change>) -> Result<Vec<Output>, CommitError> {
    block_on(storage.commit(1000, changes))
}

fn done(storage: &dyn Storage, change: Change) {
    assert_eq!(commit(storage, vec![change]).unwrap(), [Output::Done]);
}

fn refused(storage: &dyn Storage, change: Change) -> Refused {
    let before = parts::everything(storage);
    let refused = match commit(storage, vec![change]) {
        Err(CommitError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    };
    assert_eq!(parts::everything(storage), before, "a refused commit leaves nothing");
    refused
}

fn log_appends_only_at_its_head(storage: &dyn Storage) {
    let head = |length, byte| LogHead { length, digest: Digest([byte; 32]) };
    let append = |expected, entries: &[&[u8]], head| Change::LogAppend {
        expected,
        entries: entries.iter().map(|entry| entry.to_vec()).collect(),
        head,
    };
    assert_eq!(storage.lookup_log_head().unwrap(), None);
    assert_eq!(refused(storage, Change::LogExpect(head(0, 0))), Refused::HeadMoved);
    assert_eq!(refused(storage, append(Some(head(1, 1)), &[b"x"], head(2, 1))), Refused::HeadMoved);
    done(storage, append(None, &[b"a", b"b"], head(2, 2)));
    assert_eq!(storage.lookup_log_head().unwrap(), Some(head(2, 2)));
    assert_eq!(refused(storage, append(None, &[b"x"], head(1, 9))), Refused::HeadMoved);
    assert_eq!(refused(storage, append(Some(head(2, 3)), &[b"x"], head(3, 9))), Refused::HeadMoved);
    assert_eq!(refused(storage, append(Some(head(2, 2)), &[b"x"], head(4, 9))), Refused::HeadMoved);
    done(storage, Change::LogExpect(head(2, 2)));
    done(storage, append(Some(head(2, 2)), &[b"c"], head(3, 3)));
    assert_eq!(refused(storage, Change::LogExpect(head(2, 2))), Refused::HeadMoved);
    assert_eq!(refused(storage, Change::LogExpect(head(3, 2))), Refused::HeadMoved);
    let log = |from, count| storage.list_log(from, count).unwrap();
    assert_eq!(log(0, 10), [b"a", b"b", b"c"]);
    assert_eq!(log(1, 1), [b"b"]);
    assert!(log(0, 0).is_empty() && log(3, 10).is_empty() && log(u64::MAX, 10).is_empty());
    // Beyond 256 entries the order is still that of the numbers.
    let many: Vec<Vec<u8>> = (0..300u32).map(|n| n.to_le_bytes().to_vec()).collect();
    let change = Change::LogAppend { expected: Some(head(3, 3)), entries: many.clone(), head: head(303, 4) };
    done(storage, change);
    assert_eq!(log(3, 1000), many);
}

fn generations_follow_without_gap(storage: &dyn Storage) {
    let append = |team, number| Change::GenerationAppend(generation(team, number));
    assert_eq!(refused(storage, append(1, 2)), Refused::NumberTaken);
    assert_eq!(refused(storage, append(1, 0)), Refused::NumberTaken);
    done(storage, append(1, 1));
    assert_eq!(refused(storage, append(1, 1)), Refused::NumberTaken);
    done(storage, append(1, 2));
    done(storage, append(2, 1));
    let page = |team, from, bytes| storage.list_generations(TeamId([team; 16]), from, bytes).unwrap();
    let list = |team| page(team, 0, usize::MAX);
    assert_eq!(list(1), [generation(1, 1), generation(1, 2)]);
    assert_eq!(list(2), [generation(2, 1)]);
    assert!(list(3).is_empty());
    // The first that passes the bytes is the last; at least one comes, however large.
    let bytes = generation(1, 1).statement.0.len();
    assert_eq!(page(1, 1, bytes), list(1));
    assert_eq!(page(1, 0, bytes - 1), [generation(1, 1)]);
    assert_eq!(page(1, 2, 0), [generation(1, 2)]);
    assert!(page(1, 3, usize::MAX).is_empty());
    assert!(page(1, u32::MAX, usize::MAX).is_empty());
}

fn add(storage: &dyn Storage, account: beistand_domain::record::Account) {
    done(storage, Change::AccountAdd { account, state: Sealed(vec![1]) });
}

fn accounts_have_one_name_in_a_realm(storage: &dyn Storage) {
    add(storage, account(1, 1, 7));
    let again = |account| Change::AccountAdd { account, state: Sealed(vec![]) };
    assert_eq!(refused(storage, again(account(2, 1, 7))), Refused::NameTaken);
    assert_eq!(refused(storage, again(account(1, 2, 8))), Refused::NameTaken);
    add(storage, account(2, 2, 7));
    let by_name = |realm, name| {
        let found = storage.lookup_account_by_name(RealmId([realm; 16]), &[name; 32]).unwrap();
        found.map(|account| account.id)
    };
    assert_eq!(by_name(1, 7), Some(AccountId([1; 16])));
    assert_eq!(by_name(2, 7), Some(AccountId([2; 16])));
    assert_eq!(by_name(1, 8), None);
    assert_eq!(storage.lookup_account(AccountId([1; 16])).unwrap(), Some(account(1, 1, 7)));
    assert_eq!(storage.lookup_account(AccountId([3; 16])).unwrap(), None);
    assert_eq!(storage.list_accounts().unwrap().len(), 2);
    let first = AccountState { version: 1, sealed: Sealed(vec![1]) };
    assert_eq!(storage.lookup_state(AccountId([1; 16])).unwrap(), Some(first));
}

fn account_replace_compares_the_generation(storage: &dyn Storage) {
    let replace = |expected_generation, account| Change::AccountReplace {
        expected_generation,
        account,
        state: Sealed(vec![9]),
    };
    let next = |id, realm, name| {
        let mut account = account(id, realm, name);
        account.generation = 2;
        account.record = vec![42];
        account.recovery_key = None;
        account
    };
    assert_eq!(refused(storage, replace(1, next(1, 1, 7))), Refused::NotFound);
    add(storage, account(1, 1, 7));
    add(storage, account(2, 1, 8));
    assert_eq!(refused(storage, replace(2, next(1, 1, 7))), Refused::GenerationMoved);
    assert_eq!(refused(storage, replace(1, next(1, 1, 8))), Refused::NameTaken);
    done(storage, replace(1, next(1, 1, 7)));
    assert_eq!(storage.lookup_account(AccountId([1; 16])).unwrap(), Some(next(1, 1, 7)));
    let state = storage.lookup_state(AccountId([1; 16])).unwrap().unwrap();
    assert_eq!((state.version, state.sealed), (2, Sealed(vec![9])));
    assert_eq!(refused(storage, replace(1, next(1, 1, 7))), Refused::GenerationMoved);
    // A new name frees the old one.
    done(storage, replace(2, next(1, 1, 9)));
    assert_eq!(storage.lookup_account_by_name(RealmId([1; 16]), &[7; 32]).unwrap(), None);
    add(storage, account(3, 1, 7));
}

fn account_remove_takes_what_hangs_on_it(storage: &dyn Storage) {
    add(storage, staff_account(1, 5, 7, 10));
    add(storage, staff_account(2, 5, 8, 10));
    for change in [
        Change::SessionAdd(session(1, 1, 5)),
        Change::SessionAdd(session(2, 2, 5)),
        Change::AcceptanceAdd(acceptance(1, 1)),
        Change::AcceptanceAdd(acceptance(2, 2)),
        Change::ConversationAdd(conversation(1, 1)),
        Change::AccountRemove(AccountId([1; 16])),
        // What is gone may be removed again.
        Change::AccountRemove(AccountId([1; 16])),
        Change::AccountTouch { account: AccountId([1; 16]), contact_s: 5 },
    ] {
        done(storage, change);
    }
    assert_eq!(storage.lookup_account(AccountId([1; 16])).unwrap(), None);
    assert_eq!(storage.lookup_account_by_name(RealmId::STAFF, &[7; 32]).unwrap(), None);
    assert_eq!(storage.lookup_account_by_person(PersonId([5; 16])).unwrap().unwrap().id, AccountId([2; 16]));
    assert_eq!(storage.lookup_state(AccountId([1; 16])).unwrap(), None);
    assert_eq!(storage.list_sessions().unwrap(), [session(2, 2, 5)]);
    assert_eq!(storage.list_acceptances().unwrap(), [acceptance(2, 2)]);
    assert_eq!(storage.list_conversations().unwrap().len(), 1);
    let write =
        Change::StateWrite { account: AccountId([1; 16]), expected_version: 1, state: Sealed(vec![]) };
    assert_eq!(refused(storage, write), Refused::NotFound);
    add(storage, staff_account(1, 5, 7, 10));
}

fn contact_never_gets_older(storage: &dyn Storage) {
    add(storage, account(1, 1, 7));
    for (contact_s, expect) in [(5000, 5000), (10, 5000), (5001, 5001)] {
        done(storage, Change::AccountTouch { account: AccountId([1; 16]), contact_s });
        let account = storage.lookup_account(AccountId([1; 16])).unwrap().unwrap();
        assert_eq!(account.last_contact_s, expect);
    }
}

fn newest_account_of_a_person(storage: &dyn Storage) {
    for (id, created_s) in [(1, 20), (2, 30), (3, 10)] {
        add(storage, staff_account(id, 5, id, created_s));
    }
    add(storage, staff_account(4, 6, 4, 99));
    let found = storage.lookup_account_by_person(PersonId([5; 16])).unwrap().unwrap();
    assert_eq!(found.id, AccountId([2; 16]));
    assert_eq!(storage.lookup_account_by_person(PersonId([7; 16])).unwrap(), None);
}

fn state_compares_the_version(storage: &dyn Storage) {
    add(storage, account(1, 1, 7));
    let write = |expected_version, byte| Change::StateWrite {
        account: AccountId([1; 16]),
        expected_version,
        state: Sealed(vec![byte]),
    };
    assert_eq!(refused(storage, write(0, 2)), Refused::VersionMoved);
    assert_eq!(commit(storage, vec![write(1, 2)]).unwrap(), [Output::StateVersion(2)]);
    assert_eq!(refused(storage, write(1, 3)), Refused::VersionMoved);
    assert_eq!(
        commit(storage, vec![write(2, 3), write(3, 4)]).unwrap(),
        [Output::StateVersion(3), Output::StateVersion(4)]
    );
    let state = storage.lookup_state(AccountId([1; 16])).unwrap().unwrap();
    assert_eq!((state.version, state.sealed), (4, Sealed(vec![4])));
}

fn a_promise_is_kept_until_it_is_answered(storage: &dyn Storage) {
    let id = parts::conversation(1, 1).id;
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    let says = |actor, number, answer_by_s| {
        let envelopes = match number {
            1 => vec![epoch(1, 0, 0)],
            _ => vec![envelope(number, EnvelopeKind::Message, 0)],
        };
        let change = Change::ConversationAppend { conversation: id, actor, envelopes, answer_by_s };
        commit(storage, vec![change]).unwrap();
        storage.lookup_conversation(id).unwrap().unwrap().answer_by_s
    };
    assert_eq!(says(SEEKER, 1, Some(5000)), None, "keys are no words");
    assert_eq!(says(SEEKER, 2, Some(5000)), Some(5000));
    assert_eq!(says(SEEKER, 3, Some(6000)), Some(5000));
    // Sent again: it is no new message.
    assert_eq!(says(SEEKER, 3, Some(4000)), Some(5000));
    let redated = |last_s| {
        done(storage, Change::ConversationRedate { conversation: id, last_s });
        storage.lookup_conversation(id).unwrap().unwrap().answer_by_s
    };
    assert_eq!(redated(2000), Some(5000));
    assert_eq!(redated(900), None, "promised by a clock that ran ahead");
    assert_eq!(says(SEEKER, 4, Some(7000)), Some(7000));
    assert_eq!(says(Actor::Person(PersonId([5; 16])), 5, Some(8000)), None);
    // What stays is there again after the storage is opened again.
    assert_eq!(says(SEEKER, 6, Some(9000)), Some(9000));
}

fn append(conversation: u8, actor: Actor, envelopes: Vec<beistand_domain::record::NewEnvelope>) -> Change {
    let conversation = parts::conversation(conversation, 1).id;
    Change::ConversationAppend { conversation, actor, envelopes, answer_by_s: None }
}

const SEEKER: Actor = Actor::Seeker(AccountId([1; 16]));

fn appended(storage: &dyn Storage, change: Change) -> (Vec<(u64, u64)>, u64, u64) {
    match commit(storage, vec![change]).unwrap().remove(0) {
        Output::Appended { places, new_from, conversation } => {
            let stored = storage.lookup_conversation(conversation.id).unwrap();
            assert_eq!(stored.as_ref(), Some(&*conversation));
            (places, new_from, conversation.length)
        }
        other => panic!("{other:?}"),
    }
}

fn envelopes_are_stored_once_in_order(storage: &dyn Storage) {
    let message = |id| envelope(id, EnvelopeKind::Message, 0);
    assert_eq!(refused(storage, append(1, SEEKER, vec![epoch(1, 0, 0)])), Refused::NotFound);
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    assert_eq!(refused(storage, Change::ConversationAdd(conversation(1, 2))), Refused::IdTaken);
    assert!(matches!(refused(storage, append(1, SEEKER, vec![message(2)])), Refused::Conversation(_)));
    let first = append(1, SEEKER, vec![epoch(1, 0, 0), message(2)]);
    assert_eq!(appended(storage, first.clone()), (vec![(0, 1000), (1, 1000)], 0, 2));
    // Sent again, alone or with something new, also twice in one: the former place.
    assert_eq!(appended(storage, first), (vec![(0, 1000), (1, 1000)], 2, 2));
    let mixed = append(1, SEEKER, vec![message(3), message(2), message(3)]);
    assert_eq!(appended(storage, mixed), (vec![(2, 1000), (1, 1000), (2, 1000)], 2, 3));
    // One that is refused takes the others with it.
    let bad = append(1, SEEKER, vec![message(4), envelope(5, EnvelopeKind::Message, 9)]);
    assert!(matches!(refused(storage, bad), Refused::Conversation(_)));
    let stranger = append(1, Actor::Seeker(AccountId([2; 16])), vec![message(4)]);
    assert!(matches!(refused(storage, stranger), Refused::Conversation(_)));
    // The same message id in another conversation is another message.
    done(storage, Change::ConversationAdd(conversation(2, 1)));
    assert_eq!(appended(storage, append(2, SEEKER, vec![epoch(1, 0, 0), message(2)])).2, 2);
    let close = append(1, Actor::Person(PersonId([5; 16])), vec![envelope(6, EnvelopeKind::Close, 0)]);
    appended(storage, close);
    // Sent again with other bytes it keeps its place and its former bytes, and nothing may build on the new ones.
    let other = |id: u8| {
        let mut other = message(id);
        other.envelope.sealed = Sealed(vec![id; 7]);
        other
    };
    assert_eq!(appended(storage, append(1, SEEKER, vec![other(2)])).0, [(1, 1000)]);
    let builds = append(1, SEEKER, vec![other(2), message(9)]);
    let diverged = Refused::Conversation(beistand_domain::conversation::Refused::Diverged);
    assert_eq!(refused(storage, builds), diverged);
    let id = conversation(1, 1).id;
    assert_eq!(storage.lookup_conversation(id).unwrap().unwrap().state, ConversationState::Closed);
    let stored = storage.list_envelopes(id, 0, 100, 1 << 20).unwrap();
    let places: Vec<_> = stored.iter().map(|stored| (stored.position, stored.envelope.id.0[0])).collect();
    assert_eq!(places, [(0, 1), (1, 2), (2, 3), (3, 6)]);
    assert_eq!(stored[0].envelope, epoch(1, 0, 0).envelope);
    assert_eq!(storage.list_conversations().unwrap().len(), 2);
}

fn envelope_pages_have_limits(storage: &dyn Storage) {
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    let mut envelopes = vec![epoch(0, 0, 0)];
    envelopes.extend((1..=9).map(|id| {
        let mut new = envelope(id, EnvelopeKind::Message, 0);
        new.envelope.sealed = Sealed(vec![id; 100]);
        new
    }));
    appended(storage, append(1, SEEKER, envelopes));
    let page = |from, count, bytes| -> Vec<u64> {
        let page = storage.list_envelopes(conversation(1, 1).id, from, count, bytes).unwrap();
        page.iter().map(|stored| stored.position).collect()
    };
    assert_eq!(page(0, 100, 1 << 20), (0..10).collect::<Vec<_>>());
    assert_eq!(page(4, 3, 1 << 20), [4, 5, 6]);
    assert_eq!(page(1, 100, 250), [1, 2, 3], "the first that passes the sum is the last");
    assert_eq!(page(1, 100, 200), [1, 2, 3], "the sum is not passed by two");
    assert_eq!(page(1, 100, 0), [1]);
    assert!(page(10, 100, 1000).is_empty() && page(0, 0, 1000).is_empty() && page(u64::MAX, 9, 9).is_empty());
    assert!(storage.list_envelopes(conversation(2, 1).id, 0, 9, 99).unwrap().is_empty());
}

fn conversation_remove_leaves_nothing(storage: &dyn Storage) {
    for id in [1, 2] {
        done(storage, Change::ConversationAdd(conversation(id, 1)));
        appended(storage, append(id, SEEKER, vec![epoch(1, 0, 0)]));
    }
    let id = conversation(1, 1).id;
    done(storage, Change::ConversationRemove(id));
    done(storage, Change::ConversationRemove(id));
    assert_eq!(storage.lookup_conversation(id).unwrap(), None);
    assert!(storage.list_envelopes(id, 0, 100, 1 << 20).unwrap().is_empty());
    assert_eq!(storage.list_conversations().unwrap().len(), 1);
    assert_eq!(refused(storage, append(1, SEEKER, vec![epoch(1, 0, 0)])), Refused::NotFound);
    // The id is free, and nothing of the former one shows.
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    assert_eq!(appended(storage, append(1, SEEKER, vec![epoch(1, 0, 0)])), (vec![(0, 1000)], 0, 1));
    // All of it in one commit.
    let outputs = commit(
        storage,
        vec![
            Change::ConversationRemove(id),
            Change::ConversationAdd(conversation(1, 1)),
            Change::ConversationRemove(id),
            Change::ConversationAdd(conversation(1, 1)),
            append(1, SEEKER, vec![epoch(3, 0, 0)]),
        ],
    );
    assert_eq!(outputs.unwrap().len(), 5);
    let stored = storage.list_envelopes(id, 0, 100, 1 << 20).unwrap();
    assert_eq!(stored.iter().map(|stored| stored.envelope.id.0[0]).collect::<Vec<_>>(), [3]);
}

fn what_is_due_is_kept_where_somebody_came_back(storage: &dyn Storage) {
    let (id, account_id) = (conversation(1, 1).id, AccountId([1; 16]));
    add(storage, account(1, 1, 7));
    done(storage, Change::AccountTouch { account: account_id, contact_s: 5000 });
    done(storage, Change::ConversationAdd(conversation(1, 1)));
    appended(storage, append(1, SEEKER, vec![epoch(1, 0, 0)]));
    let last_s = || storage.lookup_conversation(id).unwrap().map(|known| known.last_s);
    let contact_s = || storage.lookup_account(account_id).unwrap().map(|known| known.last_contact_s);
    assert_eq!((last_s(), contact_s()), (Some(1000), Some(5000)));
    // Found to be due, and then somebody wrote.
    let expire = |last_s, contact_s| {
        let conversation = Change::ConversationExpire { conversation: id, last_s };
        let account = Change::AccountExpire { account: account_id, contact_s };
        commit(storage, vec![conversation, account]).unwrap()
    };
    assert_eq!(expire(999, 4999), [Output::Kept, Output::Kept]);
    assert_eq!((last_s(), contact_s()), (Some(1000), Some(5000)));
    assert_eq!(storage.list_envelopes(id, 0, 9, 1000).unwrap().len(), 1);
    // A clock that ran ahead is corrected, and never the other way.
    for at_s in [2000, 900, 950] {
        done(storage, Change::ConversationRedate { conversation: id, last_s: at_s });
        done(storage, Change::AccountRedate { account: account_id, contact_s: at_s });
    }
    assert_eq!((last_s(), contact_s()), (Some(900), Some(900)));
    assert_eq!(storage.lookup_account_by_name(RealmId([1; 16]), &[7; 32]).unwrap().unwrap().id, account_id);
    assert_eq!(expire(900, 900), [Output::Done, Output::Done]);
    assert_eq!((last_s(), contact_s()), (None, None));
    assert!(storage.list_envelopes(id, 0, 9, 1000).unwrap().is_empty());
    // What is gone may expire again, and be corrected.
    assert_eq!(expire(900, 900), [Output::Done, Output::Done]);
    done(storage, Change::ConversationRedate { conversation: id, last_s: 1 });
    done(storage, Change::AccountRedate { account: account_id, contact_s: 1 });
    assert_eq!((last_s(), contact_s()), (None, None));
}

fn sessions_have_a_limit(storage: &dyn Storage) {
    let most = u8::try_from(limit::SESSIONS_PER_ACCOUNT_MAX).unwrap();
    let at = |token: u8, created_s| Session { created_s, ..session(token, 1, 5) };
    done(storage, Change::SessionAdd(session(200, 2, 6)));
    for token in 0..most {
        // The newest ones first, so that the order of making decides and not that of coming.
        done(storage, Change::SessionAdd(at(token, 1000 - u64::from(token))));
    }
    assert_eq!(storage.list_sessions().unwrap().len(), usize::from(most) + 1);
    done(storage, Change::SessionAdd(at(100, 2000)));
    assert_eq!(storage.list_sessions().unwrap().len(), usize::from(most) + 1);
    assert_eq!(storage.lookup_session(&[most - 1; 32]).unwrap(), None, "the oldest one had to go");
    done(storage, Change::SessionTouch { token_hash: [100; 32], used_s: 77 });
    let touched = Session { used_s: 77, ..at(100, 2000) };
    assert_eq!(storage.lookup_session(&[100; 32]).unwrap(), Some(touched));
    done(storage, Change::SessionTouch { token_hash: [201; 32], used_s: 77 });
    done(storage, Change::SessionRemove([100; 32]));
    done(storage, Change::SessionRemove([100; 32]));
    assert_eq!(storage.lookup_session(&[100; 32]).unwrap(), None);
    done(storage, Change::SessionsRemove(AccountId([1; 16])));
    assert_eq!(storage.list_sessions().unwrap(), [session(200, 2, 6)]);
}

fn invitation_is_accepted_once(storage: &dyn Storage) {
    done(storage, Change::AcceptanceAdd(acceptance(1, 1)));
    assert_eq!(refused(storage, Change::AcceptanceAdd(acceptance(1, 2))), Refused::IdTaken);
    assert_eq!(refused(storage, Change::AcceptanceDone(InvitationId([2; 16]))), Refused::NotFound);
    done(storage, Change::AcceptanceDone(InvitationId([1; 16])));
    assert!(storage.lookup_acceptance(InvitationId([1; 16])).unwrap().unwrap().countersigned);
    assert_eq!(refused(storage, Change::AcceptanceAdd(acceptance(1, 2))), Refused::IdTaken);
    assert_eq!(storage.list_acceptances().unwrap().len(), 1);
}

fn settings_and_sightings(storage: &dyn Storage) {
    let key = SettingKey::ClaimCodeHash;
    done(storage, Change::SettingExpect(key, None));
    done(storage, Change::SettingPut(key, Some(vec![1])));
    done(storage, Change::SettingPut(SettingKey::CredibleClock, Some(vec![])));
    assert_eq!(storage.lookup_setting(key).unwrap(), Some(vec![1]));
    assert_eq!(storage.lookup_setting(SettingKey::CredibleClock).unwrap(), Some(vec![]));
    done(storage, Change::SettingExpect(key, Some(vec![1])));
    assert_eq!(refused(storage, Change::SettingExpect(key, None)), Refused::SettingMoved);
    assert_eq!(refused(storage, Change::SettingExpect(key, Some(vec![2]))), Refused::SettingMoved);
    done(storage, Change::SettingPut(key, None));
    assert_eq!(storage.lookup_setting(key).unwrap(), None);
    for (person, byte) in [(1, 1), (2, 2), (1, 3)] {
        let sighting = vec![byte];
        done(storage, Change::SightingPut { person: PersonId([person; 16]), sighting });
    }
    let mut sightings = storage.list_sightings().unwrap();
    sightings.sort();
    assert_eq!(sightings, [(PersonId([1; 16]), vec![3]), (PersonId([2; 16]), vec![2])]);
}

fn rosters_follow_version_by_version(storage: &dyn Storage) {
    let team = TeamId([1; 16]);
    let versions = |before, count| -> Vec<u64> {
        storage.list_roster_log(team, before, count).unwrap().iter().map(|line| line.version).collect()
    };
    assert_eq!(storage.lookup_roster(team).unwrap(), None);
    assert!(versions(u64::MAX, 10).is_empty());
    assert_eq!(refused(storage, parts::roster_change(1, 0, 1)), Refused::VersionMoved);
    assert_eq!(refused(storage, parts::roster_change(1, 2, 1)), Refused::VersionMoved);
    done(storage, parts::roster_change(1, 1, 1));
    done(storage, parts::roster_change(2, 1, 1));
    assert_eq!(refused(storage, parts::roster_change(1, 1, 2)), Refused::VersionMoved);
    // A line of another version than the roster's is none of it.
    let Change::RosterChange { plan, mut entry } = parts::roster_change(1, 2, 2) else { unreachable!() };
    entry.version = 3;
    assert_eq!(refused(storage, Change::RosterChange { plan, entry }), Refused::VersionMoved);
    // Two at once: one wins, and nothing of the other is there.
    let both = vec![parts::roster_change(1, 2, 2), parts::roster_change(1, 2, 3)];
    assert!(matches!(commit(storage, both), Err(CommitError::Refused(Refused::VersionMoved))));
    assert_eq!(versions(u64::MAX, 10), [1]);
    for version in 2..=300 {
        done(storage, parts::roster_change(1, version, 2));
    }
    assert_eq!(versions(u64::MAX, 3), [300, 299, 298]);
    assert_eq!(versions(257, 2), [256, 255]);
    assert_eq!(versions(3, 10), [2, 1]);
    assert!(versions(1, 10).is_empty() && versions(0, 10).is_empty() && versions(9, 0).is_empty());
    assert_eq!(versions(302, 2), [300, 299]);
    let line = &storage.list_roster_log(team, 2, 1).unwrap()[0];
    assert_eq!((line.at_s, line.by), (10, PersonId([1; 16])));
    let plan = storage.lookup_roster(team).unwrap().unwrap();
    assert_eq!((plan.version, plan.rules.without_shift), (300, false));
    assert_eq!(storage.list_rosters().unwrap().len(), 2);
}

/// The lines of a log are kept up to their limit: the older ones go with the changes that come.
#[test]
fn old_lines_of_a_roster_go() {
    let storage = MemoryStore::default();
    let data = Data::new();
    let store = data.open().unwrap();
    let count = limit::ROSTER_LOG_MAX + 2;
    for storage in [&storage as &dyn Storage, &store] {
        for from in (1..=count).step_by(500) {
            let versions = from..=(from + 499).min(count);
            commit(storage, versions.map(|version| parts::roster_change(1, version, 1)).collect()).unwrap();
        }
        let log = storage.list_roster_log(TeamId([1; 16]), u64::MAX, usize::MAX).unwrap();
        assert_eq!(log.len() as u64, limit::ROSTER_LOG_MAX);
        assert_eq!(log.last().map(|line| line.version), Some(3));
    }
}

fn calendar_links_have_a_limit(storage: &dyn Storage) {
    let links = || {
        let mut hashes: Vec<u8> =
            storage.list_calendar_links().unwrap().iter().map(|link| link.secret_hash[0]).collect();
        hashes.sort_unstable();
        hashes
    };
    // Made at 2, 4, 1, 3, 0 and 2 again.
    for secret in 1..=6 {
        done(storage, Change::CalendarLinkAdd(parts::calendar_link(secret, 1, 1)));
    }
    assert_eq!(links(), [1, 2, 3, 4, 6]);
    // Others have their own.
    done(storage, Change::CalendarLinkAdd(parts::calendar_link(10, 2, 1)));
    done(storage, Change::CalendarLinkAdd(parts::calendar_link(11, 1, 2)));
    assert_eq!(links(), [1, 2, 3, 4, 6, 10, 11]);
    done(storage, Change::CalendarLinkRemove([2; 32]));
    done(storage, Change::CalendarLinkRemove([99; 32]));
    assert_eq!(links(), [1, 3, 4, 6, 10, 11]);
    assert_eq!(storage.lookup_calendar_link(&[2; 32]).unwrap(), None);
    assert_eq!(storage.lookup_calendar_link(&[3; 32]).unwrap(), Some(parts::calendar_link(3, 1, 1)));
}

fn editions_of_text_blocks_follow(storage: &dyn Storage) {
    let (shared, own) = (Library::Team(TeamId([1; 16])), Library::Own(PersonId([1; 16])));
    let of = |library| {
        let stored = storage.lookup_blocks(library).unwrap();
        stored.map(|stored| (stored.library == library, stored.version, stored.edition.0[0]))
    };
    assert_eq!(of(shared), None);
    assert_eq!(refused(storage, parts::blocks_put(shared, 2, 2)), Refused::VersionMoved);
    done(storage, parts::blocks_put(shared, 1, 1));
    assert_eq!(refused(storage, parts::blocks_put(shared, 1, 9)), Refused::VersionMoved);
    done(storage, parts::blocks_put(shared, 2, 2));
    // The same id names a team and a person.
    assert_eq!((of(shared), of(own)), (Some((true, 2, 2)), None));
    done(storage, parts::blocks_put(own, 1, 3));
    done(storage, Change::BlocksRemove(shared));
    done(storage, Change::BlocksRemove(shared));
    assert_eq!((of(shared), of(own)), (None, Some((true, 1, 3))));
    done(storage, parts::blocks_put(shared, 1, 4));
    assert_eq!(of(shared), Some((true, 1, 4)));
}

fn commit_is_whole_or_not_at_all(storage: &dyn Storage) {
    let before = parts::everything(storage);
    let outcome = commit(
        storage,
        vec![
            Change::AccountAdd { account: account(1, 1, 7), state: Sealed(vec![]) },
            Change::ConversationAdd(conversation(1, 1)),
            Change::SettingPut(SettingKey::CredibleClock, Some(vec![1])),
            Change::SettingExpect(SettingKey::ClaimCodeHash, Some(vec![1])),
        ],
    );
    assert!(matches!(outcome, Err(CommitError::Refused(Refused::SettingMoved))));
    assert_eq!(parts::everything(storage), before);
    assert_eq!(commit(storage, vec![]).unwrap(), []);
}

fn later_changes_see_earlier_ones(storage: &dyn Storage) {
    let outputs = commit(
        storage,
        vec![
            Change::AccountAdd { account: account(1, 1, 7), state: Sealed(vec![]) },
            Change::AccountTouch { account: AccountId([1; 16]), contact_s: 7777 },
            Change::ConversationAdd(conversation(1, 1)),
            append(1, SEEKER, vec![epoch(1, 0, 0)]),
            append(1, SEEKER, vec![envelope(2, EnvelopeKind::Message, 0)]),
            Change::SessionAdd(session(1, 1, 5)),
            Change::SessionsRemove(AccountId([1; 16])),
        ],
    );
    assert!(matches!(outputs.unwrap()[4], Output::Appended { new_from: 1, .. }));
    let account = storage.lookup_account(AccountId([1; 16])).unwrap().unwrap();
    assert_eq!((account.last_contact_s, account.kind), (7777, SessionKind::Seeker(parts::site(1))));
    assert!(storage.list_sessions().unwrap().is_empty());
}

fn listeners_hear_durable_commits_in_order(storage: &dyn Storage) {
    let heard = Arc::new(Mutex::new(vec![]));
    let ear = Arc::clone(&heard);
    storage.subscribe(Box::new(move |changes, outputs| {
        ear.lock().unwrap().push((changes.to_vec(), outputs.to_vec()));
    }));
    let put = |byte| vec![Change::SettingPut(SettingKey::ClaimCodeHash, Some(vec![byte]))];
    let refused = vec![Change::SettingExpect(SettingKey::CredibleClock, Some(vec![1]))];
    let futures = [put(1), refused, put(2), put(3)].map(|changes| storage.commit(5, changes));
    let outcomes = futures.map(|future| block_on(future).is_ok());
    assert_eq!(outcomes, [true, false, true, true]);
    let expect = [put(1), put(2), put(3)].map(|changes| (changes, vec![Output::Done]));
    assert_eq!(*heard.lock().unwrap(), expect);
}

fn commits_are_queued_at_the_call(storage: &dyn Storage) {
    let put = |byte| vec![Change::SettingPut(SettingKey::ClaimCodeHash, Some(vec![byte]))];
    let first = storage.commit(5, put(1));
    let second = storage.commit(5, put(2));
    // Waited for in the other order; and one that nobody waits for is stored all the same.
    block_on(second).unwrap();
    block_on(first).unwrap();
    assert_eq!(storage.lookup_setting(SettingKey::ClaimCodeHash).unwrap(), Some(vec![2]));
    drop(storage.commit(5, put(3)));
    block_on(storage.commit(5, vec![])).unwrap();
    block_on(storage.commit(5, vec![Change::SettingExpect(SettingKey::ClaimCodeHash, Some(vec![3]))]))
        .unwrap();
}
