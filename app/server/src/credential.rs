//! Credentials: checked as a whole, because a bearer token alone must change none of them (P19).

use crate::{
    app::{App, PendingRegistration},
    error::ApiError,
    login,
};
use beistand_domain::{clock::Seconds, record::Account};
use beistand_protocol::{
    api::{Credentials, LookUp, SessionKind},
    error::Code,
    id::{OrganisationId, RealmId},
    limit::STATE_BYTES_MAX,
    login::LoginIdentity,
    signature::VerifyKey,
    wrap::{AccountChange, AccountFacts, ChangeParts, ChangePurpose},
};

/// Checks a change with everything that came along.
///
/// # Errors
/// [`Code::TooLarge`], [`Code::Conflict`] when the generation is another one by now,
/// [`Code::StatementRefused`] for everything else.
pub(crate) fn check(
    credentials: &Credentials,
    facts: &AccountFacts,
    purpose: ChangePurpose,
    epochs: Option<&[Vec<u8>]>,
) -> Result<AccountChange, ApiError> {
    if credentials.state.0.len() > STATE_BYTES_MAX {
        return Err(Code::TooLarge.into());
    }
    let parts = ChangeParts {
        record: Some(&credentials.record),
        wraps: Some(&credentials.wraps),
        state: Some(&credentials.state.0),
        epochs,
    };
    let change = credentials.change.verify(facts, &parts).map_err(|error| {
        log::info!("an account change was refused: {}", crate::log_sink::Chain(&error));
        match error {
            beistand_protocol::wrap::ChangeError::Generation => Code::Conflict,
            _ => Code::StatementRefused,
        }
    })?;
    if change.purpose == purpose { Ok(change) } else { Err(Code::StatementRefused.into()) }
}

/// Checks the credentials of a new account and makes its record.
///
/// # Errors
/// As [`check`]; [`Code::Malformed`] for the OPAQUE record.
pub(crate) fn new_account(
    pending: &PendingRegistration,
    credentials: &Credentials,
    kind: SessionKind,
    now_s: Seconds,
) -> Result<Account, ApiError> {
    let identity = &pending.identity;
    let facts = AccountFacts {
        organisation: identity.organisation,
        realm: identity.realm,
        account: pending.account,
        nonce: pending.nonce,
        generation: 0,
        account_key: None,
        recovery_key: None,
    };
    let change = check(credentials, &facts, ChangePurpose::Register, None)?;
    Ok(Account {
        id: pending.account,
        realm: identity.realm,
        look_up: pending.keyed_look_up,
        suite: identity.suite.number(),
        generation: change.generation,
        kind,
        record: login::finish_registration(&credentials.record)?,
        signing_key: *change.account_key.ok_or(Code::StatementRefused)?.as_bytes(),
        recovery_key: change.recovery_key.map(|key| *key.as_bytes()),
        wraps: credentials.wraps.clone(),
        created_s: now_s,
        last_contact_s: now_s,
    })
}

/// What is known of an account that is about to change.
///
/// # Errors
/// [`Code::Internal`] for stored keys that are none.
pub(crate) fn facts(
    account: &Account,
    organisation: OrganisationId,
    nonce: [u8; 32],
) -> Result<AccountFacts, ApiError> {
    let key = |bytes: [u8; 32]| VerifyKey::try_from(bytes).map_err(|_| Code::Internal);
    Ok(AccountFacts {
        organisation,
        realm: account.realm,
        account: account.id,
        nonce,
        generation: account.generation,
        account_key: Some(key(account.signing_key)?),
        recovery_key: account.recovery_key.map(key).transpose()?,
    })
}

/// A name's place: what both ends bind to, and the value under which it is stored.
pub(crate) struct Name {
    pub(crate) identity: LoginIdentity,
    pub(crate) keyed_look_up: [u8; 32],
    pub(crate) set_up: std::sync::Arc<login::RealmSetUp>,
}

/// Finds a name's place.
///
/// # Errors
/// [`Code::UnknownSuite`], [`Code::NotFound`] for a realm that is none.
pub(crate) fn name(
    app: &App,
    suite: u16,
    organisation: OrganisationId,
    look_up: &LookUp,
) -> Result<Name, ApiError> {
    Ok(Name {
        identity: login::identity(suite, organisation, look_up)?,
        keyed_look_up: app.login.keyed_look_up(look_up),
        set_up: app.login.realm(look_up.realm).ok_or(Code::NotFound)?,
    })
}

/// The site of a seeker's realm.
///
/// # Errors
/// [`Code::NotFound`] for the staff's realm or an unknown site.
pub(crate) fn site_of(app: &App, realm: RealmId) -> Result<beistand_protocol::id::SiteId, ApiError> {
    let site = realm.site().ok_or(Code::NotFound)?;
    app.verified()?.log.state().site(site).map(|site| site.site).ok_or_else(|| Code::NotFound.into())
}
