//! The key file: one data key a conversation, outside sled, journal and checkpoint.
//!
//! What belongs to a conversation is sealed under its data key. Destroying the key makes every
//! copy of it unreadable at once: in sled, journal and checkpoint, on old blocks of the disk, and
//! in backups of the data (which do not hold this file).
//!
//! A key is appended and durable before the first record under it. Destroying rewrites the file
//! without the key, replaces it atomically, and then overwrites the old file in place. (On flash
//! a copy may survive below what the operating system can reach; it is sealed under the storage
//! key there.)

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::frame::{AppendError, Found, FrameFile, FrameKind, Place};
use crate::random::{self, Random};
use crate::seal::{Cipher, StorageKey, StoreId};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use zeroize::{Zeroize, Zeroizing};

/// Names one data key; random, never used again. Stands in front of what is sealed under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DataKeyId(pub(crate) [u8; 16]);

/// Whose key it is: a conversation's id.
pub(crate) type Owner = [u8; 16];

const ENTRY_BYTES: usize = 16 + 16 + 32;

/// A data key and whose it is.
#[derive(Clone)]
pub(crate) struct DataKey {
    pub(crate) owner: Owner,
    pub(crate) id: DataKeyId,
    secret: Zeroizing<[u8; 32]>,
}

impl DataKey {
    pub(crate) fn generate(owner: Owner, random: &mut dyn Random) -> Self {
        Self { owner, id: DataKeyId(random::array(random)), secret: Zeroizing::new(random::array(random)) }
    }

    pub(crate) fn cipher(&self) -> Cipher {
        Cipher::new(&self.secret)
    }
}

/// The keys in use, shared by the writer and all readers.
#[derive(Default)]
pub(crate) struct KeyRing(RwLock<Ring>);

#[derive(Default)]
struct Ring {
    ciphers: HashMap<DataKeyId, Cipher>,
    owners: HashMap<Owner, DataKeyId>,
}

impl KeyRing {
    /// The cipher of a data key; `None` once it is destroyed.
    pub(crate) fn cipher(&self, id: DataKeyId) -> Option<Cipher> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).ciphers.get(&id).cloned()
    }

    /// The data key of an owner.
    pub(crate) fn id_of(&self, owner: &Owner) -> Option<DataKeyId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).owners.get(owner).copied()
    }

    pub(crate) fn contains(&self, id: DataKeyId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).ciphers.contains_key(&id)
    }

    fn insert(&self, key: &DataKey) {
        let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
        ring.ciphers.insert(key.id, key.cipher());
        ring.owners.insert(key.owner, key.id);
    }

    fn remove(&self, key: &DataKey) {
        let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
        ring.ciphers.remove(&key.id);
        if ring.owners.get(&key.owner) == Some(&key.id) {
            ring.owners.remove(&key.owner);
        }
    }
}

/// The key file and all its keys; the writer's own.
pub(crate) struct KeyFile {
    kind: FrameKind,
    path: PathBuf,
    file: FrameFile,
    keys: HashMap<DataKeyId, DataKey>,
    /// The file holds keys that are not in `keys`.
    stale: bool,
}

fn kind(key: &StorageKey, store: StoreId) -> FrameKind {
    let label = "beistand store 1 keys";
    FrameKind { magic: *b"BSTDKEY1", label, cipher: key.cipher(&store, label), store, prepared: false }
}

impl KeyFile {
    /// Makes an empty key file, durably.
    pub(crate) fn create(
        disk: &dyn Disk,
        path: &Path,
        key: &StorageKey,
        store: StoreId,
    ) -> Result<Self, Error> {
        let kind = kind(key, store);
        let file = FrameFile::create(disk, path, kind.clone(), 0)?;
        Ok(Self { kind, path: path.to_path_buf(), file, keys: HashMap::new(), stale: false })
    }

