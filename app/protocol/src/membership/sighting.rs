//! Sightings: a staff browser signs which head of the log it was shown, at log-in and every six
//! hours, so that a server can't show different logs to different people for long (P14).

use super::{body::Freshness, log::Log, state::State};
use crate::{
    api::LogHead,
    codec,
    id::{KeyId, OrganisationId, PersonId},
    label,
    signature::{Signature, SignatureError},
    suite::Suite,
};
use serde::{Deserialize, Serialize};

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who saw it.
    pub person: PersonId,
    /// By which key.
    pub key: KeyId,
    /// What was seen.
    pub head: LogHead,
    /// When, milliseconds since 1970.
    pub claimed_time_ms: u64,
}

/// A sighting as sent: `api::SightingPut::sighting` is its encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedSighting {
    /// The encoded [`Sighting`].
    pub sighting: Vec<u8>,
    /// Over [`label::SIGHTING`] and the bytes.
    pub signature: Signature,
}

/// Why a sighting was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SightingError {
    /// Not a sighting.
    #[error("sighting could not be read")]
    Malformed(#[source] codec::DecodeError),
    /// Of another organisation, or by a key that was not in force.
    #[error("sighting by an unknown key")]
    UnknownKey,
    /// Signature does not verify.
    #[error("sighting does not verify")]
    Signature(#[source] SignatureError),
    /// The head is beyond the known log: fetch the log, then look again.
    #[error("sighting is ahead of the known log")]
    Ahead,
    /// Well signed by a colleague, for a head that this log never had: somebody was shown another
    /// log. Hard stop.
    #[error("a colleague was shown another log")]
    Fork,
}

impl SignedSighting {
    /// Verifies a sighting against the own log.
    ///
    /// # Errors
    /// [`SightingError`]; [`SightingError::Fork`] is proof of a lie.
    pub fn verify(&self, log: &Log) -> Result<Sighting, SightingError> {
        let sighting: Sighting = codec::decode(&self.sighting).map_err(SightingError::Malformed)?;
        // The key in force at the head seen; in a fork, the key known now.
        let state = log.at(&sighting.head).unwrap_or(log.state());
        let person = state.person(sighting.person).filter(|person| person.key() == sighting.key);
        let person = person.ok_or(SightingError::UnknownKey)?;
        if sighting.organisation != log.organisation() {
            return Err(SightingError::UnknownKey);
        }
        person
            .keys()
            .signing
            .verify(label::SIGHTING, &self.sighting, &self.signature)
            .map_err(SightingError::Signature)?;
        if log.contradicts(&sighting.head) {
            return Err(SightingError::Fork);
        }
        if sighting.head.length > log.head().length {
            return Err(SightingError::Ahead);
        }
        Ok(sighting)
    }
}

/// How recently colleagues confirmed the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadFreshness {
    /// Recently.
    Fresh,
    /// Longer ago than the limit: say so.
    Banner,
    /// Very long ago: seal to the leads' own keys only.
    LeadsOnly,
}

/// A sighting that claims to be further ahead of the own clock than this does not count: a
/// colleague's clock that is years ahead must not keep a head fresh for years.
const AHEAD_MS_MAX: u64 = DAY_MS;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// When the newest head was last confirmed, milliseconds since 1970: by its own entry's time, or by
/// verified sightings of people who are active now. The word of whoever judges (`judge`) does not
/// count, unless nobody else is there to confirm anything: it says only what this browser was shown.
#[must_use]
pub fn head_confirmed_ms(state: &State, sightings: &[Sighting], judge: Option<PersonId>, now_ms: u64) -> u64 {
    let alone = !state.people().any(|person| Some(person.id()) != judge);
    sightings
        .iter()
        .filter(|sighting| sighting.head == state.head())
        .filter(|sighting| state.person(sighting.person).is_some_and(|person| person.key() == sighting.key))
        .filter(|sighting| alone || Some(sighting.person) != judge)
        .map(|sighting| sighting.claimed_time_ms)
        .filter(|claimed_ms| *claimed_ms <= now_ms.saturating_add(AHEAD_MS_MAX))
        .fold(state.head_time_ms(), u64::max)
}

/// Whole days since a head was last confirmed; none for a clock that is behind.
#[must_use]
pub fn head_days(confirmed_ms: u64, now_ms: u64) -> u64 {
    now_ms.saturating_sub(confirmed_ms) / DAY_MS
}

/// Judges how long ago the head was confirmed ([`head_confirmed_ms`]).
#[must_use]
pub fn head_freshness(limits: Freshness, confirmed_ms: u64, now_ms: u64) -> HeadFreshness {
    let days = head_days(confirmed_ms, now_ms);
    if days >= u64::from(limits.leads_only_days) {
        HeadFreshness::LeadsOnly
    } else if days >= u64::from(limits.banner_days) {
        HeadFreshness::Banner
    } else {
        HeadFreshness::Fresh
    }
}
