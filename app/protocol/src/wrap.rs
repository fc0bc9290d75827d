//! What the server keeps for an account: wraps of its secret, and the signed statements that
//! change record, wraps, keys or existence (P19). A bearer token alone changes nothing.

use crate::{
    codec,
    id::{AccountId, Digest, InvitationId, OrganisationId, RealmId},
    label, limit,
    signature::{Signature, SignatureError, VerifyKey, digest, labelled},
    suite::Suite,
};
use serde::{Deserialize, Serialize};

/// Something sealed under a symmetric key: XChaCha20-Poly1305 with a key commitment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// Random nonce.
    pub nonce: [u8; 24],
    /// Commits to the key and nonce; checked first.
    pub commitment: [u8; 32],
    /// Ciphertext and tag.
    pub ciphertext: Vec<u8>,
}

impl core::fmt::Debug for Locked {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Locked({} bytes)", self.ciphertext.len())
    }
}

/// Identifies a wrap, at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WrapId(pub [u8; 16]);

/// Under what an account secret is wrapped. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WrapPurpose {
    /// OPAQUE's export key, known after a finished log-in.
    Password,
    /// A key derived from the recovery code.
    Recovery,
    /// A passkey's PRF output; never the only wrap.
    Passkey,
}

/// An account secret, wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrap {
    /// The suite.
    pub suite: Suite,
    /// This wrap.
    pub id: WrapId,
    /// Under what.
    pub purpose: WrapPurpose,
    /// The generation of the secret inside.
    pub generation: u32,
    /// The secret and what belongs to it, sealed.
    pub locked: Locked,
}

impl Wrap {
    /// What the ciphertext is bound to besides its key. The organisation is inside instead, so
    /// that a wrong one is told apart from a wrong key (P13).
    #[must_use]
    pub fn associated_data(
        suite: Suite,
        account: AccountId,
        purpose: WrapPurpose,
        generation: u32,
        id: WrapId,
    ) -> Vec<u8> {
        labelled(label::WRAP, &codec::encode(&(suite, account, purpose, generation, id)))
    }
}

/// Which part of an account a [`Digest`] in an [`AccountChange`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The OPAQUE registration upload.
    Record,
    /// The encoded list of all wraps.
    Wraps,
    /// The sealed account state.
    State,
    /// The encoded list of everything appended to conversations with the change.
    Epochs,
}

/// Digest of a part's bytes.
#[must_use]
pub fn part_digest(part: Part, bytes: &[u8]) -> Digest {
    let mut all = codec::encode(&part);
    all.extend_from_slice(bytes);
    digest(label::ACCOUNT_PART, &all)
}

/// What an [`AccountChange`] does. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangePurpose {
    /// A new account: signed by the account key it names.
    Register,
    /// A new generation of secret, keys, record, all wraps and epochs, all in one commit.
    Rotate,
    /// Further or other wraps of the same generation (a passkey, a new recovery code).
    Wraps,
    /// The account and its conversations are to be destroyed.
    Delete,
}

/// All new parts of an account, in one signed statement. What is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChange {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Where the account's name lives.
    pub realm: RealmId,
    /// The account.
    pub account: AccountId,
    /// A nonce the server gave out for this change.
    pub nonce: [u8; 32],
    /// What happens.
    pub purpose: ChangePurpose,
    /// The generation before; compare-and-swap. Zero when registering.
    pub generation_before: u32,
    /// The generation afterwards: one more when rotating or registering, otherwise the same.
    pub generation: u32,
    /// The new account key.
    pub account_key: Option<VerifyKey>,
    /// The new recovery key. When registering or rotating, `None` means that there is none.
    pub recovery_key: Option<VerifyKey>,
    /// [`Part::Record`].
    pub record: Option<Digest>,
    /// [`Part::Wraps`].
    pub wraps: Option<Digest>,
    /// [`Part::State`].
    pub state: Option<Digest>,
    /// [`Part::Epochs`].
    pub epochs: Option<Digest>,
}

/// Whose signature a [`SignedAccountChange`] carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeSigner {
    /// The account key of the generation before (of the new account when registering).
    Account,
    /// The recovery key of the generation before. Only for [`ChangePurpose::Rotate`].
    Recovery,
}

