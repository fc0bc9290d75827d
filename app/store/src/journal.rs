//! The journal: everything that was committed since the newest checkpoint, in order, in files that
//! frames are only ever added to. What stands here is durable; sled is filled from it.
//!
//! A segment is made ahead of its use, full of zeros ([`prepare`], beside the commits), and gets its
//! header and its name when the one before is full: `frame` tells why. Where none is ready, a segment
//! grows with each commit.

use crate::disk::{self, Disk, DiskFile};
use crate::error::Error;
use crate::frame::{AppendError, Found, FrameFile, FrameKind, Place};
use crate::ops::Group;
use crate::random::Random;
use crate::seal::{StorageKey, StoreId};
use std::path::{Path, PathBuf};

const SUFFIX: &str = ".log";
/// The name of a segment that is being made ahead.
const SPARE: &str = "spare";

/// A segment that no frame is added to any more.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    /// Number of its first group.
    pub(crate) first: u64,
    /// Number after its last group.
    pub(crate) next: u64,
    pub(crate) bytes: u64,
}

/// A file full of zeros, synced.
pub(crate) struct Spare {
    path: PathBuf,
    file: Box<dyn DiskFile>,
}

/// The journal, open for writing.
pub(crate) struct Journal {
    dir: PathBuf,
    kind: FrameKind,
    closed: Vec<Segment>,
    current: FrameFile,
    current_first: u64,
    spare: Option<Spare>,
}

/// What the journal's files have in common; also for reading segments elsewhere.
pub(crate) fn kind(key: &StorageKey, store: StoreId) -> FrameKind {
    let label = "beistand store 1 journal";
    FrameKind { magic: *b"BSTDJRN1", label, cipher: key.cipher(&store, label), store, prepared: true }
}

fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}{SUFFIX}"))
}

/// The segments in the directory, by number.
fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<(u64, PathBuf)>, Error> {
    numbered(disk, dir, SUFFIX)
}

/// Number of the first group of the newest segment there is; 0 without any.
pub(crate) fn newest(disk: &dyn Disk, dir: &Path) -> Result<u64, Error> {
    Ok(list(disk, dir)?.last().map_or(0, |(first, _)| *first))
}

/// Begins a new journal behind the checkpoint `position`, durably; what was there is covered by it.
pub(crate) fn begin_after(disk: &dyn Disk, dir: &Path, kind: &FrameKind, position: u64) -> Result<(), Error> {
    // One that was begun before its group came, or what is left of it.
    remove(disk, &segment_path(dir, position + 1))?;
    begin(disk, dir, kind, position + 1, None).map(drop)
}

/// Files named by a number, in order; others are left alone.
pub(crate) fn numbered(disk: &dyn Disk, dir: &Path, suffix: &str) -> Result<Vec<(u64, PathBuf)>, Error> {
    let names = disk.list(dir).map_err(|e| Error::io("listing", dir, e))?;
    let mut files: Vec<(u64, PathBuf)> = names
        .iter()
        .filter_map(|name| Some((name.strip_suffix(suffix)?.parse().ok()?, dir.join(name))))
        .collect();
    files.sort();
    Ok(files)
}

/// Makes a file of so many zeros for the next segment. `go_on` is asked now and then.
///
/// # Errors
/// Of the disk, and of `go_on`; nothing stays of it then.
pub(crate) fn prepare(
    disk: &dyn Disk,
    dir: &Path,
    bytes: u64,
    go_on: &dyn Fn() -> Result<(), Error>,
) -> Result<Spare, Error> {
    let path = dir.join(SPARE);
    let write = || {
        let mut file = disk.create(&path).map_err(|e| Error::io("creating", &path, e))?;
        while file.len() < bytes {
            go_on()?;
            let to = bytes.min(file.len() + disk::SYNCED_AT_ONCE_BYTES);
            let from = file.len();
            disk::write_zeros(&mut *file, from, to).map_err(|e| Error::io("writing", &path, e))?;
            file.sync().map_err(|e| Error::io("syncing", &path, e))?;
        }
        Ok(file)
    };
    match write() {
        Ok(file) => Ok(Spare { path, file }),
        Err(error) => {
            // Best effort: the next opening removes it as well.
            let _ = disk.remove(&path);
            Err(error)
        }
    }
}

