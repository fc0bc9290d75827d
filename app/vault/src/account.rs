//! The account secret and everything that grows from it.
//!
//! 32 random bytes with a generation. One HKDF label for each key; a seeker's keys are different
//! for each conversation, so that talks cannot be linked and signatures vanish with the talk.

use crate::{
    login::Registered,
    random::Random,
    recovery::RecoveryCode,
    seal::KemSecret,
    secret::{Secret, SigningKey},
    wrap::{self, Wrapped},
};
use beistand_protocol::{
    api::{Credentials, LogHead, Sealed},
    codec,
    id::{AccountId, ConversationId, Digest, OrganisationId, RealmId},
    label,
    signature::Signature,
    suite::Suite,
    wrap::{
        AccountChange, ChangePurpose, ChangeSigner, Part, SignedAccountChange, part_digest,
        recovery_proof_bytes,
    },
};

/// The root of an account's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSecret {
    secret: Secret,
    generation: u32,
}

/// A pair of keys with which somebody takes part: signs, and is sealed to.
#[derive(Debug, Clone)]
pub struct PartyKeys {
    /// Signs statements and messages.
    pub signing: SigningKey,
    /// Opens boxes.
    pub kem: KemSecret,
}

impl AccountSecret {
    /// Draws the secret of a new account (generation 1).
    pub fn draw(random: &mut dyn Random) -> Self {
        Self { secret: Secret::draw(random), generation: 1 }
    }

    /// Draws the secret of the next generation. Nothing of the former one is derivable from it.
    pub fn draw_next(&self, random: &mut dyn Random) -> Self {
        Self { secret: Secret::draw(random), generation: self.generation.saturating_add(1) }
    }

    pub(crate) fn from_parts(secret: Secret, generation: u32) -> Self {
        Self { secret, generation }
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The generation, from 1.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Signs credentials: the account key, known to the server.
    #[must_use]
    pub fn account_key(&self) -> SigningKey {
        self.secret.derive("beistand/1/account-signing", &[]).signing_key()
    }

    /// A staff person's keys as they stand in the membership log.
    #[must_use]
    pub fn person_keys(&self) -> PartyKeys {
        PartyKeys {
            signing: self.secret.derive("beistand/1/person-signing", &[]).signing_key(),
            kem: KemSecret::from_seed(self.secret.derive("beistand/1/person-kem", &[])),
        }
    }

    /// A seeker's keys in one conversation.
    #[must_use]
    pub fn conversation_keys(&self, conversation: ConversationId) -> PartyKeys {
        PartyKeys {
            signing: self.secret.derive("beistand/1/seeker-signing", conversation.as_bytes()).signing_key(),
            kem: KemSecret::from_seed(self.secret.derive("beistand/1/seeker-kem", conversation.as_bytes())),
        }
    }

    /// Seals the account state.
    #[must_use]
    pub fn state_key(&self) -> Secret {
        self.secret.derive("beistand/1/account-state", &[])
    }

    /// Seals private notes.
    #[must_use]
    pub fn notes_key(&self) -> Secret {
        self.secret.derive("beistand/1/notes", &[])
    }

    /// Seals the local search index.
    #[must_use]
    pub fn search_key(&self) -> Secret {
        self.secret.derive("beistand/1/search-index", &[])
    }
}

/// Where an account lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountPlace {
    /// The suite.
    pub suite: Suite,
    /// The organisation, as pinned.
    pub organisation: OrganisationId,
    /// Site or staff.
    pub realm: RealmId,
    /// The account.
    pub account: AccountId,
}

/// What the credentials of a new account, or of its next generation, are made from.
#[derive(Debug, Clone, Copy)]
pub struct NewCredentials<'a> {
    /// Where.
    pub place: AccountPlace,
    /// The (new) secret.
    pub secret: &'a AccountSecret,
    /// The finished OPAQUE registration of the (new) password.
    pub registered: &'a Registered,
    /// The (new) recovery code, if one is taken; a former one is never used again.
    pub recovery: Option<&'a RecoveryCode>,
    /// Fingerprint of the root key in force.
    pub root: Digest,
    /// Newest log head known: the floor for whoever opens the wraps.
    pub floor: LogHead,
    /// The server's nonce.
    pub nonce: [u8; 32],
}