/// An [`AccountChange`] as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedAccountChange {
    /// The encoded [`AccountChange`].
    pub change: Vec<u8>,
    /// Who signed.
    pub signer: ChangeSigner,
    /// Over [`label::ACCOUNT_CHANGE`] and the bytes.
    pub signature: Signature,
    /// When keys change: the new account key's signature over the same, so that nobody
    /// registers a key that is not theirs.
    pub new_key_signature: Option<Signature>,
}

/// Why an account change was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The bytes are no statement.
    #[error("account change could not be read")]
    Malformed(#[source] codec::DecodeError),
    /// A signature is missing or wrong.
    #[error("account change is not signed by the account")]
    Signature(#[source] SignatureError),
    /// It names another organisation, realm, account or nonce.
    #[error("account change belongs elsewhere")]
    Elsewhere,
    /// The generations don't follow the stored one.
    #[error("account change is for another generation")]
    Generation,
    /// A key that should change is the former one.
    #[error("account change keeps a former key")]
    FormerKey,
    /// A part is missing, superfluous or does not match its digest.
    #[error("account change does not match its parts")]
    Parts,
}

/// The parts that came with a change.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeParts<'a> {
    /// The OPAQUE registration upload.
    pub record: Option<&'a [u8]>,
    /// All wraps.
    pub wraps: Option<&'a [Wrap]>,
    /// The sealed account state.
    pub state: Option<&'a [u8]>,
    /// Every append to a conversation, each encoded; `None` if there is none.
    pub epochs: Option<&'a [Vec<u8>]>,
}

/// What the verifier knows of the account before the change.
#[derive(Debug, Clone, Copy)]
pub struct AccountFacts {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The account's realm.
    pub realm: RealmId,
    /// The account.
    pub account: AccountId,
    /// The nonce given out for this change, once.
    pub nonce: [u8; 32],
    /// The stored generation; zero if there is no account yet.
    pub generation: u32,
    /// The stored account key; `None` if there is no account yet.
    pub account_key: Option<VerifyKey>,
    /// The stored recovery key, where a code was taken.
    pub recovery_key: Option<VerifyKey>,
}

impl SignedAccountChange {
    /// Checks a change against the account and all its parts. Pure; the caller then commits
    /// everything at once, with the generation as precondition, and never accepts the nonce again.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing of a refused change may be kept.
    pub fn verify(
        &self,
        facts: &AccountFacts,
        parts: &ChangeParts<'_>,
    ) -> Result<AccountChange, ChangeError> {
        let change: AccountChange = codec::decode(&self.change).map_err(ChangeError::Malformed)?;
        let same = change.organisation == facts.organisation
            && change.realm == facts.realm
            && change.account == facts.account
            && change.nonce == facts.nonce;
        if !same {
            return Err(ChangeError::Elsewhere);
        }
        let (key, new_key) = match (change.purpose, self.signer, facts.account_key) {
            (ChangePurpose::Register, ChangeSigner::Account, None) => (change.account_key, None),
            (ChangePurpose::Rotate, ChangeSigner::Recovery, Some(_)) => {
                (facts.recovery_key, change.account_key)
            }
            (ChangePurpose::Rotate, ChangeSigner::Account, Some(key)) => (Some(key), change.account_key),
            (ChangePurpose::Wraps | ChangePurpose::Delete, ChangeSigner::Account, Some(key)) => {
                (Some(key), None)
            }
            _ => (None, None),
        };
        let key = key.ok_or(ChangeError::Signature(SignatureError::Mismatch))?;
        key.verify(label::ACCOUNT_CHANGE, &self.change, &self.signature).map_err(ChangeError::Signature)?;
        match (new_key, &self.new_key_signature) {
            (Some(new), Some(signature)) => {
                new.verify(label::ACCOUNT_CHANGE, &self.change, signature).map_err(ChangeError::Signature)?;
            }
            (None, None) => {}
            _ => return Err(ChangeError::Signature(SignatureError::Mismatch)),
        }
        let step = match change.purpose {
            ChangePurpose::Register | ChangePurpose::Rotate => 1,
            ChangePurpose::Wraps | ChangePurpose::Delete => 0,
        };
        let follows = change.generation_before == facts.generation
            && facts.generation.checked_add(step) == Some(change.generation);
        if !follows {
            return Err(ChangeError::Generation);
        }
        let kept = |new: Option<VerifyKey>, former: Option<VerifyKey>| new.is_some() && new == former;
        if kept(change.account_key, facts.account_key) || kept(change.recovery_key, facts.recovery_key) {
            return Err(ChangeError::FormerKey);
        }
        change.check_parts(parts)?;
        Ok(change)
    }
}

