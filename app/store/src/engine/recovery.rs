//! Opening: from whatever the last end left to a running engine.

use super::database::{Database, FileMark, mark_files};
use super::rescue::Rescue;
use super::writer::Writer;
use super::{Engine, Limits, Options, Shared, SharedRandom};
use crate::checkpoint::{self, Checkpoint, CheckpointKind};
use crate::disk::{self, Disk};
use crate::error::Error;
use crate::frame::FrameKind;
use crate::journal::{self, Journal, Known, Segment};
use crate::keys::{DataKeyId, KeyFile, KeyRing};
use crate::layout::Layout;
use crate::ops::Group;
use crate::random;
use crate::seal::{StorageKey, StoreId};
use crate::sealed::{self, Sealer};
use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, RwLock, mpsc};

/// Free space below which not even opening is tried.
const OPEN_BYTES_MIN: u64 = 4 * 1024 * 1024;
/// Entries, and about the bytes, that sled is handed at once while it is filled.
const FILL_ENTRIES: usize = 4096;
const FILL_BYTES: usize = 4 * 1024 * 1024;

/// What filling sled, or only reading the journal, saw of data keys.
#[derive(Default)]
pub(super) struct KeysSeen {
    used: HashSet<DataKeyId>,
    destroyed: HashSet<DataKeyId>,
}

impl KeysSeen {
    fn note_group(&mut self, group: &Group) {
        self.destroyed.extend(&group.destroyed);
        self.used.extend(group.entries.iter().filter_map(|(_, value)| sealed::data_key_id(value.as_ref()?)));
    }

    /// Keys under which something is sealed that was never destroyed, and that the file lacks.
    fn lost(&self, keys: &KeyFile) -> usize {
        self.used.difference(&self.destroyed).filter(|id| !keys.contains(**id)).count()
    }
}

/// The contents of the file `clean`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CleanMark {
    pub(super) position: u64,
    pub(super) keys: usize,
    /// Number of sled's directory.
    pub(super) directory: u64,
    pub(super) files: Vec<FileMark>,
}

impl CleanMark {
    pub(super) fn encode(&self) -> String {
        let Self { position, keys, directory, files } = self;
        let mut text = format!("beistand clean end\ncommits {position}\nkeys {keys}\ndatabase {directory}\n");
        for FileMark { name, bytes, crc } in files {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{bytes} {crc} {name}");
        }
        let crc = crc32fast::hash(text.as_bytes());
        let _ = writeln!(text, "check {crc}");
        text
    }

    /// `None` for anything but exactly what [`CleanMark::encode`] writes.
    pub(super) fn decode(text: &[u8]) -> Option<Self> {
        let whole = std::str::from_utf8(text).ok()?;
        let mut lines = whole.lines();
        if lines.next()? != "beistand clean end" {
            return None;
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.parse::<u64>().ok();
        let (position, keys, directory) = (field("commits ")?, field("keys ")?, field("database ")?);
        let mut files = Vec::new();
        for line in lines {
            if line.starts_with("check ") {
                break;
            }
            let mut parts = line.splitn(3, ' ');
            let (bytes, crc) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            files.push(FileMark { name: parts.next()?.to_owned(), bytes, crc });
        }
        let mark = Self { position, keys: usize::try_from(keys).ok()?, directory, files };
        (mark.encode() == whole).then_some(mark)
    }
}

/// What filling sled needs to know.
pub(super) struct Filling<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) checkpoint_kind: &'a CheckpointKind,
    pub(super) journal_kind: &'a FrameKind,
    /// Whether a data key is there: what is sealed under another one is left out.
    pub(super) has_key: &'a dyn Fn(DataKeyId) -> bool,
    /// Asked now and then; its error ends the filling.
    pub(super) go_on: &'a dyn Fn() -> Result<(), Error>,
}

