//! A journal that has decayed since an orderly end: nothing of it is needed while sled is byte for byte what that
//! end left, since then sled holds all of it. So a checkpoint is made of what readers would see, and a new
//! journal begins behind it.
//!
//! Until both are durable the mark of the orderly end stays, and what it describes is left alone: sled is opened
//! as a copy, for it writes when it is opened. Cut short, the next start finds everything as this one did.

use super::database::{Database, mark_files};
use super::recovery::{CleanMark, remove_databases};
use super::upkeep::Seen;
use super::{Limits, Shared, SharedRandom};
use crate::checkpoint::{CHANGES_BYTES, CheckpointKind, Merge};
use crate::disk::Disk;
use crate::error::Error;
use crate::frame::FrameKind;
use crate::journal;
use crate::keys::{KeyFile, KeyRing};
use crate::layout::Layout;
use crate::sealed::Sealer;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, RwLock};

/// What making a checkpoint of sled needs.
pub(super) struct Rescue<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) layout: &'a Layout,
    pub(super) kinds: (&'a CheckpointKind, &'a FrameKind),
    pub(super) keys: &'a KeyFile,
    pub(super) limits: &'a Limits,
}

impl Rescue<'_> {
    /// Puts a checkpoint and an empty journal behind it in the journal's place, durably; whether it could.
    /// `seen`: the last commit that could still be read of it.
    ///
    /// # Errors
    /// Of the disk.
    pub(super) fn run(
        &self,
        mark: &CleanMark,
        seen: u64,
        sealer: Sealer,
        random: &mut SharedRandom,
    ) -> Result<bool, Error> {
        let Self { disk, layout, kinds, keys, limits } = self;
        let newest = journal::newest(*disk, &layout.journal)?;
        if mark.keys != keys.len() || seen > mark.position || newest > mark.position + 1 {
            return Ok(false);
        }
        let left = layout.database.join(mark.directory.to_string());
        if !mark_files(&left, false).is_ok_and(|files| files == mark.files) {
            return Ok(false);
        }
        let directory = remove_databases(layout, Some(mark.directory))? + 1;
        let copy = layout.database.join(directory.to_string());
        let bytes = mark.files.iter().map(|file| file.bytes).sum::<u64>();
        let free = disk.free_bytes(&layout.data).map_err(|e| Error::io("measuring", &layout.data, e))?;
        if free < bytes.saturating_mul(2) {
            // Said as it is: with more space, the next start goes on.
            return Err(Error::DiskFull { path: layout.data.clone(), free_bytes: free });
        }
        copy_files(&left, &copy)?;
        if mark_files(&copy, false)? != mark.files {
            return Err(Error::corrupt(&copy, "it does not read back as copied"));
        }
        let ring = KeyRing::default();
        keys.fill(&ring);
        let shared = Arc::new(Shared {
            live: RwLock::new(Some(Database::open(&copy, limits.cache_bytes)?)),
            ring,
            sealer,
            database_dir: copy.clone(),
            failed: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
        });
        let mut records = Seen::begin(&shared);
        let merge = Merge {
            kind: kinds.0,
            journal_kind: kinds.1,
            dir: &layout.checkpoint,
            old: None,
            segments: &[],
            ring: &shared.ring,
            changes_bytes: CHANGES_BYTES,
            stop: &AtomicBool::new(false),
        };
        merge.replace(*disk, random, &mut || records.next(), mark.position)?;
        journal::begin_after(*disk, &layout.journal, kinds.1, mark.position)?;
        drop(records);
        drop(shared);
        // What stays of the copy is removed when sled is opened.
        let _ = fs::remove_dir_all(&copy);
        Ok(true)
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(|e| Error::io("creating", to, e))?;
    for entry in fs::read_dir(from).map_err(|e| Error::io("listing", from, e))? {
        let path = entry.map_err(|e| Error::io("listing", from, e))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_files(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(|e| Error::io("copying", &path, e))?;
        }
    }
    Ok(())
}
