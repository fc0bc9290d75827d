//! Durable commits a second with 1, 16 and 64 writers, against bare append + fdatasync of the same
//! bytes on the same disk, and how long a start takes after an abrupt end.
//!
//! `cargo run --release -p beistand-store --example commits -- DIR [SECONDS]`
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement reads the clock")]

use beistand_domain::record::{Conversation, NewEnvelope, Readers};
use beistand_domain::storage::{Actor, Change, Storage};
use beistand_protocol::api::{ConversationState, Envelope, EnvelopeKind, Sealed};
use beistand_protocol::id::{AccountId, ConversationId, MessageId, SiteId, TeamId};
use beistand_store::Store;
use beistand_store::disk::real::RealDisk;
use beistand_store::engine::{Limits, Options};
use beistand_store::seal::StorageKey;
use std::fs::{File, OpenOptions};
use std::future::Future;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::{Duration, Instant};

const MESSAGE_BYTES: usize = 1024;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().expect("a directory on the disk to be measured"));
    let seconds: u64 = arguments.next().map_or(5, |seconds| seconds.parse().unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    let time = Duration::from_secs(seconds);

    let single = append_bare(&dir, time, 1);
    println!("bare append+fdatasync of one message at a time: {single:8.0}/s");
    let data = dir.join("data");
    for writers in [1, 16, 64] {
        let _ = std::fs::remove_dir_all(&data);
        let (rate, p50, p99) = commit(&data, time, writers);
        // The same grouping without anything else: as many messages a sync as writers wait.
        let bare = append_bare(&dir, time, writers);
        println!(
            "{writers:3} writers: {rate:8.0} commits/s, median {p50:6.2} ms, p99 {p99:6.2} ms; \
             bare groups of {writers}: {bare:8.0}/s, ratio {:.2}",
            rate / bare
        );
    }
    for name in ["orderly", "abrupt"] {
        if name == "abrupt" {
            std::fs::remove_file(data.join("clean")).unwrap();
        }
        let start = Instant::now();
        let store = open(&data);
        let took = start.elapsed();
        let count: u64 = store.list_conversations().unwrap().iter().map(|talk| talk.length).sum();
        println!("start after an {name} end with {count} messages: {:.2} s", took.as_secs_f64());
    }
    std::fs::remove_dir_all(&data).unwrap();
}

fn append_bare(dir: &Path, time: Duration, group: usize) -> f64 {
    let path = dir.join("bare");
    let mut file = OpenOptions::new().append(true).create(true).open(&path).unwrap();
    let bytes = vec![7; MESSAGE_BYTES * group];
    let start = Instant::now();
    let mut messages = 0;
    while start.elapsed() < time {
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
        messages += group;
    }
    let rate = messages as f64 / start.elapsed().as_secs_f64();
    std::fs::remove_file(path).unwrap();
    rate
}

fn open(data: &Path) -> Store {
    let mut system = File::open("/dev/urandom").unwrap();
    Store::open(Options {
        data: data.to_path_buf(),
        database: None,
        key: StorageKey::from_bytes([7; 32]),
        disk: Arc::new(RealDisk),
        random: Box::new(move |bytes: &mut [u8]| system.read_exact(bytes).unwrap()),
        limits: Limits::default(),
    })
    .unwrap()
}

fn commit(data: &Path, time: Duration, writers: usize) -> (f64, f64, f64) {
    let store = open(data);
    let count = AtomicU64::new(0);
    let start = Instant::now();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..writers)
            .map(|writer| {
                let (store, count) = (&store, &count);
                scope.spawn(move || {
                    let conversation = begin(store, writer as u8);
                    let mut waits = vec![];
                    while start.elapsed() < time {
                        let begin = Instant::now();
                        let number = count.fetch_add(1, Ordering::Relaxed);
                        block_on(store.commit(number, vec![message(conversation, number)])).unwrap();
                        waits.push(begin.elapsed());
                    }
                    waits
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let rate = waits.len() as f64 / start.elapsed().as_secs_f64();
    waits.sort();
    let part = |part: usize| waits[waits.len() * part / 100].as_secs_f64() * 1000.0;
    (rate, part(50), part(99))
}

const SEEKER: AccountId = AccountId([1; 16]);

fn begin(store: &Store, writer: u8) -> ConversationId {
    let id = ConversationId([writer; 16]);
    let conversation = Conversation {
        id,
        site: SiteId([1; 16]),
        team: TeamId([1; 16]),
        seeker: SEEKER,
        state: ConversationState::Waiting,
        readers: Readers::default(),
        opened_s: 0,
        last_s: 0,
        length: 0,
        epoch: 0,
    };
    let envelope = Envelope {
        id: MessageId([0xff; 16]),
        kind: EnvelopeKind::Epoch,
        epoch: 0,
        assignee: None,
        sealed: Sealed(vec![1]),
    };
    let epoch = NewEnvelope { envelope, readers: Some(Readers::default()), position: Some(0) };
    let append =
        Change::ConversationAppend { conversation: id, actor: Actor::Seeker(SEEKER), envelopes: vec![epoch] };
    block_on(store.commit(0, vec![Change::ConversationAdd(conversation), append])).unwrap();
    id
}

fn message(conversation: ConversationId, number: u64) -> Change {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    let envelope = Envelope {
        id: MessageId(id),
        kind: EnvelopeKind::Message,
        epoch: 0,
        assignee: None,
        sealed: Sealed(vec![9; MESSAGE_BYTES]),
    };
    let new = NewEnvelope { envelope, readers: None, position: None };
    Change::ConversationAppend { conversation, actor: Actor::Seeker(SEEKER), envelopes: vec![new] }
}

fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}
