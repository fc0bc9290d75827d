//! The two ways of sealing: under a shared secret with a key commitment ([`lock`]), and to
//! somebody's public key ([`seal_to`], HPKE base mode).
//!
//! HPKE here has no sender: whoever knows a public key can seal to it. So nothing that carries a
//! key is accepted for having opened; the signed statement around it decides (PROTOCOL.md).

use crate::{
    random::{ForHpke, Random, draw},
    secret::Secret,
};
use beistand_protocol::{
    id::Digest,
    signature::{KEM_ENCAPSULATION_BYTES, KemKey},
    wrap::Locked,
};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::XWing,
};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// Why something did not open or could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// The commitment is another key's: wrong password, wrong place, or an attempt to make one
    /// ciphertext open in two ways.
    #[error("sealed under another key")]
    Commitment,
    /// Ciphertext or associated data were changed.
    #[error("sealed bytes were changed")]
    Changed,
    /// A public key that cannot be sealed to.
    #[error("public key cannot be used")]
    PublicKey,
    /// Too short to be anything sealed.
    #[error("sealed bytes are malformed")]
    Malformed,
}

/// Seals `plaintext` under `key`. `label` separates uses of the same key; `associated` is bound,
/// not hidden.
///
/// Key for the cipher and commitment are both HKDF outputs of key and nonce, so that a
/// ciphertext opens under one key only (P17).
#[must_use]
#[allow(clippy::expect_used)]
pub fn lock(
    key: &Secret,
    label: &str,
    associated: &[u8],
    plaintext: &[u8],
    random: &mut dyn Random,
) -> Locked {
    let nonce: [u8; 24] = draw(random);
    let (cipher_key, commitment) = lock_keys(key, label, &nonce);
    let cipher = XChaCha20Poly1305::new(cipher_key.expose().into());
    let ciphertext = cipher
        .encrypt(&nonce.into(), Payload { msg: plaintext, aad: associated })
        .expect("a message is far below the cipher's limit");
    Locked { nonce, commitment, ciphertext }
}

/// Opens what [`lock`] sealed. The commitment is compared first, in constant time.
///
/// # Errors
/// [`SealError::Commitment`] for another key, [`SealError::Changed`] for changed bytes.
pub fn unlock(key: &Secret, label: &str, associated: &[u8], locked: &Locked) -> Result<Vec<u8>, SealError> {
    let (cipher_key, commitment) = lock_keys(key, label, &locked.nonce);
    if !bool::from(commitment.ct_eq(&locked.commitment)) {
        return Err(SealError::Commitment);
    }
    XChaCha20Poly1305::new(cipher_key.expose().into())
        .decrypt(&locked.nonce.into(), Payload { msg: &locked.ciphertext, aad: associated })
        .map_err(|_| SealError::Changed)
}

fn lock_keys(key: &Secret, label: &str, nonce: &[u8; 24]) -> (Secret, [u8; 32]) {
    let base = key.derive(label, &[]);
    (base.derive("beistand/1/lock-key", nonce), *base.derive("beistand/1/lock-commitment", nonce).expose())
}

/// A KEM key pair, kept as its 32-byte seed.
#[derive(Debug, Clone)]
pub struct KemSecret {
    seed: Secret,
    public: KemKey,
}

impl KemSecret {
    /// Loads the pair of a seed (X-Wing's own expansion, `from_bytes`).
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn from_seed(seed: Secret) -> Self {
        let private = private_key(&seed);
        let public = KemKey::try_from(XWing::sk_to_pk(&private).to_bytes().to_vec())
            .expect("X-Wing public keys have one length");
        Self { seed, public }
    }

