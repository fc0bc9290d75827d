//! Everything that can go wrong below the storage traits. Each sentence says what to do.
//!
//! Nothing here carries content, names or keys: paths, sizes, versions and positions only.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the store refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process has the data directory open.
    #[error(
        "{} is in use by another process: stop the other Beistand (systemctl status beistand) and start again",
        path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The data directory cannot be written.
    #[error(
        "{} cannot be written: check that the file system is not mounted read-only and that the directory \
         belongs to the user Beistand runs as",
        path.display()
    )]
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },
    /// There is too little space left; nothing was stored.
    #[error(
        "the disk that holds {} is full ({} MiB free): delete something else on it or enlarge it; what is \
         stored is safe, new messages are refused until then",
        path.display(),
        free_bytes / (1024 * 1024)
    )]
    DiskFull {
        /// Where space is missing.
        path: PathBuf,
        /// Bytes free when it was noticed.
        free_bytes: u64,
    },
    /// The data was written by a newer Beistand.
    #[error(
        "the data is of version {found}, this Beistand knows versions up to {known}: install the newer \
         Beistand again, or restore a backup made with this one"
    )]
    NewerVersion {
        /// What was found.
        found: u32,
        /// The newest this build reads.
        known: u32,
    },
    /// The storage key does not belong to this data directory.
    #[error(
        "the storage key does not belong to the data in {}: put the right key file (or system credential) in \
         place; without it the data cannot be read",
        path.display()
    )]
    WrongKey {
        /// The data directory.
        path: PathBuf,
    },
    /// The storage key is missing although there is data.
    #[error(
        "there is data, but no storage key at {}: put the key back from where you keep it; a new one cannot \
         read the data",
        path.display()
    )]
    StorageKeyMissing {
        /// Where the key was looked for.
        path: PathBuf,
    },
    /// The storage key's file has a wrong form or can be read by others.
    #[error("the storage key in {} {problem}", path.display())]
    StorageKeyUnusable {
        /// The key's file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        problem: &'static str,
    },
    /// The file with the conversations' data keys is gone.
    #[error(
        "the key file {} is missing: put it back from the key backup; without it the conversations stay sealed",
        path.display()
    )]
    KeyFileMissing {
        /// Where it belongs.
        path: PathBuf,
    },
    /// The key file lacks keys of conversations that were never deleted.
    #[error(
        "the key file {} lacks the keys of {count} conversations: put the newest key backup back; without it \
         these conversations stay sealed",
        path.display()
    )]
    KeysLost {
        /// The key file.
        path: PathBuf,
        /// How many keys are missing.
        count: usize,
    },
    /// Stored bytes are damaged beyond what recovery repairs.
    #[error("{} is damaged ({detail}): restore the newest backup, or copy the disk before anything else", path.display())]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// What does not fit, without content.
        detail: String,
    },
    /// Any other refusal of the operating system.
    #[error("{operation} {} failed: check the disk (journalctl -k) and start again", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },
    /// The look-up database failed while running; a restart rebuilds it.
    #[error("the look-up database failed: start Beistand again, it is rebuilt from checkpoint and journal")]
    Database(#[source] sled::Error),
    /// An earlier failure stopped all writing.
    #[error("storage has stopped after an earlier failure: start Beistand again")]
    Stopped,
    /// More commits are waiting than [`crate::engine::COMMITS_WAITING_MAX`].
    #[error("too many commits are waiting for the disk: try again in a moment")]
    Busy,
    /// A key, value or commit is larger than the engine takes.
    #[error("a record or commit is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit that was passed.
        limit_bytes: usize,
    },
    /// A record cannot be read as its type although it is authentic.
    #[error("a record of table {table} cannot be read: install the Beistand that wrote it")]
    Record {
        /// The table's name.
        table: &'static str,
    },
    /// The batch this commit belonged to failed as a whole.
    #[error("the commit was not stored")]
    Batch(#[source] Arc<Error>),
}

impl Error {
    /// Sorts an error of the operating system into the cases a person can act on.
    pub(crate) fn io(operation: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { path, free_bytes: 0 }
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { path, source }
            }
            _ => Self::Io { operation, path, source },
        }
    }

    pub(crate) fn corrupt(path: &Path, detail: impl Into<String>) -> Self {
        Self::Corrupt { path: path.to_path_buf(), detail: detail.into() }
    }

    /// A stable word for the case, by which whoever shows it finds a translation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "locked",
            Self::ReadOnly { .. } => "read-only",
            Self::DiskFull { .. } => "disk-full",
            Self::NewerVersion { .. } => "newer-version",
            Self::WrongKey { .. } => "wrong-key",
            Self::StorageKeyMissing { .. } => "storage-key-missing",
            Self::StorageKeyUnusable { .. } => "storage-key-unusable",
            Self::KeyFileMissing { .. } => "key-file-missing",
            Self::KeysLost { .. } => "keys-lost",
            Self::Corrupt { .. } => "corrupt",
            Self::Io { .. } => "io",
            Self::Database(_) => "database",
            Self::Stopped => "stopped",
            Self::Busy => "busy",
            Self::TooLarge { .. } => "too-large",
            Self::Record { .. } => "record",
            Self::Batch(cause) => cause.code(),
        }
    }

    /// The error beneath [`Error::Batch`], or the error itself.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::Batch(cause) => cause.cause(),
            other => other,
        }
    }
}
