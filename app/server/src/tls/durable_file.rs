//! Files that are whole or not there: written aside, synced, renamed into place.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::error::CertificateError;

/// Longest file that is read back; ours have a few kilobytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Who may read a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Readers {
    /// Nobody but the owner (0600).
    Owner,
    /// Everybody (0644), for what is handed out anyway.
    Everybody,
}

/// Makes the folder, readable by its owner only, unless it is there.
pub(super) fn make_folder(folder: &Path) -> Result<(), CertificateError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| CertificateError::Write { path: folder.to_owned(), source })
}

/// The bytes of a file, or nothing when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, CertificateError> {
    let failed = |source| CertificateError::Read { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(CertificateError::Damaged { path: path.to_owned(), reason: "far too long" });
    }
    Ok(Some(bytes))
}

/// Replaces the file: after this, also after a power cut, it holds `bytes`; after an error or a power cut
/// before the end it holds what it held.
pub(super) fn write(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), CertificateError> {
    let attempt = || -> std::io::Result<()> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(ErrorKind::InvalidInput.into());
        };
        let mut aside = name.to_owned();
        aside.push(".new");
        let aside = folder.join(aside);
        // Left over from a run that was cut off; a fresh file is sure to have the right mode and owner.
        match std::fs::remove_file(&aside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        file.write_all(bytes)?;
        if readers == Readers::Everybody {
            file.set_permissions(Permissions::from_mode(0o644))?;
        }
        file.sync_all()?;
        std::fs::rename(&aside, path)?;
        File::open(folder)?.sync_all()
    };
    attempt().map_err(|source| CertificateError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_was_written_is_read_and_has_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("certificates");
        make_folder(&inner).unwrap();
        make_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
        let path = inner.join("a.pem");
        assert_eq!(read(&path).unwrap(), None);
        // What an interrupted earlier run left behind is no obstacle and doesn't pass on its mode.
        std::fs::write(inner.join("a.pem.new"), "half").unwrap();
        write(&path, b"one", Readers::Owner).unwrap();
        assert_eq!((read(&path).unwrap().unwrap().as_slice(), mode(&path)), (b"one".as_slice(), 0o600));
        write(&path, b"two", Readers::Everybody).unwrap();
        assert_eq!((read(&path).unwrap().unwrap().as_slice(), mode(&path)), (b"two".as_slice(), 0o644));
        assert!(!inner.join("a.pem.new").exists());
    }

    #[test]
    fn a_missing_folder_and_a_huge_file_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let lost = folder.path().join("missing/a.pem");
        assert!(matches!(write(&lost, b"", Readers::Owner), Err(CertificateError::Write { .. })));
        assert!(matches!(read(folder.path()), Err(CertificateError::Read { .. })));
        let huge = folder.path().join("huge");
        File::create(&huge).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        assert!(matches!(read(&huge), Err(CertificateError::Damaged { .. })));
    }
}