impl Filling<'_> {
    fn is_live(&self, value: &[u8]) -> bool {
        sealed::data_key_id(value).is_none_or(self.has_key)
    }

    /// Fills an empty sled from a checkpoint; what was left out is in `seen` as well.
    pub(super) fn checkpoint(
        &self,
        database: &Database,
        (position, path): &(u64, PathBuf),
        seen: &mut KeysSeen,
    ) -> Result<Checkpoint, Error> {
        let mut waiting = Vec::new();
        let mut bytes = 0;
        let read = self.checkpoint_kind.read(self.disk, path, *position, |key, value| {
            seen.used.extend(sealed::data_key_id(&value));
            if self.is_live(&value) {
                bytes += key.len() + value.len();
                waiting.push((key, Some(value)));
            }
            if waiting.len() >= FILL_ENTRIES || bytes >= FILL_BYTES {
                (self.go_on)()?;
                database.fill(&waiting)?;
                waiting.clear();
                bytes = 0;
            }
            Ok(())
        })?;
        database.fill(&waiting)?;
        Ok(read)
    }

    /// Applies what a journal segment has after commit group `from`; the group it ends with.
    pub(super) fn segment(
        &self,
        database: &Database,
        segment: &Segment,
        from: u64,
        seen: &mut KeysSeen,
    ) -> Result<u64, Error> {
        let mut position = from;
        segment.read(self.disk, self.journal_kind, |number, group| {
            if number <= from {
                return Ok(());
            }
            (self.go_on)()?;
            position = number;
            seen.note_group(&group);
            self.group(database, group)
        })?;
        Ok(position)
    }

    fn group(&self, database: &Database, mut group: Group) -> Result<(), Error> {
        for (_, value) in &mut group.entries {
            if value.as_ref().is_some_and(|value| !self.is_live(value)) {
                *value = None;
            }
        }
        database.apply(&group.entries)
    }
}

/// See [`Engine::open`].
pub(super) fn open(options: Options) -> Result<Engine, Error> {
    let data = options.data.clone();
    let (mut engine, writer) = assemble(options)?;
    let thread = std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || writer.run())
        .map_err(|e| Error::io("starting a thread for", &data, e))?;
    engine.writer = Some(thread);
    Ok(engine)
}

