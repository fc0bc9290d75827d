//! Tables, keys and values, durably: what the typed storage stands on.
//!
//! One writer takes whole commits from all callers, evaluates each against everything before it,
//! and makes them durable in groups: one encrypted frame appended to the journal and one
//! `fdatasync` for all that wait. Then the group is applied to sled and each caller is told. So
//! whoever was told, and whoever reads, sees only what survives a power cut.
//!
//! sled is for look-ups alone. Its files are believed only if they are byte for byte what an
//! orderly end left behind (file `clean`); in any other case, and whenever sled fails to open, it
//! is filled anew from checkpoint and journal. The mark is taken away before sled is opened, so
//! that even a sled that ends the process while opening is replaced by the next start. The other way
//! round, a journal that has decayed since an orderly end is replaced by what sled holds (`rescue`).
//!
//! ```text
//! commit ─▶ writer: evaluate ─▶ key file ─▶ journal + fdatasync ─▶ destroy keys ─▶ sled ─▶ answers
//!                                              │ segments, from time to time
//!                                              └▶ merged with the old checkpoint into a new one
//! ```
//! Neither the journal nor sled gets shorter by itself. So the writer counts, and has checkpoints
//! and copies of sled made in threads of their own, before all files together pass three times the
//! live data ([`Limits::used_bytes_max`], `upkeep`). Commits that come faster than that can be done wait.
//!
//! A conversation's data key is durable before the first group that needs it. Destroying one
//! stands in the journal first and is done again when opening, so that neither half of it can
//! get lost.

mod beside;
mod database;
mod recovery;
mod rescue;
mod transaction;
mod upkeep;
mod writer;

use crate::disk::Disk;
use crate::error::Error;
use crate::keys::KeyRing;
use crate::random::Random;
use crate::seal::StorageKey;
use crate::sealed::{Opened, Sealer};
use crate::table::Table;
use database::Database;
use futures_channel::oneshot;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, mpsc};
use std::thread::JoinHandle;

pub(crate) use transaction::Transaction;

/// Largest value, in bytes.
pub const VALUE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Largest key, in bytes.
pub const KEY_BYTES_MAX: usize = 256;
/// Largest commit: sum of its keys and values, in bytes.
pub const COMMIT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Commits that may wait for the writer; further ones are refused as [`Error::Busy`].
pub const COMMITS_WAITING_MAX: usize = 8192;

/// Smallest size of a journal segment, unless the largest one is smaller.
const SEGMENT_BYTES_MIN: u64 = 1024 * 1024;

/// Sizes that decide when the engine does what.
#[derive(Debug, Clone)]
pub struct Limits {
    /// sled's cache.
    pub cache_bytes: u64,
    /// With less than this free, only commits that free space are taken.
    pub free_bytes_min: u64,
    /// Size of the reserve file.
    pub reserve_bytes: u64,
    /// Largest size of a journal segment, see [`Limits::segment_bytes`].
    pub segment_bytes: u64,
    /// A checkpoint is made once the journal is longer than a quarter of the last checkpoint, and
    /// longer than this.
    pub journal_bytes_min: u64,
    /// A checkpoint is made at the latest once the journal is longer than this.
    pub journal_bytes_max: u64,
    /// See [`Limits::used_bytes_max`].
    pub spare_bytes: u64,
}

impl Limits {
    /// Most bytes that sled's files, journal and checkpoint together take while nothing is being
    /// copied: three times the live data. Where there is little of it, some more: the smallest sled, a
    /// journal that is worth a checkpoint, and its segments made ahead take some space too. That is
    /// [`Limits::spare_bytes`] at the most, and nothing any more from sixteen times as much live data on
    /// (as a server runs: 16 MiB, fading until 256 MiB). Live data: the keys and sealed values of all
    /// records that are not deleted, as the newest checkpoint counted them.
    ///
    /// While a checkpoint is being made, or sled's files are made anew, the copy comes on top: about
    /// as much as the live data, or twice as much.
    #[must_use]
    pub fn used_bytes_max(&self, live_bytes: u64) -> u64 {
        live_bytes.saturating_mul(3).saturating_add(self.spare_bytes.saturating_sub(live_bytes / 16))
    }

    /// How large a journal segment is made, ahead of its use, where so many bytes are stored. Small where
    /// there is little: one that is not full takes its space all the same.
    fn segment_bytes(&self, stored_bytes: u64) -> u64 {
        (stored_bytes / 16).max(SEGMENT_BYTES_MIN).min(self.segment_bytes)
    }

    /// When sled's files are made anew, so that growth meanwhile stays below the most there may be.
    fn used_bytes_high(&self, live_bytes: u64) -> u64 {
        self.used_bytes_max(live_bytes) - live_bytes.saturating_add(self.spare_bytes) / 4
    }

    /// A step of growth: so much more must be used before something is tried again.
    fn growth_bytes(&self, live_bytes: u64) -> u64 {
        live_bytes.saturating_add(self.spare_bytes) / 8
    }
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            cache_bytes: 16 * MIB,
            free_bytes_min: 64 * MIB,
            reserve_bytes: 16 * MIB,
            segment_bytes: 8 * MIB,
            journal_bytes_min: 4 * MIB,
            journal_bytes_max: 64 * MIB,
            spare_bytes: 16 * MIB,
        }
    }
}