    /// Reads the key file; `None` if it was only just being made and holds nothing.
    ///
    /// # Errors
    /// [`Error::KeyFileMissing`]; [`Error::Corrupt`].
    pub(crate) fn open(
        disk: &dyn Disk,
        path: &Path,
        key: &StorageKey,
        store: StoreId,
    ) -> Result<Option<Self>, Error> {
        let kind = kind(key, store);
        disk::remove_if_there(disk, &disk::fresh_name(path))?;
        let Some(mut bytes) = disk::read_if_there(disk, path)? else {
            return Err(Error::KeyFileMissing { path: path.to_path_buf() });
        };
        let mut keys = HashMap::new();
        let found = kind.read(path, &mut bytes, |_, mut plain| {
            if plain.len() % ENTRY_BYTES != 0 {
                return Err(Error::corrupt(path, "an entry has the wrong length"));
            }
            for entry in plain.chunks_exact(ENTRY_BYTES) {
                let mut secret = Zeroizing::new([0; 32]);
                secret.copy_from_slice(&entry[32..]);
                let (mut owner, mut id) = ([0; 16], [0; 16]);
                owner.copy_from_slice(&entry[..16]);
                id.copy_from_slice(&entry[16..32]);
                let key = DataKey { owner, id: DataKeyId(id), secret };
                keys.insert(key.id, key);
            }
            plain.zeroize();
            Ok(())
        })?;
        let Found::Frames { next, end, torn, version, mended, .. } = found else { return Ok(None) };
        let file = FrameFile::open(disk, path, kind.clone(), Place { end, next, version, torn })?;
        if mended > 0 {
            log::warn!("turned back {mended} flipped bits in {}: the disk may be failing", path.display());
        }
        // What was turned back is on the disk with the next rewriting.
        Ok(Some(Self { kind, path: path.to_path_buf(), file, keys, stale: mended > 0 }))
    }

    /// Puts all keys on a ring.
    pub(crate) fn fill(&self, ring: &KeyRing) {
        self.keys.values().for_each(|key| ring.insert(key));
    }

    pub(crate) fn contains(&self, id: DataKeyId) -> bool {
        self.keys.contains_key(&id)
    }

