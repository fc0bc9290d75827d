//! The checkpoint: every record as of one commit group, sorted by key, in one file.
//!
//! A new checkpoint is the old one merged with the journal segments after it. sled plays no part:
//! what it may have lost or damaged cannot reach a checkpoint. Writing happens beside running
//! commits; afterwards the merged segments are removed.
//!
//! ```text
//! header  magic 8 | version u32 | store id 16 | commit group u64 | CRC-32 of these u32
//! chunk   length u32 | CRC-32 of it u32 | nonce 24 | ciphertext | tag 16 | CRC-32 of these three u32
//! ```
//! The associated data of a chunk holds its number and whether it is the last, so that chunks can
//! be neither missing nor moved. The last one holds the number of entries alone. The checksums turn
//! one flipped bit in each chunk and in the header back (`mend`); the next checkpoint is written
//! without it. Version 1 had none in its chunks.

mod changes;

use crate::disk::{self, Disk, DiskFile};
use crate::error::Error;
use crate::frame::FrameKind;
use crate::journal::{self, Segment};
use crate::keys::KeyRing;
use crate::mend::{mend, mend_summed};
use crate::ops;
use crate::random::Random;
use crate::seal::{Cipher, SEAL_BYTES, StorageKey, StoreId};
use crate::sealed;
use changes::Changes;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const MAGIC: &[u8; 8] = b"BSTDCKP1";
const VERSION: u32 = 2;
const HEADER_BYTES: usize = 40;
const SUFFIX: &str = ".all";
/// A chunk is closed once it has this many bytes.
const CHUNK_BYTES: usize = 256 * 1024;
/// Longest chunk that is read: one entry of the largest size may come on top.
const CHUNK_BYTES_MAX: usize = CHUNK_BYTES + crate::engine::VALUE_BYTES_MAX + 64 * 1024;

/// What all checkpoints of a store have in common.
#[derive(Clone)]
pub(crate) struct CheckpointKind {
    cipher: Cipher,
    store: StoreId,
}

const LABEL: &str = "beistand store 1 checkpoint";

/// A checkpoint that lies in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) path: PathBuf,
    /// The commit group up to which (and with which) it holds everything.
    pub(crate) position: u64,
    pub(crate) bytes: u64,
    /// Bytes of all keys and sealed values in it; where it was not read, [`Checkpoint::bytes`] stands
    /// for them, which is a little more.
    pub(crate) live_bytes: u64,
}

/// Finds the newest checkpoint; older ones and unfinished ones are removed.
pub(crate) fn find(disk: &dyn Disk, dir: &Path) -> Result<Option<(u64, PathBuf)>, Error> {
    for name in disk.list(dir).map_err(|e| Error::io("listing", dir, e))? {
        if name.ends_with(".new") {
            disk::remove_if_there(disk, &dir.join(name))?;
        }
    }
    let mut files = journal::numbered(disk, dir, SUFFIX)?;
    let newest = files.pop();
    for (_, path) in files {
        disk::remove_if_there(disk, &path)?;
    }
    Ok(newest)
}

impl CheckpointKind {
    pub(crate) fn new(key: &StorageKey, store: StoreId) -> Self {
        Self { cipher: key.cipher(&store, LABEL), store }
    }

    fn header(&self, version: u32, position: u64) -> Vec<u8> {
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&version.to_le_bytes());
        header.extend_from_slice(&self.store.0);
        header.extend_from_slice(&position.to_le_bytes());
        let crc = crc32fast::hash(&header);
        header.extend_from_slice(&crc.to_le_bytes());
        header
    }

    /// Reads a checkpoint from its beginning and hands each entry to `visit`, sorted by key.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if anything is missing or damaged, possibly after some entries were
    /// visited; errors of `visit`.
    pub(crate) fn read(
        &self,
        disk: &dyn Disk,
        path: &Path,
        position: u64,
        mut visit: impl FnMut(Vec<u8>, Vec<u8>) -> Result<(), Error>,
    ) -> Result<Checkpoint, Error> {
        let mut reader = Reader::open(self, disk, path, position)?;
        let mut live_bytes = 0;
        while let Some((key, value)) = reader.next()? {
            live_bytes += (key.len() + value.len()) as u64;
            visit(key, value)?;
        }
        if reader.mended > 0 {
            log::warn!(
                "turned back {} flipped bits of {}: the disk may be failing",
                reader.mended,
                path.display()
            );
        }
        Ok(Checkpoint { path: path.to_path_buf(), position, bytes: reader.bytes, live_bytes })
    }
}

