//! The journal: everything that was committed since the newest checkpoint, in order, in files that
//! are only ever appended to. What stands here is durable; sled is filled from it.

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::frame::{AppendError, Found, FrameFile, FrameKind};
use crate::ops::Group;
use crate::random::Random;
use crate::seal::{StorageKey, StoreId};
use std::path::{Path, PathBuf};

const SUFFIX: &str = ".log";

/// A segment that is not appended to any more.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    /// Number of its first group.
    pub(crate) first: u64,
    pub(crate) bytes: u64,
}

/// The journal, open for appending.
pub(crate) struct Journal {
    dir: PathBuf,
    kind: FrameKind,
    closed: Vec<Segment>,
    current: FrameFile,
    current_first: u64,
    segment_bytes_max: u64,
}

/// What the journal's files have in common; also for reading segments elsewhere.
pub(crate) fn kind(key: &StorageKey, store: StoreId) -> FrameKind {
    let label = "beistand store 1 journal";
    FrameKind { magic: *b"BSTDJRN1", label, cipher: key.cipher(&store, label), store }
}

fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}{SUFFIX}"))
}

/// The segments in the directory, by number.
pub(crate) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<(u64, PathBuf)>, Error> {
    numbered(disk, dir, SUFFIX)
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

/// Reads one segment and hands each group to `visit`. Flipped bits are turned back; with `repair`
/// also in the file.
pub(crate) fn read_segment(
    disk: &dyn Disk,
    kind: &FrameKind,
    path: &Path,
    last: bool,
    repair: bool,
    mut visit: impl FnMut(u64, Group) -> Result<(), Error>,
) -> Result<(Found, u64), Error> {
    let mut bytes = disk.read(path).map_err(|e| Error::io("reading", path, e))?;
    let found = kind.read(path, &mut bytes, last, |number, plain| {
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
    Ok((found, bytes.len() as u64))
}

/// Whether the last segment is one whose making failed, so that the one before it went on: it is empty,
/// and `before` has the group that it would have begun with, whole or as a torn append. Where `before`
/// ends earlier, something that was acknowledged is damaged; this is not decided here.
fn is_stray(
    disk: &dyn Disk,
    kind: &FrameKind,
    before: &Path,
    first: u64,
    last: &Path,
) -> Result<bool, Error> {
    let mut bytes = disk.read(last).map_err(|e| Error::io("reading", last, e))?;
    match kind.read(last, &mut bytes, true, |_, _| Ok(())) {
        Ok(Found::Unfinished) => {}
        Ok(Found::Frames { first, next, .. }) if first == next => {}
        _ => return Ok(false),
    }
    Ok(match read_segment(disk, kind, before, true, false, |_, _| Ok(())) {
        Ok((Found::Frames { next, torn, .. }, _)) => next > first || (torn && next == first),
        _ => false,
    })
}

impl Journal {
    /// Opens the journal behind the checkpoint `position` (0: none) and hands each later group to
    /// `visit`. Segments that the checkpoint covers are removed; a torn end is cut off. With
    /// `may_begin` a journal without any segment is a new one; later there always is one.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if a group is damaged or missing; errors of `visit`.
    pub(crate) fn open(
        disk: &dyn Disk,
        dir: &Path,
        kind: FrameKind,
        position: u64,
        may_begin: bool,
        segment_bytes_max: u64,
        mut visit: impl FnMut(u64, Group) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut segments = list(disk, dir)?;
        if segments.is_empty() && !may_begin {
            return Err(Error::corrupt(dir, "the journal is missing"));
        }
        // A segment is covered when the next one begins at or before what comes after the position.
        while segments.len() > 1 && segments[1].0 <= position + 1 {
            let (_, path) = segments.remove(0);
            disk::remove_if_there(disk, &path)?;
        }
        if let [.., (_, before), (first, last)] = &segments[..]
            && is_stray(disk, &kind, before, *first, last)?
        {
            disk::remove_if_there(disk, last)?;
            disk::sync_parent(disk, last)?;
            segments.pop();
        }
        let mut closed = Vec::new();
        let mut next = position + 1;
        let count = segments.len();
        for (index, (first, path)) in segments.into_iter().enumerate() {
            let last = index + 1 == count;
            if (index == 0 && first > next) || (index > 0 && first != next) {
                return Err(Error::corrupt(dir, format!("commits {next} to {} are missing", first - 1)));
            }
            let (found, bytes) = read_segment(disk, &kind, &path, last, true, |number, group| {
                if number > position { visit(number, group) } else { Ok(()) }
            })?;
            match found {
                // Made a moment before the end; nothing was in it.
                Found::Unfinished => {
                    disk::remove_if_there(disk, &path)?;
                }
                Found::Frames { first: inner, .. } if inner != first => {
                    return Err(Error::corrupt(&path, "its name does not fit its content"));
                }
                Found::Frames { next: after, end, version, .. } if last => {
                    if after <= position {
                        return Err(Error::corrupt(
                            &path,
                            format!("it ends before the checkpoint {position}"),
                        ));
                    }
                    let current = FrameFile::open(disk, &path, kind.clone(), end, after, version)?;
                    let dir = dir.to_path_buf();
                    return Ok(Self { dir, kind, closed, current, current_first: first, segment_bytes_max });
                }
                Found::Frames { next: after, .. } => {
                    next = after;
                    closed.push(Segment { path, first, bytes });
                }
            }
        }
        if next <= position {
            return Err(Error::corrupt(dir, format!("it ends before the checkpoint {position}")));
        }
        let current = FrameFile::create(disk, &segment_path(dir, next), kind.clone(), next)?;
        let dir = dir.to_path_buf();
        Ok(Self { dir, kind, closed, current, current_first: next, segment_bytes_max })
    }

    /// Number of the newest group; 0 if there never was one.
    pub(crate) fn position(&self) -> u64 {
        self.current.next() - 1
    }

    /// Bytes of all segments.
    pub(crate) fn bytes(&self) -> u64 {
        self.closed.iter().map(|segment| segment.bytes).sum::<u64>() + self.current.len()
    }

    /// Appends a group; durable when this returns.
    pub(crate) fn append(&mut self, random: &mut dyn Random, group: &[u8]) -> Result<(), AppendError> {
        self.current.append(random, group)
    }

    /// Begins a new segment if the current one is large enough.
    pub(crate) fn rotate_if_large(&mut self, disk: &dyn Disk) -> Result<(), Error> {
        if self.current.len() > self.segment_bytes_max { self.rotate(disk) } else { Ok(()) }
    }

    /// Begins a new segment unless the current one has no group.
    pub(crate) fn rotate(&mut self, disk: &dyn Disk) -> Result<(), Error> {
        let next = self.current.next();
        if next == self.current_first {
            return Ok(());
        }
        let path = segment_path(&self.dir, next);
        let fresh = FrameFile::create(disk, &path, self.kind.clone(), next).inspect_err(|_| {
            // The current segment goes on; what stays of the new one is removed by the next opening.
            let _ = disk.remove(&path);
        })?;
        let old = std::mem::replace(&mut self.current, fresh);
        let first = std::mem::replace(&mut self.current_first, next);
        self.closed.push(Segment { path: old.path().to_path_buf(), first, bytes: old.len() });
        Ok(())
    }

    /// The closed segments that begin after commit group `position`, oldest first.
    pub(crate) fn closed_after(&self, position: u64) -> &[Segment] {
        &self.closed[self.closed.partition_point(|segment| segment.first <= position)..]
    }

    /// The file that is appended to.
    pub(crate) fn current_path(&self) -> &Path {
        self.current.path()
    }

    /// Bytes of all segments that begin after commit group `position`.
    pub(crate) fn bytes_after(&self, position: u64) -> u64 {
        let closed = self.closed_after(position).iter().map(|segment| segment.bytes).sum::<u64>();
        closed + self.current.len()
    }

    /// The closed segments, oldest first.
    pub(crate) fn closed(&self) -> &[Segment] {
        &self.closed
    }

    /// Removes closed segments that a durable checkpoint at `position` covers.
    pub(crate) fn remove_covered(&mut self, disk: &dyn Disk, position: u64) -> Result<(), Error> {
        let end = |index: usize| self.closed.get(index + 1).map_or(self.current_first, |next| next.first) - 1;
        let covered = (0..self.closed.len()).take_while(|index| end(*index) <= position).count();
        for segment in self.closed.drain(..covered) {
            disk::remove_if_there(disk, &segment.path)?;
        }
        disk.sync_dir(&self.dir).map_err(|e| Error::io("syncing directory", &self.dir, e))
    }
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

    fn open(disk: &SimulatedDisk, position: u64) -> Result<(Journal, Vec<u64>), Error> {
        disk.create_dir(Path::new(DIR)).unwrap();
        let mut seen = vec![];
        let journal =
            Journal::open(disk, Path::new(DIR), test_kind(), position, position == 0, 200, |number, got| {
                assert_eq!(got, group(number));
                seen.push(number);
                Ok(())
            })?;
        Ok((journal, seen))
    }

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
            journal.rotate_if_large(disk)?;
        }
        Ok(())
    }

    #[test]
    fn reads_back_in_order_over_segments() {
        let disk = SimulatedDisk::default();
        let (mut journal, seen) = open(&disk, 0).unwrap();
        assert!(seen.is_empty() && journal.position() == 0);
        write(&mut journal, &disk, 10, &mut 0).unwrap();
        assert!(journal.closed().len() > 2);
        let (mut journal, seen) = open(&disk, 0).unwrap();
        assert_eq!(seen, (1..=10).collect::<Vec<_>>());
        journal.remove_covered(&disk, 7).unwrap();
        let (journal, seen) = open(&disk, 7).unwrap();
        assert_eq!(seen, [8, 9, 10]);
        assert_eq!(journal.position(), 10);
        assert!(matches!(open(&disk, 2), Err(Error::Corrupt { .. })), "commits 3 to … are gone");
    }

    #[test]
    fn missing_segment_or_damage_in_the_middle_is_an_error() {
        let disk = SimulatedDisk::default();
        let (mut journal, _) = open(&disk, 0).unwrap();
        write(&mut journal, &disk, 10, &mut 0).unwrap();
        let segments = list(&disk, Path::new(DIR)).unwrap();
        let victim = &segments[1].1;
        let whole = disk.read(victim).unwrap();
        disk.damage(victim, |bytes| bytes.truncate(bytes.len() - 5));
        assert!(matches!(open(&disk, 0), Err(Error::Corrupt { .. })));
        disk.damage(victim, |bytes| *bytes = whole);
        open(&disk, 0).unwrap();
        disk.remove(victim).unwrap();
        assert!(matches!(open(&disk, 0), Err(Error::Corrupt { .. })));
    }

    #[test]
    fn killed_at_any_step_nothing_acknowledged_is_lost() {
        let whole = SimulatedDisk::default();
        let (mut journal, _) = open(&whole, 0).unwrap();
        write(&mut journal, &whole, 9, &mut 0).unwrap();
        for die_at in 0..whole.operations() {
            for seed in 0..8 {
                let disk = SimulatedDisk::default();
                disk.create_dir(Path::new(DIR)).unwrap();
                disk.die_at(die_at);
                let mut acknowledged = 0;
                let outcome = open(&disk, 0)
                    .and_then(|(mut journal, _)| write(&mut journal, &disk, 9, &mut acknowledged));
                assert_eq!(outcome.is_err(), disk.is_dead());
                let disk = disk.after_power_cut(&mut Seeded(seed));
                let (mut journal, seen) = open(&disk, 0).unwrap();
                assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
                let extra = seen.len() as u64 - acknowledged;
                assert!(extra <= 1, "at {die_at}, seed {seed}: {seen:?} after {acknowledged}");
                write(&mut journal, &disk, 12, &mut 0).unwrap();
                assert_eq!(open(&disk, 0).unwrap().1.len(), 12);
            }
        }
    }
}