    /// Keys that are not in `used`.
    pub(crate) fn unused(&self, used: &HashSet<DataKeyId>) -> Vec<DataKeyId> {
        self.keys.keys().filter(|id| !used.contains(id)).copied().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Adds keys; durable when this returns. They are on the ring afterwards.
    pub(crate) fn add(
        &mut self,
        disk: &dyn Disk,
        random: &mut dyn Random,
        ring: &KeyRing,
        new: &[DataKey],
    ) -> Result<(), AppendError> {
        if self.stale {
            self.rewrite(disk, random).map_err(AppendError::Unknown)?;
        }
        let entries = encode(new.iter());
        self.file.append(random, &entries)?;
        for key in new {
            ring.insert(key);
            self.keys.insert(key.id, key.clone());
        }
        Ok(())
    }

    /// Takes back keys under which nothing was stored after all; they leave the file with the next
    /// rewriting.
    pub(crate) fn take_back(&mut self, ring: &KeyRing, ids: impl IntoIterator<Item = DataKeyId>) {
        for id in ids {
            if let Some(key) = self.keys.remove(&id) {
                ring.remove(&key);
                self.stale = true;
            }
        }
    }

    /// Destroys keys; when this returns no file holds them any more.
    ///
    /// # Errors
    /// Of the disk; then it is unknown whether the keys are still there, and the caller must try
    /// again (at the latest when opening) before it goes on.
    pub(crate) fn destroy(
        &mut self,
        disk: &dyn Disk,
        random: &mut dyn Random,
        ring: &KeyRing,
        ids: impl IntoIterator<Item = DataKeyId>,
    ) -> Result<(), Error> {
        self.take_back(ring, ids);
        if self.stale { self.rewrite(disk, random) } else { Ok(()) }
    }

    fn rewrite(&mut self, disk: &dyn Disk, random: &mut dyn Random) -> Result<(), Error> {
        let fresh = disk::fresh_name(&self.path);
        let mut file = FrameFile::create_unplaced(disk, &fresh, self.kind.clone(), 0)?;
        if !self.keys.is_empty() {
            let entries = encode(self.keys.values());
            file.append(random, &entries).map_err(AppendError::into_inner)?;
        }
        disk::put_in_place(disk, &fresh, &self.path)?;
        let old = std::mem::replace(&mut self.file, file);
        self.stale = false;
        // The keys are gone from the file system already; this is for the blocks beneath it.
        if let Err(error) = old.wipe() {
            log::warn!("the old key file could not be overwritten: {error}");
        }
        Ok(())
    }
}

fn encode<'a>(keys: impl Iterator<Item = &'a DataKey>) -> Zeroizing<Vec<u8>> {
    // Collected first, so that growing does not leave copies of secrets behind.
    let keys: Vec<_> = keys.collect();
    let mut entries = Zeroizing::new(Vec::with_capacity(keys.len() * ENTRY_BYTES));
    for key in keys {
        entries.extend_from_slice(&key.owner);
        entries.extend_from_slice(&key.id.0);
        entries.extend_from_slice(&*key.secret);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::SimulatedDisk;
    use crate::random::testing::Seeded;

    const PATH: &str = "/d/keys";
    const STORE: StoreId = StoreId([1; 16]);

    fn storage_key() -> StorageKey {
        StorageKey::from_bytes([2; 32])
    }

    fn open(disk: &SimulatedDisk) -> Result<Option<KeyFile>, Error> {
        KeyFile::open(disk, Path::new(PATH), &storage_key(), STORE)
    }

    fn new_disk() -> SimulatedDisk {
        let disk = SimulatedDisk::default();
        disk.create_dir(Path::new("/d")).unwrap();
        disk
    }

    /// Adds three keys one by one, destroys the first two, adds one: the states that may be seen.
    fn scenario(disk: &SimulatedDisk, done: &mut usize) -> Result<(), Error> {
        let (random, ring) = (&mut Seeded(5), KeyRing::default());
        let mut file = KeyFile::create(disk, Path::new(PATH), &storage_key(), STORE)?;
        let keys: Vec<_> = (0..4).map(|n| DataKey::generate([n; 16], random)).collect();
        for key in &keys[..3] {
            *done += 1;
            file.add(disk, random, &ring, std::slice::from_ref(key)).map_err(AppendError::into_inner)?;
        }
        *done += 1;
        file.destroy(disk, random, &ring, [keys[0].id, keys[1].id])?;
        *done += 1;
        file.add(disk, random, &ring, &keys[3..]).map_err(AppendError::into_inner)?;
        *done += 1;
        Ok(())
    }

    const STATES: [&[u8]; 6] = [&[], &[0], &[0, 1], &[0, 1, 2], &[2], &[2, 3]];

    fn owners(file: &KeyFile) -> Vec<u8> {
        let mut owners: Vec<u8> = file.keys.values().map(|key| key.owner[0]).collect();
        owners.sort_unstable();
        owners
    }

    #[test]
    fn killed_at_any_step_it_has_the_state_before_or_after() {
        let whole = new_disk();
        scenario(&whole, &mut 0).unwrap();
        let operations = whole.operations();
        assert_eq!(owners(&open(&whole).unwrap().unwrap()), STATES[5]);
        for die_at in 1..operations {
            for seed in 0..8 {
                let disk = new_disk();
                disk.die_at(die_at - 1);
                let mut done = 0;
                scenario(&disk, &mut done).unwrap_err();
                let disk = disk.after_power_cut(&mut Seeded(seed));
                // `done` counts what was begun; all before it was acknowledged.
                let allowed = &STATES[done.saturating_sub(1)..=done.min(5)];
                match open(&disk) {
                    Ok(Some(file)) => {
                        let found = owners(&file);
                        assert!(
                            allowed.contains(&&found[..]),
                            "{die_at} {seed}: {found:?} not in {allowed:?}"
                        );
                    }
                    Ok(None) | Err(Error::KeyFileMissing { .. }) => assert_eq!(done, 0, "{die_at} {seed}"),
                    Err(error) => panic!("{die_at} {seed}: {error}"),
                }
            }
        }
    }

    #[test]
    fn destroyed_key_is_in_no_file() {
        let disk = new_disk();
        let (random, ring) = (&mut Seeded(6), KeyRing::default());
        let mut file = KeyFile::create(&disk, Path::new(PATH), &storage_key(), STORE).unwrap();
        let (gone, kept) = (DataKey::generate([1; 16], random), DataKey::generate([2; 16], random));
        file.add(&disk, random, &ring, &[gone.clone(), kept.clone()]).unwrap();
        let before = disk.read(Path::new(PATH)).unwrap();
        file.destroy(&disk, random, &ring, [gone.id]).unwrap();
        assert_eq!(ring.id_of(&gone.owner), None);
        assert!(ring.cipher(gone.id).is_none() && ring.cipher(kept.id).is_some());
        let frame = &before[before.len() - 128..];
        assert!(disk.raw_files().iter().all(|bytes| !bytes.windows(128).any(|w| w == frame)));
        assert!(!open(&disk).unwrap().unwrap().contains(gone.id));
    }

    #[test]
    fn missing_foreign_and_damaged_files_are_told_apart() {
        let disk = new_disk();
        assert!(matches!(open(&disk), Err(Error::KeyFileMissing { .. })));
        scenario(&disk, &mut 0).unwrap();
        let foreign = KeyFile::open(&disk, Path::new(PATH), &storage_key(), StoreId([9; 16]));
        assert!(matches!(foreign, Err(Error::Corrupt { .. })));
        disk.damage(Path::new(PATH), |bytes| bytes[70] ^= 3);
        assert!(matches!(open(&disk), Err(Error::Corrupt { .. })));
    }
}