impl Spare {
    /// It is not needed any more.
    pub(crate) fn discard(self, disk: &dyn Disk) -> bool {
        disk.remove(&self.path).is_ok()
    }
}

/// Reads one segment and hands each group to `visit`. Flipped bits are turned back; with `repair`
/// also in the file.
fn read_any(
    disk: &dyn Disk,
    kind: &FrameKind,
    path: &Path,
    repair: bool,
    mut visit: impl FnMut(u64, Group) -> Result<(), Error>,
) -> Result<Found, Error> {
    let mut bytes = disk.read(path).map_err(|e| Error::io("reading", path, e))?;
    let found = kind.read(path, &mut bytes, |number, plain| {
        let group = Group::decode(&plain)
            .ok_or_else(|| Error::corrupt(path, format!("group {number} cannot be read")))?;
        visit(number, group)
    })?;
    if let Found::Frames { mended: bits @ 1.., .. } = found
        && repair
    {
        log::warn!("turned back {bits} flipped bits in {}: the disk may be failing", path.display());
        // What was read is right; where it can't be written now, the next start tries again.
        if let Err(error) = disk::write_atomically(disk, path, &bytes) {
            log::warn!("they stay on the disk: {error}");
        }
    }
    Ok(found)
}

impl Segment {
    /// Reads it and hands each group to `visit`. Flipped bits are turned back, not in the file.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if anything of it is damaged or missing; errors of `visit`.
    pub(crate) fn read(
        &self,
        disk: &dyn Disk,
        kind: &FrameKind,
        visit: impl FnMut(u64, Group) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match read_any(disk, kind, &self.path, false, visit)? {
            Found::Frames { first, next, .. } if (first, next) == (self.first, self.next) => Ok(()),
            _ => Err(Error::corrupt(&self.path, format!("commits up to {} are missing", self.next - 1))),
        }
    }
}

/// What is known of a journal before it is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// Position of the checkpoint; 0: there is none.
    pub checkpoint: u64,
    /// Newest group at the last orderly end; 0: there was none.
    pub newest: u64,
    /// Without any segment it is a new one; later there always is one.
    pub may_begin: bool,
}

