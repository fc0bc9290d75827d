//! Random commits give the same answers on disk and in memory, through checkpoints, orderly and
//! abrupt ends.
#![allow(clippy::unwrap_used)]

mod parts;

use beistand_domain::record::SettingKey;
use beistand_domain::storage::{Actor, Change, CommitError, Storage};
use beistand_protocol::api::{EnvelopeKind, LogHead, Sealed};
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{AccountId, ConversationId, Digest, InvitationId, PersonId, TeamId};
use beistand_protocol::queue;
use beistand_store::{MemoryStore, Store};
use parts::{Data, block_on};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// One random step.
#[derive(Debug, Clone)]
enum Step {
    /// Commits that are handed over at once and so share a group.
    Commits(Vec<Vec<Plan>>),
    Reopen,
    ReopenAfterAbruptEnd,
    Checkpoint,
    Compact,
}

/// A change, some of it relative to what is there, so that it often succeeds.
#[derive(Debug, Clone)]
enum Plan {
    Change(Box<Change>),
    Log { right_head: bool, entries: Vec<Vec<u8>> },
    Roster { team: u8, right_version: bool, mark: u8 },
    Append { conversation: u8, seeker: u8, message: u8, epoch: bool, right: bool },
    Escalate { conversation: u8, at_s: u64 },
}