impl AccountChange {
    /// Which parts each purpose must and may carry, and that they match.
    fn check_parts(&self, parts: &ChangeParts<'_>) -> Result<(), ChangeError> {
        let fits = match self.purpose {
            ChangePurpose::Register | ChangePurpose::Rotate => {
                self.account_key.is_some()
                    && self.record.is_some()
                    && self.wraps.is_some()
                    && self.state.is_some()
            }
            ChangePurpose::Wraps => {
                self.account_key.is_none()
                    && self.record.is_none()
                    && self.wraps.is_some()
                    && self.epochs.is_none()
            }
            ChangePurpose::Delete => {
                self.account_key.is_none()
                    && self.recovery_key.is_none()
                    && self.record.is_none()
                    && self.wraps.is_none()
                    && self.state.is_none()
                    && self.epochs.is_none()
            }
        };
        let matches = self.record == parts.record.map(|bytes| part_digest(Part::Record, bytes))
            && self.wraps == parts.wraps.map(|wraps| part_digest(Part::Wraps, &codec::encode(wraps)))
            && self.state == parts.state.map(|bytes| part_digest(Part::State, bytes))
            && self.epochs == parts.epochs.map(|epochs| part_digest(Part::Epochs, &codec::encode(epochs)));
        let code =
            parts.wraps.is_some_and(|wraps| wraps.iter().any(|wrap| wrap.purpose == WrapPurpose::Recovery));
        // A wrap for a code nobody can prove, or a proof that opens nothing: both are mistakes.
        let code_fits = match self.purpose {
            ChangePurpose::Register | ChangePurpose::Rotate => code == self.recovery_key.is_some(),
            ChangePurpose::Wraps => code || self.recovery_key.is_none(),
            ChangePurpose::Delete => true,
        };
        let wraps_fit = parts.wraps.is_none_or(|wraps| self.wraps_fit(wraps));
        if fits && matches && code_fits && wraps_fit { Ok(()) } else { Err(ChangeError::Parts) }
    }

    /// Every set of wraps holds one for the password, at most one for the recovery code, all of
    /// the change's generation and small enough.
    fn wraps_fit(&self, wraps: &[Wrap]) -> bool {
        let count = |purpose| wraps.iter().filter(|wrap| wrap.purpose == purpose).count();
        wraps.len() <= limit::WRAPS_MAX
            && count(WrapPurpose::Password) == 1
            && count(WrapPurpose::Recovery) <= 1
            && wraps.iter().all(|wrap| {
                wrap.generation == self.generation && codec::encode(wrap).len() <= limit::WRAP_BYTES_MAX
            })
    }
}

/// What the recovery key signs, under [`label::RECOVERY_PROOF`], to be given its wrap: the
/// server's nonce and the registration request that comes along.
#[must_use]
pub fn recovery_proof_bytes(
    organisation: OrganisationId,
    realm: RealmId,
    nonce: &[u8; 32],
    request: &[u8],
) -> Vec<u8> {
    codec::encode(&(Suite::CURRENT, organisation, realm, *nonce, request))
}

/// What an invitation's key signs, under [`label::INVITATION_START`], to prove that its secret is
/// known before the server starts a registration.
#[must_use]
pub fn invitation_start_bytes(
    organisation: OrganisationId,
    invitation: InvitationId,
    request: &[u8],
) -> Vec<u8> {
    codec::encode(&(Suite::CURRENT, organisation, invitation, request))
}
