//! The server's half of the log-in: OPAQUE (RFC 9807), and how names are looked up.
//!
//! Every step does the same work and answers the same bytes for a name that exists and for one
//! that does not: the record is missing only inside `opaque-ke`, which then takes a fake one.

mod set_up;

pub use set_up::{LoginSetUp, LoginSetUpError};

use crate::random::{ForOpaque, Random};
use beistand_protocol::{
    api::LookUp,
    error::Code,
    id::OrganisationId,
    login::{LoginIdentity, LoginSuite, LookupValue, session_token},
    signature::plain_digest,
    suite::Suite,
};
use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration, ServerSetup,
};
use zeroize::Zeroizing;

/// The OPAQUE keys of one realm.
pub(crate) type RealmSetUp = ServerSetup<LoginSuite>;

/// What both ends of a log-in agree on.
///
/// # Errors
/// [`Code::UnknownSuite`].
pub fn identity(suite: u16, organisation: OrganisationId, look_up: &LookUp) -> Result<LoginIdentity, Code> {
    let suite = Suite::try_from(suite).map_err(|_| Code::UnknownSuite)?;
    Ok(LoginIdentity { suite, organisation, realm: look_up.realm, lookup: LookupValue(look_up.value) })
}

/// Answers a registration request.
///
/// # Errors
/// [`Code::Malformed`].
pub fn start_registration(
    setup: &RealmSetUp,
    request: &[u8],
    keyed_look_up: &[u8; 32],
) -> Result<Vec<u8>, Code> {
    let request = RegistrationRequest::<LoginSuite>::deserialize(request).map_err(|_| Code::Malformed)?;
    ServerRegistration::<LoginSuite>::start(setup, request, keyed_look_up)
        .map(|start| start.message.serialize().to_vec())
        .map_err(|_| Code::Malformed)
}

/// The record to keep from an upload.
///
/// # Errors
/// [`Code::Malformed`].
pub fn finish_registration(upload: &[u8]) -> Result<Vec<u8>, Code> {
    let upload = RegistrationUpload::<LoginSuite>::deserialize(upload).map_err(|_| Code::Malformed)?;
    Ok(ServerRegistration::<LoginSuite>::finish(upload).serialize().to_vec())
}

/// A log-in between its two steps.
pub struct StartedLogin {
    state: ServerLogin<LoginSuite>,
    identity: LoginIdentity,
}

/// Answers a credential request (KE1) with KE2; `record` is `None` for a name that nobody has.
///
/// # Errors
/// [`Code::Malformed`] for the request, [`Code::Internal`] for a stored record that can't be read.
pub fn start_login(
    setup: &RealmSetUp,
    identity: LoginIdentity,
    record: Option<&[u8]>,
    request: &[u8],
    keyed_look_up: &[u8; 32],
    random: &dyn Random,
) -> Result<(StartedLogin, Vec<u8>), Code> {
    let request = CredentialRequest::<LoginSuite>::deserialize(request).map_err(|_| Code::Malformed)?;
    let record =
        record.map(ServerRegistration::<LoginSuite>::deserialize).transpose().map_err(|_| Code::Internal)?;
    let context = identity.context();
    let start = ServerLogin::<LoginSuite>::start(
        &mut ForOpaque(random),
        setup,
        record,
        request,
        keyed_look_up,
        ServerLoginParameters { context: Some(&context), identifiers: identity.identifiers() },
    )
    .map_err(|_| Code::Malformed)?;
    Ok((StartedLogin { state: start.state, identity }, start.message.serialize().to_vec()))
}

/// Checks KE3; returns SHA-256 of the session's token, which is all that is kept of it.
///
/// # Errors
/// [`Code::Malformed`], [`Code::WrongCredentials`].
pub fn finish_login(started: StartedLogin, finalization: &[u8]) -> Result<[u8; 32], Code> {
    let message =
        CredentialFinalization::<LoginSuite>::deserialize(finalization).map_err(|_| Code::Malformed)?;
    let context = started.identity.context();
    let identifiers = started.identity.identifiers();
    let finish = started
        .state
        .finish(message, ServerLoginParameters { context: Some(&context), identifiers })
        .map_err(|_| Code::WrongCredentials)?;
    let token = Zeroizing::new(session_token(&finish.session_key));
    Ok(token_hash(&token))
}

/// What is kept of a token.
#[must_use]
pub fn token_hash(token: &[u8; 32]) -> [u8; 32] {
    plain_digest(token).0
}
