//! Encryption at rest: the storage key, the keys derived from it, and the form of sealed bytes.
//!
//! Everything the store writes is sealed with XChaCha20-Poly1305 under a key derived (HKDF-SHA-256,
//! salt: store id, one label each) from the storage key, which lies outside the data directory.
//! What belongs to a conversation is sealed under that conversation's data key instead, see
//! [`crate::keys`].

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::random::{self, Random};
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 24;
/// Bytes that sealing adds: nonce and tag.
pub(crate) const SEAL_BYTES: usize = NONCE_BYTES + 16;

/// The key under which everything at rest is sealed. It lies outside the data directory: a file of
/// its own or a system credential.
#[derive(Clone)]
pub struct StorageKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StorageKey(…)")
    }
}

impl StorageKey {
    /// Takes the key's bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from a file: 64 lower-case hexadecimal digits and a line end. A file of the
    /// operating system must not be readable by others.
    ///
    /// # Errors
    /// [`Error::StorageKeyMissing`], [`Error::StorageKeyUnusable`], or an error of the disk.
    pub fn load(path: &Path) -> Result<Self, Error> {
        match Self::load_if_there(path)? {
            Some(key) => Ok(key),
            None => Err(Error::StorageKeyMissing { path: path.to_path_buf() }),
        }
    }

    /// Reads the key from a system credential: a file below `$CREDENTIALS_DIRECTORY`, of the same
    /// form. The service manager has seen to who can read it.
    ///
    /// # Errors
    /// As [`StorageKey::load`].
    pub fn load_credential(path: &Path) -> Result<Self, Error> {
        Self::parse(path)?.ok_or_else(|| Error::StorageKeyMissing { path: path.to_path_buf() })
    }

    /// Reads the key from a file, or makes one there (mode 0600, durable before this returns) as
    /// long as `data` has no database: a new key could not read an old one.
    ///
    /// # Errors
    /// [`Error::StorageKeyMissing`] if there is data but no key; [`Error::StorageKeyUnusable`]; or
    /// an error of the disk.
    pub fn load_or_create(
        path: &Path,
        data: &Path,
        disk: &dyn Disk,
        random: &mut dyn Random,
    ) -> Result<Self, Error> {
        if let Some(key) = Self::load_if_there(path)? {
            return Ok(key);
        }
        if crate::layout::Layout::new(data).has_data(disk)? {
            return Err(Error::StorageKeyMissing { path: path.to_path_buf() });
        }
        if let Some(dir) = path.parent() {
            disk::create_dir_durably(disk, dir).map_err(|e| Error::io("creating", dir, e))?;
        }
        let key = Self::from_bytes(random::array(random));
        disk::write_atomically(disk, path, key.to_line().as_bytes())?;
        Ok(key)
    }

    fn load_if_there(path: &Path) -> Result<Option<Self>, Error> {
        use std::os::unix::fs::PermissionsExt;
        let unusable = |problem| Error::StorageKeyUnusable { path: path.to_path_buf(), problem };
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("reading", path, e)),
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(unusable("can be read by others: chmod 600 it, or make it a system credential"));
        }
        Self::parse(path)
    }

    fn parse(path: &Path) -> Result<Option<Self>, Error> {
        let text = match std::fs::read(path) {
            Ok(text) => Zeroizing::new(text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("reading", path, e)),
        };
        let problem = "is not a storage key (64 hexadecimal digits): put the right file in place";
        let unusable = || Error::StorageKeyUnusable { path: path.to_path_buf(), problem };
        Self::from_line(&text).map(Some).ok_or_else(unusable)
    }

    fn to_line(&self) -> Zeroizing<String> {
        use std::fmt::Write;
        let mut line = Zeroizing::new(String::with_capacity(65));
        for byte in self.0.iter() {
            // Writing to a String cannot fail.
            let _ = write!(line, "{byte:02x}");
        }
        line.push('\n');
        line
    }

    fn from_line(line: &[u8]) -> Option<Self> {
        let digits = line.strip_suffix(b"\n").unwrap_or(line);
        if digits.len() != 64 {
            return None;
        }
        let digit = |b: u8| char::from(b).to_digit(16).filter(|_| !b.is_ascii_uppercase());
        let mut bytes = Zeroizing::new([0; 32]);
        for (slot, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            // Two hexadecimal digits fit a byte.
            *slot = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Some(Self(bytes))
    }

    /// A key for one purpose in one store.
    fn derive(&self, store: &StoreId, label: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let expanded = Hkdf::<Sha256>::new(Some(&store.0), &*self.0).expand(label.as_bytes(), &mut *key);
        debug_assert!(expanded.is_ok(), "32 bytes are within what HKDF-SHA-256 gives");
        key
    }

    /// The cipher for one purpose in one store.
    pub(crate) fn cipher(&self, store: &StoreId, label: &str) -> Cipher {
        Cipher::new(&self.derive(store, label))
    }

    /// A value that shows whether this is the key a store was made with, and nothing else.
    pub(crate) fn check_value(&self, store: &StoreId) -> [u8; 16] {
        let key = self.derive(store, "beistand store 1 key check");
        let mut check = [0; 16];
        check.copy_from_slice(&key[..16]);
        check
    }
}