fn resolve(model: &MemoryStore, plan: Plan) -> Change {
    match plan {
        Plan::Change(change) => *change,
        Plan::Log { right_head, entries } => {
            let expected = model.lookup_log_head().unwrap().filter(|_| right_head);
            let length = expected.map_or(0, |head| head.length) + entries.len() as u64;
            let digest = Digest([entries.len() as u8; 32]);
            Change::LogAppend { expected, entries, head: LogHead { length, digest } }
        }
        Plan::Roster { team, right_version, mark } => {
            let known = model.lookup_roster(TeamId([team; 16])).unwrap().map_or(0, |plan| plan.version);
            parts::roster_change(team, known + if right_version { 1 } else { 2 }, mark)
        }
        Plan::Escalate { conversation, at_s } => {
            let conversation = ConversationId([conversation; 16]);
            let there = model.lookup_conversation(conversation).unwrap();
            let step = queue::Step { at_s, reach: queue::Reach::Leads };
            let newest = there.and_then(|there| there.steps.last().copied()).unwrap_or(step);
            Change::ConversationEscalate { conversation, newest, step }
        }
        Plan::Append { conversation, seeker, message, epoch, right } => {
            let id = ConversationId([conversation; 16]);
            let there = model.lookup_conversation(id).unwrap();
            let (length, number) = there.map_or((0, 0), |there| (there.length, there.epoch));
            let number = if right { number } else { number + 7 };
            let envelope = match (epoch, length) {
                (true, 0) => parts::epoch(message, 0, 0),
                (true, _) => parts::epoch(message, number + 1, length),
                (false, _) => parts::envelope(message, EnvelopeKind::Message, number),
            };
            let actor = Actor::Seeker(AccountId([seeker; 16]));
            Change::ConversationAppend {
                conversation: id,
                actor,
                envelopes: vec![envelope],
                answer_by_s: right.then(|| 1000 + u64::from(message)),
            }
        }
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let id = || 1..4u8;
    let account = || (1..4u8).prop_map(|id| AccountId([id; 16]));
    let sealed = || vec(any::<u8>(), 0..200).prop_map(Sealed);
    let library = || {
        let of =
            |(id, own)| if own { Library::Own(PersonId([id; 16])) } else { Library::Team(TeamId([id; 16])) };
        (id(), any::<bool>()).prop_map(of)
    };
    let key = || select(vec![SettingKey::ClaimCodeHash, SettingKey::CredibleClock]);
    let value = || proptest::option::of(vec(0..2u8, 0..2));
    let change = prop_oneof![
        (id(), 0..3u8, id(), sealed()).prop_map(|(id, realm, name, state)| {
            let account = match realm {
                0 => parts::staff_account(id, 1 + name % 2, name, u64::from(id)),
                realm => parts::account(id, realm, name),
            };
            Change::AccountAdd { account, state }
        }),
        (id(), 1..3u8, id(), 1..3u32, sealed()).prop_map(|(id, realm, name, expected_generation, state)| {
            let mut account = parts::account(id, realm, name);
            account.generation = expected_generation + 1;
            Change::AccountReplace { expected_generation, account, state }
        }),
        account().prop_map(Change::AccountRemove),
        (account(), 0..100u64).prop_map(|(account, contact_s)| Change::AccountExpire { account, contact_s }),
        (account(), 0..100u64).prop_map(|(account, contact_s)| Change::AccountRedate { account, contact_s }),
        (account(), 1..4u8)
            .prop_map(|(account, person)| Change::AccountPerson { account, person: PersonId([person; 16]) }),
        (account(), 0..100u64).prop_map(|(account, contact_s)| Change::AccountTouch { account, contact_s }),
        (account(), 1..4u64, sealed()).prop_map(|(account, expected_version, state)| Change::StateWrite {
            account,
            expected_version,
            state
        }),
        (id(), 1..4u32).prop_map(|(team, number)| Change::GenerationAppend(parts::generation(team, number))),
        (id(), id()).prop_map(|(id, seeker)| Change::ConversationAdd(parts::conversation(id, seeker))),
        id().prop_map(|id| Change::ConversationRemove(ConversationId([id; 16]))),
        (id(), 99..200u64).prop_map(|(id, last_s)| {
            Change::ConversationExpire { conversation: ConversationId([id; 16]), last_s }
        }),
        (id(), 0..200u64).prop_map(|(id, last_s)| {
            Change::ConversationRedate { conversation: ConversationId([id; 16]), last_s }
        }),
        (0..40u8, id(), id()).prop_map(|(token, account, person)| {
            Change::SessionAdd(parts::session(token, account, person))
        }),
        (0..40u8, 0..9u64)
            .prop_map(|(token, used_s)| Change::SessionTouch { token_hash: [token; 32], used_s }),
        (0..40u8).prop_map(|token| Change::SessionRemove([token; 32])),
        account().prop_map(Change::SessionsRemove),
        (id(), id()).prop_map(|(id, account)| Change::AcceptanceAdd(parts::acceptance(id, account))),
        id().prop_map(|id| Change::AcceptanceDone(InvitationId([id; 16]))),
        (id(), vec(any::<u8>(), 0..20))
            .prop_map(|(id, sighting)| Change::SightingPut { person: PersonId([id; 16]), sighting }),
        (key(), value()).prop_map(|(key, value)| Change::SettingPut(key, value)),
        (key(), value()).prop_map(|(key, value)| Change::SettingExpect(key, value)),
        (0..9u8, id(), 1..3u8).prop_map(|(secret, person, team)| Change::CalendarLinkAdd(
            parts::calendar_link(secret, person, team)
        )),
        (0..9u8).prop_map(|secret| Change::CalendarLinkRemove([secret; 32])),
        (id(), 0..9u8).prop_map(|(team, mark)| parts::queue_rules(team, mark)),
        (library(), 1..4u64, 0..9u8).prop_map(|(of, version, mark)| parts::blocks_put(of, version, mark)),
        library().prop_map(Change::BlocksRemove),
        id().prop_map(|id| Change::NotesRemove(PersonId([id; 16]))),
        (id(), 0..9u8).prop_map(|(person, mark)| parts::notice_put(person, mark)),
        (id(), 0..9u8).prop_map(|(person, mark)| parts::mail_pending(person, mark)),
        id().prop_map(|person| Change::NoticeRemove(PersonId([person; 16]))),
        (0..9u8).prop_map(parts::mail_access),
        (id(), 0..3u8, 0..3u8)
            .prop_map(|(account, before, mark)| parts::second_factor_put(account, before, mark)),
        (0..9u8, 1..3u8).prop_map(|(id, person)| Change::PushAdd(Box::new(parts::push_device(id, person)))),
        (0..9u8).prop_map(|id| Change::PushRemove([id; 32])),
        (id(), 0..9u8, 0..9u8).prop_map(|(id, message, mark)| parts::closing_count(id, message, mark)),
        (id(), 0..9u8).prop_map(|(team, mark)| parts::topics_put(team, mark)),
    ];
    let append = (id(), id(), 0..9u8, any::<bool>(), proptest::bool::weighted(0.8));
    prop_oneof![
        6 => change.prop_map(|change| Plan::Change(Box::new(change))),
        1 => (proptest::bool::weighted(0.8), vec(vec(any::<u8>(), 0..9), 1..4))
            .prop_map(|(right_head, entries)| Plan::Log { right_head, entries }),
        1 => (id(), proptest::bool::weighted(0.8), any::<u8>())
            .prop_map(|(team, right_version, mark)| Plan::Roster { team, right_version, mark }),
        1 => (id(), 90..120u64).prop_map(|(conversation, at_s)| Plan::Escalate { conversation, at_s }),
        4 => append.prop_map(|(conversation, seeker, message, epoch, right)| {
            Plan::Append { conversation, seeker, message, epoch, right }
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => vec(vec(plan(), 1..3), 1..5).prop_map(Step::Commits),
        1 => Just(Step::Reopen),
        1 => Just(Step::ReopenAfterAbruptEnd),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Compact),
    ]
}

fn run(steps: Vec<Step>) {
    let data = Data::new();
    let model = MemoryStore::default();
    let mut store: Store = data.open().unwrap();
    let mut now_s = 100;
    for step in steps {
        match step {
            Step::Commits(commits) => {
                now_s += 1;
                let mut answers = vec![];
                for plans in commits {
                    let changes: Vec<_> = plans.into_iter().map(|plan| resolve(&model, plan)).collect();
                    let expect = block_on(model.commit(now_s, changes.clone()));
                    answers.push((expect, store.commit(now_s, changes)));
                }
                for (expect, answer) in answers {
                    match (expect, block_on(answer)) {
                        (Ok(expect), Ok(outputs)) => assert_eq!(outputs, expect),
                        (Err(CommitError::Refused(expect)), Err(CommitError::Refused(refused))) => {
                            assert_eq!(refused, expect);
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
            Step::Checkpoint => block_on(store.checkpoint()).unwrap(),
            Step::Compact => block_on(store.compact()).unwrap(),
            Step::Reopen => {
                drop(store);
                store = data.open().unwrap();
            }
            Step::ReopenAfterAbruptEnd => {
                drop(store);
                data.forget_orderly_end();
                store = data.open().unwrap();
            }
        }
    }
    assert_eq!(parts::everything(&store), parts::everything(&model));
    drop(store);
    data.forget_orderly_end();
    assert_eq!(parts::everything(&data.open().unwrap()), parts::everything(&model));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn disk_and_memory_agree(steps in vec(step(), 1..60)) {
        run(steps);
    }
}