impl Journal {
    /// Opens the journal and hands each group behind the checkpoint to `visit`. Segments that the checkpoint covers are
    /// removed, and so is a torn end.
    /// `segment_bytes`: size of a segment that has to be made here.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a group is damaged or missing; then the newest segments are as they were. Errors of `visit`.
    pub(crate) fn open(
        disk: &dyn Disk,
        dir: &Path,
        kind: FrameKind,
        known: Known,
        segment_bytes: u64,
        mut visit: impl FnMut(u64, Group) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let Known { checkpoint: position, newest, may_begin } = known;
        disk::remove_if_there(disk, &dir.join(SPARE))?;
        let mut segments = list(disk, dir)?;
        if segments.is_empty() && !may_begin {
            return Err(Error::corrupt(dir, "the journal is missing"));
        }
        // A segment is covered when the next one begins at or before what comes after the position.
        while segments.len() > 1 && segments[1].0 <= position + 1 {
            let (_, path) = segments.remove(0);
            disk::remove_if_there(disk, &path)?;
        }
        let mut read: Vec<(u64, PathBuf, Place)> = Vec::new();
        let mut empty = None;
        let mut next = position + 1;
        let count = segments.len();
        for (index, (first, path)) in segments.into_iter().enumerate() {
            let last = index + 1 == count;
            let found = read_any(disk, &kind, &path, true, |number, group| {
                if number > position { visit(number, group) } else { Ok(()) }
            })?;
            match found {
                _ if first > next => {
                    return Err(Error::corrupt(dir, format!("commits {next} to {} are missing", first - 1)));
                }
                // Nothing was in it: it was made a moment before the end, or its making failed and the
                // one before it went on.
                Found::Unfinished if last => empty = Some(path),
                Found::Frames { first: inner, next: after, .. }
                    if last && index > 0 && first < next && inner == first && after == first =>
                {
                    empty = Some(path);
                }
                Found::Unfinished => return Err(Error::corrupt(&path, "its header does not fit")),
                Found::Frames { first: inner, .. } if inner != first => {
                    return Err(Error::corrupt(&path, "its name does not fit its content"));
                }
                Found::Frames { .. } if index > 0 && first < next => {
                    return Err(Error::corrupt(&path, format!("it begins before commit {next}")));
                }
                Found::Frames { next: after, end, version, torn, .. } => {
                    next = after;
                    read.push((first, path, Place { end, next, version, torn }));
                }
            }
        }
        if next <= position {
            let path = read.pop().map_or_else(|| dir.to_path_buf(), |(_, path, _)| path);
            return Err(Error::corrupt(&path, format!("it ends before the checkpoint {position}")));
        }
        // What looks like a torn end may be a group that decays. It stays as it is, for whoever can still make use of it.
        if next <= newest {
            return Err(Error::corrupt(dir, format!("commits {next} to {newest} are missing")));
        }
        if let Some(path) = empty {
            remove(disk, &path)?;
        }
        let last = read.pop();
        let mut closed = Vec::new();
        for (first, path, place) in read {
            // Torn where a commit was refused: the next segment shows that none is missing.
            let bytes = if place.torn {
                FrameFile::open(disk, &path, kind.clone(), place)?.close()
            } else {
                place.end
            };
            closed.push(Segment { path, first, next: place.next, bytes });
        }
        let dir = dir.to_path_buf();
        let (current, current_first) = match last {
            Some((first, path, place)) => (FrameFile::open(disk, &path, kind.clone(), place)?, first),
            None => {
                let spare = prepare(disk, &dir, segment_bytes, &|| Ok(()));
                let spare = spare.inspect_err(|error| log::warn!("no journal segment was prepared: {error}"));
                (begin(disk, &dir, &kind, next, spare.ok())?, next)
            }
        };
        Ok(Self { dir, kind, closed, current, current_first, spare: None })
    }

    /// Number of the newest group; 0 if there never was one.
    pub(crate) fn position(&self) -> u64 {
        self.current.next() - 1
    }

    /// Bytes of all groups.
    pub(crate) fn bytes(&self) -> u64 {
        self.closed.iter().map(|segment| segment.bytes).sum::<u64>() + self.current.end()
    }

    /// Bytes that its files take: also what is prepared.
    pub(crate) fn used_bytes(&self) -> u64 {
        let spare = self.spare.as_ref().map_or(0, |spare| spare.file.len());
        self.bytes() - self.current.end() + self.current.len() + spare
    }

    /// Writes a group; durable when this returns.
    pub(crate) fn append(&mut self, random: &mut dyn Random, group: &[u8]) -> Result<(), AppendError> {
        self.current.append(random, group)
    }

    /// Whether [`Journal::sync_mark`] has something to do.
    pub(crate) fn mark_waits(&self) -> bool {
        self.current.mark_waits()
    }

    /// See [`FrameFile::sync_mark`].
    pub(crate) fn sync_mark(&mut self) -> Result<(), Error> {
        self.current.sync_mark()
    }

    /// Whether a segment is ready for when this one is full.
    pub(crate) fn has_spare(&self) -> bool {
        self.spare.is_some()
    }

    /// A segment is ready. It is used at once if the current one has to grow with each commit.
    pub(crate) fn take_spare(&mut self, disk: &dyn Disk, spare: Spare) -> Result<(), Error> {
        self.spare = Some(spare);
        if self.current.has_room() { Ok(()) } else { self.rotate(disk) }
    }

    /// Gives the prepared segment up; whether there was one.
    pub(crate) fn drop_spare(&mut self, disk: &dyn Disk) -> bool {
        self.spare.take().is_some_and(|spare| spare.discard(disk))
    }

