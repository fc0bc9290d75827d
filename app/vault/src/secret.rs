//! Secrets in memory and what is derived from them.

use crate::random::{Random, draw};
use beistand_protocol::signature::{Signature, VerifyKey, labelled};
use ed25519_dalek::Signer as _;
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// 32 secret bytes, erased when dropped, compared in constant time, never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Draws a fresh one.
    pub fn draw(random: &mut dyn Random) -> Self {
        Self(Zeroizing::new(draw(random)))
    }

    /// Takes over bytes that were derived or opened.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes; for sealing them, never for output.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Derives another secret: HKDF-SHA256, no salt, `info` = label ‖ 0 ‖ context.
    #[must_use]
    pub fn derive(&self, label: &str, context: &[u8]) -> Self {
        derive(&*self.0, label, context)
    }

    /// The signing key that this secret is the seed of.
    #[must_use]
    pub fn signing_key(&self) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(&self.0))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

impl Eq for Secret {}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// HKDF-SHA256 over key material of any length.
#[must_use]
#[allow(clippy::expect_used)]
pub(crate) fn derive(material: &[u8], label: &str, context: &[u8]) -> Secret {
    let mut output = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, material)
        .expand(&labelled(label, context), &mut *output)
        .expect("32 bytes are within HKDF's limit");
    Secret(output)
}

/// An Ed25519 signing key, erased when dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The public half.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey::try_from(self.0.verifying_key().to_bytes())
            .expect("a clamped scalar times the base point is never of small order")
    }

    /// Signs `label` ‖ 0 ‖ `bytes`.
    #[must_use]
    pub fn sign(&self, label: &str, bytes: &[u8]) -> Signature {
        self.sign_unlabelled(&labelled(label, bytes))
    }

    /// Signs bytes that begin with a label of their own (`protocol::api` has some).
    #[must_use]
    pub fn sign_unlabelled(&self, bytes: &[u8]) -> Signature {
        Signature::from(self.0.sign(bytes).to_bytes())
    }
}

impl core::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SigningKey({:?})", self.verify_key().id())
    }
}
