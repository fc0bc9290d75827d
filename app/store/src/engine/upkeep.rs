//! Checkpoints and copies: what keeps the files from growing for ever, in threads beside the writer.
//!
//! The next segment of the journal is made while this one is being filled, whatever else runs. Of the
//! others one step runs at a time, since both read the checkpoint and the closed journal segments, which
//! only stay while nothing replaces them:
//! - A checkpoint when the journal is long, when much was removed, or when somebody asks.
//! - A copy when checkpoint, journal and sled together pass the bound of [`Limits`] after a
//!   checkpoint. A thread fills a new sled from checkpoint and closed segments while commits go on
//!   into the old one; then, again beside them, from what was committed meanwhile, until little is
//!   missing. The writer itself applies this rest, puts the new one in the old one's place and has the
//!   old one removed. Nothing of this needs to be durable: without an orderly end no sled is believed.
//!
//! Where the old checkpoint or a closed segment turns out to be damaged beyond what its checksums turn
//! back, a checkpoint is made of what readers see: sled was filled from files that were whole, or is byte
//! for byte what an orderly end left. Later there would be nobody left to ask, since no sled is believed
//! after an abrupt end.

use super::beside::{self, Beside};
use super::database::Database;
use super::recovery::{Filling, KeysSeen};
use super::writer::Writer;
use super::{Limits, Message, Reply, Shared};
use crate::checkpoint::{CHANGES_BYTES, Checkpoint, CheckpointKind, Merge, Record};
use crate::disk::{self, Disk};
use crate::error::Error;
use crate::frame::FrameKind;
use crate::journal::{self, Spare};
use crate::ops::Group;
use crate::sealed::Opened;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

/// The writer itself applies at most so much of the journal to a copy, if commits allow it: they wait.
const BEHIND_BYTES_MAX: u64 = 256 * 1024;
/// After so many rounds beside the commits the writer applies the rest, however much it is.
const ROUNDS_MAX: u32 = 16;
/// What a removed record is taken to have had, until a checkpoint counts.
const REMOVED_BYTES: u64 = 512;
/// So much is read from sled at once for a checkpoint: commits wait meanwhile.
const READ_BYTES: usize = 256 * 1024;

/// What runs, what is wanted, and when the next look is due.
#[derive(Default)]
pub(super) struct Upkeep {
    running: Option<Beside>,
    /// Length of the journal when what runs began.
    journal_bytes_then: u64,
    /// Makes the next journal segment; runs beside anything else.
    preparing: Option<Beside>,
    /// None is made before the current one is full.
    spare_failed: bool,
    /// Without threads, for a writer that somebody drives: what ran beside it, until the writer is to hear of it.
    held: Option<Held>,
    stop: Arc<AtomicBool>,
    /// Told when what runs is done: whoever asked for just this, and whoever asked to tidy up.
    serving: Vec<Reply>,
    serving_tidy: Vec<Reply>,
    /// Waiting for a checkpoint to begin.
    checkpoint: Vec<Reply>,
    tidy: Vec<Reply>,
    merge_wanted: bool,
    /// What runs makes a checkpoint of what readers see.
    rescuing: bool,
    /// Waiting for a copy to begin.
    copy: Vec<Reply>,
    copy_wanted: bool,
    /// After a failed checkpoint the journal must first grow to this.
    journal_bytes_retry: u64,
    /// No checkpoint is made for the sake of space before this much is used.
    used_bytes_retry: u64,
    /// What was used, and live, after the last copy: where a copy does not get below the bound, another
    /// one will not either.
    copied: Option<(u64, u64)>,
    /// After a copy that failed this much must be used first.
    copy_bytes_retry: u64,
    written_since_look: u64,
    removed_since_checkpoint: u64,
}

/// Outcomes that somebody hands on.
#[derive(Default)]
struct Held(Option<Message>);

impl Upkeep {
    /// From now on each step beside the writer is done at once, and the writer hears of it when somebody says so.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn do_at_once(&mut self) {
        self.held = Some(Held::default());
    }

    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn is_held(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.0.is_some())
    }

    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn take_held(&mut self) -> Option<Message> {
        self.held.as_mut()?.0.take()
    }

    /// Notes what is being committed.
    pub(super) fn note(&mut self, group: &Group) {
        for (key, value) in &group.entries {
            self.written_since_look += (key.len() + value.as_ref().map_or(0, Vec::len)) as u64;
            self.removed_since_checkpoint += u64::from(value.is_none());
        }
    }

    /// Ends what runs.
    pub(super) fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for beside in [self.running.take(), self.preparing.take()].into_iter().flatten() {
            // Its outcome, if it had one, is in the writer's queue.
            beside.join();
        }
    }
}

