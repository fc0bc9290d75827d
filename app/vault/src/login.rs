//! The client's half of the log-in: OPAQUE (RFC 9807) registration and log-in.
//!
//! The password and its hash stay here. What the export key opens is only returned after the
//! server's part has verified. The expensive step (64 MiB, some 0.15 s on a PC) is `finish`.

use crate::{
    name::Password,
    random::{ForOpaque, Random},
    secret::{Secret, derive},
};
use beistand_protocol::login::{LoginIdentity, LoginStretch, LoginSuite, session_token};
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, RegistrationResponse,
};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a registration or log-in did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LoginError {
    /// The server's bytes are no OPAQUE message.
    #[error("the server's answer is malformed")]
    Malformed,
    /// Wrong password, unknown name, or not the server (organisation, realm, suite) it should be.
    #[error("wrong name or password")]
    Refused,
    /// The library failed; nothing to do with the password.
    #[error("log-in could not be computed")]
    Internal,
}

/// The key that only password and server together give; opens the password wrap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportKey(Secret);

impl ExportKey {
    fn new(bytes: &[u8]) -> Self {
        Self(derive(bytes, "beistand/1/export-key", &[]))
    }

    /// Seals and opens the password wrap.
    #[must_use]
    pub fn wrap_key(&self) -> Secret {
        self.0.derive("beistand/1/password-wrap", &[])
    }
}

/// The session's bearer token. Kept in the worker's memory; the server keeps its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(Zeroizing<[u8; 32]>);

impl SessionToken {
    /// The token's bytes, for the `Authorization` header or the first frame.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl core::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// A registration between its two steps.
pub struct Registration {
    state: ClientRegistration<LoginSuite>,
    password: Password,
}

/// A finished registration.
#[derive(Debug)]
pub struct Registered {
    /// The record to upload: `api::Credentials::record`.
    pub record: Vec<u8>,
    /// Seals the password wrap.
    pub export_key: ExportKey,
}

impl Registration {
    /// First step: the state, and the request to send.
    ///
    /// # Errors
    /// [`LoginError::Internal`].
    pub fn start(password: &Password, random: &mut dyn Random) -> Result<(Self, Vec<u8>), LoginError> {
        let start =
            ClientRegistration::<LoginSuite>::start(&mut ForOpaque(random), password.expose().as_bytes())
                .map_err(|_| LoginError::Internal)?;
        let request = start.message.serialize().to_vec();
        Ok((Self { state: start.state, password: password.clone() }, request))
    }

    /// Second step, with the server's response.
    ///
    /// # Errors
    /// [`LoginError`].
    pub fn finish(
        self,
        response: &[u8],
        identity: &LoginIdentity,
        random: &mut dyn Random,
    ) -> Result<Registered, LoginError> {
        let response = RegistrationResponse::deserialize(response).map_err(|_| LoginError::Malformed)?;
        let stretch = LoginStretch::new(identity.suite);
        let finish = self
            .state
            .finish(
                &mut ForOpaque(random),
                self.password.expose().as_bytes(),
                response,
                ClientRegistrationFinishParameters::new(identity.identifiers(), Some(&stretch)),
            )
            .map_err(|_| LoginError::Internal)?;
        Ok(Registered {
            record: finish.message.serialize().to_vec(),
            export_key: ExportKey::new(&finish.export_key),
        })
    }
}

/// A log-in between its two steps.
pub struct Login {
    state: ClientLogin<LoginSuite>,
    password: Password,
}

/// A finished log-in.
#[derive(Debug)]
pub struct LoginFinished {
    /// The finalisation to send (KE3).
    pub finalization: Vec<u8>,
    /// Opens the password wrap.
    pub export_key: ExportKey,
    /// The session's token once the server has accepted the finalisation.
    pub token: SessionToken,
}

impl Login {
    /// First step: the state, and the request to send (KE1).
    ///
    /// # Errors
    /// [`LoginError::Internal`].
    pub fn start(password: &Password, random: &mut dyn Random) -> Result<(Self, Vec<u8>), LoginError> {
        let start = ClientLogin::<LoginSuite>::start(&mut ForOpaque(random), password.expose().as_bytes())
            .map_err(|_| LoginError::Internal)?;
        let request = start.message.serialize().to_vec();
        Ok((Self { state: start.state, password: password.clone() }, request))
    }

    /// Second step, with the server's response (KE2): checks the server, then returns the keys.
    ///
    /// # Errors
    /// [`LoginError::Refused`] for a wrong password or another server, otherwise as named.
    pub fn finish(
        self,
        response: &[u8],
        identity: &LoginIdentity,
        random: &mut dyn Random,
    ) -> Result<LoginFinished, LoginError> {
        let response = CredentialResponse::deserialize(response).map_err(|_| LoginError::Malformed)?;
        let stretch = LoginStretch::new(identity.suite);
        let context = identity.context();
        let finish = self
            .state
            .finish(
                &mut ForOpaque(random),
                self.password.expose().as_bytes(),
                response,
                ClientLoginFinishParameters::new(Some(&context), identity.identifiers(), Some(&stretch)),
            )
            .map_err(|_| LoginError::Refused)?;
        Ok(LoginFinished {
            finalization: finish.message.serialize().to_vec(),
            export_key: ExportKey::new(&finish.export_key),
            token: SessionToken(Zeroizing::new(session_token(&finish.session_key))),
        })
    }
}