    /// The directory of its files.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether another segment should take the place of the current one: what was prepared of it is used
    /// up, and either the next one is ready or it has grown to that many bytes.
    pub(crate) fn is_full(&self, grown_bytes_max: u64) -> bool {
        !self.current.has_room() && (self.spare.is_some() || self.current.end() > grown_bytes_max)
    }

    /// Begins a new segment unless the current one has no group.
    pub(crate) fn rotate(&mut self, disk: &dyn Disk) -> Result<(), Error> {
        let next = self.current.next();
        if next == self.current_first {
            return Ok(());
        }
        let fresh = begin(disk, &self.dir, &self.kind, next, self.spare.take())?;
        let old = std::mem::replace(&mut self.current, fresh);
        let first = std::mem::replace(&mut self.current_first, next);
        let path = old.path().to_path_buf();
        self.closed.push(Segment { path, first, next, bytes: old.close() });
        Ok(())
    }

    /// The closed segments that begin after commit group `position`, oldest first.
    pub(crate) fn closed_after(&self, position: u64) -> &[Segment] {
        &self.closed[self.closed.partition_point(|segment| segment.first <= position)..]
    }

    /// All segments, oldest first; the last one as it is now.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let (path, next) = (self.current.path().to_path_buf(), self.current.next());
        let current = Segment { path, first: self.current_first, next, bytes: self.current.end() };
        self.closed.iter().cloned().chain([current]).collect()
    }

    /// Bytes of all segments that begin after commit group `position`.
    pub(crate) fn bytes_after(&self, position: u64) -> u64 {
        let closed = self.closed_after(position).iter().map(|segment| segment.bytes).sum::<u64>();
        closed + self.current.end()
    }

    /// The closed segments, oldest first.
    pub(crate) fn closed(&self) -> &[Segment] {
        &self.closed
    }

    /// Removes closed segments that a durable checkpoint at `position` covers.
    pub(crate) fn remove_covered(&mut self, disk: &dyn Disk, position: u64) -> Result<(), Error> {
        let covered = self.closed.partition_point(|segment| segment.next <= position + 1);
        for segment in self.closed.drain(..covered) {
            disk::remove_if_there(disk, &segment.path)?;
        }
        disk.sync_dir(&self.dir).map_err(|e| Error::io("syncing directory", &self.dir, e))
    }
}

/// Makes a segment, durably: of what is prepared, or else one that grows. When that fails, the segment
/// before it goes on, and what stays of the new one is removed by the next opening.
fn begin(
    disk: &dyn Disk,
    dir: &Path,
    kind: &FrameKind,
    first: u64,
    spare: Option<Spare>,
) -> Result<FrameFile, Error> {
    let path = segment_path(dir, first);
    let made = match spare {
        Some(Spare { path: fresh, file }) => FrameFile::begin(file, &fresh, kind.clone(), first)
            .and_then(|file| disk::put_in_place(disk, &fresh, &path).map(|()| file.renamed(&path)))
            .inspect_err(|_| {
                let _ = disk.remove(&fresh);
            }),
        None => FrameFile::create(disk, &path, kind.clone(), first),
    };
    made.inspect_err(|_| {
        let _ = disk.remove(&path);
    })
}

