//! The one writer: groups of commits, checkpoints beside them, and the orderly end.

use super::database::Database;
use super::recovery::CleanMark;
use super::transaction::Batch;
use super::upkeep::Upkeep;
use super::{Job, Limits, Message, Shared, SharedRandom, Transaction, Verdict, View};
use crate::checkpoint::{Checkpoint, CheckpointKind};
use crate::disk::{self, Disk};
use crate::error::Error;
use crate::frame::{AppendError, FrameKind};
use crate::journal::Journal;
use crate::keys::KeyFile;
use crate::layout::Layout;
use crate::ops::Group;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, mpsc};
use std::time::Duration;

/// Most commits of one group.
const GROUP_COMMITS_MAX: usize = 1024;
/// A group takes no further commit once it has this many bytes.
const GROUP_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Without a commit for so long, the last one's mark is synced (see [`crate::frame`]).
const IDLE: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) sender: mpsc::Sender<Message>,
    receiver: mpsc::Receiver<Message>,
    /// Commits that wait for what runs beside, see [`Writer::must_wait`].
    held: VecDeque<Box<dyn Job>>,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) random: SharedRandom,
    pub(super) layout: Layout,
    pub(super) limits: Limits,
    pub(super) checkpoint_kind: CheckpointKind,
    pub(super) journal_kind: FrameKind,
    pub(super) journal: Journal,
    keys: KeyFile,
    pub(super) checkpoint: Option<Checkpoint>,
    /// Number of sled's directory.
    pub(super) directory: u64,
    reserve: bool,
    pub(super) upkeep: Upkeep,
    /// Held to the very end.
    _lock: Box<dyn Send + Sync>,
}

/// A commit that failed by itself.
type Settled = (Box<dyn Job>, Result<(), Arc<Error>>);

/// Where a group ended up.
enum Stored {
    Durable,
    /// As if it had never been tried.
    Refused(Error),
    /// The journal or the key file is in a state nobody knows; only a restart helps.
    Unknown(Error),
}

impl Writer {
    #[allow(clippy::too_many_arguments, reason = "called once, with the parts of opening")]
    pub(super) fn new(
        shared: Arc<Shared>,
        (sender, receiver): (mpsc::Sender<Message>, mpsc::Receiver<Message>),
        disk: Arc<dyn Disk>,
        random: SharedRandom,
        layout: Layout,
        limits: Limits,
        (checkpoint_kind, journal_kind): (CheckpointKind, FrameKind),
        (journal, keys, checkpoint): (Journal, KeyFile, Option<Checkpoint>),
        directory: u64,
        lock: Box<dyn Send + Sync>,
    ) -> Self {
        Self {
            shared,
            sender,
            receiver,
            held: VecDeque::new(),
            disk,
            random,
            layout,
            limits,
            checkpoint_kind,
            journal_kind,
            journal,
            keys,
            checkpoint,
            directory,
            reserve: false,
            upkeep: Upkeep::default(),
            _lock: lock,
        }
    }

    /// What is due before the first commit.
    fn begin(&mut self) {
        self.keep_reserve();
        self.keep_up();
    }