/// Who signs the step to a next generation.
#[derive(Debug, Clone, Copy)]
pub enum Former<'a> {
    /// Logged in: the former account key.
    Account(&'a AccountSecret),
    /// The recovery code replaced the password; with the former secret's generation.
    Recovery(&'a RecoveryCode, u32),
}

/// Makes and signs the credentials of a new account (P19). `state` is sealed with the new
/// secret's [`AccountSecret::state_key`].
#[must_use]
pub fn register(new: &NewCredentials<'_>, state: Sealed, random: &mut dyn Random) -> Credentials {
    make(new, ChangePurpose::Register, None, state, &[], random)
}

/// Makes and signs the credentials of the next generation (P16). `appends` are the encoded
/// appends that re-seal the account's conversations in the same commit.
#[must_use]
pub fn rotate(
    new: &NewCredentials<'_>,
    former: Former<'_>,
    state: Sealed,
    appends: &[Vec<u8>],
    random: &mut dyn Random,
) -> Credentials {
    make(new, ChangePurpose::Rotate, Some(former), state, appends, random)
}

fn make(
    new: &NewCredentials<'_>,
    purpose: ChangePurpose,
    former: Option<Former<'_>>,
    state: Sealed,
    appends: &[Vec<u8>],
    random: &mut dyn Random,
) -> Credentials {
    let place = &new.place;
    let wrapped = Wrapped { secret: new.secret.clone(), root: new.root, floor: new.floor };
    let mut wraps = vec![wrap::for_password(&wrapped, place, &new.registered.export_key, random)];
    wraps.extend(new.recovery.map(|code| wrap::for_recovery(&wrapped, place, code, random)));
    let account_key = new.secret.account_key();
    let change = AccountChange {
        suite: place.suite,
        organisation: place.organisation,
        realm: place.realm,
        account: place.account,
        nonce: new.nonce,
        purpose,
        generation_before: match former {
            None => 0,
            Some(Former::Account(secret)) => secret.generation(),
            Some(Former::Recovery(_, generation)) => generation,
        },
        generation: new.secret.generation(),
        account_key: Some(account_key.verify_key()),
        recovery_key: new.recovery.map(|code| code.proof_key().verify_key()),
        record: Some(part_digest(Part::Record, &new.registered.record)),
        wraps: Some(part_digest(Part::Wraps, &codec::encode(&wraps))),
        state: Some(part_digest(Part::State, &state.0)),
        epochs: (!appends.is_empty()).then(|| part_digest(Part::Epochs, &codec::encode(appends))),
    };
    let bytes = codec::encode(&change);
    let by_new = account_key.sign(label::ACCOUNT_CHANGE, &bytes);
    let (signer, signature, new_key_signature) = match former {
        None => (ChangeSigner::Account, by_new, None),
        Some(Former::Account(secret)) => {
            (ChangeSigner::Account, secret.account_key().sign(label::ACCOUNT_CHANGE, &bytes), Some(by_new))
        }
        Some(Former::Recovery(code, _)) => {
            (ChangeSigner::Recovery, code.proof_key().sign(label::ACCOUNT_CHANGE, &bytes), Some(by_new))
        }
    };
    Credentials {
        change: SignedAccountChange { change: bytes, signer, signature, new_key_signature },
        record: new.registered.record.clone(),
        wraps,
        state,
    }
}

/// Signs the wish to destroy the account and its conversations.
#[must_use]
pub fn sign_deletion(place: &AccountPlace, secret: &AccountSecret, nonce: [u8; 32]) -> SignedAccountChange {
    let bytes = codec::encode(&AccountChange {
        suite: place.suite,
        organisation: place.organisation,
        realm: place.realm,
        account: place.account,
        nonce,
        purpose: ChangePurpose::Delete,
        generation_before: secret.generation(),
        generation: secret.generation(),
        account_key: None,
        recovery_key: None,
        record: None,
        wraps: None,
        state: None,
        epochs: None,
    });
    let signature = secret.account_key().sign(label::ACCOUNT_CHANGE, &bytes);
    SignedAccountChange { change: bytes, signer: ChangeSigner::Account, signature, new_key_signature: None }
}

/// Proves a recovery code to the server: `api::RecoveryProve::proof`.
#[must_use]
pub fn prove_recovery(
    code: &RecoveryCode,
    organisation: OrganisationId,
    realm: RealmId,
    nonce: &[u8; 32],
    request: &[u8],
) -> Signature {
    code.proof_key().sign(label::RECOVERY_PROOF, &recovery_proof_bytes(organisation, realm, nonce, request))
}

#[cfg(test)]
mod tests;