fn answer(replies: &mut Vec<Reply>, outcome: &Result<(), Arc<Error>>) {
    for reply in replies.drain(..) {
        // Whoever asked may have gone.
        let _ = reply.send(outcome.clone());
    }
}

/// A sled beside the one in use.
pub(super) struct Copy {
    database: Database,
    directory: u64,
    /// The commit group up to which it holds everything.
    position: u64,
    rounds: u32,
}

/// What a copying thread needs.
struct Copying {
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    kinds: (CheckpointKind, FrameKind),
    data: PathBuf,
    limits: Limits,
    stop: Arc<AtomicBool>,
}

impl Copying {
    fn go_on(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) || self.shared.failed.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        // Commits need the space more.
        match self.disk.free_bytes(&self.data) {
            Ok(free_bytes) if free_bytes < self.limits.free_bytes_min => {
                Err(Error::DiskFull { path: self.data.clone(), free_bytes })
            }
            Ok(_) => Ok(()),
            Err(e) => Err(Error::io("measuring", &self.data, e)),
        }
    }

    /// Runs `fill`; also where sled panics (and panics unwind) there is an outcome.
    fn run<T>(&self, dir: &Path, fill: impl FnOnce(&Filling<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let filling = Filling {
            disk: &*self.disk,
            checkpoint_kind: &self.kinds.0,
            journal_kind: &self.kinds.1,
            has_key: &|id| self.shared.ring.contains(id),
            go_on: &|| self.go_on(),
        };
        catch_unwind(AssertUnwindSafe(|| fill(&filling)))
            .unwrap_or_else(|_| Err(Error::corrupt(dir, "sled gave up while it was filled")))
    }
}

/// All records that readers see, some at a time. Each is opened: none that has decayed gets any further.
pub(super) struct Seen {
    shared: Arc<Shared>,
    /// Where to go on; `None` at the end.
    from: Option<Vec<u8>>,
    waiting: std::vec::IntoIter<Record>,
}

impl Seen {
    pub(super) fn begin(shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared), from: Some(Vec::new()), waiting: Vec::new().into_iter() }
    }

    pub(super) fn next(&mut self) -> Result<Option<Record>, Error> {
        loop {
            if let Some(record) = self.waiting.next() {
                return Ok(Some(record));
            }
            match self.from.take() {
                Some(from) => self.read(&from)?,
                None => return Ok(None),
            }
        }
    }

    fn read(&mut self, from: &[u8]) -> Result<(), Error> {
        let Shared { live, sealer, ring, database_dir, .. } = &*self.shared;
        let live = live.read().unwrap_or_else(PoisonError::into_inner);
        let (mut records, mut bytes) = (Vec::new(), 0);
        for entry in live.as_ref().ok_or(Error::Stopped)?.range_from(from) {
            let (place, sealed) = entry?;
            if bytes >= READ_BYTES {
                self.from = Some(place.to_vec());
                break;
            }
            match sealer.open(&place, &sealed, ring) {
                Opened::Plain(_) => {
                    bytes += place.len() + sealed.len();
                    records.push((place.to_vec(), sealed.to_vec()));
                }
                Opened::Destroyed => {}
                Opened::Damaged => return Err(Error::corrupt(database_dir, "a record is not authentic")),
            }
        }
        self.waiting = records.into_iter();
        Ok(())
    }
}

impl Writer {
    pub(super) fn checkpoint_asked(&mut self, reply: Reply) {
        self.upkeep.checkpoint.push(reply);
        self.upkeep_next();
    }

    pub(super) fn copy_asked(&mut self, reply: Reply) {
        self.upkeep.copy.push(reply);
        self.upkeep_next();
    }

    pub(super) fn tidy_asked(&mut self, reply: Reply) {
        self.upkeep.tidy.push(reply);
        self.upkeep_next();
    }

    fn is_newer_than_checkpoint(&self) -> bool {
        self.journal.position() > self.checkpoint.as_ref().map_or(0, |made| made.position)
    }

    fn live_bytes(&self) -> u64 {
        self.checkpoint.as_ref().map_or(0, |made| made.live_bytes)
    }