/// An engine, and the writer that nobody runs yet.
pub(super) fn assemble(options: Options) -> Result<(Engine, Writer), Error> {
    let Options { data, database, key, disk, random, limits } = options;
    let mut layout = Layout::new(&data);
    if let Some(database) = database {
        layout.database = database;
    }
    let disk_ref: &dyn Disk = &*disk;
    let mut random = SharedRandom(Arc::new(Mutex::new(random)));
    layout.create_data(disk_ref)?;
    let lock = layout.lock(disk_ref)?;
    check_space(disk_ref, &layout)?;
    layout.create_dirs(disk_ref)?;
    let (store, is_new) = identify(disk_ref, &layout, &key, &mut random)?;

    let checkpoint_kind = CheckpointKind::new(&key, store);
    let journal_kind = journal::kind(&key, store);
    let mark = read_clean_mark(disk_ref, &layout)?;
    let opening = Opening {
        disk: disk_ref,
        layout: &layout,
        checkpoint_kind: &checkpoint_kind,
        journal_kind: &journal_kind,
        limits: &limits,
    };
    let known_keys = KeyFile::open(disk_ref, &layout.keys, &key, store);
    let there = known_keys.as_ref().ok().and_then(Option::as_ref);
    let mut found = Found::default();
    let journal = match (opening.read(mark.as_ref(), there, &mut found), &mark, there) {
        (Err(error @ Error::Corrupt { .. }), Some(mark), Some(keys)) => {
            log::error!("{error}");
            let rescue = Rescue {
                disk: disk_ref,
                layout: &layout,
                kinds: (&checkpoint_kind, &journal_kind),
                keys,
                limits: &limits,
            };
            if !rescue.run(mark, found.position, Sealer::new(&key, store), &mut random)? {
                return Err(error);
            }
            log::warn!(
                "the disk may be failing: the journal was replaced by what the look-up database holds"
            );
            found = Found::default();
            opening.read(Some(mark), there, &mut found)
        }
        (outcome, ..) => outcome,
    }?;
    let Found { mut seen, checkpoint, filled, .. } = found;
    let never_used = journal.position() == 0;
    let mut keys = open_keys(known_keys, disk_ref, &layout, &key, store, is_new || never_used)?;

    let lost = |keys: &KeyFile, seen: &KeysSeen| match seen.lost(keys) {
        0 => Ok(()),
        count => Err(Error::KeysLost { path: layout.keys.clone(), count }),
    };
    lost(&keys, &seen)?;
    // From here on sled's files may change.
    if disk::remove_if_there(disk_ref, &layout.clean)? {
        disk::sync_parent(disk_ref, &layout.clean)?;
    }
    let reusable =
        mark.filter(|mark| mark.position == journal.position() && mark.keys == keys.len()).and_then(|mark| {
            reopen(&layout, &mark, journal.used_bytes(), checkpoint_bytes(&checkpoint), &limits)
        });
    // Done again here if it was cut short: before anything reads, and before the ring is filled.
    let redo: Vec<_> = seen.destroyed.iter().filter(|id| keys.contains(**id)).copied().collect();
    let ring = KeyRing::default();
    keys.destroy(disk_ref, &mut random, &ring, redo)?;
    let (database, directory, checkpoint) = match reusable {
        Some((database, directory)) => {
            let checkpoint = checkpoint.map(|(position, path)| {
                let bytes = file_bytes(&path);
                Checkpoint { path, position, bytes, live_bytes: bytes }
            });
            (database, directory, checkpoint)
        }
        None => {
            let filled = match filled {
                Some(filled) => filled,
                None => {
                    let has_key = |id| keys.contains(id);
                    let filling = opening.filling(&has_key);
                    let filled = opening.begin_filling(&filling, &checkpoint, &mut seen)?;
                    let position = checkpoint.as_ref().map_or(0, |(position, _)| *position);
                    for segment in journal.segments() {
                        filling.segment(&filled.database, &segment, position, &mut seen)?;
                    }
                    filled
                }
            };
            lost(&keys, &seen)?;
            // Keys whose first record never came to be.
            let unused = keys.unused(&seen.used);
            keys.destroy(disk_ref, &mut random, &ring, unused)?;
            (filled.database, filled.directory, filled.checkpoint)
        }
    };
    remove_databases(&layout, Some(directory))?;
    keys.fill(&ring);

    let shared = Arc::new(Shared {
        live: RwLock::new(Some(database)),
        ring,
        sealer: Sealer::new(&key, store),
        database_dir: layout.database.clone(),
        failed: AtomicBool::new(false),
        waiting: AtomicUsize::new(0),
    });
    let (sender, receiver) = mpsc::channel();
    let writer = Writer::new(
        Arc::clone(&shared),
        (sender.clone(), receiver),
        disk,
        random,
        layout,
        limits,
        (checkpoint_kind, journal_kind),
        (journal, keys, checkpoint),
        directory,
        lock,
    );
    Ok((Engine { shared, sender, writer: None }, writer))
}

/// What checkpoint and journal are read with.
struct Opening<'a> {
    disk: &'a dyn Disk,
    layout: &'a Layout,
    checkpoint_kind: &'a CheckpointKind,
    journal_kind: &'a FrameKind,
    limits: &'a Limits,
}

/// What was read of them.
#[derive(Default)]
struct Found {
    seen: KeysSeen,
    /// The last commit group of the journal that could be read.
    position: u64,
    checkpoint: Option<(u64, PathBuf)>,
    filled: Option<Filled>,
}

/// A new sled that holds what checkpoint and journal hold.
struct Filled {
    database: Database,
    directory: u64,
    checkpoint: Option<Checkpoint>,
}

