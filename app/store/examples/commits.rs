//! Durable commits a second with 1, 16 and 64 writers, beside what the disk can do by itself, as JSON.
//!
//! `cargo run --release -p beistand-store --example commits -- DIR [SECONDS]`
//!
//! The disk's own limit is measured in turns with the store, so that whatever else the machine does
//! falls on both, and in three ways:
//!
//! - *each*: as many threads as there are writers, each of which appends its message to the one file and
//!   `fdatasync`s it, as the store's writers would do without the store;
//! - *growing*: one thread appends as many messages at once as there are writers, and `fdatasync`s them once;
//!   each sync then also commits the file system's own journal with the new length, and waits for what
//!   others have in it;
//! - *preallocated*: the same over the zeros of a file of the journal segment's size, whose length stays, as
//!   the store's own journal does it. Nobody waits for anybody and nothing is done to the messages: this is
//!   what the disk can do at the most.
//!
//! How many commits the store really put into one sync is told as well: whoever comes while a sync
//! runs shares the next one, so with few writers its groups are smaller than the bare ones.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement reads the clock")]

use beistand_domain::record::{Conversation, NewEnvelope, Readers, Whose};
use beistand_domain::storage::{Actor, Change, Storage};
use beistand_protocol::api::{ConversationState, Envelope, EnvelopeKind, Sealed};
use beistand_protocol::id::{AccountId, ConversationId, MessageId, SiteId, TeamId};
use beistand_store::Store;
use beistand_store::disk::real::RealDisk;
use beistand_store::disk::{Disk, DiskFile};
use beistand_store::engine::{Limits, Options};
use beistand_store::seal::StorageKey;
use std::fs::{File, OpenOptions};
use std::future::Future;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::{Duration, Instant};

const MESSAGE_BYTES: usize = 1024;
const WRITERS: [usize; 3] = [1, 16, 64];
/// Turns of store and bare disk.
const ROUNDS: u32 = 5;

/// Something counted over some time.
#[derive(Default, Clone, Copy)]
struct Rate {
    count: usize,
    time: Duration,
}

impl Rate {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.time += other.time;
    }

    fn per_s(self) -> f64 {
        self.count as f64 / self.time.as_secs_f64()
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().expect("a directory on the disk to be measured"));
    let seconds: u64 = arguments.next().map_or(10, |seconds| seconds.parse().unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    let slice = Duration::from_secs(seconds) / ROUNDS;
    let rows: Vec<String> = WRITERS.map(|writers| measure(&dir, slice, writers)).into();
    println!("{{ \"message_bytes\": {MESSAGE_BYTES}, \"writers\": [\n{}\n] }}", rows.join(",\n"));
}

fn measure(dir: &Path, slice: Duration, writers: usize) -> String {
    let data = dir.join("data");
    let (mut commits, mut each, mut growing, mut preallocated) = <(Rate, Rate, Rate, Rate)>::default();
    let (mut waits, mut syncs) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let _ = std::fs::remove_dir_all(&data);
        let disk = Arc::new(CountingDisk::default());
        let (rate, round) = commit(&data, &disk, slice, writers);
        commits.add(rate);
        waits.extend(round);
        syncs += disk.journal_syncs.load(Ordering::Relaxed);
        each.add(append_each(dir, slice, writers));
        growing.add(append_bare(dir, slice, writers, false));
        preallocated.add(append_bare(dir, slice, writers, true));
    }
    std::fs::remove_dir_all(&data).unwrap();
    waits.sort();
    let part = |part: usize| waits[waits.len() * part / 100].as_secs_f64() * 1000.0;
    format!(
        "{{ \"writers\": {writers}, \"commits_s\": {:.0}, \"p50_ms\": {:.3}, \"p99_ms\": {:.3}, \"commits_per_sync\": {:.1}, \
         \"bare_each_s\": {:.0}, \"bare_growing_s\": {:.0}, \"bare_preallocated_s\": {:.0}, \"bare_group\": {writers}, \
         \"ratio_each\": {:.3}, \"ratio_growing\": {:.3}, \"ratio_preallocated\": {:.3} }}",
        commits.per_s(),
        part(50),
        part(99),
        commits.count as f64 / syncs.max(1) as f64,
        each.per_s(),
        growing.per_s(),
        preallocated.per_s(),
        commits.per_s() / each.per_s(),
        commits.per_s() / growing.per_s(),
        commits.per_s() / preallocated.per_s(),
    )
}

