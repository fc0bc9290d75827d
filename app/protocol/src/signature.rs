//! Public keys, signatures and digests. Only verification lives here; signing needs secrets and
//! is `vault`'s.
//!
//! A signature is always Ed25519 (RFC 8032) over label, one zero byte and the bytes as they are
//! on the wire, checked with `verify_strict`. Weak (small-order) keys do not decode.

use crate::{
    id::{Digest, KeyId},
    label,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Length of an X-Wing public key (draft-connolly-cfrg-xwing-kem).
pub const KEM_KEY_BYTES: usize = 1216;
/// Length of an X-Wing encapsulation.
pub const KEM_ENCAPSULATION_BYTES: usize = 1120;

/// Why a key or signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not a point of the curve, or one of small order.
    #[error("weak or malformed signing key")]
    WeakKey,
    /// A key of the wrong length.
    #[error("key has the wrong length")]
    Length,
    /// The signature does not belong to key, label and bytes.
    #[error("signature does not verify")]
    Mismatch,
}

/// An Ed25519 public key that is a valid point of large order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "[u8; 32]", into = "[u8; 32]")]
pub struct VerifyKey([u8; 32]);

impl VerifyKey {
    /// The key's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The short name under which log and statements refer to this key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest = digest(label::KEY_ID, &self.0);
        let mut id = [0; 16];
        id.copy_from_slice(&digest.0[..16]);
        KeyId(id)
    }

    /// Checks a signature over `label`, a zero byte and `bytes`.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`] if it does not verify strictly.
    pub fn verify(&self, label: &str, bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        self.verify_unlabelled(&labelled(label, bytes), signature)
    }

    /// Checks a signature over bytes that begin with a label of their own.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`] if it does not verify strictly.
    pub fn verify_unlabelled(&self, bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::WeakKey)?;
        let signature = ed25519_dalek::Signature::from_components(signature.point, signature.scalar);
        key.verify_strict(bytes, &signature).map_err(|_| SignatureError::Mismatch)
    }
}

impl TryFrom<[u8; 32]> for VerifyKey {
    type Error = SignatureError;
    fn try_from(bytes: [u8; 32]) -> Result<Self, SignatureError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| SignatureError::WeakKey)?;
        if key.is_weak() { Err(SignatureError::WeakKey) } else { Ok(Self(bytes)) }
    }
}

impl From<VerifyKey> for [u8; 32] {
    fn from(key: VerifyKey) -> Self {
        key.0
    }
}

/// An X-Wing public key: right length; whether it is valid shows when something is sealed to it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct KemKey(Vec<u8>);

impl KemKey {
    /// The key's bytes, [`KEM_KEY_BYTES`] of them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for KemKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "KemKey({:02x}{:02x}{:02x}{:02x}…)", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

impl TryFrom<Vec<u8>> for KemKey {
    type Error = SignatureError;
    fn try_from(bytes: Vec<u8>) -> Result<Self, SignatureError> {
        if bytes.len() == KEM_KEY_BYTES { Ok(Self(bytes)) } else { Err(SignatureError::Length) }
    }
}

impl From<KemKey> for Vec<u8> {
    fn from(key: KemKey) -> Self {
        key.0
    }
}

/// An Ed25519 signature: 64 bytes, R then S.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    point: [u8; 32],
    scalar: [u8; 32],
}

impl Signature {
    /// The 64 bytes of RFC 8032.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&self.point);
        bytes[32..].copy_from_slice(&self.scalar);
        bytes
    }

    /// Reads 64 bytes.
    ///
    /// # Errors
    /// [`SignatureError::Length`] for any other number.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SignatureError> {
        <[u8; 64]>::try_from(bytes).map(Self::from).map_err(|_| SignatureError::Length)
    }
}

impl From<[u8; 64]> for Signature {
    fn from(bytes: [u8; 64]) -> Self {
        let (mut point, mut scalar) = ([0; 32], [0; 32]);
        point.copy_from_slice(&bytes[..32]);
        scalar.copy_from_slice(&bytes[32..]);
        Self { point, scalar }
    }
}

impl core::fmt::Debug for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Signature({:02x}{:02x}{:02x}{:02x}…)",
            self.point[0], self.point[1], self.point[2], self.point[3]
        )
    }
}

/// Label, one zero byte, bytes: what is signed and hashed everywhere.
#[must_use]
pub fn labelled(label: &str, bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(label.len() + 1 + bytes.len());
    all.extend_from_slice(label.as_bytes());
    all.push(0);
    all.extend_from_slice(bytes);
    all
}

/// SHA-256 over label, one zero byte and bytes.
#[must_use]
pub fn digest(label: &str, bytes: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(bytes);
    Digest(hash.finalize().into())
}

/// Plain SHA-256, used for the log's entries alone, so that `sha256sum` of the first one gives
/// the organisation id.
#[must_use]
pub fn plain_digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};

    #[test]
    fn weak_keys_do_not_decode() {
        // The neutral element, a point of order 8, and bytes that are no point.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let order_8 = [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ];
        let mut none = [0xff; 32];
        none[0] = 2;
        for bytes in [neutral, [0; 32], order_8, none] {
            assert!(VerifyKey::try_from(bytes).is_err(), "{bytes:02x?}");
            assert!(decode::<VerifyKey>(&encode(&bytes)).is_err());
        }
    }

    #[test]
    fn kem_keys_have_one_length() {
        assert!(KemKey::try_from(vec![0; KEM_KEY_BYTES]).is_ok());
        assert!(KemKey::try_from(vec![0; KEM_KEY_BYTES - 1]).is_err());
        assert!(decode::<KemKey>(&encode(&vec![0u8; 32])).is_err());
    }

    /// RFC 8032, section 7.1, test 1 verifies over raw bytes; with a label it must not.
    #[test]
    fn labels_separate() {
        let key = VerifyKey::try_from([
            0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
            0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
        ])
        .unwrap();
        let signature = Signature::from([7; 64]);
        assert_eq!(key.verify("a", b"", &signature), Err(SignatureError::Mismatch));
        assert_ne!(digest("ab", b"c"), digest("a", b"bc"));
        assert_eq!(encode(&signature).len(), 64);
    }
}
