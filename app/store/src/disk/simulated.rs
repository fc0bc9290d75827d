//! A disk in memory that can be killed at any operation and then shows one of the states a real
//! disk may show after a power cut: synced bytes are there; of what was written since, each block
//! may be the new one, the old one, or (where it was being written) anything else; a file that grew
//! may have any length in between. Bytes beside those that were written stay, also in their block.
//! Seeded, so that a failing run can be repeated.

#![allow(clippy::unwrap_used, reason = "for tests alone")]
#![allow(missing_docs)] // The names say it.

use super::{Disk, DiskFile};
use crate::random::{Random, testing::Seeded};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

type Inode = usize;

/// A smaller block than disks have, so that even short frames lie in several.
const BLOCK_BYTES: usize = 64;

#[derive(Default, Clone)]
struct Content {
    synced: Vec<u8>,
    now: Vec<u8>,
    /// Where something was written since.
    written: Vec<Range<usize>>,
}

/// One change of a directory; all its names change together.
type NameChange = Vec<(PathBuf, Option<Inode>)>;

#[derive(Default, Clone)]
struct State {
    inodes: Vec<Content>,
    names_synced: BTreeMap<PathBuf, Inode>,
    names: BTreeMap<PathBuf, Inode>,
    unsynced_changes: BTreeMap<PathBuf, Vec<NameChange>>,
    dirs: std::collections::BTreeSet<PathBuf>,
    /// Whose names are not durable yet. (After a power cut they are there all the same.)
    dirs_unsynced: std::collections::BTreeSet<PathBuf>,
    locks: std::collections::BTreeSet<PathBuf>,
    operations: usize,
    die_at: Option<usize>,
    capacity: Option<u64>,
    read_only: bool,
    sync_fails: bool,
    dead: bool,
    on_read: Option<Arc<dyn Fn() + Send + Sync>>,
    on_sync: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// The simulated disk; clones are the same disk.
#[derive(Clone, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The machine dies at the `operation`th change from now on.
    pub fn die_at(&self, operation: usize) {
        let mut state = self.state();
        state.die_at = Some(state.operations + operation);
    }

    /// It does not die after all.
    pub fn live_on(&self) {
        self.state().die_at = None;
    }

    /// Changes made so far.
    pub fn operations(&self) -> usize {
        self.state().operations
    }

    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    pub fn kill(&self) {
        self.state().dead = true;
    }

    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().capacity = bytes;
    }

    pub fn used(&self) -> u64 {
        self.state().used()
    }

    /// The current bytes of all files, also of those without a name.
    pub fn raw_files(&self) -> Vec<Vec<u8>> {
        self.state().inodes.iter().map(|content| content.now.clone()).collect()
    }

    /// Called before each opening of a file for reading.
    pub fn set_on_read(&self, on_read: impl Fn() + Send + Sync + 'static) {
        self.state().on_read = Some(Arc::new(on_read));
    }

    /// Called after each sync of a file that succeeded.
    pub fn set_on_sync(&self, on_sync: impl Fn() + Send + Sync + 'static) {
        self.state().on_sync = Some(Arc::new(on_sync));
    }

    pub fn set_read_only(&self, read_only: bool) {
        self.state().read_only = read_only;
    }

    pub fn set_sync_fails(&self, fails: bool) {
        self.state().sync_fails = fails;
    }

    /// Changes the durable and the current bytes of a file, as a decaying disk would.
    pub fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let inode = state.names[path];
        let content = &mut state.inodes[inode];
        change(&mut content.now);
        content.synced.clone_from(&content.now);
        content.written.clear();
    }

    /// The disk as the next process finds it when only the process was killed: everything written
    /// is there, and what was not synced still is not.
    pub fn after_kill(&self) -> Self {
        let mut state = self.state();
        state.dead = true;
        let locks = std::collections::BTreeSet::new();
        let fresh = State { dead: false, die_at: None, locks, ..state.clone() };
        Self(Arc::new(Mutex::new(fresh)))
    }

    /// A copy of the disk as it is now, as [`SimulatedDisk::after_kill`]; this one lives on.
    pub fn snapshot(&self) -> Self {
        let (locks, on_read, on_sync) = (std::collections::BTreeSet::new(), None, None);
        Self(Arc::new(Mutex::new(State { locks, on_read, on_sync, ..self.state().clone() })))
    }

    /// Whether a directory changed since it was synced.
    pub fn has_unsynced_names(&self) -> bool {
        self.state().unsynced_changes.values().any(|changes| !changes.is_empty())
    }

    /// Directories whose names are not durable.
    pub fn unsynced_dirs(&self) -> Vec<PathBuf> {
        let below_root = |dir: &&PathBuf| dir.parent().is_some();
        self.state().dirs_unsynced.iter().filter(below_root).cloned().collect()
    }

    /// What the disk shows after the power cut.
    pub fn after_power_cut(&self, random: &mut Seeded) -> Self {
        let mut state = self.state();
        state.dead = true;
        let mut names = state.names_synced.clone();
        for changes in state.unsynced_changes.values() {
            let kept = random.below(changes.len() + 1);
            for (path, inode) in changes.iter().take(kept).flatten() {
                match inode {
                    Some(inode) => names.insert(path.clone(), *inode),
                    None => names.remove(path),
                };
            }
        }
        let inodes: Vec<Content> = state
            .inodes
            .iter()
            .map(|content| {
                let bytes = content.survivors(random);
                Content { synced: bytes.clone(), now: bytes, written: vec![] }
            })
            .collect();
        let fresh = State {
            inodes,
            names_synced: names.clone(),
            names,
            dirs: state.dirs.clone(),
            capacity: state.capacity,
            ..State::default()
        };
        Self(Arc::new(Mutex::new(fresh)))
    }
}

