//! A commit while it is evaluated: reads see sled, the group's earlier commits, and its own
//! changes; what it writes is undone if it is refused.

use super::{COMMIT_BYTES_MAX, KEY_BYTES_MAX, Shared, Tables, VALUE_BYTES_MAX, View, Visit};
use crate::error::Error;
use crate::keys::{DataKey, DataKeyId, Owner};
use crate::ops::Group;
use crate::random::Random;
use crate::table::Table;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

/// A value that waits to be sealed.
#[derive(Debug, Clone)]
struct Pending {
    plain: Vec<u8>,
    under: Option<DataKeyId>,
}

/// The changes of a group of commits.
#[derive(Default)]
pub(super) struct Batch {
    overlay: BTreeMap<Vec<u8>, Option<Pending>>,
    pub(super) new_keys: Vec<DataKey>,
    destroyed: Vec<DataKeyId>,
    pub(super) bytes: usize,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.overlay.is_empty() && self.new_keys.is_empty() && self.destroyed.is_empty()
    }

    /// Seals everything; what was written under a key that the same group destroys is dropped.
    pub(super) fn seal(&self, shared: &Shared, random: &mut dyn Random) -> Group {
        let new: BTreeMap<DataKeyId, _> = self.new_keys.iter().map(|key| (key.id, key.cipher())).collect();
        let entries = self.overlay.iter().map(|(place, pending)| {
            let sealed = pending.as_ref().and_then(|Pending { plain, under }| match under {
                None => Some(shared.sealer.seal(random, place, None, plain)),
                Some(id) if self.destroyed.contains(id) => None,
                Some(id) => {
                    let cipher = new.get(id).cloned().or_else(|| shared.ring.cipher(*id))?;
                    Some(shared.sealer.seal(random, place, Some((*id, &cipher)), plain))
                }
            });
            (place.clone(), sealed)
        });
        Group { entries: entries.collect(), destroyed: self.destroyed.clone() }
    }
}

/// One commit of a group.
pub(crate) struct Transaction<'a> {
    view: &'a View<'a>,
    batch: &'a mut Batch,
    random: &'a mut dyn Random,
    undo: Vec<(Vec<u8>, Option<Option<Pending>>)>,
    before: (Vec<DataKey>, Vec<DataKeyId>, usize),
    bytes: usize,
}

impl<'a> Transaction<'a> {
    pub(super) fn begin(view: &'a View<'a>, batch: &'a mut Batch, random: &'a mut dyn Random) -> Self {
        let before = (batch.new_keys.clone(), batch.destroyed.clone(), batch.bytes);
        Self { view, batch, random, undo: Vec::new(), before, bytes: 0 }
    }

    pub(super) fn undo(self) {
        let Self { batch, undo, before, .. } = self;
        for (place, former) in undo.into_iter().rev() {
            match former {
                Some(former) => batch.overlay.insert(place, former),
                None => batch.overlay.remove(&place),
            };
        }
        (batch.new_keys, batch.destroyed, batch.bytes) = before;
    }

    fn set(&mut self, place: Vec<u8>, pending: Option<Pending>) -> Result<(), Error> {
        let value_bytes = pending.as_ref().map_or(0, |pending| pending.plain.len());
        for (bytes, limit_bytes) in [(place.len(), KEY_BYTES_MAX), (value_bytes, VALUE_BYTES_MAX)] {
            if bytes > limit_bytes {
                return Err(Error::TooLarge { limit_bytes });
            }
        }
        self.bytes += place.len() + value_bytes;
        self.batch.bytes += place.len() + value_bytes;
        if self.bytes > COMMIT_BYTES_MAX {
            return Err(Error::TooLarge { limit_bytes: COMMIT_BYTES_MAX });
        }
        let former = self.batch.overlay.insert(place.clone(), pending);
        self.undo.push((place, former));
        Ok(())
    }

    /// Writes a record under the storage key.
    pub(crate) fn put(&mut self, table: Table, key: &[u8], plain: Vec<u8>) -> Result<(), Error> {
        self.set(table.place(key), Some(Pending { plain, under: None }))
    }