/// A key with its table, and its sealed value.
pub(crate) type Record = (Vec<u8>, Vec<u8>);
/// Gives records one by one, sorted by key.
pub(crate) type Records<'a> = &'a mut dyn FnMut() -> Result<Option<Record>, Error>;

/// Reads entries one by one.
struct Reader<'a> {
    kind: &'a CheckpointKind,
    path: &'a Path,
    position: u64,
    file: Box<dyn Read + Send>,
    bytes: u64,
    chunk: u64,
    entries: u64,
    waiting: std::vec::IntoIter<ops::Entry>,
    done: bool,
    last_key: Option<Vec<u8>>,
    version: u32,
    mended: usize,
}

fn aad(store: &StoreId, position: u64, chunk: u64, last: bool) -> Vec<u8> {
    let mut aad = LABEL.as_bytes().to_vec();
    aad.extend_from_slice(&store.0);
    aad.extend_from_slice(&position.to_le_bytes());
    aad.extend_from_slice(&chunk.to_le_bytes());
    aad.push(u8::from(last));
    aad
}

impl<'a> Reader<'a> {
    fn open(kind: &'a CheckpointKind, disk: &dyn Disk, path: &'a Path, position: u64) -> Result<Self, Error> {
        let file = disk.open_read(path).map_err(|e| Error::io("reading", path, e))?;
        let file: Box<dyn Read + Send> = Box::new(std::io::BufReader::with_capacity(64 * 1024, file));
        let waiting = Vec::new().into_iter();
        let mut reader = Self {
            kind,
            path,
            position,
            file,
            bytes: 0,
            chunk: 0,
            entries: 0,
            waiting,
            done: false,
            last_key: None,
            version: VERSION,
            mended: 0,
        };
        let mut header = reader.take(HEADER_BYTES)?;
        let before = header.clone();
        if !mend_summed(&mut header) {
            return Err(Error::corrupt(path, "its header does not fit"));
        }
        reader.mended = usize::from(header != before);
        reader.version = header[8..12].iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        if header[..8] == *MAGIC && reader.version > VERSION {
            return Err(Error::NewerVersion { found: reader.version, known: VERSION });
        }
        if header != kind.header(reader.version, position) {
            return Err(Error::corrupt(path, "its header does not fit"));
        }
        Ok(reader)
    }

    fn take(&mut self, len: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; len];
        self.file.read_exact(&mut bytes).map_err(|e| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::corrupt(self.path, "it ends too early"),
            _ => Error::io("reading", self.path, e),
        })?;
        self.bytes += len as u64;
        Ok(bytes)
    }

    fn next(&mut self) -> Result<Option<Record>, Error> {
        loop {
            if let Some((key, value)) = self.waiting.next() {
                let value = value.ok_or_else(|| Error::corrupt(self.path, "an entry has no value"))?;
                if self.last_key.as_ref().is_some_and(|last| *last >= key) {
                    return Err(Error::corrupt(self.path, "entries are out of order"));
                }
                self.last_key = Some(key.clone());
                self.entries += 1;
                return Ok(Some((key, value)));
            }
            if self.done {
                return Ok(None);
            }
            self.next_chunk()?;
        }
    }

    fn next_chunk(&mut self) -> Result<(), Error> {
        let mut head = self.take(if self.version == 1 { 4 } else { 8 })?;
        if self.version > 1 {
            let before = head.clone();
            if !mend_summed(&mut head) {
                return Err(Error::corrupt(self.path, "a chunk's length does not fit"));
            }
            self.mended += usize::from(head != before);
        }
        let len = head[..4].iter().rev().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        if len > CHUNK_BYTES_MAX + SEAL_BYTES {
            return Err(Error::corrupt(self.path, "a chunk is too long"));
        }
        let mut sealed = self.take(len)?;
        let sum = match self.version {
            1 => None,
            _ => self.take(4)?.first_chunk().map(|sum| u32::from_le_bytes(*sum)),
        };
        if let Some(sum) = sum
            && crc32fast::hash(&sealed) != sum
        {
            // If it is the sum that has changed, the chunk stays as it is and opens.
            let changed = crc32fast::hash(&sealed) ^ sum;
            self.mended += usize::from(changed.count_ones() == 1 || mend(&mut sealed, sum));
        }
        let open =
            |last| self.kind.cipher.open(&[&aad(&self.kind.store, self.position, self.chunk, last)], &sealed);
        if let Some(plain) = open(false) {
            let entries = ops::decode_entries(&plain)
                .ok_or_else(|| Error::corrupt(self.path, "a chunk cannot be read"))?;
            self.waiting = entries.into_iter();
        } else if let Some(plain) = open(true) {
            self.done = true;
            if plain != self.entries.to_le_bytes() {
                return Err(Error::corrupt(self.path, "its number of entries does not fit"));
            }
        } else {
            return Err(Error::corrupt(self.path, format!("chunk {} does not fit", self.chunk)));
        }
        self.chunk += 1;
        Ok(())
    }
}

