//! The file layer under journal, checkpoint and key file: the few operations they need, so that
//! tests can put a disk beneath them that forgets, tears, fills up or turns read-only.
//!
//! sled has file handling of its own and does not go through here; nothing depends on what it
//! wrote (see [`crate::engine`]).

use crate::error::Error;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

#[cfg(any(test, feature = "forgetful"))]
pub mod forgetful;
pub mod real;
#[cfg(any(test, feature = "simulation"))]
pub mod simulated;

/// The file layer of this process: the real one. With the feature `forgetful` the environment
/// variable `BEISTAND_DISK` may choose another: `forgetful`, `lying` or `failing` (see `forgetful`).
#[must_use]
pub fn selected() -> Arc<dyn Disk> {
    #[cfg(feature = "forgetful")]
    match std::env::var("BEISTAND_DISK").as_deref() {
        Ok("forgetful") => return Arc::new(forgetful::ForgetfulDisk { syncs: forgetful::Syncs::Honest }),
        Ok("lying") => return Arc::new(forgetful::ForgetfulDisk { syncs: forgetful::Syncs::Lying }),
        Ok("failing") => return Arc::new(forgetful::ForgetfulDisk { syncs: forgetful::Syncs::Failing }),
        _ => {}
    }
    Arc::new(real::RealDisk)
}

/// A directory tree with explicit durability: nothing is durable before the sync that covers it.
pub trait Disk: Send + Sync + 'static {
    /// Creates a directory and its parents, for the owner only. Succeeds if it exists.
    ///
    /// # Errors
    /// Whatever the operating system says; the same for all operations here.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;
    /// Names of the files in a directory, sorted.
    ///
    /// # Errors
    /// `NotFound` if the directory does not exist.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Opens a file for reading from its beginning.
    ///
    /// # Errors
    /// `NotFound` if it does not exist.
    fn open_read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>>;
    /// Creates an empty file, for the owner only; an existing one is emptied. The name is durable
    /// after [`Disk::sync_dir`].
    ///
    /// # Errors
    /// As the operating system says.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens an existing file for writing.
    ///
    /// # Errors
    /// `NotFound` if it does not exist.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file another name in the same directory, replacing what has it.
    ///
    /// # Errors
    /// As the operating system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound` if it does not exist.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes creations, renames and removals in a directory durable.
    ///
    /// # Errors
    /// As the operating system says.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Bytes that can still be written below a directory.
    ///
    /// # Errors
    /// As the operating system says.
    fn free_bytes(&self, dir: &Path) -> io::Result<u64>;
    /// Takes the exclusive lock of a file (created if missing) until the guard is dropped.
    ///
    /// # Errors
    /// `WouldBlock` if somebody else has it.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>>;

    /// The whole file.
    ///
    /// # Errors
    /// `NotFound` if it does not exist.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open_read(path)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// An open file that is written at its end, or over what it has.
pub trait DiskFile: Send {
    /// Bytes in the file, synced or not.
    fn len(&self) -> u64;
    /// Whether the file has no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Writes from `at` on, which is at most the end: over what is there, and the rest behind it. After
    /// an error a part of it may be there, and the file may have grown.
    ///
    /// # Errors
    /// As the operating system says.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Writes at the end.
    ///
    /// # Errors
    /// As [`DiskFile::write_at`].
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_at(self.len(), bytes)
    }
    /// Cuts the file to `len` bytes; durable after [`DiskFile::sync`].
    ///
    /// # Errors
    /// As the operating system says.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
    /// `fdatasync`: what was written, cut or wiped so far survives a power cut. After an error
    /// nothing is known about what was written; the file must not be used any further.
    ///
    /// # Errors
    /// As the operating system says.
    fn sync(&mut self) -> io::Result<()>;
}

/// So much of a long file is written and synced at once: commits that come meanwhile wait for no more of it.
pub(crate) const SYNCED_AT_ONCE_BYTES: u64 = 256 * 1024;

/// Writes zeros from `from` up to `to`; not durable before [`DiskFile::sync`].
pub(crate) fn write_zeros(file: &mut dyn DiskFile, from: u64, to: u64) -> io::Result<()> {
    let zeros = [0; 64 * 1024];
    let mut at = from;
    while at < to {
        let part = (to - at).min(zeros.len() as u64);
        // A part is at most 64 KiB, so the conversion is lossless.
        file.write_at(at, &zeros[..part as usize])?;
        at += part;
    }
    Ok(())
}

/// Replaces a file as a whole: afterwards it has either the old or the new bytes, durably the new
/// ones.
pub(crate) fn write_atomically(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fresh = fresh_name(path);
    let mut file = disk.create(&fresh).map_err(|e| Error::io("creating", &fresh, e))?;
    file.append(bytes).map_err(|e| Error::io("writing", &fresh, e))?;
    file.sync().map_err(|e| Error::io("syncing", &fresh, e))?;
    drop(file);
    put_in_place(disk, &fresh, path)
}

/// Gives a synced file its final name, durably.
pub(crate) fn put_in_place(disk: &dyn Disk, fresh: &Path, path: &Path) -> Result<(), Error> {
    disk.rename(fresh, path).map_err(|e| Error::io("renaming", fresh, e))?;
    sync_parent(disk, path)
}

/// Creates a directory and what is missing above it, each durably: what lies in a directory is gone with
/// its name. Succeeds if it exists.
///
/// # Errors
/// As the operating system says.
pub fn create_dir_durably(disk: &dyn Disk, dir: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| disk.list(dir).is_err()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    disk.create_dir(dir)?;
    let named = missing.iter().rev().filter(|dir| !dir.as_os_str().is_empty());
    named.map(|dir| parent(dir)).try_for_each(|parent| disk.sync_dir(parent))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the name of a file durable (its creation, renaming or removal).
pub(crate) fn sync_parent(disk: &dyn Disk, path: &Path) -> Result<(), Error> {
    let dir = parent(path);
    disk.sync_dir(dir).map_err(|e| Error::io("syncing directory", dir, e))
}

/// The name under which a file is written before it replaces `path`.
pub(crate) fn fresh_name(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Removes a file if it is there; not durable before [`sync_parent`].
pub(crate) fn remove_if_there(disk: &dyn Disk, path: &Path) -> Result<bool, Error> {
    match disk.remove(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::io("removing", path, e)),
    }
}

/// Reads a file; `None` if it does not exist.
pub(crate) fn read_if_there(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match disk.read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io("reading", path, e)),
    }
}
