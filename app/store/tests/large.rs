//! A large store takes little memory to start, also after an abrupt end, and to make a checkpoint, and reads
//! nothing more often than it has to. Each step is a process of its own; counted are its bytes of memory at
//! the most, the bytes it reads, and its CPU time, which is printed.
//!
//! `BEISTAND_TEST_SIZE=long`: a gigabyte with the limits of a running server (minutes, some gigabytes of
//! disk); otherwise an eighth of it, with limits in proportion.
#![allow(clippy::unwrap_used)]

mod parts;

use beistand_domain::record::{Conversation, NewEnvelope, Readers, Whose};
use beistand_domain::storage::{Actor, Change, Storage};
use beistand_protocol::api::{ConversationState, Envelope, EnvelopeKind, Sealed};
use beistand_protocol::id::{AccountId, ConversationId, MessageId, PersonId, TeamId};
use beistand_store::Store;
use beistand_store::disk::real::RealDisk;
use beistand_store::engine::{Limits, Options};
use beistand_store::seal::StorageKey;
use parts::{block_on, random, site};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const MIB: u64 = 1 << 20;
const STEP: &str = "BEISTAND_TEST_LARGE_STEP";
const DIRECTORY: &str = "BEISTAND_TEST_LARGE_DIRECTORY";
/// Messages of a conversation, and their size: one commit.
const MESSAGES: u64 = 20;
const MESSAGE_BYTES: usize = 2000;

fn is_long() -> bool {
    std::env::var("BEISTAND_TEST_SIZE").as_deref() == Ok("long")
}

fn limits() -> Limits {
    if is_long() {
        return Limits::default();
    }
    Limits {
        cache_bytes: 8 * MIB,
        free_bytes_min: 0,
        reserve_bytes: 0,
        segment_bytes: MIB,
        journal_bytes_min: 2 * MIB,
        journal_bytes_max: 8 * MIB,
        spare_bytes: 8 * MIB,
    }
}

fn open(data: &Path) -> Store {
    Store::open(Options {
        data: data.to_path_buf(),
        database: None,
        key: StorageKey::from_bytes([8; 32]),
        disk: Arc::new(RealDisk),
        random: random(),
        limits: limits(),
    })
    .unwrap()
}

/// A conversation with all its messages.
fn conversation(number: u64) -> Vec<Change> {
    let id = |part: u64| {
        let mut id = [0; 16];
        // Spread as ids that are drawn by chance.
        id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        id[8..].copy_from_slice(&part.to_be_bytes());
        id
    };
    let (seeker, conversation) = (AccountId(id(1)), ConversationId(id(2)));
    let envelopes = (0..MESSAGES).map(|n| {
        let kind = if n == 0 { EnvelopeKind::Epoch } else { EnvelopeKind::Message };
        let readers =
            (n == 0).then(|| Readers { persons: vec![PersonId([5; 16])], teams: vec![], guests: vec![] });
        let sealed = Sealed(vec![n as u8; MESSAGE_BYTES]);
        let envelope = Envelope { id: MessageId(id(10 + n)), kind, epoch: 0, assignee: None, sealed };
        NewEnvelope { envelope, readers, position: (n == 0).then_some(0) }
    });
    vec![
        Change::ConversationAdd(Conversation {
            id: conversation,
            site: site(1),
            team: TeamId([3; 16]),
            whose: Whose::Seeker(seeker),
            state: ConversationState::Waiting,
            readers: Readers::default(),
            opened_s: 9,
            last_s: 9,
            length: 0,
            epoch: 0,
            answer_by_s: None,
            steps: Vec::new(),
            asked: None,
        }),
        Change::ConversationAppend {
            conversation,
            actor: Actor::Seeker(seeker),
            envelopes: envelopes.collect(),
            answer_by_s: None,
        },
    ]
}

fn field(file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
}