impl Content {
    /// The synced bytes, and of the others what chance leaves.
    fn survivors(&self, random: &mut Seeded) -> Vec<u8> {
        let (before, after) = (self.synced.len(), self.now.len());
        // A file that grew may have grown by a part; one that was cut was cut or not.
        let len = if after >= before {
            before + random.below(after - before + 1)
        } else if random.below(2) == 0 {
            before
        } else {
            after
        };
        let mut bytes = self.synced.clone();
        bytes.resize(len, 0);
        // Blocks reach the disk in any order, or all of them; what is being written at the very moment
        // may become anything.
        let kinds = 1 + random.below(3);
        for range in &self.written {
            let mut at = range.start;
            while at < range.end.min(len) {
                let end = (at / BLOCK_BYTES * BLOCK_BYTES + BLOCK_BYTES).min(range.end).min(len);
                match random.below(kinds) {
                    0 => bytes[at..end].copy_from_slice(&self.now[at..end]),
                    1 => {}
                    _ => random.fill(&mut bytes[at..end]),
                }
                at = end;
            }
        }
        bytes
    }
}

impl State {
    fn used(&self) -> u64 {
        self.names.values().map(|inode| self.inodes[*inode].now.len() as u64).sum()
    }

    fn alive(&self) -> io::Result<()> {
        if self.dead { Err(io::Error::other("the simulated machine is dead")) } else { Ok(()) }
    }

    fn change(&mut self) -> io::Result<()> {
        self.alive()?;
        if self.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        if self.die_at == Some(self.operations) {
            self.dead = true;
        }
        self.operations += 1;
        self.alive()
    }

    fn rename_all(&mut self, dir: &Path, change: NameChange) {
        for (path, inode) in &change {
            match inode {
                Some(inode) => self.names.insert(path.clone(), *inode),
                None => self.names.remove(path),
            };
        }
        self.unsynced_changes.entry(dir.to_path_buf()).or_default().push(change);
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap()
}

struct SimulatedFile {
    disk: SimulatedDisk,
    inode: Inode,
}

struct Guard(SimulatedDisk, PathBuf);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.state().locks.remove(&self.1);
    }
}

impl Disk for SimulatedDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        if state.dirs.contains(dir) {
            return Ok(());
        }
        state.change()?;
        for dir in dir.ancestors() {
            if state.dirs.insert(dir.to_path_buf()) {
                state.dirs_unsynced.insert(dir.to_path_buf());
            }
        }
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        state.alive()?;
        if !state.dirs.contains(dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let names = state.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(names.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect())
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let on_read = self.state().on_read.clone();
        if let Some(on_read) = on_read {
            on_read();
        }
        let state = self.state();
        state.alive()?;
        let inode = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(io::Cursor::new(state.inodes[inode].now.clone())))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.change()?;
        let inode = state.inodes.len();
        state.inodes.push(Content::default());
        state.rename_all(parent(path), vec![(path.to_path_buf(), Some(inode))]);
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let state = self.state();
        state.alive()?;
        if state.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let inode = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        let inode = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        state.rename_all(parent(to), vec![(from.to_path_buf(), None), (to.to_path_buf(), Some(inode))]);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.alive()?;
        if !state.names.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change()?;
        state.rename_all(parent(path), vec![(path.to_path_buf(), None)]);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        state.dirs_unsynced.retain(|made| made.parent() != Some(dir));
        for change in state.unsynced_changes.remove(dir).unwrap_or_default() {
            for (path, inode) in change {
                match inode {
                    Some(inode) => state.names_synced.insert(path, inode),
                    None => state.names_synced.remove(&path),
                };
            }
        }
        Ok(())
    }

    fn free_bytes(&self, _dir: &Path) -> io::Result<u64> {
        let state = self.state();
        state.alive()?;
        Ok(state.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(state.used())))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        let mut state = self.state();
        if state.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        if !state.locks.insert(path.to_path_buf()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Guard(self.clone(), path.to_path_buf())))
    }
}

impl DiskFile for SimulatedFile {
    fn len(&self) -> u64 {
        self.disk.state().inodes[self.inode].now.len() as u64
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let died = state.change();
        let room =
            state.capacity.map_or(usize::MAX, |capacity| capacity.saturating_sub(state.used()) as usize);
        let read_only = state.read_only;
        let Content { now, written, .. } = &mut state.inodes[self.inode];
        let at = at as usize;
        assert!(at <= now.len(), "written behind the end");
        let fits = bytes.len().min((now.len() - at).saturating_add(room));
        if !read_only {
            // Also a write that is cut short leaves its first bytes, as a real one does.
            if at + fits > now.len() {
                now.resize(at + fits, 0);
            }
            now[at..at + fits].copy_from_slice(&bytes[..fits]);
            written.push(at..at + fits);
        }
        died?;
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.change()?;
        let Content { now, written, .. } = &mut state.inodes[self.inode];
        now.truncate(len as usize);
        for range in written.iter_mut() {
            range.end = range.end.min(now.len());
        }
        written.retain(|range| range.start < range.end);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.change()?;
        if state.sync_fails {
            return Err(io::Error::other("simulated input/output error"));
        }
        let Content { synced, now, written } = &mut state.inodes[self.inode];
        synced.resize(now.len(), 0);
        for range in written.drain(..) {
            synced[range.clone()].copy_from_slice(&now[range]);
        }
        let on_sync = state.on_sync.clone();
        drop(state);
        if let Some(on_sync) = on_sync {
            on_sync();
        }
        Ok(())
    }
}
