//! A year of an organisation's use with the daily deletion, driven by a clock of its own: the space
//! that the store takes stays within three times the live data all the time, and nothing that is not
//! due gets lost.
//!
//! `BEISTAND_TEST_SIZE=long`: a larger organisation with the limits of a running server (half an hour, some
//! gigabytes); otherwise a small one, with limits made smaller in proportion. Both print their figures.
#![allow(clippy::unwrap_used)]

mod parts;

use beistand_domain::clock::{DAY_S, Seconds};
use beistand_domain::record::{Account, AccountState, Conversation, NewEnvelope, Readers, Session, Whose};
use beistand_domain::retention::collect_due;
use beistand_domain::storage::{Actor, Change, CommitFuture, Storage};
use beistand_protocol::api::{ConversationState, Envelope, EnvelopeKind, Sealed, SessionKind};
use beistand_protocol::id::{AccountId, ConversationId, DeviceSessionId, MessageId, PersonId, TeamId};
use beistand_store::Store;
use beistand_store::disk::real::RealDisk;
use beistand_store::engine::{Limits, Options};
use beistand_store::seal::StorageKey;
use parts::{block_on, random, site};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const START_S: Seconds = 1_800_000_000;
const DAYS: u64 = 365;
const RETENTION_DAYS: u16 = 30;
/// A start in between, as after an update; every other one after an abrupt end.
const START_DAYS: u64 = 61;

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    fn id(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.next().to_le_bytes());
        id[8..].copy_from_slice(&self.next().to_le_bytes());
        id
    }
}

/// A conversation while it is talked in.
struct Talk {
    account: AccountId,
    id: ConversationId,
    messages_left: u64,
    state_version: u64,
}

struct Year {
    numbers: Numbers,
    now_s: Seconds,
    sign_ups_a_day: u64,
    talks: Vec<Talk>,
    /// Envelopes each kept conversation must have, and when the last one came.
    expect: BTreeMap<ConversationId, (u64, Seconds)>,
    written_bytes: u64,
}

impl Year {
    fn account(&mut self) -> Account {
        let id = AccountId(self.numbers.id());
        let mut look_up = [0; 32];
        look_up[..16].copy_from_slice(&self.numbers.id());
        Account {
            id,
            look_up,
            record: vec![3; 192],
            wraps: vec![],
            created_s: self.now_s,
            last_contact_s: self.now_s,
            ..parts::account(1, 1, 1)
        }
    }

    /// As large as the protocol makes them: padded text, a signature, links to what came before; now
    /// and then a long letter.
    fn envelope(&mut self, kind: EnvelopeKind) -> NewEnvelope {
        let bytes = match (kind, self.numbers.next() % 20) {
            (EnvelopeKind::Epoch, _) => 3600,
            (EnvelopeKind::Message, 0) => 5000,
            (EnvelopeKind::Message, 1..6) => 1900,
            _ => 1100,
        };
        self.written_bytes += bytes;
        let first = kind == EnvelopeKind::Epoch;
        let person = (kind == EnvelopeKind::Claim).then_some(PersonId([5; 16]));
        let envelope = Envelope {
            id: MessageId(self.numbers.id()),
            kind,
            epoch: 0,
            assignee: person,
            sealed: Sealed(vec![9; usize::try_from(bytes).unwrap()]),
        };
        let readers =
            first.then(|| Readers { persons: vec![PersonId([5; 16])], teams: vec![], guests: vec![] });
        NewEnvelope { envelope, readers, position: first.then_some(0) }
    }

    fn sign_up(&mut self) -> Vec<Change> {
        let account = self.account();
        let seeker = account.id;
        let id = ConversationId(self.numbers.id());
        let conversation = Conversation {
            id,
            site: site(1),
            team: TeamId([3; 16]),
            whose: Whose::Seeker(seeker),
            state: ConversationState::Waiting,
            readers: Readers::default(),
            opened_s: self.now_s,
            last_s: self.now_s,
            length: 0,
            epoch: 0,
            answer_by_s: None,
            steps: Vec::new(),
            asked: None,
        };
        let first = vec![self.envelope(EnvelopeKind::Epoch), self.envelope(EnvelopeKind::Message)];
        self.expect.insert(id, (2, self.now_s));
        self.talks.push(Talk {
            account: seeker,
            id,
            messages_left: self.numbers.between(4, 40),
            state_version: 1,
        });
        vec![
            Change::AccountAdd { account, state: Sealed(vec![1; 2048]) },
            Change::ConversationAdd(conversation),
            Change::ConversationAppend {
                conversation: id,
                actor: Actor::Seeker(seeker),
                envelopes: first,
                answer_by_s: None,
            },
        ]
    }