/// What is stored and not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LiveData {
    /// Records.
    pub records: u64,
    /// Bytes of their keys and sealed values: what [`Limits::used_bytes_max`] goes by.
    pub bytes: u64,
}

/// What opening needs.
pub struct Options {
    /// The data directory.
    pub data: PathBuf,
    /// Where sled's files lie, if not in the data directory (they need no backup).
    pub database: Option<PathBuf>,
    /// The storage key.
    pub key: StorageKey,
    /// The file layer.
    pub disk: Arc<dyn Disk>,
    /// The operating system's randomness.
    pub random: Box<dyn Random>,
    /// Sizes.
    pub limits: Limits,
}

/// Randomness for writer and checkpoint alike.
#[derive(Clone)]
struct SharedRandom(Arc<Mutex<Box<dyn Random>>>);

impl Random for SharedRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}

/// A commit on its way through the writer.
pub(crate) trait Job: Send + 'static {
    /// Makes the changes. Called once, in order of submission; after [`Verdict::Discard`] or an
    /// error its changes are undone.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<Verdict, Error>;
    /// Tells the caller. `Ok`: what [`Job::run`] decided is durable now.
    fn settle(self: Box<Self>, outcome: Result<(), Arc<Error>>);
    /// Whether it only removes things, so that it may be done on a full disk.
    fn only_frees(&self) -> bool;
}

/// What becomes of a job's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They are stored.
    Keep,
    /// They are undone.
    Discard,
}

type Reply = oneshot::Sender<Result<(), Arc<Error>>>;

enum Message {
    Commit(Box<dyn Job>),
    Checkpoint(Reply),
    Merged(Result<crate::checkpoint::Checkpoint, Error>),
    Prepared(Result<crate::journal::Spare, Error>),
    Compact(Reply),
    Copied(Result<upkeep::Copy, Error>),
    Retired,
    Tidy(Reply),
    Close,
}

/// What writer and readers share.
struct Shared {
    /// `None` once closed. Readers hold the lock while they read, so that they see whole groups.
    live: RwLock<Option<Database>>,
    ring: KeyRing,
    sealer: Sealer,
    database_dir: PathBuf,
    failed: AtomicBool,
    waiting: AtomicUsize,
}

/// An open data directory.
pub(crate) struct Engine {
    shared: Arc<Shared>,
    sender: mpsc::Sender<Message>,
    writer: Option<JoinHandle<()>>,
}

impl Engine {
    /// Opens a data directory, or makes one; recovers what an abrupt end left.
    ///
    /// # Errors
    /// Each case of [`Error`] that says what to do.
    pub(crate) fn open(options: Options) -> Result<Self, Error> {
        recovery::open(options)
    }

    /// The same without a thread: the caller runs the writer.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn open_driven(options: Options) -> Result<(Self, Driven), Error> {
        let (engine, mut writer) = recovery::assemble(options)?;
        writer.begin_driven();
        Ok((engine, Driven(writer)))
    }

    /// Hands a job to the writer; it is settled in any case, also when refused here.
    pub(crate) fn submit(&self, job: Box<dyn Job>) {
        if self.shared.waiting.fetch_add(1, Ordering::Relaxed) >= COMMITS_WAITING_MAX {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            job.settle(Err(Arc::new(Error::Busy)));
            return;
        }
        if let Err(mpsc::SendError(Message::Commit(job))) = self.sender.send(Message::Commit(job)) {
            job.settle(Err(Arc::new(Error::Stopped)));
        }
    }

    /// A consistent view of everything committed so far. Commits wait while it is held.
    pub(crate) fn view(&self) -> View<'_> {
        View { live: self.shared.live.read().unwrap_or_else(PoisonError::into_inner), shared: &self.shared }
    }

    /// Makes a checkpoint now; resolves when it is durable.
    pub(crate) fn checkpoint(&self) -> oneshot::Receiver<Result<(), Arc<Error>>> {
        self.ask(Message::Checkpoint)
    }

    /// Makes sled's files anew from checkpoint and journal, without what was deleted. Commits and reads
    /// go on meanwhile.
    pub(crate) fn compact(&self) -> oneshot::Receiver<Result<(), Arc<Error>>> {
        self.ask(Message::Compact)
    }

    /// Gives back what deleted records take: makes a checkpoint if anything changed since the last
    /// one, and sled's files anew if they are too large (see [`Limits::used_bytes_max`]).
    pub(crate) fn tidy(&self) -> oneshot::Receiver<Result<(), Arc<Error>>> {
        self.ask(Message::Tidy)
    }

    fn ask(&self, message: impl FnOnce(Reply) -> Message) -> oneshot::Receiver<Result<(), Arc<Error>>> {
        let (reply, answer) = oneshot::channel();
        // If the writer is gone the reply is dropped with the message, which the caller sees.
        let _ = self.sender.send(message(reply));
        answer
    }

    /// Whether an owner has a data key.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn has_data_key(&self, owner: &[u8; 16]) -> bool {
        self.shared.ring.id_of(owner).is_some()
    }

    /// Whether an earlier failure stopped all writing, so that only a restart helps.
    pub(crate) fn has_failed(&self) -> bool {
        self.shared.failed.load(Ordering::Relaxed)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.sender.send(Message::Close);
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has left no clean mark; the next start recovers.
            let _ = writer.join();
        }
    }
}

