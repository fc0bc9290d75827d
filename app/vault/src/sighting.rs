//! Signing which head of the membership log this browser was shown (P14).

use crate::secret::SigningKey;
use beistand_protocol::{
    codec,
    id::PersonId,
    label,
    membership::{Sighting, SignedSighting, State},
    suite::Suite,
};

/// How often a staff browser signs a sighting while it is open, milliseconds.
pub const SIGHTING_INTERVAL_MS: u64 = 6 * 60 * 60 * 1000;

/// Signs the newest head: at log-in and every [`SIGHTING_INTERVAL_MS`].
/// `api::SightingPut::sighting` is the encoding.
#[must_use]
pub fn make_sighting(state: &State, person: PersonId, key: &SigningKey, now_ms: u64) -> SignedSighting {
    let sighting = codec::encode(&Sighting {
        suite: Suite::CURRENT,
        organisation: state.organisation(),
        person,
        key: key.verify_key().id(),
        head: state.head(),
        claimed_time_ms: now_ms,
    });
    let signature = key.sign(label::SIGHTING, &sighting);
    SignedSighting { sighting, signature }
}