    fn used_bytes(&self) -> u64 {
        let live = self.shared.live.read().unwrap_or_else(PoisonError::into_inner);
        let database = live.as_ref().map_or(0, Database::bytes);
        database + self.journal.used_bytes() + self.checkpoint.as_ref().map_or(0, |made| made.bytes)
    }

    /// From how long a journal on a checkpoint is made.
    fn journal_bytes_due(&self) -> u64 {
        let quarter = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.bytes / 4);
        quarter.clamp(self.limits.journal_bytes_min, self.limits.journal_bytes_max)
    }

    /// Whether commits have to wait for what runs: they come faster than checkpoints, or copies, of so much data
    /// can be made. Otherwise the journal would grow without end, and with it the time to start.
    pub(super) fn must_wait(&self) -> bool {
        let Upkeep { running, journal_bytes_then, .. } = &self.upkeep;
        running.is_some() && !self.has_failed() && {
            let more_bytes = self.limits.journal_bytes_max.saturating_mul(2);
            self.journal.bytes() > journal_bytes_then.saturating_add(more_bytes)
        }
    }

    /// After each group of commits: looks whether anything has become too long.
    pub(super) fn keep_up(&mut self) {
        if self.has_failed() {
            return;
        }
        self.keep_segments();
        if self.upkeep.running.is_some() {
            return;
        }
        let live_bytes = self.live_bytes();
        let growth_bytes = self.limits.growth_bytes(live_bytes);
        let limit = self.journal_bytes_due();
        let journal_bytes = self.journal.bytes();
        let removed_bytes = self.upkeep.removed_since_checkpoint.saturating_mul(REMOVED_BYTES);
        if (journal_bytes > limit || removed_bytes > growth_bytes)
            && journal_bytes > self.upkeep.journal_bytes_retry
        {
            self.upkeep.merge_wanted = true;
        } else if self.upkeep.written_since_look > growth_bytes / 4 {
            self.upkeep.written_since_look = 0;
            let used = self.used_bytes();
            if used > self.limits.used_bytes_high(live_bytes) && used > self.upkeep.used_bytes_retry {
                // The checkpoint shortens the journal and counts what is live; then it is decided.
                self.upkeep.merge_wanted = true;
            }
        }
        self.upkeep_next();
    }

    /// Begins the next journal segment if this one is full, and has the one after it made.
    fn keep_segments(&mut self) {
        let bytes = self.limits.segment_bytes(self.live_bytes().saturating_add(self.journal.bytes()));
        // While one is being made, this one rather grows a little.
        let grown_bytes_max = if self.upkeep.preparing.is_some() { bytes.saturating_mul(4) } else { bytes };
        if self.journal.is_full(grown_bytes_max) {
            self.upkeep.spare_failed = false;
            if let Err(error) = self.journal.rotate(&*self.disk) {
                // The current segment goes on; the next group tries again.
                log::warn!("no new journal segment: {error}");
            }
        }
        if self.journal.has_spare() || self.upkeep.preparing.is_some() || self.upkeep.spare_failed {
            return;
        }
        let needed = self.limits.free_bytes_min.saturating_add(self.limits.reserve_bytes + bytes * 2);
        if self.free_bytes().is_ok_and(|free| free < needed) {
            // Looked at again when the current segment is full.
            self.upkeep.spare_failed = true;
            return;
        }
        let (disk, dir) = (Arc::clone(&self.disk), self.journal.dir().to_path_buf());
        let stop = Arc::clone(&self.upkeep.stop);
        let spawned = self.spawn("store-segment", move || {
            let go_on = || if stop.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) };
            Message::Prepared(journal::prepare(&*disk, &dir, bytes, &go_on))
        });
        match spawned {
            Ok(beside) => self.upkeep.preparing = Some(beside),
            Err(error) => self.prepared(Err(error)),
        }
    }

    /// A journal segment is ready, or was not made.
    pub(super) fn prepared(&mut self, outcome: Result<Spare, Error>) {
        if let Some(beside) = self.upkeep.preparing.take() {
            beside.join();
        }
        if self.has_failed() {
            return;
        }
        if let Err(error) = outcome.and_then(|spare| self.journal.take_spare(&*self.disk, spare)) {
            self.upkeep.spare_failed = true;
            log::warn!("the journal grows with each commit for a while: {error}");
        }
    }

    /// Begins what is wanted, unless something runs.
    fn upkeep_next(&mut self) {
        if self.upkeep.running.is_some() {
            return;
        }
        self.upkeep.journal_bytes_then = self.journal.bytes();
        // The checkpoint that just was made may have everything already: then a second one is read and written in vain.
        if !self.upkeep.tidy.is_empty() && !self.is_newer_than_checkpoint() {
            match self.used_bytes() > self.limits.used_bytes_high(self.live_bytes()) {
                true => self.upkeep.copy.append(&mut self.upkeep.tidy),
                false => answer(&mut self.upkeep.tidy, &Ok(())),
            }
        }
        let upkeep = &mut self.upkeep;
        // The copy first: it was decided on after a checkpoint, and the journal is short.
        if upkeep.copy_wanted || !upkeep.copy.is_empty() {
            upkeep.copy_wanted = false;
            upkeep.serving = std::mem::take(&mut upkeep.copy);
            if let Err(error) = self.start_copying() {
                self.copied(Err(error));
            }
        } else if upkeep.merge_wanted || !upkeep.checkpoint.is_empty() || !upkeep.tidy.is_empty() {
            upkeep.merge_wanted = false;
            upkeep.serving = std::mem::take(&mut upkeep.checkpoint);
            upkeep.serving_tidy = std::mem::take(&mut upkeep.tidy);
            if let Err(error) = self.start_merging() {
                self.merged(Err(error));
            }
        }
    }

    fn free_bytes(&self) -> Result<u64, Error> {
        let data = &self.layout.data;
        self.disk.free_bytes(data).map_err(|e| Error::io("measuring", data, e))
    }

    fn spawn(&self, name: &str, run: impl FnOnce() -> Message + Send + 'static) -> Result<Beside, Error> {
        let sender = self.sender.clone();
        if self.upkeep.held.is_some() {
            // The writer is here, and so is the receiver.
            let _ = sender.send(run());
            return Ok(Beside::Done);
        }
        Beside::start(name, move || {
            // The writer is gone only after it has joined this thread.
            let _ = sender.send(run());
        })
        .map_err(|e| Error::io("starting a thread for", &self.layout.data, e))
    }

    /// Runs a step, of which there is one at a time.
    fn run_step(&mut self, name: &str, run: impl FnOnce() -> Message + Send + 'static) -> Result<(), Error> {
        if let Some(held) = &mut self.upkeep.held {
            held.0 = Some(run());
            self.upkeep.running = Some(Beside::Done);
            return Ok(());
        }
        let run = || {
            beside::run_after_the_others();
            run()
        };
        self.upkeep.running = Some(self.spawn(name, run)?);
        Ok(())
    }

    fn join_running(&mut self) {
        if let Some(beside) = self.upkeep.running.take() {
            beside.join();
        }
    }

    /// Makes a checkpoint of everything up to now, from the old one and the journal; or of what readers
    /// see. That takes in what is committed meanwhile as well, which stands in the journal behind it and
    /// comes to the same when it is applied once more.
    fn start_merging(&mut self) -> Result<(), Error> {
        if self.has_failed() {
            return Err(Error::Stopped);
        }
        let needed = self.checkpoint.as_ref().map_or(0, |old| old.bytes) + self.journal.bytes();
        let free_bytes = self.free_bytes()?;
        if free_bytes < needed {
            return Err(Error::DiskFull { path: self.layout.checkpoint.clone(), free_bytes });
        }
        self.journal.rotate(&*self.disk)?;
        self.upkeep.removed_since_checkpoint = 0;
        let (shared, disk, mut random) =
            (Arc::clone(&self.shared), Arc::clone(&self.disk), self.random.clone());
        let (kind, journal_kind) = (self.checkpoint_kind.clone(), self.journal_kind.clone());
        let (dir, old) = (self.layout.checkpoint.clone(), self.checkpoint.clone());
        let segments = self.journal.closed().to_vec();
        let stop = Arc::clone(&self.upkeep.stop);
        let position = self.journal.position();
        let seen = self.upkeep.rescuing.then(|| Seen::begin(&self.shared));
        self.run_step("store-checkpoint", move || {
            let merge = Merge {
                kind: &kind,
                journal_kind: &journal_kind,
                dir: &dir,
                old: old.as_ref(),
                segments: &segments,
                ring: &shared.ring,
                changes_bytes: CHANGES_BYTES,
                stop: &stop,
            };
            Message::Merged(match seen {
                Some(mut seen) => merge.replace(&*disk, &mut random, &mut || seen.next(), position),
                None => merge.run(&*disk, &mut random),
            })
        })
    }

    /// A checkpoint is in place, or was not made.
    pub(super) fn merged(&mut self, outcome: Result<Checkpoint, Error>) {
        self.join_running();
        let outcome = match outcome {
            Err(error @ Error::Corrupt { .. }) if !std::mem::take(&mut self.upkeep.rescuing) => {
                log::error!("{error}");
                log::warn!("the disk may be failing: a checkpoint is made of what readers see instead");
                self.upkeep.rescuing = true;
                match self.start_merging() {
                    Ok(()) => return,
                    Err(error) => Err(error),
                }
            }
            outcome => outcome,
        };
        self.upkeep.rescuing = false;
        let outcome = outcome.and_then(|made| {
            let old = self.checkpoint.replace(made.clone()).filter(|old| old.path != made.path);
            self.upkeep.journal_bytes_retry = 0;
            self.journal.remove_covered(&*self.disk, made.position)?;
            match old {
                Some(old) => disk::remove_if_there(&*self.disk, &old.path).map(|_| ()),
                None => Ok(()),
            }
        });
        match &outcome {
            Ok(()) => {
                let (used, live) = (self.used_bytes(), self.live_bytes());
                let asked = !self.upkeep.serving_tidy.is_empty();
                if used > self.limits.used_bytes_high(live) && (asked || self.would_copy_help(used, live)) {
                    self.upkeep.copy_wanted = true;
                    self.upkeep.copy.append(&mut self.upkeep.serving_tidy);
                }
                self.upkeep.used_bytes_retry = used.saturating_add(self.limits.growth_bytes(live));
            }
            Err(error) => {
                log::warn!("no checkpoint, the journal goes on growing: {error}");
                self.upkeep.journal_bytes_retry = self.journal.bytes() + self.limits.journal_bytes_min;
            }
        }
        self.answer(outcome);
    }

    /// Whether a copy would use a step of growth less than what is used now, judged by the last copy. Part of what
    /// that one used is there however little is live, so more live data takes less than in proportion: about once
    /// itself in the checkpoint and once and a half in sled's files.
    fn would_copy_help(&self, used: u64, live: u64) -> bool {
        let after =
            self.upkeep.copied.map_or(0, |(used_then, live_then)| match live.checked_sub(live_then) {
                Some(more) => used_then.saturating_add(more.saturating_mul(5) / 2),
                None => {
                    let after = u128::from(used_then) * u128::from(live) / u128::from(live_then.max(1));
                    u64::try_from(after).unwrap_or(u64::MAX)
                }
            });
        used > after.saturating_add(self.limits.growth_bytes(live)) && used > self.upkeep.copy_bytes_retry
    }

    /// Tells whoever waited for the step that ended, and begins the next.
    fn answer(&mut self, outcome: Result<(), Error>) {
        let outcome = outcome.map_err(Arc::new);
        answer(&mut self.upkeep.serving, &outcome);
        answer(&mut self.upkeep.serving_tidy, &outcome);
        self.upkeep_next();
    }

    fn copying(&self) -> Copying {
        Copying {
            shared: Arc::clone(&self.shared),
            disk: Arc::clone(&self.disk),
            kinds: (self.checkpoint_kind.clone(), self.journal_kind.clone()),
            data: self.layout.data.clone(),
            limits: self.limits.clone(),
            stop: Arc::clone(&self.upkeep.stop),
        }
    }

    /// Begins to make sled's files anew.
    fn start_copying(&mut self) -> Result<(), Error> {
        if self.has_failed() {
            return Err(Error::Stopped);
        }
        let needed = self.live_bytes().saturating_mul(2).saturating_add(self.limits.free_bytes_min);
        let free_bytes = self.free_bytes()?;
        if free_bytes < needed {
            return Err(Error::DiskFull { path: self.layout.database.clone(), free_bytes });
        }
        self.journal.rotate(&*self.disk)?;
        let directory = self.directory + 1;
        let dir = self.layout.database.join(directory.to_string());
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(|e| Error::io("removing", &dir, e))?;
        }
        fs::create_dir_all(&dir).map_err(|e| Error::io("creating", &dir, e))?;
        let checkpoint = self.checkpoint.as_ref().map(|made| (made.position, made.path.clone()));
        let segments = self.journal.closed().to_vec();
        let (copying, cache_bytes) = (self.copying(), self.limits.cache_bytes);
        self.run_step("store-copy", move || {
            let outcome = copying.run(&dir, |filling| {
                let database = Database::open(&dir, cache_bytes)?;
                let mut seen = KeysSeen::default();
                let mut position = 0;
                if let Some(checkpoint) = &checkpoint {
                    filling.checkpoint(&database, checkpoint, &mut seen)?;
                    position = checkpoint.0;
                }
                for segment in &segments {
                    position = filling.segment(&database, segment, position, &mut seen)?;
                }
                Ok(Copy { database, directory, position, rounds: 0 })
            });
            Message::Copied(outcome.inspect_err(|_| remove_copy(&dir)))
        })
    }

    /// A copy holds everything up to some commit group, or was not made.
    pub(super) fn copied(&mut self, outcome: Result<Copy, Error>) {
        self.join_running();
        let outcome = match outcome {
            Err(error) => Err(error),
            Ok(copy) if self.has_failed() => Err(self.drop_copy(copy, Error::Stopped)),
            Ok(copy)
                if copy.rounds < ROUNDS_MAX && self.journal.bytes_after(copy.position) > BEHIND_BYTES_MAX =>
            {
                match self.catch_up(copy) {
                    Ok(()) => return,
                    Err(error) => Err(error),
                }
            }
            Ok(copy) => match self.put_copy_in_place(copy) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
        };
        self.copy_ended(outcome);
    }

    /// The old sled is gone.
    pub(super) fn retired(&mut self) {
        self.join_running();
        self.copy_ended(Ok(()));
    }

    fn copy_ended(&mut self, outcome: Result<(), Error>) {
        let (used, live) = (self.used_bytes(), self.live_bytes());
        self.upkeep.used_bytes_retry = used.saturating_add(self.limits.growth_bytes(live));
        match &outcome {
            Ok(()) => {
                self.upkeep.copied = Some((used, live));
                self.upkeep.copy_bytes_retry = 0;
            }
            Err(error) => {
                log::warn!("the look-up database was not made anew: {error}");
                self.upkeep.copy_bytes_retry = self.upkeep.used_bytes_retry;
            }
        }
        self.answer(outcome);
    }

    fn drop_copy(&self, copy: Copy, error: Error) -> Error {
        let dir = copy.database.dir().to_path_buf();
        drop(copy);
        remove_copy(&dir);
        error
    }

    /// One more round beside the commits.
    fn catch_up(&mut self, mut copy: Copy) -> Result<(), Error> {
        if let Err(error) = self.journal.rotate(&*self.disk) {
            return Err(self.drop_copy(copy, error));
        }
        let segments = self.journal.closed_after(copy.position).to_vec();
        let (copying, dir) = (self.copying(), copy.database.dir().to_path_buf());
        copy.rounds += 1;
        self.run_step("store-copy", move || {
            let outcome = copying.run(&dir, |filling| {
                for segment in &segments {
                    copy.position =
                        filling.segment(&copy.database, segment, copy.position, &mut KeysSeen::default())?;
                }
                Ok(copy)
            });
            Message::Copied(outcome.inspect_err(|_| remove_copy(&dir)))
        })
    }

    /// Applies what is missing, lets readers see the copy, and has the old one removed.
    fn put_copy_in_place(&mut self, mut copy: Copy) -> Result<(), Error> {
        let mut segments = self.journal.segments();
        segments.retain(|segment| segment.next > copy.position + 1);
        let dir = copy.database.dir().to_path_buf();
        let applied = self.copying().run(&dir, |filling| {
            let mut position = copy.position;
            for segment in &segments {
                position = filling.segment(&copy.database, segment, position, &mut KeysSeen::default())?;
            }
            Ok(position)
        });
        match applied {
            Ok(position) if position == self.journal.position() => copy.position = position,
            Ok(_) => {
                let error = Error::corrupt(&self.layout.journal, "it does not read back as written");
                return Err(self.drop_copy(copy, error));
            }
            Err(error) => return Err(self.drop_copy(copy, error)),
        }
        let old = {
            let mut live = self.shared.live.write().unwrap_or_else(PoisonError::into_inner);
            live.replace(copy.database)
        };
        self.directory = copy.directory;
        self.run_step("store-copy", move || {
            if let Some(old) = old {
                let dir = old.dir().to_path_buf();
                drop(old);
                remove_copy(&dir);
            }
            Message::Retired
        })
    }
}

/// Removes a sled that is not needed (any more). What stays is removed by the next start.
fn remove_copy(dir: &Path) {
    if let Err(error) = fs::remove_dir_all(dir) {
        log::warn!("{} stays for now: {error}", dir.display());
    }
}
