//! Where things lie in the data directory, and the file that says which version they have.
//!
//! ```text
//! DATA/format            version, store id and a check of the storage key, as text
//! DATA/lock              held while a process has the directory open
//! DATA/reserve           zeros, given up when the disk is full
//! DATA/keys              the conversations' data keys
//! DATA/journal/N.log     what was committed, from commit group N on
//! DATA/journal/spare     zeros: the next of these, made ahead
//! DATA/checkpoint/N.all  every record as of commit group N
//! DATA/database/N/       sled, for look-ups; rebuilt from checkpoint and journal at need
//! DATA/clean             written at an orderly end: what sled's files must look like
//! ```

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::seal::{StorageKey, StoreId};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version of everything in the data directory but the records, which have versions of their own.
pub const FORMAT_VERSION: u32 = 1;
/// How often, with a pause between, opening tries to get a directory that another process has.
const LOCK_TRIES: u32 = 100;
/// A longer format file is none.
const FORMAT_BYTES_MAX: usize = 256;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The paths of one data directory.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) data: PathBuf,
    pub(crate) format: PathBuf,
    pub(crate) lock: PathBuf,
    pub(crate) reserve: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) journal: PathBuf,
    pub(crate) checkpoint: PathBuf,
    pub(crate) database: PathBuf,
    pub(crate) clean: PathBuf,
}

impl Layout {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            data: data.to_path_buf(),
            format: data.join("format"),
            lock: data.join("lock"),
            reserve: data.join("reserve"),
            keys: data.join("keys"),
            journal: data.join("journal"),
            checkpoint: data.join("checkpoint"),
            database: data.join("database"),
            clean: data.join("clean"),
        }
    }

    /// Whether a store was made here before.
    pub(crate) fn has_data(&self, disk: &dyn Disk) -> Result<bool, Error> {
        Ok(disk::read_if_there(disk, &self.format)?.is_some())
    }

    /// Makes the data directory, durably.
    pub(crate) fn create_data(&self, disk: &dyn Disk) -> Result<(), Error> {
        disk::create_dir_durably(disk, &self.data).map_err(|e| Error::io("creating", &self.data, e))
    }

    /// Makes the directories in it. Names that a killed process changed and did not sync are made
    /// durable: everything that follows builds on what is seen now.
    pub(crate) fn create_dirs(&self, disk: &dyn Disk) -> Result<(), Error> {
        for dir in [&self.journal, &self.checkpoint] {
            disk.create_dir(dir).map_err(|e| Error::io("creating", dir, e))?;
        }
        for dir in [&self.data, &self.journal, &self.checkpoint] {
            disk.sync_dir(dir).map_err(|e| Error::io("syncing directory", dir, e))?;
        }
        Ok(())
    }

    /// Takes the lock, waiting a moment for a process that is just ending.
    pub(crate) fn lock(&self, disk: &dyn Disk) -> Result<Box<dyn Send + Sync>, Error> {
        for _ in 0..LOCK_TRIES {
            match disk.lock(&self.lock) {
                Ok(guard) => return Ok(guard),
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => std::thread::sleep(LOCK_PAUSE),
                Err(e) => return Err(Error::io("locking", &self.lock, e)),
            }
        }
        Err(Error::Locked { path: self.lock.clone() })
    }

    /// Writes the format file of a new store.
    pub(crate) fn write_format(
        &self,
        disk: &dyn Disk,
        store: StoreId,
        key: &StorageKey,
    ) -> Result<(), Error> {
        disk::write_atomically(disk, &self.format, format_text(store, key).as_bytes())
    }

    /// Reads the format file and compares version and key; `None` if there is no store yet.
    pub(crate) fn read_format(&self, disk: &dyn Disk, key: &StorageKey) -> Result<Option<StoreId>, Error> {
        let Some(bytes) = disk::read_if_there(disk, &self.format)? else { return Ok(None) };
        let read = self.parse_format(&bytes, key);
        // A newer version is believed: its file may look otherwise.
        if read.as_ref().is_ok_and(|store| format_text(*store, key).as_bytes() == bytes)
            || matches!(read, Err(Error::NewerVersion { .. }))
        {
            return read.map(Some);
        }
        let Some((store, text)) = self.mend_format(&bytes, key) else {
            return read.and(Err(Error::corrupt(&self.format, "not a format file")));
        };
        log::warn!("turned back a flipped bit in {}: the disk may be failing", self.format.display());
        if let Err(error) = disk::write_atomically(disk, &self.format, &text) {
            log::warn!("it stays on the disk: {error}");
        }
        Ok(Some(store))
    }

    /// What the format file was before one bit of it flipped: the one text whose check of the
    /// storage key fits.
    fn mend_format(&self, bytes: &[u8], key: &StorageKey) -> Option<(StoreId, Vec<u8>)> {
        let mut text = bytes.get(..FORMAT_BYTES_MAX.min(bytes.len()))?.to_vec();
        for bit in 0..text.len() * 8 {
            text[bit / 8] ^= 1 << (bit % 8);
            if let Ok(store) = self.parse_format(&text, key)
                && format_text(store, key).as_bytes() == text
            {
                return Some((store, text));
            }
            text[bit / 8] ^= 1 << (bit % 8);
        }
        None
    }

    fn parse_format(&self, bytes: &[u8], key: &StorageKey) -> Result<StoreId, Error> {
        let damaged = || Error::corrupt(&self.format, "not a format file");
        let text = std::str::from_utf8(bytes).map_err(|_| damaged())?;
        let mut lines = text.lines();
        if lines.next() != Some("beistand data") {
            return Err(damaged());
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let version: u32 = field("version").and_then(|v| v.parse().ok()).ok_or_else(damaged)?;
        if version > FORMAT_VERSION {
            return Err(Error::NewerVersion { found: version, known: FORMAT_VERSION });
        }
        let store = field("store").and_then(from_hex).map(StoreId).ok_or_else(damaged)?;
        let check = field("key-check").and_then(from_hex).ok_or_else(damaged)?;
        if check != key.check_value(&store) {
            return Err(Error::WrongKey { path: self.data.clone() });
        }
        Ok(store)
    }
}