fn remove(disk: &dyn Disk, path: &Path) -> Result<(), Error> {
    disk::remove_if_there(disk, path)?;
    disk::sync_parent(disk, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::SimulatedDisk;
    use crate::random::testing::Seeded;

    const DIR: &str = "/d/journal";

    fn test_kind() -> FrameKind {
        kind(&StorageKey::from_bytes([4; 32]), StoreId([3; 16]))
    }

    fn group(n: u64) -> Group {
        Group { destroyed: vec![], entries: vec![(vec![1, n as u8], Some(vec![n as u8; 50]))] }
    }

    /// Room for three groups.
    const SEGMENT_BYTES: u64 = 500;

    fn open(disk: &SimulatedDisk, position: u64) -> Result<(Journal, Vec<u64>), Error> {
        disk.create_dir(Path::new(DIR)).unwrap();
        let mut seen = vec![];
        let dir = Path::new(DIR);
        let known = Known { checkpoint: position, newest: 0, may_begin: position == 0 };
        let journal = Journal::open(disk, dir, test_kind(), known, SEGMENT_BYTES, |number, got| {
            assert_eq!(got, group(number));
            seen.push(number);
            Ok(())
        })?;
        Ok((journal, seen))
    }

    /// Every other segment is prepared, the others grow.
    fn write(
        journal: &mut Journal,
        disk: &SimulatedDisk,
        upto: u64,
        acknowledged: &mut u64,
    ) -> Result<(), Error> {
        while journal.position() < upto {
            let bytes = group(journal.position() + 1).encode();
            journal.append(&mut Seeded(journal.position()), &bytes).map_err(AppendError::into_inner)?;
            *acknowledged = journal.position();
            if journal.is_full(SEGMENT_BYTES) {
                journal.rotate(disk)?;
                if journal.position().is_multiple_of(2) {
                    let spare = prepare(disk, Path::new(DIR), SEGMENT_BYTES, &|| Ok(()))?;
                    journal.take_spare(disk, spare)?;
                }
            }
        }
        Ok(())
    }

    #[test]
    fn reads_back_in_order_over_segments() {
        let disk = SimulatedDisk::default();
        let (mut journal, seen) = open(&disk, 0).unwrap();
        assert!(seen.is_empty() && journal.position() == 0);
        write(&mut journal, &disk, 20, &mut 0).unwrap();
        assert!(journal.closed().len() > 2);
        let (mut journal, seen) = open(&disk, 0).unwrap();
        assert_eq!(seen, (1..=20).collect::<Vec<_>>());
        let covered = journal.closed()[1].next - 1;
        journal.remove_covered(&disk, covered).unwrap();
        let (journal, seen) = open(&disk, covered).unwrap();
        assert_eq!(seen, (covered + 1..=20).collect::<Vec<_>>());
        assert_eq!(journal.position(), 20);
        assert!(matches!(open(&disk, 2), Err(Error::Corrupt { .. })), "commits 3 to … are gone");
    }

    #[test]
    fn only_what_a_checkpoint_covers_is_removed() {
        for position in 1..20 {
            let disk = SimulatedDisk::default();
            let (mut journal, _) = open(&disk, 0).unwrap();
            // Short segments as well: one of a single commit lies behind some position.
            while journal.position() < 20 {
                let upto = journal.position() + 1 + journal.closed().len() as u64 % 2;
                write(&mut journal, &disk, upto, &mut 0).unwrap();
                journal.rotate(&disk).unwrap();
            }
            let last = journal.position();
            journal.remove_covered(&disk, position).unwrap();
            assert!(journal.closed()[0].next > position + 1, "all that is covered is gone");
            assert_eq!(open(&disk, position).unwrap().1, (position + 1..=last).collect::<Vec<_>>());
        }
    }

    #[test]
    fn missing_segment_or_damage_in_the_middle_is_an_error() {
        let disk = SimulatedDisk::default();
        let (mut journal, _) = open(&disk, 0).unwrap();
        write(&mut journal, &disk, 20, &mut 0).unwrap();
        let closed = journal.closed()[1].clone();
        let victim = &closed.path;
        let whole = disk.read(victim).unwrap();
        // Down to the header, also where nothing but a whole frame is missing.
        for bytes_left in 40..whole.len() {
            disk.damage(victim, |bytes| bytes.truncate(bytes_left));
            assert!(matches!(open(&disk, 0), Err(Error::Corrupt { .. })), "{bytes_left}");
            assert!(closed.read(&disk, &test_kind(), |_, _| Ok(())).is_err(), "{bytes_left}");
            disk.damage(victim, |bytes| *bytes = whole.clone());
        }
        closed.read(&disk, &test_kind(), |_, _| Ok(())).unwrap();
        open(&disk, 0).unwrap();
        disk.remove(victim).unwrap();
        assert!(matches!(open(&disk, 0), Err(Error::Corrupt { .. })));
    }

    #[test]
    fn killed_at_any_step_nothing_acknowledged_is_lost() {
        let whole = SimulatedDisk::default();
        let (mut journal, _) = open(&whole, 0).unwrap();
        write(&mut journal, &whole, 15, &mut 0).unwrap();
        // The one that grew for one group alone gave way to the prepared one.
        let firsts: Vec<_> = journal.closed().iter().map(|segment| segment.first).collect();
        assert_eq!(firsts, [1, 5, 6, 10]);
        for die_at in 0..whole.operations() {
            for seed in 0..12 {
                let disk = SimulatedDisk::default();
                disk.create_dir(Path::new(DIR)).unwrap();
                disk.die_at(die_at);
                let mut acknowledged = 0;
                let outcome = open(&disk, 0)
                    .and_then(|(mut journal, _)| write(&mut journal, &disk, 15, &mut acknowledged));
                assert!(outcome.is_ok() || disk.is_dead());
                let disk = disk.after_power_cut(&mut Seeded(seed));
                let (mut journal, seen) = open(&disk, 0).unwrap();
                assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
                let extra = seen.len() as u64 - acknowledged;
                assert!(extra <= 1, "at {die_at}, seed {seed}: {seen:?} after {acknowledged}");
                write(&mut journal, &disk, 18, &mut 0).unwrap();
                assert_eq!(open(&disk, 0).unwrap().1.len(), 18);
            }
        }
    }

    /// The number of times each segment is read.
    #[test]
    fn opening_reads_each_segment_once() {
        let disk = SimulatedDisk::default();
        let (mut journal, _) = open(&disk, 0).unwrap();
        write(&mut journal, &disk, 20, &mut 0).unwrap();
        let segments = list(&disk, Path::new(DIR)).unwrap().len();
        let reads = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = reads.clone();
        disk.set_on_read(move || _ = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        assert_eq!(open(&disk, 0).unwrap().1.len(), 20);
        assert_eq!(reads.load(std::sync::atomic::Ordering::Relaxed), segments);
    }

    #[test]
    fn segment_whose_making_failed_is_no_hole() {
        let disk = SimulatedDisk::default();
        let (mut journal, _) = open(&disk, 0).unwrap();
        write(&mut journal, &disk, 2, &mut 0).unwrap();
        // Its name comes back after a power cut, although the segment before it went on.
        FrameFile::create(&disk, &segment_path(Path::new(DIR), 3), test_kind(), 3).unwrap();
        let before = disk.snapshot();
        let (_, seen) = open(&before, 0).unwrap();
        assert_eq!(seen, [1, 2], "it is the newest one if nothing went on");
        journal.append(&mut Seeded(3), &group(3).encode()).unwrap();
        let (mut journal, seen) = open(&disk, 0).unwrap();
        assert_eq!((seen, journal.closed().len()), (vec![1, 2, 3], 0));
        write(&mut journal, &disk, 9, &mut 0).unwrap();
        assert_eq!(open(&disk, 0).unwrap().1.len(), 9);
    }

    #[test]
    fn refused_commit_at_the_end_of_a_closed_segment_needs_nobody() {
        let disk = SimulatedDisk::default();
        let (mut journal, _) = open(&disk, 0).unwrap();
        write(&mut journal, &disk, 2, &mut 0).unwrap();
        let (first, end) = (segment_path(Path::new(DIR), 1), journal.current.end() as usize);
        let prepared = disk.read(&first).unwrap();
        journal.rotate(&disk).unwrap();
        write(&mut journal, &disk, 4, &mut 0).unwrap();
        // What was refused had reached the disk in part, and neither the zeros over it nor the cutting did.
        disk.damage(&first, |bytes| {
            bytes.clone_from(&prepared);
            bytes[end..end + 90].fill(0x5c);
        });
        assert_eq!(open(&disk, 0).unwrap().1, [1, 2, 3, 4]);
        assert_eq!(disk.read(&first).unwrap().len(), end, "and it is gone");
    }
}
