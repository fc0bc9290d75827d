//! A file layer that loses what was not synced when the process is killed.
//!
//! The operating system keeps unsynced bytes of a killed process, so `SIGKILL` alone shows
//! nothing about durability. Here written bytes stay in the process's memory until
//! [`DiskFile::sync`] hands them to the real file: a kill then loses what a power cut may lose.
//! For end-to-end tests only (feature `forgetful`); names are made and removed at once.

use super::real::RealDisk;
use super::{Disk, DiskFile};
use std::io::{self, Read};
use std::path::Path;

/// What a sync does.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// It hands the bytes to the real file.
    #[default]
    Honest,
    /// It says so and does nothing: what a store without `fdatasync` would come to. A test of
    /// durability must fail on this.
    Lying,
    /// It is honest until the file named by the environment variable `BEISTAND_DISK_FAILS` exists;
    /// from then on every sync fails, as on a disk that dies.
    Failing,
}

fn has_died() -> bool {
    std::env::var_os("BEISTAND_DISK_FAILS").is_some_and(|file| Path::new(&file).exists())
}

/// Real files that receive written bytes only at a sync.
#[derive(Debug, Default, Clone, Copy)]
pub struct ForgetfulDisk {
    /// What a sync does.
    pub syncs: Syncs,
}

struct ForgetfulFile {
    file: Box<dyn DiskFile>,
    /// What was written and where, in order.
    unsynced: Vec<(u64, Vec<u8>)>,
    len: u64,
    syncs: Syncs,
}

impl ForgetfulDisk {
    fn file(self, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        let len = file.len();
        Box::new(ForgetfulFile { file, unsynced: Vec::new(), len, syncs: self.syncs })
    }
}

impl Disk for ForgetfulDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        RealDisk.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        RealDisk.open_read(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.create(path).map(|file| self.file(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.open(path).map(|file| self.file(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        RealDisk.sync_dir(dir)
    }

    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        RealDisk.free_bytes(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        RealDisk.lock(path)
    }
}

impl DiskFile for ForgetfulFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.len = self.len.max(at + bytes.len() as u64);
        self.unsynced.push((at, bytes.to_vec()));
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.unsynced.retain_mut(|(at, bytes)| {
            // What is kept of the unsynced part fits in memory, it is there already.
            bytes.truncate(len.saturating_sub(*at) as usize);
            !bytes.is_empty()
        });
        self.len = len;
        if self.file.len() > len { self.file.truncate(len) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.syncs == Syncs::Lying {
            return Ok(());
        }
        if self.syncs == Syncs::Failing && has_died() {
            return Err(io::Error::other("the disk has died"));
        }
        for (at, bytes) in std::mem::take(&mut self.unsynced) {
            self.file.write_at(at, &bytes)?;
        }
        self.file.sync()
    }
}
