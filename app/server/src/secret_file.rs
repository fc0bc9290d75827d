//! Small secret files beside the database: readable by their owner only, whole or not there.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Longest file that is read back: thousands of sites' keys.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A secret file that can't be used. Safe to log; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It can't be read.
    #[error("can't read {}: check that it belongs to the user that runs Beistand", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It can't be written.
    #[error("can't write {}: check free space and that the folder belongs to the user that runs Beistand", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It is there but not what it should be. Never replaced silently: something depends on it.
    #[error("{} is damaged or of a newer version: bring it back from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// The file's bytes, or nothing when there is no such file.
///
/// # Errors
/// [`SecretFileError::Read`], or [`SecretFileError::Damaged`] for one that is far too long.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, SecretFileError> {
    let failed = |source| SecretFileError::Read { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(SecretFileError::Damaged { path: path.to_owned() });
    }
    Ok(Some(bytes))
}

/// Replaces the file; durable when this returns, unchanged when it fails.
///
/// # Errors
/// [`SecretFileError::Write`].
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), SecretFileError> {
    let attempt = || -> std::io::Result<()> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(ErrorKind::InvalidInput.into());
        };
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut aside = name.to_owned();
        aside.push(".new");
        let aside = folder.join(aside);
        match fs::remove_file(&aside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)?;
        File::open(folder)?.sync_all()
    };
    attempt().map_err(|source| SecretFileError::Write { path: path.to_owned(), source })
}

/// Removes the file if it is there.
///
/// # Errors
/// [`SecretFileError::Write`].
pub(crate) fn remove(path: &Path) -> Result<(), SecretFileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
    .map_err(|source| SecretFileError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn whole_private_and_removable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inner/secret");
        assert!(read(&path).unwrap().is_none());
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(read(&path).unwrap().is_none());
        assert!(matches!(read(folder.path()), Err(SecretFileError::Read { .. })));
        assert!(matches!(write(Path::new("/proc/none/secret"), b""), Err(SecretFileError::Write { .. })));
    }
}