/// The random name of one data directory; it separates the keys of stores and binds every file to
/// its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoreId(pub(crate) [u8; 16]);

/// One AEAD key in use.
#[derive(Clone)]
pub(crate) struct Cipher(XChaCha20Poly1305);

impl Cipher {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let mut key = Key::from(*key);
        let cipher = Self(XChaCha20Poly1305::new(&key));
        key.as_mut_slice().zeroize();
        cipher
    }

    /// Appends nonce, ciphertext and tag to `out`.
    pub(crate) fn seal_into(&self, random: &mut dyn Random, aad: &[&[u8]], plain: &[u8], out: &mut Vec<u8>) {
        let nonce: [u8; NONCE_BYTES] = random::array(random);
        out.reserve(plain.len() + SEAL_BYTES);
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let sealed =
            self.0.encrypt_inout_detached(&XNonce::from(nonce), &aad.concat(), out[start..].as_mut().into());
        match sealed {
            Ok(tag) => out.extend_from_slice(&tag),
            // Only beyond 256 GiB, and everything here has limits far below.
            Err(_) => unreachable!("the plain text is far below the cipher's limit"),
        }
    }

    /// Opens what [`Cipher::seal_into`] appended; `None` if anything does not fit.
    pub(crate) fn open(&self, aad: &[&[u8]], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let (body, tag) = rest.split_last_chunk::<16>()?;
        let mut plain = body.to_vec();
        self.0
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &aad.concat(),
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::real::RealDisk;
    use crate::random::testing::Seeded;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn sealed_bytes_open_only_as_they_were() {
        let key = StorageKey::from_bytes([7; 32]);
        let (store, other) = (StoreId([1; 16]), StoreId([2; 16]));
        let cipher = key.cipher(&store, "a");
        let mut sealed = vec![];
        cipher.seal_into(&mut Seeded(1), &[b"x", b"y"], b"plain", &mut sealed);
        assert_eq!(sealed.len(), 5 + SEAL_BYTES);
        assert_eq!(cipher.open(&[b"x", b"y"], &sealed), Some(b"plain".to_vec()));
        assert_eq!(cipher.open(&[b"x"], &sealed), None);
        assert_eq!(key.cipher(&store, "b").open(&[b"x", b"y"], &sealed), None);
        assert_eq!(key.cipher(&other, "a").open(&[b"x", b"y"], &sealed), None);
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(cipher.open(&[b"x", b"y"], &bent), None, "byte {at}");
            assert_eq!(cipher.open(&[b"x", b"y"], &sealed[..at]), None, "length {at}");
        }
    }

    #[test]
    fn key_file_is_private_made_once_and_checked() {
        let dir = tempfile::tempdir().unwrap();
        let (path, data) = (dir.path().join("key"), dir.path().join("data"));
        let mut random = Seeded(3);
        let key = StorageKey::load_or_create(&path, &data, &RealDisk, &mut random).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = StorageKey::load_or_create(&path, &data, &RealDisk, &mut random).unwrap();
        assert_eq!(*key.0, *again.0);
        assert_eq!(*StorageKey::load(&path).unwrap().0, *key.0);

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(StorageKey::load(&path), Err(Error::StorageKeyUnusable { .. })));
        assert_eq!(*StorageKey::load_credential(&path).unwrap().0, *key.0);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        for bad in ["", "ab", &"g".repeat(64), &"A".repeat(64), &format!("{}\n\n", "a".repeat(64))] {
            std::fs::write(&path, bad).unwrap();
            assert!(matches!(StorageKey::load(&path), Err(Error::StorageKeyUnusable { .. })), "{bad:?}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(StorageKey::load(&path), Err(Error::StorageKeyMissing { .. })));
    }

    #[test]
    fn no_new_key_beside_existing_data() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(data.join("format"), "x").unwrap();
        let made = StorageKey::load_or_create(&dir.path().join("key"), &data, &RealDisk, &mut Seeded(3));
        assert!(matches!(made, Err(Error::StorageKeyMissing { .. })));
    }
}