fn format_text(store: StoreId, key: &StorageKey) -> String {
    format!(
        "beistand data\nversion {FORMAT_VERSION}\nstore {}\nkey-check {}\n",
        hex(&store.0),
        hex(&key.check_value(&store))
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    beistand_protocol::id::KeyId::from_hex(text).map(|id| id.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::SimulatedDisk;

    fn check(text: &str, expect: &str) {
        let disk = SimulatedDisk::default();
        let layout = Layout::new(Path::new("/data"));
        layout.create_data(&disk).unwrap();
        disk::write_atomically(&disk, &layout.format, text.as_bytes()).unwrap();
        let got = layout.read_format(&disk, &StorageKey::from_bytes([5; 32]));
        assert_eq!(format!("{got:?}").split([' ', '(']).next(), Some(expect), "{text:?}: {got:?}");
    }

    #[test]
    fn format_file_is_read_strictly() {
        let disk = SimulatedDisk::default();
        let layout = Layout::new(Path::new("/data"));
        layout.create_data(&disk).unwrap();
        let (key, store) = (StorageKey::from_bytes([5; 32]), StoreId([9; 16]));
        assert!(layout.read_format(&disk, &key).unwrap().is_none());
        layout.write_format(&disk, store, &key).unwrap();
        assert_eq!(layout.read_format(&disk, &key).unwrap(), Some(store));
        let text = String::from_utf8(disk.read(&layout.format).unwrap()).unwrap();
        check(&text, "Ok");
        for bent in [text.replace("version 1", "version 2"), text.replace("version 1", "version 4000000000")]
        {
            let got = layout_error(&bent);
            assert!(matches!(got, Error::NewerVersion { .. }), "{got}");
        }
        for bent in
            ["", "beistand data\n", &text.replace("version 1", "version x"), &text.replace("0909", "09")]
        {
            assert!(matches!(layout_error(bent), Error::Corrupt { .. }), "{bent}");
        }
        let other = StorageKey::from_bytes([6; 32]);
        assert!(matches!(layout.read_format(&disk, &other), Err(Error::WrongKey { .. })));
    }

    fn layout_error(text: &str) -> Error {
        let disk = SimulatedDisk::default();
        let layout = Layout::new(Path::new("/data"));
        layout.create_data(&disk).unwrap();
        disk::write_atomically(&disk, &layout.format, text.as_bytes()).unwrap();
        layout.read_format(&disk, &StorageKey::from_bytes([5; 32])).unwrap_err()
    }
}
