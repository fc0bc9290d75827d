//! Set-up: from a box that nobody owns to an organisation, in one commit, by the claim code.

use super::registration::begin;
use crate::{
    app::{App, RegistrationReason},
    body::{Answer, Body, Reply},
    credential::{name, new_account},
    error::ApiError,
    listen::ClientAddress,
    organisation_pin,
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::{
    record::SettingKey,
    storage::{Change, CommitError, Refused},
};
use beistand_protocol::{
    api::{RegistrationStarted, SessionKind, SetUpFinish, SetUpStart},
    error::Code,
    id::RealmId,
    limit::LOG_APPEND_ENTRIES_MAX,
};
use std::sync::Arc;

/// The hash that the claim code must have, while the box is not set up.
fn claim_hash(app: &App) -> Result<Vec<u8>, ApiError> {
    if app.directory.verified().is_some() {
        return Err(Code::AlreadySetUp.into());
    }
    app.storage.lookup_setting(SettingKey::ClaimCodeHash)?.ok_or_else(|| Code::AlreadySetUp.into())
}

/// `POST /api/v1/set-up/start`
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<SetUpStart>,
) -> Answer<RegistrationStarted> {
    let steady_s = app.steady_s();
    let hash = claim_hash(&app)?;
    app.throttle.admit(Attempt::Claim, steady_s, address, &[0; 32]).await?;
    app.claim.check(&request.claim_code, &hash, steady_s).map_err(|(code, wait_s)| match wait_s {
        Some(wait_s) => ApiError::wait(code, wait_s),
        None => code.into(),
    })?;
    app.throttle.succeeded(Attempt::Claim, address, &[0; 32]);
    if request.look_up.realm != RealmId::STAFF {
        return Err(Code::Malformed.into());
    }
    let name = name(&app, request.suite, request.organisation, &request.look_up)?;
    begin(&app, name, &request.request, RegistrationReason::SetUp).map(Reply)
}

/// `POST /api/v1/set-up/finish`
pub async fn finish(State(app): State<Arc<App>>, Body(request): Body<SetUpFinish>) -> Answer<()> {
    let now_s = app.now_s();
    let hash = claim_hash(&app)?;
    let pending = app.registrations.take(app.steady_s(), &request.ticket).ok_or(Code::SessionExpired)?;
    if pending.reason != RegistrationReason::SetUp {
        return Err(Code::Forbidden.into());
    }
    if request.entries.is_empty() || request.entries.len() > LOG_APPEND_ENTRIES_MAX {
        return Err(Code::Malformed.into());
    }
    let after = app.directory.check(&request.entries, &request.generations).map_err(|error| {
        log::warn!("set-up's log was refused: {}", crate::log_sink::Chain(&error));
        Code::StatementRefused
    })?;
    let state = after.log.state();
    // OPAQUE was bound to the organisation that the browser announced.
    if after.log.organisation() != pending.identity.organisation || !state.is_administrator(request.person) {
        return Err(Code::StatementRefused.into());
    }
    let kind = SessionKind::Staff(request.person);
    let account = new_account(&pending, &request.credentials, kind, now_s)?;
    app.login.ensure(after.sites.iter().map(|site| (*site).into()), &*app.random).map_err(|error| {
        log::error!("log-in set-up keys: {}", crate::log_sink::Chain(&error));
        Code::StorageUnavailable
    })?;
    let organisation = after.log.organisation();
    let mut changes = vec![
        Change::SettingExpect(SettingKey::ClaimCodeHash, Some(hash)),
        Change::SettingPut(SettingKey::ClaimCodeHash, None),
        Change::LogAppend { expected: None, entries: request.entries, head: after.log.head() },
    ];
    changes.extend(request.generations.into_iter().map(Change::GenerationAppend));
    changes.push(Change::AccountAdd { account, state: request.credentials.state });
    match app.commit(changes).await {
        Ok(_) => {}
        Err(CommitError::Refused(Refused::SettingMoved | Refused::HeadMoved)) => {
            return Err(Code::AlreadySetUp.into());
        }
        Err(error) => return Err(error.into()),
    }
    app.claim.forget();
    // It is done; a pin that can't be written now is written at the next start.
    if let Err(error) = organisation_pin::write(&app.options.data, organisation) {
        log::error!("the organisation's id could not be pinned: {}", crate::log_sink::Chain(&error));
    }
    log::info!("the box is set up");
    Ok(Reply(()))
}
