//! sled behind the few calls the engine makes. Nothing here is durable by itself.

use crate::error::Error;
use crate::ops::Entry;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// sled's own lock may outlive its handle: how often, with a pause between, it is tried.
const LOCK_TRIES: u32 = 400;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// From this size of a value on, on average, [`Database::fill`] puts them in order.
const FILL_LARGE_BYTES: usize = 512;
/// Smaller ones go in batches of so many.
const FILL_BATCH_ENTRIES: usize = 512;

/// sled, opened in one directory.
pub(super) struct Database {
    db: sled::Db,
    dir: PathBuf,
}

/// What one of sled's files looks like at an orderly end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileMark {
    /// Path below sled's directory.
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) crc: u32,
}

fn sled_error(dir: &Path, error: sled::Error) -> Error {
    match error {
        sled::Error::Io(source) => match Error::io("writing", dir, source) {
            full @ (Error::DiskFull { .. } | Error::ReadOnly { .. }) => full,
            Error::Io { source, .. } => Error::Database(sled::Error::Io(source)),
            other => other,
        },
        other => Error::Database(other),
    }
}

impl Database {
    /// Opens sled; an orderly error also where sled panics (where panics unwind).
    pub(super) fn open(dir: &Path, cache_bytes: u64) -> Result<Self, Error> {
        let config = sled::Config::default()
            .path(dir)
            .cache_capacity(cache_bytes)
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(None);
        let mut tries = 0;
        loop {
            tries += 1;
            let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| config.open()));
            match opened {
                Ok(Ok(db)) => return Ok(Self { db, dir: dir.to_path_buf() }),
                Ok(Err(sled::Error::Io(e)))
                    if e.to_string().contains("could not acquire lock") && tries < LOCK_TRIES =>
                {
                    std::thread::sleep(LOCK_PAUSE);
                }
                Ok(Err(e)) => return Err(sled_error(dir, e)),
                Err(_) => return Err(Error::corrupt(dir, "sled gave up while opening")),
            }
        }
    }

    pub(super) fn get(&self, place: &[u8]) -> Result<Option<sled::IVec>, Error> {
        self.db.get(place).map_err(|e| sled_error(&self.dir, e))
    }

    pub(super) fn range_from(
        &self,
        start: &[u8],
    ) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), Error>> + '_ {
        self.db.range(start.to_vec()..).map(|entry| entry.map_err(|e| sled_error(&self.dir, e)))
    }

    /// Applies changes. All at once only for readers that hold the engine's lock, and for the next start because
    /// sled's files count for nothing after a disorderly end: sled's own batches would write to the disk at the end
    /// of each, for nothing.
    pub(super) fn apply(&self, entries: &[Entry]) -> Result<(), Error> {
        entries.iter().try_for_each(|entry| self.put(entry))
    }

    fn put(&self, (place, value): &Entry) -> Result<(), Error> {
        match value {
            Some(value) => self.db.insert(place.as_slice(), value.as_slice()),
            None => self.db.remove(place.as_slice()),
        }
        .map(drop)
        .map_err(|e| sled_error(&self.dir, e))
    }

    /// Puts sorted entries into a database that only grows behind them, so that it needs little more
    /// space than they do. Not at once for readers: nobody reads yet.
    ///
    /// sled writes a leaf anew whenever it splits or has collected ten changes, and uses a segment
    /// again only once half of it is dead. So the places are made first, with nothing in them, and the
    /// values put there afterwards: what the splits left behind is small then. Large values go in
    /// order, each written once; small ones in sled's own order for batches, which leaves whole leaves
    /// instead of many small changes. (Measured: 1.2 to 1.8 times what is put in, instead of 1.5 to 2.8.)
    pub(super) fn fill(&self, entries: &[Entry]) -> Result<(), Error> {
        // A table's records are about as large as each other.
        for table in entries.chunk_by(|(one, _), (other, _)| one.first() == other.first()) {
            self.fill_table(table)?;
        }
        Ok(())
    }

    fn fill_table(&self, entries: &[Entry]) -> Result<(), Error> {
        let bytes: usize = entries.iter().map(|(_, value)| value.as_ref().map_or(0, Vec::len)).sum();
        let large = bytes >= entries.len().saturating_mul(FILL_LARGE_BYTES);
        let places =
            |entries: &[Entry]| entries.iter().map(|(place, _)| (place.clone(), Some(vec![]))).collect();
        if large {
            let places: Vec<Entry> = places(entries);
            return places.iter().chain(entries).try_for_each(|entry| self.put(entry));
        }
        for part in entries.chunks(FILL_BATCH_ENTRIES) {
            let places: Vec<Entry> = places(part);
            self.put_batch(&places)?;
            self.put_batch(part)?;
        }
        Ok(())
    }

    fn put_batch(&self, entries: &[Entry]) -> Result<(), Error> {
        let mut batch = sled::Batch::default();
        for (place, value) in entries {
            match value {
                Some(value) => batch.insert(place.as_slice(), value.as_slice()),
                None => batch.remove(place.as_slice()),
            }
        }
        self.db.apply_batch(batch).map_err(|e| sled_error(&self.dir, e))
    }

    /// Bytes of sled's files.
    pub(super) fn bytes(&self) -> u64 {
        file_bytes(&self.dir)
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Ends sled and makes its files durable; says what they look like. `None` if sled did not
    /// let go of its files in time.
    pub(super) fn close(self) -> Result<Option<Vec<FileMark>>, Error> {
        let Self { db, dir } = self;
        db.flush().map_err(|e| sled_error(&dir, e))?;
        drop(db);
        // sled's threads may hold its files a moment longer than the handle.
        let file = File::open(dir.join("db")).map_err(|e| Error::io("opening", &dir, e))?;
        for _ in 0..LOCK_TRIES {
            if file.try_lock().is_ok() {
                return mark_files(&dir, true).map(Some);
            }
            std::thread::sleep(LOCK_PAUSE);
        }
        Ok(None)
    }
}

/// Bytes of all files below a directory; what vanishes meanwhile counts nothing.
fn file_bytes(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let bytes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => file_bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    bytes.sum()
}

/// Describes all files below sled's directory; with `sync` each is made durable first (sled's own
/// flush is not).
pub(super) fn mark_files(dir: &Path, sync: bool) -> Result<Vec<FileMark>, Error> {
    let mut marks = Vec::new();
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(&next).map_err(|e| Error::io("listing", &next, e))? {
            let path = entry.map_err(|e| Error::io("listing", &next, e))?.path();
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let mark = mark_file(dir, &path, sync).map_err(|e| Error::io("reading", &path, e))?;
            marks.push(mark);
        }
        if sync {
            File::open(&next)
                .and_then(|dir| dir.sync_all())
                .map_err(|e| Error::io("syncing directory", &next, e))?;
        }
    }
    marks.sort();
    Ok(marks)
}

fn mark_file(root: &Path, path: &Path, sync: bool) -> std::io::Result<FileMark> {
    use std::io::Read;
    let mut file = File::open(path)?;
    if sync {
        file.sync_all()?;
    }
    let (mut crc, mut bytes) = (crc32fast::Hasher::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        crc.update(&buffer[..read]);
        bytes += read as u64;
    }
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    Ok(FileMark { name, bytes, crc: crc.finalize() })
}