/// What a process has used until now.
fn say_what_was_used() {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = after_name[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    let (memory, read) = (field("/proc/self/status", "VmHWM") * 1024, field("/proc/self/io", "rchar"));
    println!("\nused {memory} {read} {} .", ticks * 10);
}

/// Does one step, in the process that was started for it.
fn step(name: &str, data: &Path) {
    let conversations = if is_long() { 1024 } else { 128 } * MIB / (MESSAGES * MESSAGE_BYTES as u64);
    match name {
        "fill" => {
            let store = open(data);
            let mut waiting = std::collections::VecDeque::new();
            for number in 0..conversations {
                waiting.push_back(store.commit(9, conversation(number)));
                if waiting.len() > 64 {
                    block_on(waiting.pop_front().unwrap()).unwrap();
                }
            }
            waiting.into_iter().for_each(|commit| drop(block_on(commit).unwrap()));
            drop(store);
            say_what_was_used();
        }
        "start" => {
            let _store = open(data);
            say_what_was_used();
        }
        "checkpoint" => {
            let store = open(data);
            block_on(store.commit(9, conversation(conversations))).unwrap();
            block_on(store.tidy()).unwrap();
            drop(store);
            say_what_was_used();
        }
        other => panic!("{other}"),
    }
}

struct Used {
    memory: u64,
    read: u64,
}

fn run(name: &str, data: &Path) -> Used {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "a_large_store_takes_little_memory_and_reads_nothing_in_vain"])
        .env(STEP, name)
        .env(DIRECTORY, data)
        // What the store takes, not what glibc keeps of it: the server gives that back by itself.
        .env("MALLOC_ARENA_MAX", "1")
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line =
        text.lines().find_map(|line| line.strip_prefix("used ")).unwrap_or_else(|| panic!("{name}: {text}"));
    let numbers: Vec<u64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [memory, read, cpu_ms] = numbers[..] else { panic!("{line}") };
    println!(
        "{name}: {:.1} MiB of memory at the most, {:.1} MiB read, {cpu_ms} ms of CPU",
        memory as f64 / MIB as f64,
        read as f64 / MIB as f64
    );
    Used { memory, read }
}

fn bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[test]
fn a_large_store_takes_little_memory_and_reads_nothing_in_vain() {
    if let (Ok(name), Ok(data)) = (std::env::var(STEP), std::env::var(DIRECTORY)) {
        return step(&name, Path::new(&data));
    }
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let memory_max = if is_long() { 224 } else { 96 } * MIB;
    let part = |name: &str| bytes(&data.join(name));
    let parts = |when: &str| {
        let (checkpoint, journal, database) = (part("checkpoint"), part("journal"), part("database"));
        let mib = [checkpoint, journal, database].map(|bytes| bytes as f64 / MIB as f64);
        println!("{when}: checkpoint {:.1} MiB, journal {:.1}, database {:.1}", mib[0], mib[1], mib[2]);
        (checkpoint, journal, database)
    };
    let check = |name: &str, most_read: u64| {
        let used = run(name, &data);
        assert!(used.memory < memory_max, "{name}: {} bytes of memory", used.memory);
        assert!(used.read < most_read + 4 * MIB, "{name}: {} bytes read, at most {most_read}", used.read);
    };
    let used = run("fill", &data);
    assert!(used.memory < memory_max, "fill: {} bytes of memory", used.memory);
    let (_, journal, database) = parts("filled");
    // The look-up database is read to see that it is what was left, and when sled opens it.
    check("start", journal + 2 * database);
    // After an abrupt end: all of it goes into a new look-up database, of which sled reads a little again.
    std::fs::remove_file(data.join("clean")).unwrap();
    let (checkpoint, journal, database) = parts("after an orderly start");
    check("start", checkpoint + journal + database / 4);
    let (checkpoint, journal, database) = parts("after an abrupt one");
    // Merged and read back, once when the store finds its journal too long and once with what came meanwhile; a start
    // before, and an end; or the look-up database made anew. Of the journal's changes a merge keeps 16 MiB at a time.
    let readings = 5 + journal / (16 * MIB);
    check("checkpoint", 4 * checkpoint + readings * journal + 4 * database);
    parts("after a checkpoint");
}
