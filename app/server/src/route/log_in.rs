//! Log-in, in two steps. Nothing tells a name that exists from one that does not.

use super::account::countersigned;
use crate::{
    app::{App, PendingLogIn},
    body::{Answer, Body, Reply},
    credential::name,
    directory::is_removed,
    error::ApiError,
    listen::ClientAddress,
    login,
    random::draw,
    second_factor,
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::{
    record::Session,
    storage::{Change, CommitError, Refused},
};
use beistand_protocol::{
    api::{LogInFinish, LogInStart, LogInStarted, LoggedIn, SessionKind},
    error::Code,
    id::DeviceSessionId,
    wrap::WrapPurpose,
};
use std::sync::Arc;

/// `POST /api/v1/log-in/start`. Counted as a try whether the name exists and whatever follows:
/// with this answer a client can test one password.
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<LogInStart>,
) -> Answer<LogInStarted> {
    let steady_s = app.steady_s();
    let organisation = app.organisation()?;
    let name = name(&app, request.suite, organisation, &request.look_up)?;
    app.throttle.admit(Attempt::LogIn, steady_s, address, &request.look_up.value).await?;
    let account = app.storage.lookup_account_by_name(request.look_up.realm, &name.keyed_look_up)?;
    let (login, response) = login::start_login(
        &name.set_up,
        name.identity,
        account.as_ref().map(|account| &*account.record),
        &request.request,
        &name.keyed_look_up,
        &*app.random,
    )?;
    let pending = PendingLogIn {
        login,
        look_up: request.look_up.value,
        account: account.map(|account| (account.id, account.generation)),
    };
    let ticket = app.log_ins.issue(steady_s, &*app.random, pending);
    Ok(Reply(LogInStarted { ticket, response }))
}

/// `POST /api/v1/log-in/finish`
pub async fn finish(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(LogInFinish { ticket, finalization, code }): Body<LogInFinish>,
) -> Answer<LoggedIn> {
    let now_s = app.now_s();
    let pending = app.log_ins.take(app.steady_s(), &ticket).ok_or(Code::WrongCredentials)?;
    let token_hash = login::finish_login(pending.login, &finalization)?;
    let (id, generation) = pending.account.ok_or(Code::WrongCredentials)?;
    let account = app.storage.lookup_account(id)?.filter(|account| account.generation == generation);
    let account = account.ok_or(Code::WrongCredentials)?;
    if let SessionKind::Staff(person) = account.kind
        && is_removed(Some(&app.verified()?.log), person)
    {
        return Err(Code::Revoked.into());
    }
    // Before the try is forgiven: who knows a passphrase alone gets no more of them for that.
    let factor = second_factor::admit(&app, id, generation, code)?;
    app.throttle.succeeded(Attempt::LogIn, address, &pending.look_up);
    let session = Session {
        token_hash,
        account: id,
        kind: account.kind,
        device_session: DeviceSessionId(draw(&*app.random)),
        created_s: now_s,
        used_s: now_s,
    };
    let device_session = session.device_session;
    let contact = Change::AccountTouch { account: id, contact_s: app.stamp_s() };
    let changes = factor.into_iter().chain([Change::SessionAdd(session), contact]).collect();
    app.commit(changes).await.map_err(|error| match error {
        // Another log-in was faster with the same number.
        CommitError::Refused(Refused::VersionMoved) => Code::SecondFactorWrong.into(),
        error => ApiError::from(error),
    })?;
    let state = app.storage.lookup_state(id)?.ok_or(ApiError::from(Code::Internal))?;
    // New credentials may have come in between and have ended all sessions but this one.
    if app.storage.lookup_account(id)?.is_none_or(|now| now.generation != generation) {
        app.commit(vec![Change::SessionRemove(token_hash)]).await?;
        return Err(Code::WrongCredentials.into());
    }
    let wrap = account.wraps.into_iter().find(|wrap| wrap.purpose == WrapPurpose::Password);
    Ok(Reply(LoggedIn {
        account: id,
        kind: account.kind,
        device_session,
        generation,
        wrap: wrap.ok_or(Code::Internal)?,
        state: state.sealed,
        state_version: state.version,
        countersigned: countersigned(&app, account.kind),
    }))
}
