//! `beistand doctor`: opens everything as `serve` would, says what it found, changes nothing else.

use crate::{
    configuration::Configuration,
    stored::{self, StoredError},
};
use beistand_domain::{
    clock::Clock,
    storage::{Storage, StorageError},
};
use beistand_server::{
    asset,
    directory::{Directory, DirectoryError},
    system::SystemClock,
};

/// Why the box is not well.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// The data.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// A record.
    #[error("records can't be read")]
    Storage(#[from] StorageError),
    /// The membership log.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

/// Checks a box that is stopped.
///
/// # Errors
/// [`DoctorError`]: the first thing that is wrong, with what to do.
pub async fn run(configuration: &Configuration) -> Result<(), DoctorError> {
    let store = stored::open(configuration)?;
    let directory = Directory::load(&store, None)?;
    println!("Data: {} opens and its key fits", configuration.data.display());
    match directory.verified() {
        Some(verified) => println!(
            "Membership log: {} entries, every one verifies; organisation {}",
            verified.log.head().length,
            verified.log.organisation()
        ),
        None => println!("Membership log: none, the box is not set up"),
    }
    println!(
        "Records: {} conversations, {} accounts, {} sessions",
        store.list_conversations()?.len(),
        store.list_accounts()?.len(),
        store.list_sessions()?.len()
    );
    let live = store.measure().map_err(StoredError::from)?;
    println!("Space: {} records of {} bytes in all, every one opens", live.records, live.bytes);
    println!(
        "Clock: {}",
        if SystemClock.synchronised() {
            "confirmed by a time server"
        } else {
            "not confirmed by a time server: old conversations are not deleted if it jumps"
        }
    );
    println!(
        "Client: {}",
        if asset::is_empty() { "missing, run scripts/build-client and build again" } else { "embedded" }
    );
    Ok(())
}