    /// Begins without a thread, and without threads beside it.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn begin_driven(&mut self) {
        self.upkeep.do_at_once();
        self.begin();
    }

    /// Handles what waits.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn run_waiting(&mut self) {
        while let Some(message) = self.waiting_message() {
            if self.handle(message).is_break() {
                break;
            }
        }
    }

    /// What was held back, once it may go on, before anything else; `None` where nothing waits.
    fn waiting_message(&mut self) -> Option<Message> {
        if !self.held.is_empty() && !self.must_wait() {
            return self.held.pop_front().map(Message::Commit);
        }
        self.receiver.try_recv().ok()
    }

    /// Hears of the step that ran beside.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn end_beside(&mut self) {
        if let Some(message) = self.upkeep.take_held() {
            // Nothing beside the writer ends it.
            let _ = self.handle(message);
        }
    }

    pub(super) fn run(mut self) {
        self.begin();
        while let Some(message) = self.next_message() {
            if self.handle(message).is_break() {
                break;
            }
        }
        self.close();
    }

    /// Waits; where nothing comes for a while, what was committed last is marked as such for good.
    fn next_message(&mut self) -> Option<Message> {
        if let Some(message) = self.waiting_message() {
            return Some(message);
        }
        if self.journal.mark_waits() && !self.has_failed() {
            match self.receiver.recv_timeout(IDLE) {
                Ok(message) => return Some(message),
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Err(error) = self.journal.sync_mark() {
                        self.fail(&error);
                    }
                }
            }
        }
        self.receiver.recv().ok()
    }

    fn handle(&mut self, message: Message) -> ControlFlow<()> {
        match message {
            Message::Commit(job) if self.must_wait() => self.held.push_back(job),
            Message::Commit(first) => return self.commit_group(first),
            Message::Checkpoint(reply) => self.checkpoint_asked(reply),
            Message::Merged(outcome) => self.merged(outcome),
            Message::Prepared(outcome) => self.prepared(outcome),
            Message::Compact(reply) => self.copy_asked(reply),
            Message::Copied(outcome) => self.copied(outcome),
            Message::Retired => self.retired(),
            Message::Tidy(reply) => self.tidy_asked(reply),
            Message::Close => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    pub(super) fn has_failed(&self) -> bool {
        self.shared.failed.load(Ordering::Relaxed)
    }

    fn fail(&self, error: &Error) {
        log::error!("storage stops: {error}");
        self.shared.failed.store(true, Ordering::Relaxed);
    }

    /// Evaluates the first commit and what else waits, stores it, and settles all of it.
    fn commit_group(&mut self, first: Box<dyn Job>) -> ControlFlow<()> {
        let mut batch = Batch::default();
        let mut settled: Vec<Settled> = Vec::new();
        let mut kept = Vec::new();
        let mut after = None;
        let refusal = self.refusal();
        let mut only_frees = true;
        {
            let shared = Arc::clone(&self.shared);
            let view =
                View { live: shared.live.read().unwrap_or_else(PoisonError::into_inner), shared: &shared };
            let mut next = Some(first);
            while let Some(mut job) = next {
                shared.waiting.fetch_sub(1, Ordering::Relaxed);
                let frees = job.only_frees();
                match &refusal {
                    Some(error) if !(frees && matches!(**error, Error::DiskFull { .. })) => {
                        settled.push((job, Err(Arc::clone(error))));
                    }
                    _ => {
                        let mut transaction = Transaction::begin(&view, &mut batch, &mut self.random);
                        match job.run(&mut transaction) {
                            Ok(Verdict::Keep) => {
                                only_frees &= frees;
                                kept.push(job);
                            }
                            // Told only with the others: the refusal may rest on an earlier commit
                            // of this group, which is not durable yet.
                            Ok(Verdict::Discard) => {
                                transaction.undo();
                                kept.push(job);
                            }
                            Err(error) => {
                                transaction.undo();
                                settled.push((job, Err(Arc::new(error))));
                            }
                        }
                    }
                }
                if kept.len() + settled.len() >= GROUP_COMMITS_MAX || batch.bytes >= GROUP_BYTES_MAX {
                    break;
                }
                next = match self.waiting_message() {
                    Some(Message::Commit(job)) => Some(job),
                    other => {
                        after = other;
                        None
                    }
                };
            }
        }
        let outcome = self.store(&batch, only_frees).map_err(Arc::new);
        for job in kept {
            let outcome = outcome.clone().map_err(|error| Arc::new(Error::Batch(error)));
            job.settle(outcome);
        }
        for (job, outcome) in settled {
            job.settle(outcome);
        }
        if outcome.is_ok() {
            self.keep_reserve();
            self.keep_up();
        }
        after.map_or(ControlFlow::Continue(()), |message| self.handle(message))
    }

    /// Why commits are refused before they are looked at.
    fn refusal(&self) -> Option<Arc<Error>> {
        if self.has_failed() {
            return Some(Arc::new(Error::Stopped));
        }
        let path = || self.layout.data.clone();
        match self.disk.free_bytes(&self.layout.data) {
            Ok(free_bytes) if free_bytes < self.limits.free_bytes_min => {
                Some(Arc::new(Error::DiskFull { path: path(), free_bytes }))
            }
            Ok(_) => None,
            Err(e) => Some(Arc::new(Error::io("measuring", &path(), e))),
        }
    }

    fn store(&mut self, batch: &Batch, only_frees: bool) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let group = batch.seal(&self.shared, &mut self.random);
        self.upkeep.note(&group);
        let mut stored = self.make_durable(batch, &group);
        if only_frees && matches!(stored, Stored::Refused(Error::DiskFull { .. })) && self.give_up_reserve() {
            stored = self.make_durable(batch, &group);
        }
        match stored {
            Stored::Refused(error) => Err(error),
            Stored::Unknown(error) => {
                self.fail(&error);
                Err(error)
            }
            Stored::Durable => self.apply(&group).inspect_err(|error| self.fail(error)),
        }
    }

    /// Key file, journal, key file: in this order, each durable before the next.
    fn make_durable(&mut self, batch: &Batch, group: &Group) -> Stored {
        let (disk, random) = (&*self.disk, &mut self.random);
        if !batch.new_keys.is_empty() {
            match self.keys.add(disk, random, &self.shared.ring, &batch.new_keys) {
                Ok(()) => {}
                Err(AppendError::Refused(error)) => return Stored::Refused(error),
                Err(AppendError::Unknown(error)) => return Stored::Unknown(error),
            }
        }
        match self.journal.append(random, &group.encode()) {
            Ok(()) => {}
            Err(AppendError::Unknown(error)) => return Stored::Unknown(error),
            Err(AppendError::Refused(error)) => {
                self.keys.take_back(&self.shared.ring, batch.new_keys.iter().map(|key| key.id));
                return Stored::Refused(error);
            }
        }
        if group.destroyed.is_empty() {
            return Stored::Durable;
        }
        let ring = &self.shared.ring;
        match self.keys.destroy(disk, random, ring, group.destroyed.iter().copied()) {
            Err(Error::DiskFull { .. }) if self.give_up_reserve() => {
                match self.keys.destroy(&*self.disk, &mut self.random, &self.shared.ring, []) {
                    Ok(()) => Stored::Durable,
                    Err(error) => Stored::Unknown(error),
                }
            }
            Err(error) => Stored::Unknown(error),
            Ok(()) => Stored::Durable,
        }
    }

    fn apply(&mut self, group: &Group) -> Result<(), Error> {
        let live = self.shared.live.write().unwrap_or_else(PoisonError::into_inner);
        live.as_ref().ok_or(Error::Stopped)?.apply(&group.entries)
    }

    /// Makes the reserve file if there is plenty of space.
    fn keep_reserve(&mut self) {
        if self.reserve || self.has_failed() {
            return;
        }
        let (disk, path) = (&*self.disk, &self.layout.reserve);
        let plenty = self.limits.free_bytes_min.saturating_add(self.limits.reserve_bytes.saturating_mul(2));
        if disk.open_read(path).is_ok() {
            self.reserve = true;
        } else if disk.free_bytes(&self.layout.data).is_ok_and(|free| free > plenty) {
            let zeros = vec![0; 64 * 1024];
            let fresh = disk::fresh_name(path);
            let written = disk.create(&fresh).and_then(|mut file| {
                while file.len() < self.limits.reserve_bytes {
                    let part = (self.limits.reserve_bytes - file.len()).min(zeros.len() as u64);
                    file.append(&zeros[..part as usize])?;
                }
                file.sync()
            });
            match written.map_err(|e| Error::io("writing", &fresh, e)) {
                Ok(()) => self.reserve = disk::put_in_place(disk, &fresh, path).is_ok(),
                Err(error) => {
                    log::warn!("no reserve for a full disk: {error}");
                    let _ = disk.remove(&fresh);
                }
            }
        }
    }

    /// Gives up the reserve, and what is prepared for the journal; whether there was any.
    fn give_up_reserve(&mut self) -> bool {
        self.reserve = false;
        let spare = self.journal.drop_spare(&*self.disk);
        let there = disk::remove_if_there(&*self.disk, &self.layout.reserve).unwrap_or(false);
        (there && disk::sync_parent(&*self.disk, &self.layout.reserve).is_ok()) || spare
    }

    /// The orderly end: sled's files durable and described, unless something failed before.
    pub(super) fn close(mut self) {
        self.upkeep.stop();
        for job in self.held.drain(..) {
            job.settle(Err(Arc::new(Error::Stopped)));
        }
        while let Ok(message) = self.receiver.try_recv() {
            match message {
                Message::Commit(job) => job.settle(Err(Arc::new(Error::Stopped))),
                Message::Merged(outcome) => drop(outcome),
                // Best effort: the next start removes it as well.
                Message::Prepared(outcome) => drop(outcome.map(|spare| spare.discard(&*self.disk))),
                // The next start removes its files.
                Message::Copied(outcome) => drop(outcome),
                // Dropping the reply tells whoever asked.
                Message::Checkpoint(_)
                | Message::Compact(_)
                | Message::Tidy(_)
                | Message::Retired
                | Message::Close => {}
            }
        }
        self.journal.drop_spare(&*self.disk);
        let live = self.shared.live.write().unwrap_or_else(PoisonError::into_inner).take();
        let outcome = match live {
            Some(database) if !self.has_failed() => self.leave_clean(database),
            _ => Ok(()),
        };
        if let Err(error) = outcome {
            log::warn!("no orderly end, the next start fills the look-up database anew: {error}");
        }
    }

    fn leave_clean(&mut self, database: Database) -> Result<(), Error> {
        self.keys.destroy(&*self.disk, &mut self.random, &self.shared.ring, [])?;
        debug_assert!(database.dir().ends_with(self.directory.to_string()));
        self.journal.sync_mark()?;
        let Some(files) = database.close()? else { return Ok(()) };
        let mark = CleanMark {
            position: self.journal.position(),
            keys: self.keys.len(),
            directory: self.directory,
            files,
        };
        disk::write_atomically(&*self.disk, &self.layout.clean, mark.encode().as_bytes())
    }
}