    /// The seed, for test vectors.
    #[cfg(test)]
    pub(crate) fn dangerous_seed(&self) -> &Secret {
        &self.seed
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &KemKey {
        &self.public
    }
}

#[allow(clippy::expect_used)]
fn private_key(seed: &Secret) -> <XWing as Kem>::PrivateKey {
    <XWing as Kem>::PrivateKey::from_bytes(seed.expose()).expect("an X-Wing seed is any 32 bytes")
}

/// Seals to a public key. `info` is the digest of the signed header that the box belongs to, so
/// that it cannot be moved anywhere else.
///
/// # Errors
/// [`SealError::PublicKey`] if the key is not a valid one.
pub fn seal_to(
    key: &KemKey,
    info: &Digest,
    plaintext: &[u8],
    random: &mut dyn Random,
) -> Result<Vec<u8>, SealError> {
    let public = <XWing as Kem>::PublicKey::from_bytes(key.as_bytes()).map_err(|_| SealError::PublicKey)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        info.as_bytes(),
        plaintext,
        &[],
        &mut ForHpke(random),
    )
    .map_err(|_| SealError::PublicKey)?;
    let mut sealed = encapsulated.to_bytes().to_vec();
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

/// Opens what [`seal_to`] sealed.
///
/// # Errors
/// [`SealError::Malformed`] or, for another key, another `info` or changed bytes,
/// [`SealError::Changed`].
pub fn open_from(key: &KemSecret, info: &Digest, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (encapsulated, ciphertext) =
        sealed.split_at_checked(KEM_ENCAPSULATION_BYTES).ok_or(SealError::Malformed)?;
    let encapsulated =
        <XWing as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| SealError::Malformed)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        &private_key(&key.seed),
        &encapsulated,
        info.as_bytes(),
        ciphertext,
        &[],
    )
    .map_err(|_| SealError::Changed)
}

/// A 32-byte secret sealed to a public key: what every box of a statement holds.
///
/// # Errors
/// As [`seal_to`].
pub fn seal_secret_to(
    key: &KemKey,
    info: &Digest,
    secret: &Secret,
    random: &mut dyn Random,
) -> Result<Vec<u8>, SealError> {
    seal_to(key, info, secret.expose(), random)
}

/// Opens a box of [`seal_secret_to`].
///
/// # Errors
/// As [`open_from`], and [`SealError::Malformed`] if it holds anything but 32 bytes.
pub fn open_secret_from(key: &KemSecret, info: &Digest, sealed: &[u8]) -> Result<Secret, SealError> {
    let bytes = zeroize::Zeroizing::new(open_from(key, info, sealed)?);
    <[u8; 32]>::try_from(&bytes[..]).map(Secret::from_bytes).map_err(|_| SealError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::DangerousSeeded;

    #[test]
    fn p17_a_commitment_to_another_key_is_refused_first() {
        let random = &mut DangerousSeeded::new(b"lock");
        let (key, other) = (Secret::draw(random), Secret::draw(random));
        let locked = lock(&key, "test", b"place", b"words", random);
        assert_eq!(unlock(&key, "test", b"place", &locked).unwrap(), b"words");
        assert_eq!(unlock(&other, "test", b"place", &locked), Err(SealError::Commitment));
        assert_eq!(unlock(&key, "tost", b"place", &locked), Err(SealError::Commitment));
        assert_eq!(unlock(&key, "test", b"elsewhere", &locked), Err(SealError::Changed));
        let mut changed = locked.clone();
        changed.ciphertext[0] ^= 1;
        assert_eq!(unlock(&key, "test", b"place", &changed), Err(SealError::Changed));
        // Even if the cipher itself would open (as two-key ciphertexts for Poly1305 can), the
        // commitment of the other key decides: swap in the commitment and the cipher fails.
        let second = lock(&other, "test", b"place", b"words", random);
        let mixed = Locked { commitment: second.commitment, ..locked };
        assert_eq!(unlock(&key, "test", b"place", &mixed), Err(SealError::Commitment));
    }

    #[test]
    fn p11_boxes_are_hybrid_and_bound_to_their_header() {
        let random = &mut DangerousSeeded::new(b"seal");
        let pair = KemSecret::from_seed(Secret::draw(random));
        let other = KemSecret::from_seed(Secret::draw(random));
        assert_eq!(pair.public().as_bytes().len(), 1184 + 32, "ML-KEM-768 and X25519");
        let info = Digest([3; 32]);
        let sealed = seal_to(pair.public(), &info, b"key", random).unwrap();
        assert_eq!(sealed.len(), 1088 + 32 + 3 + 16, "both encapsulations");
        assert_eq!(open_from(&pair, &info, &sealed).unwrap(), b"key");
        assert_eq!(open_from(&other, &info, &sealed), Err(SealError::Changed));
        assert_eq!(open_from(&pair, &Digest([4; 32]), &sealed), Err(SealError::Changed));
        // Each half of the encapsulation matters: ML-KEM's first byte, X25519's last.
        for position in [0, 1119, 1120] {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(open_from(&pair, &info, &changed), Err(SealError::Changed), "{position}");
        }
        assert_eq!(open_from(&pair, &info, &sealed[..100]), Err(SealError::Malformed));
    }
}