impl Opening<'_> {
    /// Opens the journal. After an abrupt end it is known already that sled is filled anew: that is done in
    /// the same reading.
    fn read(
        &self,
        mark: Option<&CleanMark>,
        keys: Option<&KeyFile>,
        found: &mut Found,
    ) -> Result<Journal, Error> {
        let Self { disk, layout, limits, .. } = *self;
        found.checkpoint = checkpoint::find(disk, &layout.checkpoint)?;
        let position = found.checkpoint.as_ref().map_or(0, |(position, _)| *position);
        // The key file is made after the journal; so where it is, there must be a journal.
        let may_begin = position == 0 && disk::read_if_there(disk, &layout.keys)?.is_none();
        let has_key = |id| keys.is_some_and(|keys| keys.contains(id));
        let filling = self.filling(&has_key);
        if mark.is_none() && keys.is_some() {
            found.filled = Some(self.begin_filling(&filling, &found.checkpoint, &mut found.seen)?);
        }
        let newest = mark.map_or(0, |mark| mark.position);
        Journal::open(
            disk,
            &layout.journal,
            self.journal_kind.clone(),
            Known { checkpoint: position, newest, may_begin },
            limits.segment_bytes(checkpoint_bytes(&found.checkpoint)),
            |number, group| {
                found.position = number;
                found.seen.note_group(&group);
                match &found.filled {
                    Some(filled) => filling.group(&filled.database, group),
                    None => Ok(()),
                }
            },
        )
    }

    fn filling<'a>(&'a self, has_key: &'a dyn Fn(DataKeyId) -> bool) -> Filling<'a> {
        Filling {
            disk: self.disk,
            checkpoint_kind: self.checkpoint_kind,
            journal_kind: self.journal_kind,
            has_key,
            go_on: &|| Ok(()),
        }
    }

    /// Makes a sled of what the checkpoint holds.
    fn begin_filling(
        &self,
        filling: &Filling<'_>,
        checkpoint: &Option<(u64, PathBuf)>,
        seen: &mut KeysSeen,
    ) -> Result<Filled, Error> {
        log::info!("filling the look-up database from checkpoint and journal");
        let directory = remove_databases(self.layout, None)? + 1;
        let dir = self.layout.database.join(directory.to_string());
        fs::create_dir_all(&dir).map_err(|e| Error::io("creating", &dir, e))?;
        let database = Database::open(&dir, self.limits.cache_bytes)?;
        let checkpoint = match checkpoint {
            Some(checkpoint) => Some(filling.checkpoint(&database, checkpoint, seen)?),
            None => None,
        };
        Ok(Filled { database, directory, checkpoint })
    }
}

/// Gives up the reserve if the disk is full; refuses if even that does not help.
fn check_space(disk: &dyn Disk, layout: &Layout) -> Result<(), Error> {
    let free = || disk.free_bytes(&layout.data).map_err(|e| Error::io("measuring", &layout.data, e));
    if free()? >= OPEN_BYTES_MIN {
        return Ok(());
    }
    if disk::remove_if_there(disk, &layout.reserve)? {
        disk::sync_parent(disk, &layout.reserve)?;
    }
    match free()? {
        free_bytes if free_bytes < OPEN_BYTES_MIN => {
            Err(Error::DiskFull { path: layout.data.clone(), free_bytes })
        }
        _ => Ok(()),
    }
}

/// Reads or writes the format file; whether the store is new.
fn identify(
    disk: &dyn Disk,
    layout: &Layout,
    key: &StorageKey,
    random: &mut SharedRandom,
) -> Result<(StoreId, bool), Error> {
    if let Some(store) = layout.read_format(disk, key)? {
        return Ok((store, false));
    }
    let rest = [&layout.journal, &layout.checkpoint]
        .iter()
        .any(|dir| !disk.list(dir).unwrap_or_default().is_empty());
    if rest || disk::read_if_there(disk, &layout.keys)?.is_some() {
        return Err(Error::corrupt(&layout.format, "it is missing although there is data"));
    }
    let store = StoreId(random::array(random));
    layout.write_format(disk, store, key)?;
    Ok((store, true))
}

