//! The log-in set-up keys: one OPAQUE key set a realm, and the key under which names are looked
//! up. They lie in two files of their own outside the database and its backup, so that who has
//! the database alone can neither guess passwords nor test names.
//!
//! Losing `login-set-up` costs every password but no account: the recovery code still works,
//! because names are looked up with the other file. Losing `look-up-key` makes names unfindable.

use super::RealmSetUp;
use crate::{
    random::{ForOpaque, Random, draw},
    secret_file::{self, SecretFileError},
};
use aws_lc_rs::hmac;
use beistand_protocol::{api::LookUp, codec, id::RealmId};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use zeroize::Zeroizing;

/// File of the OPAQUE keys, inside the secrets folder.
const SET_UP_FILE: &str = "login-set-up";
/// File of the look-up key.
const LOOK_UP_FILE: &str = "look-up-key";
const VERSION: u8 = 1;

/// Why the keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LoginSetUpError {
    /// A file.
    #[error(transparent)]
    File(#[from] SecretFileError),
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u8,
    realms: Vec<(RealmId, Vec<u8>)>,
}

/// The keys of all realms.
pub struct LoginSetUp {
    path: PathBuf,
    look_up: hmac::Key,
    realms: RwLock<BTreeMap<RealmId, Arc<RealmSetUp>>>,
    /// One writer of the file at a time.
    writing: Mutex<()>,
}

impl LoginSetUp {
    /// Reads the keys from `folder`, or makes the staff's at the first start.
    ///
    /// # Errors
    /// [`LoginSetUpError`]; a damaged file is never replaced.
    pub fn open(folder: &Path, random: &dyn Random) -> Result<Self, LoginSetUpError> {
        let look_up = open_look_up(&folder.join(LOOK_UP_FILE), random)?;
        let path = folder.join(SET_UP_FILE);
        let realms = match secret_file::read(&path)?.map(Zeroizing::new) {
            Some(bytes) => parse(&bytes).ok_or_else(|| SecretFileError::Damaged { path: path.clone() })?,
            None => BTreeMap::new(),
        };
        let set_up = Self { path, look_up, realms: RwLock::new(realms), writing: Mutex::new(()) };
        set_up.ensure([RealmId::STAFF], random)?;
        Ok(set_up)
    }

    /// The keys of a realm; `None` where nobody can have a name.
    #[must_use]
    pub(crate) fn realm(&self, realm: RealmId) -> Option<Arc<RealmSetUp>> {
        self.realms.read().unwrap_or_else(PoisonError::into_inner).get(&realm).cloned()
    }

    /// Makes the keys of realms that have none yet; durable when this returns.
    ///
    /// # Errors
    /// [`LoginSetUpError`]; the realms are then as they were.
    pub(crate) fn ensure(
        &self,
        wanted: impl IntoIterator<Item = RealmId>,
        random: &dyn Random,
    ) -> Result<(), LoginSetUpError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut realms = self.realms.read().unwrap_or_else(PoisonError::into_inner).clone();
        let before = realms.len();
        for realm in wanted {
            realms.entry(realm).or_insert_with(|| Arc::new(RealmSetUp::new(&mut ForOpaque(random))));
        }
        if realms.len() == before {
            return Ok(());
        }
        let stored = Stored {
            version: VERSION,
            realms: realms
                .iter()
                .map(|(realm, keys)| (*realm, RealmSetUp::serialize(keys).to_vec()))
                .collect(),
        };
        secret_file::write(&self.path, &Zeroizing::new(codec::encode(&stored)))?;
        *self.realms.write().unwrap_or_else(PoisonError::into_inner) = realms;
        Ok(())
    }

    /// The value under which a name is stored.
    #[must_use]
    pub(crate) fn keyed_look_up(&self, look_up: &LookUp) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.look_up);
        context.update(&look_up.realm.0);
        context.update(&look_up.value);
        let mut keyed = [0; 32];
        keyed.copy_from_slice(context.sign().as_ref());
        keyed
    }
}

fn parse(bytes: &[u8]) -> Option<BTreeMap<RealmId, Arc<RealmSetUp>>> {
    let stored: Stored = codec::decode(bytes).ok()?;
    if stored.version != VERSION {
        return None;
    }
    let read = |(realm, bytes): (RealmId, Vec<u8>)| {
        Some((realm, Arc::new(RealmSetUp::deserialize(&Zeroizing::new(bytes)).ok()?)))
    };
    stored.realms.into_iter().map(read).collect()
}

fn open_look_up(path: &Path, random: &dyn Random) -> Result<hmac::Key, LoginSetUpError> {
    let bytes: Zeroizing<[u8; 32]> = match secret_file::read(path)?.map(Zeroizing::new) {
        Some(bytes) => {
            let bytes: [u8; 32] = bytes
                .as_slice()
                .try_into()
                .map_err(|_| SecretFileError::Damaged { path: path.to_owned() })?;
            Zeroizing::new(bytes)
        }
        None => {
            let bytes = Zeroizing::new(draw::<32>(random));
            secret_file::write(path, &*bytes)?;
            bytes
        }
    };
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemRandom;
    use beistand_protocol::id::SiteId;

    #[test]
    fn keys_survive_a_restart_and_damage_is_no_fresh_start() {
        let folder = tempfile::tempdir().unwrap();
        let site = RealmId::from(SiteId([3; 16]));
        let first = LoginSetUp::open(folder.path(), &SystemRandom).unwrap();
        assert!(first.realm(site).is_none());
        first.ensure([site], &SystemRandom).unwrap();
        let again = LoginSetUp::open(folder.path(), &SystemRandom).unwrap();
        for realm in [RealmId::STAFF, site] {
            let bytes = |set_up: &LoginSetUp| RealmSetUp::serialize(&set_up.realm(realm).unwrap()).to_vec();
            assert_eq!(bytes(&again), bytes(&first));
        }
        let look_up = LookUp { realm: site, value: [9; 32] };
        assert_eq!(again.keyed_look_up(&look_up), first.keyed_look_up(&look_up));
        assert_ne!(
            first.keyed_look_up(&look_up),
            first.keyed_look_up(&LookUp { realm: RealmId::STAFF, value: [9; 32] })
        );
        for file in [SET_UP_FILE, LOOK_UP_FILE] {
            std::fs::write(folder.path().join(file), b"x").unwrap();
            let error = LoginSetUp::open(folder.path(), &SystemRandom).err().unwrap();
            assert!(matches!(error, LoginSetUpError::File(SecretFileError::Damaged { .. })), "{file}");
            // The look-up key is read first; make it whole again for the second round.
            std::fs::write(folder.path().join(file), [0; 32]).unwrap();
        }
    }
}