/// Writes entries one by one.
struct Writer<'a> {
    kind: &'a CheckpointKind,
    path: &'a Path,
    position: u64,
    file: Box<dyn DiskFile>,
    /// Its length when it was synced last.
    synced: u64,
    chunk: u64,
    entries: u64,
    plain: Vec<u8>,
}

impl Writer<'_> {
    fn put(&mut self, random: &mut dyn Random, key: &[u8], value: &[u8]) -> Result<(), Error> {
        ops::put_entry(&mut self.plain, key, Some(value));
        self.entries += 1;
        if self.plain.len() >= CHUNK_BYTES { self.flush(random, false) } else { Ok(()) }
    }

    fn flush(&mut self, random: &mut dyn Random, last: bool) -> Result<(), Error> {
        let mut out = ((self.plain.len() + SEAL_BYTES) as u32).to_le_bytes().to_vec();
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        let start = out.len();
        let aad = aad(&self.kind.store, self.position, self.chunk, last);
        self.kind.cipher.seal_into(random, &[&aad], &self.plain, &mut out);
        let sum = crc32fast::hash(&out[start..]);
        out.extend_from_slice(&sum.to_le_bytes());
        self.file.append(&out).map_err(|e| Error::io("writing", self.path, e))?;
        self.plain.clear();
        self.chunk += 1;
        if self.file.len() - self.synced >= disk::SYNCED_AT_ONCE_BYTES { self.sync() } else { Ok(()) }
    }

    fn finish(mut self, random: &mut dyn Random) -> Result<(), Error> {
        if !self.plain.is_empty() {
            self.flush(random, false)?;
        }
        self.plain = self.entries.to_le_bytes().to_vec();
        self.flush(random, true)?;
        self.sync()
    }

    fn sync(&mut self) -> Result<(), Error> {
        self.synced = self.file.len();
        self.file.sync().map_err(|e| Error::io("syncing", self.path, e))
    }
}

/// What a merge starts from.
pub(crate) struct Merge<'a> {
    pub(crate) kind: &'a CheckpointKind,
    pub(crate) journal_kind: &'a FrameKind,
    pub(crate) dir: &'a Path,
    pub(crate) old: Option<&'a Checkpoint>,
    /// Closed segments, oldest first; the last group of the last one is the new position.
    pub(crate) segments: &'a [Segment],
    /// Records under keys that are not here any more are left out.
    pub(crate) ring: &'a KeyRing,
    /// So many bytes of changes are kept in memory, [`CHANGES_BYTES`] but in tests.
    pub(crate) changes_bytes: usize,
    /// Set to give up.
    pub(crate) stop: &'a AtomicBool,
}

/// See [`Merge::changes_bytes`].
pub(crate) const CHANGES_BYTES: usize = 16 * 1024 * 1024;

