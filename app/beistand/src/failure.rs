//! Why the box can't start, in the languages of the pages: whoever looks after it reads one of them. What the
//! system says of it follows, for whoever has to look it up.

use crate::{doctor::DoctorError, serve::ServeError, stored::StoredError};
use beistand_domain::storage::StorageError;
use beistand_server::{
    app::OpenError, directory::DirectoryError, listen::ListenError, log_sink::Chain,
    secret_file::SecretFileError, tls::error::CertificateError,
};
use beistand_store::error::Error as StoreError;
use beistand_web::{locale::Locale, text};
use std::{error::Error, io, path::Path};

/// What went wrong, for a person.
pub trait Explained: Error {
    /// The sentence of one language about a box with this data directory; `None` where only the error itself says
    /// more.
    fn sentence(&self, locale: Locale, data: &Path) -> Option<String>;
}

/// All that is printed: the sentence in each language, then the error with its causes.
pub fn explanation<E: Explained + 'static>(error: &E, data: &Path) -> String {
    let sentences = Locale::ALL.into_iter().filter_map(|locale| error.sentence(locale, data));
    let details = format!("({})", Chain(error));
    sentences.chain([details]).map(|line| format!("beistand: {line}\n")).collect()
}

impl Explained for ServeError {
    fn sentence(&self, locale: Locale, data: &Path) -> Option<String> {
        match self {
            Self::Stored(error) => stored(locale, error),
            Self::Certificate(error) => certificate(locale, error),
            Self::Open(error) => open(locale, error, data),
            Self::Listen(error) => listen(locale, error),
            Self::StorageFailed => Some(text::start_disk_failed(locale).to_owned()),
            Self::Ports(_) | Self::Supervisor(_) | Self::Signal(_) => None,
        }
    }
}

impl Explained for DoctorError {
    fn sentence(&self, locale: Locale, data: &Path) -> Option<String> {
        match self {
            Self::Stored(error) => stored(locale, error),
            Self::Storage(error) | Self::Directory(DirectoryError::Storage(error)) => {
                Some(storage(locale, error, data))
            }
            Self::Directory(_) => Some(text::start_records(locale).to_owned()),
        }
    }
}

fn listen(locale: Locale, error: &ListenError) -> Option<String> {
    match error {
        ListenError::PortTaken { address, .. } => {
            Some(text::start_port_taken(locale, &address.port().to_string(), &address.to_string()))
        }
        ListenError::PortNotPermitted { address, .. } => {
            Some(text::start_port_forbidden(locale, &address.port().to_string()))
        }
        ListenError::AddressAbsent { address, .. } => {
            Some(text::start_address_absent(locale, &address.ip().to_string()))
        }
        ListenError::Failed { address, .. } => Some(text::start_listen_failed(locale, &address.to_string())),
    }
}

fn stored(locale: Locale, error: &StoredError) -> Option<String> {
    match error {
        StoredError::Directory { path, source } => Some(file(locale, path, source, text::start_folder)),
        StoredError::Store(error) => store(locale, error),
    }
}

fn store(locale: Locale, error: &StoreError) -> Option<String> {
    let at = |sentence: fn(Locale, &str) -> String, path: &Path| Some(sentence(locale, &shown(path)));
    match error.cause() {
        StoreError::Locked { path } => at(text::start_locked, path),
        StoreError::ReadOnly { path, .. } => at(text::start_read_only, path),
        StoreError::DiskFull { path, .. } => at(text::start_disk_full, path),
        StoreError::NewerVersion { found, known } => {
            Some(text::start_newer_version(locale, &found.to_string(), &known.to_string()))
        }
        StoreError::WrongKey { path } => at(text::start_wrong_key, path),
        StoreError::StorageKeyMissing { path } => at(text::start_storage_key_missing, path),
        StoreError::StorageKeyUnusable { path, .. } => at(text::start_storage_key_unusable, path),
        StoreError::KeyFileMissing { path } | StoreError::KeysLost { path, .. } => {
            at(text::start_keys_missing, path)
        }
        StoreError::Corrupt { path, .. } => at(text::start_damaged, path),
        StoreError::Io { path, .. } => at(text::start_file, path),
        StoreError::Record { .. } => Some(text::start_records(locale).to_owned()),
        _ => Some(text::start_disk_failed(locale).to_owned()),
    }
}

fn certificate(locale: Locale, error: &CertificateError) -> Option<String> {
    match error {
        CertificateError::Read { path, source } | CertificateError::Write { path, source } => {
            Some(file(locale, path, source, text::start_file))
        }
        CertificateError::Damaged { path, .. } => Some(text::start_damaged(locale, &shown(path))),
        _ => None,
    }
}

fn open(locale: Locale, error: &OpenError, data: &Path) -> Option<String> {
    Some(match (error.file(), error.storage()) {
        (Some(error), _) => secret(locale, error),
        (_, Some(error)) => storage(locale, error, data),
        _ => text::start_records(locale).to_owned(),
    })
}