    /// A day of one talk: a log-in, some messages both ways with their receipts, the sealed state.
    fn talk(&mut self, index: usize) -> Vec<Vec<Change>> {
        let count = self.numbers.between(1, 9).min(self.talks[index].messages_left);
        let Talk { account, id, state_version, .. } = self.talks[index];
        let mut token_hash = [0; 32];
        token_hash[..16].copy_from_slice(&self.numbers.id());
        let session = Session {
            token_hash,
            account,
            kind: SessionKind::Seeker(site(1)),
            device_session: DeviceSessionId(self.numbers.id()),
            created_s: self.now_s,
            used_s: self.now_s,
        };
        let contact = Change::AccountTouch { account, contact_s: self.now_s };
        let mut commits = vec![vec![Change::SessionAdd(session), contact]];
        for n in 0..count {
            let actor = if n % 2 == 0 { Actor::Seeker(account) } else { Actor::Person(PersonId([5; 16])) };
            let envelopes = vec![self.envelope(EnvelopeKind::Message), self.envelope(EnvelopeKind::Receipt)];
            commits.push(vec![Change::ConversationAppend {
                conversation: id,
                actor,
                envelopes,
                answer_by_s: None,
            }]);
        }
        commits.push(vec![
            Change::StateWrite { account, expected_version: state_version, state: Sealed(vec![2; 2048]) },
            Change::SessionRemove(token_hash),
        ]);
        let talk = &mut self.talks[index];
        talk.messages_left -= count;
        talk.state_version += 1;
        let expect = self.expect.get_mut(&id).unwrap();
        *expect = (expect.0 + 2 * count, self.now_s);
        commits
    }

    fn day(&mut self, store: &Store) {
        let mut waiting: Vec<CommitFuture> = Vec::new();
        for _ in 0..self.sign_ups_a_day {
            let changes = self.sign_up();
            waiting.push(store.commit(self.now_s, changes));
        }
        for index in 0..self.talks.len() {
            // Not everybody writes each day.
            if !self.numbers.next().is_multiple_of(3) {
                for changes in self.talk(index) {
                    waiting.push(store.commit(self.now_s, changes));
                }
            }
            if waiting.len() > 2000 {
                waiting.drain(..).for_each(|commit| drop(block_on(commit).unwrap()));
            }
        }
        waiting.drain(..).for_each(|commit| drop(block_on(commit).unwrap()));
        self.talks.retain(|talk| talk.messages_left > 0);
    }

    /// As the server's daily job does it.
    fn retain(&mut self, store: &Store) {
        let conversations = store.list_conversations().unwrap();
        let due = collect_due(
            self.now_s,
            &conversations,
            &store.list_accounts().unwrap(),
            |_| Some(RETENTION_DAYS),
            |_| RETENTION_DAYS,
        );
        let removals = due.conversations.iter().map(|id| Change::ConversationRemove(*id));
        let removals: Vec<_> =
            removals.chain(due.accounts.iter().map(|id| Change::AccountRemove(*id))).collect();
        for some in removals.chunks(64) {
            block_on(store.commit(self.now_s, some.to_vec())).unwrap();
        }
        block_on(store.tidy()).unwrap();
        let kept_s = self.now_s - u64::from(RETENTION_DAYS) * DAY_S;
        self.expect.retain(|_, (_, last_s)| *last_s >= kept_s);
        self.talks.retain(|talk| self.expect.contains_key(&talk.id));
    }

