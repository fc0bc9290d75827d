//! Opening the data directory.
//!
//! ```text
//! DATA/store/           everything that is kept, sealed
//! DATA/secrets/         storage key (unless a system credential), log-in set-up keys, look-up key
//! DATA/certificates/    the local authority
//! DATA/claim-code       until set-up is done
//! DATA/organisation-id  from set-up on
//! ```

use crate::configuration::Configuration;
use beistand_server::{random::Random, system::SystemRandom};
use beistand_store::{
    Store,
    disk::{self, real::RealDisk},
    engine::{Limits, Options},
    error::Error,
    seal::StorageKey,
};
use std::path::{Path, PathBuf};

/// Why the data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// The directory itself.
    #[error("can't make {}: give another --data, or make it and give it to this user", path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Folder of the store.
pub fn store_folder(data: &Path) -> PathBuf {
    data.join("store")
}

/// Folder of the keys that lie outside the database.
pub fn secrets_folder(data: &Path) -> PathBuf {
    data.join("secrets")
}

/// Opens the store, making what is missing at the first start.
///
/// # Errors
/// [`StoredError`]; each says what to do.
pub fn open(configuration: &Configuration) -> Result<Store, StoredError> {
    let data = &configuration.data;
    for path in [data.clone(), secrets_folder(data)] {
        disk::create_dir_durably(&RealDisk, &path)
            .map_err(|source| StoredError::Directory { path, source })?;
    }
    let mut random = |bytes: &mut [u8]| SystemRandom.fill(bytes);
    let store = store_folder(data);
    let key = StorageKey::load_or_create(&configuration.storage_key, &store, &RealDisk, &mut random)?;
    Ok(Store::open(Options {
        data: store,
        database: None,
        key,
        disk: disk::selected(),
        random: Box::new(random),
        limits: Limits::default(),
    })?)
}