/// Called with each record's key and value.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&[u8], Vec<u8>) -> ControlFlow<()>;

/// Reading: from a [`View`], or inside a commit from a [`Transaction`].
pub(crate) trait Tables {
    /// A record's value.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// Visits the records whose keys begin with `prefix` and are at least `prefix ‖ from`, in order
    /// of their keys, until told to break.
    fn scan(&self, table: Table, prefix: &[u8], from: &[u8], visit: Visit<'_>) -> Result<(), Error>;

    /// The keys that begin with `prefix`, in order, the first `count_max` of them. Nothing is opened: a
    /// record whose data key is destroyed has a key still.
    fn keys(&self, table: Table, prefix: &[u8], count_max: usize) -> Result<Vec<Vec<u8>>, Error>;
}

/// The writer of an engine without threads. Dropping it ends it as a kill would.
#[cfg(any(test, feature = "simulation"))]
pub struct Driven(writer::Writer);

#[cfg(any(test, feature = "simulation"))]
impl Driven {
    /// Stores and answers what waits, and begins what is due then beside it.
    pub fn run_waiting(&mut self) {
        self.0.run_waiting();
    }

    /// Whether something runs beside the writer: it comes to its end with [`Driven::end_beside`].
    #[must_use]
    pub fn runs_beside(&self) -> bool {
        self.0.upkeep.is_held()
    }

    /// The writer hears what has become of the step beside it; then it handles what waits.
    pub fn end_beside(&mut self) {
        self.0.end_beside();
        self.0.run_waiting();
    }

    /// Ends in good order.
    pub fn close(self) {
        self.0.close();
    }
}

/// See [`Engine::view`].
pub(crate) struct View<'a> {
    live: RwLockReadGuard<'a, Option<Database>>,
    shared: &'a Shared,
}

impl View<'_> {
    fn database(&self) -> Result<&Database, Error> {
        self.live.as_ref().ok_or(Error::Stopped)
    }

    /// Opens a value; `None` if its data key is destroyed (its removal is under way).
    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        match self.shared.sealer.open(place, sealed, &self.shared.ring) {
            Opened::Plain(plain) => Ok(Some(plain)),
            Opened::Destroyed => Ok(None),
            Opened::Damaged => {
                // The next start fills sled anew.
                self.shared.failed.store(true, Ordering::Relaxed);
                Err(Error::corrupt(&self.shared.database_dir, "a record is not authentic, start again"))
            }
        }
    }

    /// Visits every record of every table.
    pub(crate) fn visit_all(&self, visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), Error> {
        self.open_all(|place, _, plain| visit(place, plain))
    }

    /// Opens every record; what they take.
    pub(crate) fn measure(&self) -> Result<LiveData, Error> {
        let mut live = LiveData::default();
        self.open_all(|place, sealed, _| {
            live.records += 1;
            live.bytes += (place.len() + sealed.len()) as u64;
        })?;
        Ok(live)
    }

    /// Opens every record of every table: its key, and its value as it is stored and opened.
    fn open_all(&self, mut visit: impl FnMut(&[u8], &[u8], &[u8])) -> Result<(), Error> {
        for entry in self.database()?.range_from(&[]) {
            let (place, sealed) = self.note(entry)?;
            if let Some(plain) = self.open(&place, &sealed)? {
                visit(&place, &sealed, &plain);
            }
        }
        Ok(())
    }

    fn note<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if result.is_err() {
            self.shared.failed.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Tables for View<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let place = table.place(key);
        match self.note(self.database()?.get(&place))? {
            Some(sealed) => self.open(&place, &sealed),
            None => Ok(None),
        }
    }

    fn scan(&self, table: Table, prefix: &[u8], from: &[u8], visit: Visit<'_>) -> Result<(), Error> {
        let prefix = table.place(prefix);
        let start = [&prefix, from].concat();
        for entry in self.database()?.range_from(&start) {
            let (place, sealed) = self.note(entry)?;
            if !place.starts_with(&prefix) {
                break;
            }
            if let Some(plain) = self.open(&place, &sealed)?
                && visit(&place[1..], plain).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    fn keys(&self, table: Table, prefix: &[u8], count_max: usize) -> Result<Vec<Vec<u8>>, Error> {
        let prefix = table.place(prefix);
        let mut keys = Vec::new();
        for entry in self.database()?.range_from(&prefix).take(count_max) {
            let (place, _) = self.note(entry)?;
            if !place.starts_with(&prefix) {
                break;
            }
            keys.push(place[1..].to_vec());
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests;