/// Messages of as many threads, each written and synced by itself.
fn append_each(dir: &Path, time: Duration, writers: usize) -> Rate {
    let path = dir.join("bare");
    let file = File::create(&path).unwrap();
    let (end, count) = (AtomicU64::new(0), AtomicU64::new(0));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..writers {
            scope.spawn(|| {
                while start.elapsed() < time {
                    let at = end.fetch_add(MESSAGE_BYTES as u64, Ordering::Relaxed);
                    file.write_all_at(&[7; MESSAGE_BYTES], at).unwrap();
                    file.sync_data().unwrap();
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let rate = Rate { count: count.into_inner() as usize, time: start.elapsed() };
    std::fs::remove_file(path).unwrap();
    rate
}

/// Groups of messages, each group written at once and synced.
fn append_bare(dir: &Path, time: Duration, group: usize, preallocated: bool) -> Rate {
    let path = dir.join("bare");
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path).unwrap();
    let room = Limits::default().segment_bytes;
    if preallocated {
        file.write_all_at(&vec![0; room as usize], 0).unwrap();
        file.sync_all().unwrap();
    }
    let bytes = vec![7; MESSAGE_BYTES * group];
    let start = Instant::now();
    let (mut count, mut at) = (0, 0);
    while start.elapsed() < time {
        if preallocated && at + bytes.len() as u64 > room {
            at = 0;
        }
        file.write_all_at(&bytes, at).unwrap();
        file.sync_data().unwrap();
        at += bytes.len() as u64;
        count += group;
    }
    let time = start.elapsed();
    std::fs::remove_file(path).unwrap();
    Rate { count, time }
}

/// The real disk; counts the journal's syncs.
#[derive(Default)]
struct CountingDisk {
    journal_syncs: Arc<AtomicU64>,
}

struct CountingFile(Box<dyn DiskFile>, Arc<AtomicU64>);

impl CountingDisk {
    fn wrap(&self, path: &Path, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        let journal = path.parent().is_some_and(|dir| dir.ends_with("journal"));
        if journal { Box::new(CountingFile(file, self.journal_syncs.clone())) } else { file }
    }
}

impl Disk for CountingDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        RealDisk.create_dir(dir)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }
    fn open_read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        RealDisk.open_read(path)
    }
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.wrap(path, RealDisk.create(path)?))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.wrap(path, RealDisk.open(path)?))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        RealDisk.sync_dir(dir)
    }
    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        RealDisk.free_bytes(dir)
    }
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        RealDisk.lock(path)
    }
}

impl DiskFile for CountingFile {
    fn len(&self) -> u64 {
        self.0.len()
    }
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(at, bytes)
    }
    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.truncate(len)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.sync()
    }
}

fn open(data: &Path, disk: &Arc<CountingDisk>) -> Store {
    let mut system = File::open("/dev/urandom").unwrap();
    Store::open(Options {
        data: data.to_path_buf(),
        database: None,
        key: StorageKey::from_bytes([7; 32]),
        disk: disk.clone(),
        random: Box::new(move |bytes: &mut [u8]| system.read_exact(bytes).unwrap()),
        limits: Limits::default(),
    })
    .unwrap()
}

fn commit(data: &Path, disk: &Arc<CountingDisk>, time: Duration, writers: usize) -> (Rate, Vec<Duration>) {
    let store = open(data, disk);
    let conversations: Vec<_> = (0..writers).map(|writer| begin(&store, writer as u8)).collect();
    disk.journal_syncs.store(0, Ordering::Relaxed);
    let count = AtomicU64::new(0);
    let start = Instant::now();
    let waits: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = conversations
            .into_iter()
            .map(|conversation| {
                let (store, count) = (&store, &count);
                scope.spawn(move || {
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
    (Rate { count: waits.len(), time: start.elapsed() }, waits)
}

const SEEKER: AccountId = AccountId([1; 16]);

fn begin(store: &Store, writer: u8) -> ConversationId {
    let id = ConversationId([writer; 16]);
    let conversation = Conversation {
        id,
        site: SiteId([1; 16]),
        team: TeamId([1; 16]),
        whose: Whose::Seeker(SEEKER),
        state: ConversationState::Waiting,
        readers: Readers::default(),
        opened_s: 0,
        last_s: 0,
        length: 0,
        epoch: 0,
        answer_by_s: None,
        steps: Vec::new(),
        asked: None,
    };
    let envelope = Envelope {
        id: MessageId([0xff; 16]),
        kind: EnvelopeKind::Epoch,
        epoch: 0,
        assignee: None,
        sealed: Sealed(vec![1]),
    };
    let epoch = NewEnvelope { envelope, readers: Some(Readers::default()), position: Some(0) };
    let append = Change::ConversationAppend {
        conversation: id,
        actor: Actor::Seeker(SEEKER),
        envelopes: vec![epoch],
        answer_by_s: None,
    };
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
    Change::ConversationAppend {
        conversation,
        actor: Actor::Seeker(SEEKER),
        envelopes: vec![new],
        answer_by_s: None,
    }
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
