//! The log-in's fixed parts, shared by both of its ends: the OPAQUE cipher suite (RFC 9807,
//! ristretto255-SHA512 with 3DH), its stretching, context, identities and session token.

use crate::{
    codec,
    id::{Digest, OrganisationId, RealmId},
    label,
    signature::{digest, labelled},
    suite::{Stretch, Suite},
};
use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use opaque_ke::{
    Ristretto255, TripleDh,
    errors::InternalError,
    generic_array::{ArrayLength, GenericArray},
    ksf::Ksf,
};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// OPAQUE as suite 1 fixes it.
pub struct LoginSuite;

impl opaque_ke::CipherSuite for LoginSuite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2_for_opaque::Sha512>;
    type Ksf = LoginStretch;
}

/// Argon2id with the suite's parameters. There is no way to make one with others, so that the
/// default that `opaque-ke` falls back to is the same.
#[derive(Debug, Clone, Copy)]
pub struct LoginStretch(Suite);

impl LoginStretch {
    /// The stretching of a suite.
    #[must_use]
    pub const fn new(suite: Suite) -> Self {
        Self(suite)
    }
}

impl Default for LoginStretch {
    fn default() -> Self {
        Self(Suite::CURRENT)
    }
}

impl Ksf for LoginStretch {
    fn hash<L: ArrayLength<u8>>(
        &self,
        input: GenericArray<u8, L>,
    ) -> Result<GenericArray<u8, L>, InternalError> {
        let stretch = self.0.login_stretch();
        let mut output = GenericArray::<u8, L>::default();
        if output.len() != stretch.output_bytes {
            return Err(InternalError::KsfError);
        }
        // RFC 9807 §7: the salt is 16 zero bytes; the input is already salted by the OPRF.
        argon2id(&stretch, &input, &[0; 16], &mut output).map_err(|()| InternalError::KsfError)?;
        Ok(output)
    }
}

/// Argon2id v19 with given parameters, no secret and no associated data.
///
/// # Errors
/// `Err(())` if the parameters, the salt (at least 8 bytes) or the output length do not fit.
#[allow(clippy::result_unit_err)]
pub fn argon2id(stretch: &Stretch, input: &[u8], salt: &[u8], output: &mut [u8]) -> Result<(), ()> {
    #[cfg(feature = "simulation")]
    let stretch = &simulation::cheap(stretch);
    let params = Params::new(stretch.memory_kib, stretch.passes, stretch.lanes, Some(stretch.output_bytes))
        .map_err(drop)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(input, salt, output)
        .map_err(drop)
}

/// Cheap key stretching, for a simulation that logs in thousands of times.
#[cfg(feature = "simulation")]
pub mod simulation {
    use crate::suite::Stretch;
    use std::cell::Cell;

    std::thread_local! {
        static CHEAP: Cell<bool> = const { Cell::new(false) };
    }

    /// From now on whatever this thread stretches costs next to nothing, and protects nothing. Both ends of a
    /// log-in must run on this thread. Other threads of the process go on as suite 1 says.
    pub fn dangerous_stretch_cheaply_on_this_thread() {
        CHEAP.set(true);
    }

    pub(super) fn cheap(stretch: &Stretch) -> Stretch {
        if CHEAP.get() { Stretch { memory_kib: 8, passes: 1, ..*stretch } } else { *stretch }
    }
}

/// The look-up value of a name: sent to the server instead of the name, which applies an HMAC
/// with a key of its own and keeps only that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LookupValue(pub [u8; 32]);

/// Salt of the look-up value's Argon2id.
#[must_use]
pub fn lookup_salt(organisation: OrganisationId, realm: RealmId) -> Digest {
    digest(label::LOOKUP_SALT, &codec::encode(&(organisation, realm)))
}

/// What both ends must agree on, or the log-in fails: product and suite by the label and number,
/// where the account lives, and which account is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginIdentity {
    /// The suite.
    pub suite: Suite,
    /// The organisation: OPAQUE's server identity.
    pub organisation: OrganisationId,
    /// The realm.
    pub realm: RealmId,
    /// The account's look-up value: OPAQUE's client identity.
    pub lookup: LookupValue,
}

impl LoginIdentity {
    /// OPAQUE's `context`.
    #[must_use]
    pub fn context(&self) -> Vec<u8> {
        labelled(
            label::LOGIN_CONTEXT,
            &codec::encode(&(self.suite, self.organisation, self.realm, self.lookup)),
        )
    }

    /// OPAQUE's identities.
    #[must_use]
    pub fn identifiers(&self) -> opaque_ke::Identifiers<'_> {
        opaque_ke::Identifiers { client: Some(&self.lookup.0), server: Some(&self.organisation.0) }
    }
}

/// The bearer token of a session, 32 bytes, derived by both ends from OPAQUE's session key.
/// The server keeps only its SHA-256.
#[must_use]
#[allow(clippy::expect_used)]
pub fn session_token(session_key: &[u8]) -> [u8; 32] {
    let mut token = [0; 32];
    Hkdf::<Sha256>::new(None, session_key)
        .expand(label::LOGIN_TOKEN.as_bytes(), &mut token)
        .expect("32 bytes are within HKDF's limit");
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9106, section 5.3 uses a secret and associated data, which nothing here does; this
    /// vector is that of the reference implementation's test.c for Argon2id v19.
    #[test]
    fn p10_argon2id_matches_the_reference() {
        let stretch = Stretch { memory_kib: 65_536, passes: 2, lanes: 1, output_bytes: 32 };
        let mut output = [0; 32];
        argon2id(&stretch, b"password", b"somesalt", &mut output).unwrap();
        let hex: String = output.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    #[test]
    fn p10_the_silent_default_is_the_suite() {
        let input: GenericArray<u8, opaque_ke::generic_array::typenum::U64> =
            GenericArray::clone_from_slice(&[7; 64]);
        let explicit = LoginStretch::new(Suite::One).hash(input).unwrap();
        assert_eq!(LoginStretch::default().hash(input).unwrap(), explicit);
        // What the argon2 crate would have done when asked for its default differs.
        assert_ne!(Argon2::default().hash(input).unwrap(), explicit);
    }
}