    /// Writes a record under the owner's data key.
    ///
    /// # Errors
    /// [`Error::Record`] if the owner has none: the caller checks that first.
    pub(crate) fn put_under(
        &mut self,
        owner: &Owner,
        table: Table,
        key: &[u8],
        plain: Vec<u8>,
    ) -> Result<(), Error> {
        let under = self.data_key(owner).ok_or(Error::Record { table: table.name() })?;
        self.set(table.place(key), Some(Pending { plain, under: Some(under) }))
    }

    /// Removes a record, if it is there.
    pub(crate) fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), Error> {
        self.set(table.place(key), None)
    }

    /// Makes a data key for an owner that has none.
    pub(crate) fn create_data_key(&mut self, owner: Owner) {
        if self.data_key(&owner).is_none() {
            let key = DataKey::generate(owner, self.random);
            self.batch.new_keys.push(key);
        }
    }

    /// Destroys the owner's data key; the caller removes the records under it as well.
    pub(crate) fn destroy_data_key(&mut self, owner: &Owner) {
        if let Some(id) = self.data_key(owner) {
            // Also one that is new in this group: what earlier commits sealed under it is dropped.
            self.batch.destroyed.push(id);
        }
    }

    fn data_key(&self, owner: &Owner) -> Option<DataKeyId> {
        let new = self.batch.new_keys.iter().rev().find(|key| key.owner == *owner).map(|key| key.id);
        let old = || self.view.shared.ring.id_of(owner);
        let live = |id: &DataKeyId| !self.batch.destroyed.contains(id);
        new.filter(live).or_else(|| old().filter(live))
    }
}

impl Tables for Transaction<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        match self.batch.overlay.get(&table.place(key)) {
            Some(pending) => Ok(pending.as_ref().map(|pending| pending.plain.clone())),
            None => self.view.get(table, key),
        }
    }

    fn scan(&self, table: Table, prefix: &[u8], from: &[u8], visit: Visit<'_>) -> Result<(), Error> {
        let full_prefix = table.place(prefix);
        let start = [full_prefix.as_slice(), from].concat();
        let mut changed = self
            .batch
            .overlay
            .range::<[u8], _>((Bound::Included(start.as_slice()), Bound::Unbounded))
            .take_while(|(place, _)| place.starts_with(&full_prefix))
            .peekable();
        let mut broken = false;
        self.view.scan(table, prefix, from, &mut |key, plain| {
            while let Some((place, pending)) = changed.next_if(|(place, _)| &place[1..] < key) {
                if let Some(pending) = pending
                    && visit(&place[1..], pending.plain.clone()).is_break()
                {
                    broken = true;
                    return ControlFlow::Break(());
                }
            }
            let flow = match changed.next_if(|(place, _)| &place[1..] == key) {
                Some((_, Some(pending))) => visit(key, pending.plain.clone()),
                Some((_, None)) => ControlFlow::Continue(()),
                None => visit(key, plain),
            };
            broken = flow.is_break();
            flow
        })?;
        for (place, pending) in changed {
            if broken {
                break;
            }
            if let Some(pending) = pending {
                broken = visit(&place[1..], pending.plain.clone()).is_break();
            }
        }
        Ok(())
    }

    fn keys(&self, table: Table, prefix: &[u8], count_max: usize) -> Result<Vec<Vec<u8>>, Error> {
        let full_prefix = table.place(prefix);
        let changed = self.batch.overlay.range(full_prefix.clone()..);
        let changed = changed.take_while(|(place, _)| place.starts_with(&full_prefix));
        // As many more as may be removed here.
        let view_max = count_max.saturating_add(changed.clone().count());
        let mut keys: BTreeSet<Vec<u8>> = self.view.keys(table, prefix, view_max)?.into_iter().collect();
        for (place, pending) in changed {
            if pending.is_some() {
                keys.insert(place[1..].to_vec());
            } else {
                keys.remove(&place[1..]);
            }
        }
        Ok(keys.into_iter().take(count_max).collect())
    }
}