    fn check(&self, store: &Store) {
        let found: BTreeMap<_, _> = store
            .list_conversations()
            .unwrap()
            .into_iter()
            .map(|conversation| (conversation.id, (conversation.length, conversation.last_s)))
            .collect();
        assert_eq!(found, self.expect);
        for (id, (length, _)) in self.expect.iter().step_by(7) {
            let envelopes = store.list_envelopes(*id, 0, usize::MAX, usize::MAX).unwrap();
            assert_eq!(envelopes.len() as u64, *length);
        }
        assert!(store.list_accounts().unwrap().len() >= self.expect.len());
        let any = store.list_accounts().unwrap()[0].id;
        assert!(matches!(store.lookup_state(any).unwrap(), Some(AccountState { .. })));
    }
}

fn tree_bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => tree_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[test]
fn a_year_of_use_stays_within_three_times_the_live_data() {
    const MIB: u64 = 1 << 20;
    let long = std::env::var("BEISTAND_TEST_SIZE").as_deref() == Ok("long");
    let limits = match long {
        true => Limits::default(),
        false => Limits {
            cache_bytes: 8 * MIB,
            free_bytes_min: 0,
            reserve_bytes: 0,
            segment_bytes: MIB,
            journal_bytes_min: MIB,
            journal_bytes_max: 4 * MIB,
            spare_bytes: 12 * MIB,
        },
    };
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let open = || {
        Store::open(Options {
            data: data.clone(),
            database: None,
            key: StorageKey::from_bytes([8; 32]),
            disk: Arc::new(RealDisk),
            random: random(),
            limits: limits.clone(),
        })
        .unwrap()
    };
    let mut store = open();
    let mut year = Year {
        numbers: Numbers(4),
        now_s: START_S,
        // Fifteen thousand conversations a year, or fifteen hundred.
        sign_ups_a_day: if long { 40 } else { 4 },
        talks: vec![],
        expect: BTreeMap::new(),
        written_bytes: 0,
    };
    let mut highest = (0.0, 0, 0);
    let mut deleted = 0;
    for day in 0..DAYS {
        year.now_s = START_S + day * DAY_S;
        year.day(&store);
        let before = year.expect.len();
        year.retain(&store);
        deleted += before - year.expect.len();
        let part = |name: &str| tree_bytes(&data.join(name));
        // The job has just made a checkpoint: it holds what is live and nothing else.
        let (live, used) = (part("checkpoint"), part("database") + part("journal") + part("checkpoint"));
        assert!(used <= limits.used_bytes_max(live), "day {day}: {used} bytes for {live} of live data");
        let ratio = used as f64 / live as f64;
        if day > 60 && ratio > highest.0 {
            highest = (ratio, live, used);
        }
        if day % 30 == 0 {
            println!(
                "day {day:3}: {:7.1} MiB live, {:7.1} MiB used (database {:.1}, journal {:.1}, checkpoint {:.1}), {ratio:.2} times",
                live as f64 / MIB as f64,
                used as f64 / MIB as f64,
                part("database") as f64 / MIB as f64,
                part("journal") as f64 / MIB as f64,
                part("checkpoint") as f64 / MIB as f64,
            );
        }
        if day % START_DAYS == START_DAYS - 1 {
            drop(store);
            if day % 2 == 0 {
                std::fs::remove_file(data.join("clean")).unwrap();
            }
            store = open();
            year.check(&store);
        }
    }
    year.check(&store);
    println!(
        "{deleted} conversations deleted, {} kept, {:.0} MiB of envelopes written; at most {:.2} times the live data ({} of {} bytes)",
        year.expect.len(),
        year.written_bytes as f64 / MIB as f64,
        highest.0,
        highest.2,
        highest.1,
    );
    assert!(deleted > year.expect.len() * 5, "{deleted} deleted, {} kept", year.expect.len());
    // What counts as live is what the records hold, and not much more.
    let envelopes: u64 = year.expect.values().map(|(length, _)| length * 1000).sum();
    let checkpoint = tree_bytes(&data.join("checkpoint"));
    assert!(checkpoint < envelopes * 2, "{checkpoint} bytes of checkpoint for {envelopes} of envelopes");
}