impl Merge<'_> {
    /// Makes the new checkpoint, reads it back whole, and puts it in place, durably. The old one
    /// and the segments stay; the caller removes them.
    ///
    /// # Errors
    /// Of the disk; [`Error::Corrupt`] if the old checkpoint or a segment is damaged;
    /// [`Error::Stopped`].
    pub(crate) fn run(&self, disk: &dyn Disk, random: &mut dyn Random) -> Result<Checkpoint, Error> {
        let from = self.old.map_or(0, |old| old.position);
        let position = self.segments.last().map_or(from, |last| from.max(last.next - 1));
        let changes = Changes::of(self, disk, from);
        let mut old = match self.old {
            Some(old) => Some(Reader::open(self.kind, disk, &old.path, old.position)?),
            None => None,
        };
        self.make(disk, random, &mut || old.as_mut().map_or(Ok(None), Reader::next), changes, position)
    }

    /// Makes a checkpoint of other records than those of the old one and the segments: as of commit
    /// group `position`, or of later ones that stand in the journal behind it.
    ///
    /// # Errors
    /// Of the disk and of `records`; [`Error::Stopped`].
    pub(crate) fn replace(
        &self,
        disk: &dyn Disk,
        random: &mut dyn Random,
        records: Records<'_>,
        position: u64,
    ) -> Result<Checkpoint, Error> {
        self.make(disk, random, records, Changes::none(), position)
    }

    fn make(
        &self,
        disk: &dyn Disk,
        random: &mut dyn Random,
        records: Records<'_>,
        changes: Changes<'_>,
        position: u64,
    ) -> Result<Checkpoint, Error> {
        let path = self.dir.join(format!("{position:020}{SUFFIX}"));
        let fresh = disk::fresh_name(&path);
        let outcome = self.write(disk, random, records, changes, position, &fresh).and_then(|entries| {
            // Only what was read back may replace what the journal still holds.
            let mut read = 0u64;
            let made = self.kind.read(disk, &fresh, position, |_, _| {
                read += 1;
                self.go_on()
            })?;
            if read != entries {
                return Err(Error::corrupt(&fresh, "it does not read back as written"));
            }
            disk::put_in_place(disk, &fresh, &path)?;
            Ok(Checkpoint { path, ..made })
        });
        if outcome.is_err() {
            // Best effort: the next opening removes it as well.
            let _ = disk.remove(&fresh);
        }
        outcome
    }

    fn write(
        &self,
        disk: &dyn Disk,
        random: &mut dyn Random,
        records: Records<'_>,
        mut changes: Changes<'_>,
        position: u64,
        fresh: &Path,
    ) -> Result<u64, Error> {
        let mut file = disk.create(fresh).map_err(|e| Error::io("creating", fresh, e))?;
        file.append(&self.kind.header(VERSION, position)).map_err(|e| Error::io("writing", fresh, e))?;
        let mut writer = Writer {
            kind: self.kind,
            path: fresh,
            position,
            file,
            synced: 0,
            chunk: 0,
            entries: 0,
            plain: Vec::with_capacity(CHUNK_BYTES),
        };
        let mut put = |writer: &mut Writer<'_>, key: &[u8], value: &[u8]| {
            self.go_on()?;
            let live = sealed::data_key_id(value).is_none_or(|id| self.ring.contains(id));
            if live { writer.put(random, key, value) } else { Ok(()) }
        };
        while let Some((key, value)) = records()? {
            while let Some((changed, new)) = changes.next_if(|changed| *changed < key)? {
                if let Some(new) = new {
                    put(&mut writer, &changed, &new)?;
                }
            }
            match changes.next_if(|changed| *changed == key)? {
                Some((_, Some(new))) => put(&mut writer, &key, &new)?,
                Some((_, None)) => {}
                None => put(&mut writer, &key, &value)?,
            }
        }
        while let Some((key, value)) = changes.next_if(|_| true)? {
            if let Some(value) = value {
                put(&mut writer, &key, &value)?;
            }
        }
        let entries = writer.entries;
        writer.finish(random)?;
        Ok(entries)
    }

    fn go_on(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::SimulatedDisk;
    use crate::frame::AppendError;
    use crate::journal::{Journal, Known};
    use crate::ops::Group;
    use crate::random::testing::Seeded;
    use std::collections::BTreeMap;

    const NEW: Known = Known { checkpoint: 0, newest: 0, may_begin: true };

    const DIR: &str = "/d/checkpoint";
    const JOURNAL: &str = "/d/journal";

    fn parts() -> (CheckpointKind, FrameKind) {
        let (key, store) = (StorageKey::from_bytes([4; 32]), StoreId([3; 16]));
        (CheckpointKind::new(&key, store), journal::kind(&key, store))
    }

    fn disk() -> SimulatedDisk {
        let disk = SimulatedDisk::default();
        disk.create_dir(Path::new(DIR)).unwrap();
        disk.create_dir(Path::new(JOURNAL)).unwrap();
        disk
    }

    fn value(text: &str) -> Vec<u8> {
        // Looks like a value under the storage key.
        [&[sealed::UNDER_STORAGE_KEY], text.as_bytes()].concat()
    }

    fn commit(journal: &mut Journal, entries: &[(&str, Option<&str>)]) {
        let entries = entries.iter().map(|(k, v)| (k.as_bytes().to_vec(), v.map(value))).collect();
        let group = Group { destroyed: vec![], entries }.encode();
        journal.append(&mut Seeded(journal.position()), &group).map_err(AppendError::into_inner).unwrap();
    }

    fn merge(
        disk: &SimulatedDisk,
        journal: &mut Journal,
        old: Option<&Checkpoint>,
    ) -> Result<Checkpoint, Error> {
        merge_with(disk, journal, old, CHANGES_BYTES)
    }

    fn merge_with(
        disk: &SimulatedDisk,
        journal: &mut Journal,
        old: Option<&Checkpoint>,
        changes_bytes: usize,
    ) -> Result<Checkpoint, Error> {
        let (kind, journal_kind) = parts();
        journal.rotate(disk)?;
        Merge {
            kind: &kind,
            journal_kind: &journal_kind,
            dir: Path::new(DIR),
            old,
            segments: journal.closed(),
            ring: &KeyRing::default(),
            changes_bytes,
            stop: &AtomicBool::new(false),
        }
        .run(disk, &mut Seeded(1))
    }

    fn content(disk: &SimulatedDisk, checkpoint: &Checkpoint) -> Result<Vec<String>, Error> {
        let mut content = vec![];
        parts().0.read(disk, &checkpoint.path, checkpoint.position, |key, value| {
            content.push(format!(
                "{}={}",
                String::from_utf8(key).unwrap(),
                String::from_utf8_lossy(&value[1..])
            ));
            Ok(())
        })?;
        Ok(content)
    }

    #[test]
    fn merges_old_and_journal() {
        let disk = disk();
        let mut journal =
            Journal::open(&disk, Path::new(JOURNAL), parts().1, NEW, 1 << 16, |_, _| Ok(())).unwrap();
        commit(&mut journal, &[("b", Some("1")), ("d", Some("1")), ("f", Some("1"))]);
        commit(&mut journal, &[("d", Some("2"))]);
        let first = merge(&disk, &mut journal, None).unwrap();
        assert_eq!(first.position, 2);
        assert_eq!(content(&disk, &first).unwrap(), ["b=1", "d=2", "f=1"]);
        commit(
            &mut journal,
            &[("a", Some("3")), ("b", None), ("d", Some("3")), ("g", Some("3")), ("h", None)],
        );
        let second = merge(&disk, &mut journal, Some(&first)).unwrap();
        assert_eq!(content(&disk, &second).unwrap(), ["a=3", "d=3", "f=1", "g=3"]);
        assert_eq!(find(&disk, Path::new(DIR)).unwrap(), Some((3, second.path.clone())));
        assert!(!disk.list(Path::new(DIR)).unwrap().contains(&"00000000000000000002.all".to_owned()));
        // With nothing new it stays what it is.
        let third = merge(&disk, &mut journal, Some(&second)).unwrap();
        assert_eq!(content(&disk, &third).unwrap(), ["a=3", "d=3", "f=1", "g=3"]);
    }

    #[test]
    fn journal_that_does_not_fit_into_memory_is_read_several_times() {
        for seed in 0..40 {
            let (disk, mut random) = (disk(), Seeded(seed));
            let mut draw = |below: usize| crate::random::array::<1>(&mut random)[0] as usize % below;
            let mut journal =
                Journal::open(&disk, Path::new(JOURNAL), parts().1, NEW, 2000, |_, _| Ok(())).unwrap();
            let mut expect = BTreeMap::new();
            let mut change = |journal: &mut Journal, draw: &mut dyn FnMut(usize) -> usize| {
                let entries: Vec<(String, Option<String>)> = (0..=draw(4))
                    .map(|_| {
                        let value = (draw(4) > 0).then(|| "x".repeat(draw(90)) + &draw(250).to_string());
                        (format!("{:02}", draw(40)), value)
                    })
                    .collect();
                let lent: Vec<_> = entries.iter().map(|(k, v)| (k.as_str(), v.as_deref())).collect();
                commit(journal, &lent);
                if journal.is_full(2000) {
                    journal.rotate(&disk).unwrap();
                }
                expect.extend(entries);
            };
            (0..draw(30)).for_each(|_| change(&mut journal, &mut draw));
            let old = (draw(3) > 0).then(|| merge(&disk, &mut journal, None).unwrap());
            (0..60).for_each(|_| change(&mut journal, &mut draw));
            let counted = |changes_bytes, journal: &mut Journal| {
                let reads = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
                let count = reads.clone();
                disk.set_on_read(move || _ = count.fetch_add(1, Ordering::Relaxed));
                let made = merge_with(&disk, journal, old.as_ref(), changes_bytes).unwrap();
                disk.set_on_read(|| ());
                let content = content(&disk, &made).unwrap();
                let expect: Vec<_> = expect
                    .iter()
                    .filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)))
                    .collect();
                assert_eq!(content, expect, "seed {seed}, {changes_bytes} bytes");
                // The old checkpoint and the new one are read as well.
                reads.load(Ordering::Relaxed) - 1 - usize::from(old.is_some())
            };
            let once = counted(CHANGES_BYTES, &mut journal);
            assert_eq!(once, journal.closed().len());
            // A change takes some 200 bytes.
            let readings = counted(2000, &mut journal) / once;
            assert!((3..=9).contains(&readings), "seed {seed}: {readings}");
            assert!(counted(1, &mut journal) / once <= 40 + 1, "one key each time");
        }
    }

    #[test]
    fn what_is_sealed_under_a_destroyed_key_is_left_out() {
        let disk = disk();
        let mut journal =
            Journal::open(&disk, Path::new(JOURNAL), parts().1, NEW, 1 << 16, |_, _| Ok(())).unwrap();
        let sealed = [&[sealed::UNDER_DATA_KEY], &[7; 60][..]].concat();
        let entries = vec![(b"gone".to_vec(), Some(sealed))];
        let group = Group { destroyed: vec![], entries }.encode();
        journal.append(&mut Seeded(1), &group).map_err(AppendError::into_inner).unwrap();
        commit(&mut journal, &[("kept", Some("1"))]);
        // The ring has no key at all.
        let checkpoint = merge(&disk, &mut journal, None).unwrap();
        assert_eq!(content(&disk, &checkpoint).unwrap(), ["kept=1"]);
    }

    #[test]
    fn every_flip_is_turned_back_and_more_damage_is_noticed() {
        let disk = disk();
        let mut journal =
            Journal::open(&disk, Path::new(JOURNAL), parts().1, NEW, 1 << 16, |_, _| Ok(())).unwrap();
        commit(&mut journal, &[("b", Some("1")), ("d", Some("1"))]);
        let checkpoint = merge(&disk, &mut journal, None).unwrap();
        let whole = disk.read(&checkpoint.path).unwrap();
        for at in 0..whole.len() {
            for bit in 0..8 {
                disk.damage(&checkpoint.path, |bytes| bytes[at] ^= 1 << bit);
                assert_eq!(content(&disk, &checkpoint).unwrap(), ["b=1", "d=1"], "bit {bit} at {at}");
                disk.damage(&checkpoint.path, |bytes| *bytes = whole.clone());
            }
            let other = (at + 20) % whole.len();
            disk.damage(&checkpoint.path, |bytes| bytes[at] ^= 0x22);
            disk.damage(&checkpoint.path, |bytes| bytes[other] ^= 0x41);
            assert!(matches!(content(&disk, &checkpoint), Err(Error::Corrupt { .. })), "four bits from {at}");
            disk.damage(&checkpoint.path, |bytes| *bytes = whole.clone());
            disk.damage(&checkpoint.path, |bytes| bytes.truncate(at));
            assert!(matches!(content(&disk, &checkpoint), Err(Error::Corrupt { .. })), "cut at {at}");
            disk.damage(&checkpoint.path, |bytes| *bytes = whole.clone());
        }
        content(&disk, &checkpoint).unwrap();
    }

    #[test]
    fn many_chunks_and_a_full_disk() {
        let disk = disk();
        let mut journal =
            Journal::open(&disk, Path::new(JOURNAL), parts().1, NEW, 1 << 16, |_, _| Ok(())).unwrap();
        let long = "x".repeat(20_000);
        for n in 0..60 {
            commit(&mut journal, &[(&format!("{n:03}"), Some(&long))]);
        }
        disk.set_capacity(Some(disk.used() + 700_000));
        assert!(matches!(merge(&disk, &mut journal, None), Err(Error::DiskFull { .. })));
        assert_eq!(disk.list(Path::new(DIR)).unwrap(), Vec::<String>::new());
        disk.set_capacity(None);
        let checkpoint = merge(&disk, &mut journal, None).unwrap();
        assert_eq!(content(&disk, &checkpoint).unwrap().len(), 60);
        assert!(checkpoint.bytes > 1_200_000);
    }
}
