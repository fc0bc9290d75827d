//! How changes of tables are written in journal frames and checkpoint chunks.
//!
//! ```text
//! group   version u8 = 1 | destroyed data keys: count u32, ids 16 each | entries to the end
//! entry   key length u16 | key | value length + 1 as u32, or 0 for a removal | value
//! ```
//! A key is the table's number followed by the record's key; a value is sealed already.

use crate::keys::DataKeyId;

const VERSION: u8 = 1;

/// A key with its table, and its sealed value or nothing if it is removed.
pub(crate) type Entry = (Vec<u8>, Option<Vec<u8>>);

/// The changes of one commit group, as they stand in a journal frame.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// Data keys that this group destroys.
    pub(crate) destroyed: Vec<DataKeyId>,
    /// Last word for each key that changes.
    pub(crate) entries: Vec<Entry>,
}

impl Group {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&(self.destroyed.len() as u32).to_le_bytes());
        self.destroyed.iter().for_each(|id| out.extend_from_slice(&id.0));
        for (key, value) in &self.entries {
            put_entry(&mut out, key, value.as_deref());
        }
        out
    }

    /// `None` if the bytes are no group of this version.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, bytes) = bytes.split_first()?;
        if *version != VERSION {
            return None;
        }
        let (count, mut bytes) = bytes.split_first_chunk::<4>()?;
        let mut destroyed = Vec::new();
        for _ in 0..u32::from_le_bytes(*count) {
            let (id, rest) = bytes.split_first_chunk::<16>()?;
            destroyed.push(DataKeyId(*id));
            bytes = rest;
        }
        Some(Self { destroyed, entries: decode_entries(bytes)? })
    }
}

/// Appends an entry.
pub(crate) fn put_entry(out: &mut Vec<u8>, key: &[u8], value: Option<&[u8]>) {
    // Keys and values have limits far below the widths of their lengths.
    out.extend_from_slice(&(key.len() as u16).to_le_bytes());
    out.extend_from_slice(key);
    out.extend_from_slice(&value.map_or(0, |value| value.len() as u32 + 1).to_le_bytes());
    out.extend_from_slice(value.unwrap_or_default());
}

/// All entries of a buffer; `None` if it does not consist of whole entries.
pub(crate) fn decode_entries(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (len, rest) = bytes.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*len)))?;
        let (len, rest) = rest.split_first_chunk::<4>()?;
        let value = match u32::from_le_bytes(*len).checked_sub(1) {
            None => {
                bytes = rest;
                None
            }
            Some(len) => {
                let (value, rest) = rest.split_at_checked(len as usize)?;
                bytes = rest;
                Some(value.to_vec())
            }
        };
        entries.push((key.to_vec(), value));
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_round_trip_and_no_bytes_panic(
            destroyed in proptest::collection::vec(any::<[u8; 16]>(), 0..3),
            entries in proptest::collection::vec(
                (proptest::collection::vec(any::<u8>(), 0..40),
                 proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300))), 0..5),
            cut in any::<prop::sample::Index>(),
            noise in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            let group = Group { destroyed: destroyed.into_iter().map(DataKeyId).collect(), entries };
            let bytes = group.encode();
            let decoded = Group::decode(&bytes);
            prop_assert_eq!(decoded.as_ref(), Some(&group));
            let _ = Group::decode(&bytes[..cut.index(bytes.len())]);
            let _ = Group::decode(&noise);
        }
    }
}
