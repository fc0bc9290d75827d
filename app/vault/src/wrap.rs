//! Wraps: the account secret sealed under something a person knows or has.
//!
//! A wrap also carries organisation id, root fingerprint and log floor, so that a clean browser
//! learns from its own wrap which organisation it must be talking to (P13) and which log it must
//! at least be shown (P14).

use crate::{
    account::{AccountPlace, AccountSecret},
    login::ExportKey,
    padding,
    random::{Random, draw},
    recovery::RecoveryCode,
    seal::{self, SealError},
    secret::Secret,
};
use beistand_protocol::{
    api::LogHead,
    codec,
    id::{Digest, OrganisationId},
    wrap::{Wrap, WrapId, WrapPurpose},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

const LABEL: &str = "beistand/1/wrap";
const PASSKEY_LABEL: &str = "beistand/1/passkey-wrap";

/// Why a wrap did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WrapError {
    /// Wrong key, or bytes that were changed or moved from elsewhere.
    #[error("wrap does not open")]
    Sealed(#[source] SealError),
    /// It opened to something else than an account secret.
    #[error("wrap content is malformed")]
    Malformed,
    /// The secret belongs to another organisation than the pinned one: hard stop.
    #[error("wrap belongs to another organisation")]
    OtherOrganisation,
    /// The server named another generation than the wrap holds.
    #[error("wrap is of another generation")]
    Generation,
}

/// What a wrap holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The account secret.
    pub secret: AccountSecret,
    /// Fingerprint of the root key that was in force when the wrap was made.
    pub root: Digest,
    /// The log head known then; a shorter or other log is a rollback.
    pub floor: LogHead,
}

#[derive(Serialize, Deserialize)]
struct Content {
    secret: [u8; 32],
    generation: u32,
    organisation: OrganisationId,
    root: Digest,
    floor: LogHead,
}

/// Wraps under the export key of a finished registration.
#[must_use]
pub fn for_password(
    wrapped: &Wrapped,
    place: &AccountPlace,
    key: &ExportKey,
    random: &mut dyn Random,
) -> Wrap {
    make(wrapped, place, WrapPurpose::Password, &key.wrap_key(), random)
}

/// Wraps under a recovery code.
#[must_use]
pub fn for_recovery(
    wrapped: &Wrapped,
    place: &AccountPlace,
    code: &RecoveryCode,
    random: &mut dyn Random,
) -> Wrap {
    make(wrapped, place, WrapPurpose::Recovery, &code.wrap_key(), random)
}

/// Wraps under a passkey's PRF output.
#[must_use]
pub fn for_passkey(
    wrapped: &Wrapped,
    place: &AccountPlace,
    output: &Secret,
    random: &mut dyn Random,
) -> Wrap {
    make(wrapped, place, WrapPurpose::Passkey, &output.derive(PASSKEY_LABEL, &[]), random)
}

fn make(
    wrapped: &Wrapped,
    place: &AccountPlace,
    purpose: WrapPurpose,
    key: &Secret,
    random: &mut dyn Random,
) -> Wrap {
    let id = WrapId(draw(random));
    let generation = wrapped.secret.generation();
    let content = Zeroizing::new(codec::encode(&Content {
        secret: *wrapped.secret.secret().expose(),
        generation,
        organisation: place.organisation,
        root: wrapped.root,
        floor: wrapped.floor,
    }));
    // One size, whatever the numbers inside.
    let padded = Zeroizing::new(padding::pad(&content));
    let associated = associated_data(place, purpose, generation, id);
    let locked = seal::lock(key, LABEL, &associated, &padded, random);
    Wrap { suite: place.suite, id, purpose, generation, locked }
}

fn associated_data(place: &AccountPlace, purpose: WrapPurpose, generation: u32, id: WrapId) -> Vec<u8> {
    Wrap::associated_data(place.suite, place.account, purpose, generation, id)
}

/// Opens the password wrap that a log-in returned.
///
/// # Errors
/// [`WrapError`]; [`WrapError::OtherOrganisation`] is a hard stop (P13).
pub fn open_with_export_key(
    place: &AccountPlace,
    wrap: &Wrap,
    key: &ExportKey,
) -> Result<Wrapped, WrapError> {
    open(place, WrapPurpose::Password, wrap, &key.wrap_key())
}

/// Opens the recovery wrap that a proven recovery returned.
///
/// # Errors
/// As [`open_with_export_key`].
pub fn open_with_code(place: &AccountPlace, wrap: &Wrap, code: &RecoveryCode) -> Result<Wrapped, WrapError> {
    open(place, WrapPurpose::Recovery, wrap, &code.wrap_key())
}

/// Opens a passkey's wrap.
///
/// # Errors
/// As [`open_with_export_key`].
pub fn open_with_passkey(place: &AccountPlace, wrap: &Wrap, output: &Secret) -> Result<Wrapped, WrapError> {
    open(place, WrapPurpose::Passkey, wrap, &output.derive(PASSKEY_LABEL, &[]))
}

fn open(place: &AccountPlace, purpose: WrapPurpose, wrap: &Wrap, key: &Secret) -> Result<Wrapped, WrapError> {
    let associated = associated_data(place, purpose, wrap.generation, wrap.id);
    let padded =
        Zeroizing::new(seal::unlock(key, LABEL, &associated, &wrap.locked).map_err(WrapError::Sealed)?);
    let bytes = padding::unpad(&padded).map_err(|_| WrapError::Malformed)?;
    let content: Content = codec::decode(bytes).map_err(|_| WrapError::Malformed)?;
    if content.organisation != place.organisation {
        return Err(WrapError::OtherOrganisation);
    }
    if content.generation != wrap.generation {
        return Err(WrapError::Generation);
    }
    Ok(Wrapped {
        secret: AccountSecret::from_parts(Secret::from_bytes(content.secret), content.generation),
        root: content.root,
        floor: content.floor,
    })
}