/// The key file as it was found; while nothing was ever committed it may have to be made (again).
fn open_keys(
    found: Result<Option<KeyFile>, Error>,
    disk: &dyn Disk,
    layout: &Layout,
    key: &StorageKey,
    store: StoreId,
    may_create: bool,
) -> Result<KeyFile, Error> {
    match found {
        Ok(Some(keys)) => Ok(keys),
        Ok(None) | Err(Error::KeyFileMissing { .. }) if may_create => {
            KeyFile::create(disk, &layout.keys, key, store)
        }
        Ok(None) => Err(Error::KeyFileMissing { path: layout.keys.clone() }),
        Err(error) => Err(error),
    }
}

fn read_clean_mark(disk: &dyn Disk, layout: &Layout) -> Result<Option<CleanMark>, Error> {
    Ok(disk::read_if_there(disk, &layout.clean)?.and_then(|text| CleanMark::decode(&text)))
}

/// Opens sled as the last orderly end left it; `None` if anything about it does not fit.
fn reopen(
    layout: &Layout,
    mark: &CleanMark,
    journal_bytes: u64,
    checkpoint_bytes: u64,
    limits: &Limits,
) -> Option<(Database, u64)> {
    let dir = layout.database.join(mark.directory.to_string());
    let files = mark_files(&dir, false).ok()?;
    if files != mark.files {
        log::warn!("the look-up database is not as it was left");
        return None;
    }
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    if journal_bytes + checkpoint_bytes + bytes > limits.used_bytes_max(checkpoint_bytes + journal_bytes) {
        log::info!("the look-up database holds much that was deleted");
        return None;
    }
    match Database::open(&dir, limits.cache_bytes) {
        Ok(database) => Some((database, mark.directory)),
        Err(error) => {
            log::warn!("the look-up database does not open: {error}");
            None
        }
    }
}

/// Removes sled's directories but one; the highest number there was.
pub(super) fn remove_databases(layout: &Layout, keep: Option<u64>) -> Result<u64, Error> {
    let root = &layout.database;
    fs::create_dir_all(root).map_err(|e| Error::io("creating", root, e))?;
    let mut highest = 0;
    for entry in fs::read_dir(root).map_err(|e| Error::io("listing", root, e))? {
        let path = entry.map_err(|e| Error::io("listing", root, e))?.path();
        let number = path.file_name().and_then(|name| name.to_str()?.parse::<u64>().ok());
        highest = highest.max(number.unwrap_or(0));
        // What has no number is not the store's.
        if number.is_some() && number != keep {
            fs::remove_dir_all(&path).map_err(|e| Error::io("removing", &path, e))?;
        }
    }
    Ok(highest)
}

fn checkpoint_bytes(checkpoint: &Option<(u64, PathBuf)>) -> u64 {
    checkpoint.as_ref().map_or(0, |(_, path)| file_bytes(path))
}

/// Size of a checkpoint for estimates; 0 where there is no such real file.
fn file_bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_mark_round_trips_and_refuses_everything_else() {
        let files = vec![
            FileMark { name: "blobs/a b".into(), bytes: 5, crc: 9 },
            FileMark { name: "db".into(), bytes: 0, crc: 0 },
        ];
        let mark = CleanMark { position: 7, keys: 2, directory: 3, files };
        let text = mark.encode();
        assert_eq!(CleanMark::decode(text.as_bytes()), Some(mark));
        for at in 0..text.len() {
            assert_eq!(CleanMark::decode(&text.as_bytes()[..at]), None, "cut at {at}");
            let mut bent = text.clone().into_bytes();
            bent[at] ^= 1;
            assert_eq!(CleanMark::decode(&bent), None, "flip at {at}");
        }
    }
}
