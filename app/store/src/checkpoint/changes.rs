//! The journal's changes for a checkpoint, sorted, in bounded memory.

use super::Merge;
use crate::disk::Disk;
use crate::error::Error;
use crate::ops;
use std::collections::{BTreeMap, btree_map};
use std::iter::Peekable;

/// The journal is read at most about so often: where it has grown out of all proportion, more is kept.
const READINGS_MAX: u64 = 32;
/// What a change takes beside its key and value.
const CHANGE_BYTES: usize = 128;

/// What the journal changes, sorted by key, the last change of each. The journal is in the order of time: it is
/// read several times, and each time the smallest keys of what is still to come are kept, as many as
/// the memory for it holds.
pub(super) struct Changes<'a> {
    source: Option<(&'a Merge<'a>, &'a dyn Disk, u64)>,
    bytes_max: usize,
    /// All changes up to here have been given, or wait.
    upto: Option<Vec<u8>>,
    waiting: Peekable<btree_map::IntoIter<Vec<u8>, Option<Vec<u8>>>>,
}

impl<'a> Changes<'a> {
    pub(super) fn none() -> Self {
        Self { source: None, bytes_max: 0, upto: None, waiting: BTreeMap::new().into_iter().peekable() }
    }

    pub(super) fn of(merge: &'a Merge<'a>, disk: &'a dyn Disk, from: u64) -> Self {
        let journal_bytes = merge.segments.iter().map(|segment| segment.bytes).sum::<u64>();
        let share = usize::try_from(journal_bytes / READINGS_MAX).unwrap_or(usize::MAX);
        let bytes_max = share.max(merge.changes_bytes);
        Self { source: Some((merge, disk, from)), bytes_max, ..Self::none() }
    }

    /// The next change, if it is wanted.
    pub(super) fn next_if(
        &mut self,
        wanted: impl FnOnce(&Vec<u8>) -> bool,
    ) -> Result<Option<ops::Entry>, Error> {
        if self.waiting.peek().is_none()
            && let Some((merge, disk, from)) = self.source
        {
            self.read(merge, disk, from)?;
        }
        Ok(self.waiting.next_if(|(key, _)| wanted(key)))
    }

    fn read(&mut self, merge: &Merge<'_>, disk: &dyn Disk, from: u64) -> Result<(), Error> {
        let taken = |key: &[u8], value: &Option<Vec<u8>>| {
            key.len() + value.as_ref().map_or(0, Vec::len) + CHANGE_BYTES
        };
        let mut changes = BTreeMap::new();
        let mut bytes = 0;
        // From this key on there was no room.
        let mut end: Option<Vec<u8>> = None;
        for segment in merge.segments {
            segment.read(disk, merge.journal_kind, |number, group| {
                for (key, value) in group.entries {
                    if number <= from
                        || self.upto.as_ref().is_some_and(|upto| key <= *upto)
                        || end.as_ref().is_some_and(|end| key >= *end)
                    {
                        continue;
                    }
                    bytes += taken(&key, &value);
                    let len = key.len();
                    if let Some(replaced) = changes.insert(key, value) {
                        bytes -= taken(&[], &replaced) + len;
                    }
                    while bytes > self.bytes_max && changes.len() > 1 {
                        let Some((key, value)) = changes.pop_last() else { break };
                        bytes -= taken(&key, &value);
                        end = Some(key);
                    }
                }
                merge.go_on()
            })?;
        }
        match end {
            Some(_) => self.upto = changes.last_key_value().map(|(key, _)| key.clone()),
            None => self.source = None,
        }
        self.waiting = changes.into_iter().peekable();
        Ok(())
    }
}
