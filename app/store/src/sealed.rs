//! The form of one sealed value in sled, journal and checkpoint.
//!
//! ```text
//! under the storage key   1 | nonce 24 | ciphertext | tag 16
//! under a data key        2 | data key id 16 | nonce 24 | ciphertext | tag 16
//! ```
//! The first byte is the form's version as well as its kind. Associated data: label, store id, the
//! bytes before the nonce, and the key with its table, so that a value fits one place only.

use crate::keys::{DataKeyId, KeyRing};
use crate::random::Random;
use crate::seal::{Cipher, StorageKey, StoreId};

pub(crate) const UNDER_STORAGE_KEY: u8 = 1;
pub(crate) const UNDER_DATA_KEY: u8 = 2;
const LABEL: &[u8] = b"beistand store 1 record";

/// Seals and opens values.
#[derive(Clone)]
pub(crate) struct Sealer {
    cipher: Cipher,
    store: StoreId,
}

/// Which data key a value is sealed under; `None` for the storage key (or no value at all).
pub(crate) fn data_key_id(sealed: &[u8]) -> Option<DataKeyId> {
    let (kind, rest) = sealed.split_first()?;
    (*kind == UNDER_DATA_KEY).then(|| rest.first_chunk::<16>().copied().map(DataKeyId))?
}

/// What opening a value gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// The plain value.
    Plain(Vec<u8>),
    /// Its data key is destroyed.
    Destroyed,
    /// Not authentic.
    Damaged,
}

impl Sealer {
    pub(crate) fn new(key: &StorageKey, store: StoreId) -> Self {
        Self { cipher: key.cipher(&store, "beistand store 1 records"), store }
    }

    /// Seals a value for one place. `data_key`: its cipher, or `None` for the storage key.
    pub(crate) fn seal(
        &self,
        random: &mut dyn Random,
        place: &[u8],
        data_key: Option<(DataKeyId, &Cipher)>,
        plain: &[u8],
    ) -> Vec<u8> {
        let (mut out, cipher) = match data_key {
            None => (vec![UNDER_STORAGE_KEY], &self.cipher),
            Some((id, cipher)) => ([&[UNDER_DATA_KEY], &id.0[..]].concat(), cipher),
        };
        let prefix = out.clone();
        cipher.seal_into(random, &[LABEL, &self.store.0, &prefix, place], plain, &mut out);
        out
    }

    /// Opens what stands in one place.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8], ring: &KeyRing) -> Opened {
        let open = |cipher: &Cipher, prefix: usize| {
            let (prefix, body) = sealed.split_at(prefix);
            match cipher.open(&[LABEL, &self.store.0, prefix, place], body) {
                Some(plain) => Opened::Plain(plain),
                None => Opened::Damaged,
            }
        };
        match (sealed.first(), data_key_id(sealed)) {
            (Some(&UNDER_STORAGE_KEY), _) => open(&self.cipher, 1),
            (_, Some(id)) => ring.cipher(id).map_or(Opened::Destroyed, |cipher| open(&cipher, 17)),
            _ => Opened::Damaged,
        }
    }
}