fn storage(locale: Locale, error: &StorageError, data: &Path) -> String {
    match error {
        StorageError::Full => text::start_disk_full(locale, &shown(data)),
        StorageError::ReadOnly => text::start_read_only(locale, &shown(data)),
        StorageError::Failed(_) => text::start_records(locale).to_owned(),
    }
}

fn secret(locale: Locale, error: &SecretFileError) -> String {
    match error {
        SecretFileError::Read { path, source } | SecretFileError::Write { path, source } => {
            file(locale, path, source, text::start_file)
        }
        SecretFileError::Damaged { path } => text::start_damaged(locale, &shown(path)),
    }
}

/// The sentence for what the system said of a file.
fn file(locale: Locale, path: &Path, source: &io::Error, otherwise: fn(Locale, &str) -> String) -> String {
    let sentence = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => text::start_disk_full,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => text::start_read_only,
        _ => otherwise,
    };
    sentence(locale, &shown(path))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    const DATA: &str = "/var/lib/box";

    fn said(error: &ServeError, locale: Locale) -> String {
        error.sentence(locale, Path::new(DATA)).unwrap_or_else(|| panic!("{error:?} has no sentence"))
    }

    fn denied(kind: io::ErrorKind) -> io::Error {
        io::Error::from(kind)
    }

    #[test]
    fn every_refusal_to_listen_has_its_sentence() {
        let address = SocketAddr::from(([192, 0, 2, 7], 443));
        let source = || denied(io::ErrorKind::Other);
        for locale in Locale::ALL {
            let check = |error, expect: String| assert_eq!(said(&ServeError::Listen(error), locale), expect);
            check(
                ListenError::PortTaken { address, source: source() },
                text::start_port_taken(locale, "443", "192.0.2.7:443"),
            );
            check(
                ListenError::PortNotPermitted { address, source: source() },
                text::start_port_forbidden(locale, "443"),
            );
            check(
                ListenError::AddressAbsent { address, source: source() },
                text::start_address_absent(locale, "192.0.2.7"),
            );
            check(
                ListenError::Failed { address, source: source() },
                text::start_listen_failed(locale, "192.0.2.7:443"),
            );
        }
    }

    #[test]
    fn every_refusal_of_the_store_has_its_sentence() {
        let path = || Path::new("/var/lib/box/keys").to_path_buf();
        let source = || denied(io::ErrorKind::Other);
        let at = "/var/lib/box/keys";
        for locale in Locale::ALL {
            let check = |error, expect: String| {
                assert_eq!(said(&ServeError::Stored(StoredError::Store(error)), locale), expect);
            };
            check(StoreError::Locked { path: path() }, text::start_locked(locale, at));
            check(StoreError::ReadOnly { path: path(), source: source() }, text::start_read_only(locale, at));
            check(StoreError::DiskFull { path: path(), free_bytes: 1 }, text::start_disk_full(locale, at));
            check(
                StoreError::NewerVersion { found: 9, known: 8 },
                text::start_newer_version(locale, "9", "8"),
            );
            check(StoreError::WrongKey { path: path() }, text::start_wrong_key(locale, at));
            check(
                StoreError::StorageKeyMissing { path: path() },
                text::start_storage_key_missing(locale, at),
            );
            check(
                StoreError::StorageKeyUnusable { path: path(), problem: "is short" },
                text::start_storage_key_unusable(locale, at),
            );
            check(StoreError::KeyFileMissing { path: path() }, text::start_keys_missing(locale, at));
            check(StoreError::KeysLost { path: path(), count: 2 }, text::start_keys_missing(locale, at));
            let damaged = StoreError::Corrupt { path: path(), detail: "page 3".into() };
            check(damaged, text::start_damaged(locale, at));
            let failed = StoreError::Io { operation: "reading", path: path(), source: source() };
            check(failed, text::start_file(locale, at));
            check(StoreError::Stopped, text::start_disk_failed(locale).to_owned());
            check(StoreError::Busy, text::start_disk_failed(locale).to_owned());
            assert_eq!(said(&ServeError::StorageFailed, locale), text::start_disk_failed(locale));
        }
    }

    /// What the system says of a file decides more than which file it is.
    #[test]
    fn a_file_that_fails_has_the_sentence_of_its_cause() {
        for locale in Locale::ALL {
            let check = |kind, expect: fn(Locale, &str) -> String| {
                let path = Path::new(DATA).to_path_buf();
                let read = CertificateError::Read { path, source: denied(kind) };
                assert_eq!(said(&ServeError::Certificate(read), locale), expect(locale, DATA));
            };
            check(io::ErrorKind::StorageFull, text::start_disk_full);
            check(io::ErrorKind::QuotaExceeded, text::start_disk_full);
            check(io::ErrorKind::ReadOnlyFilesystem, text::start_read_only);
            check(io::ErrorKind::PermissionDenied, text::start_read_only);
            check(io::ErrorKind::InvalidData, text::start_file);
        }
    }
}
