//! New keys while logged in, in two steps: everything sealed, then a new generation in one commit.
//! A token opens the first step only; the second needs the account key's signature (P19).

use crate::{
    app::{App, PendingChange, RECOVERY_TTL_S, Wish},
    body::{Answer, Body, Reply},
    caller::Caller,
    credential::name,
    listen::ClientAddress,
    login,
    random::draw,
    rotation::{Rotation, rotate},
    throttle::Attempt,
};
use axum::extract::State;
use beistand_protocol::{
    api::{RotationFinish, RotationStart, RotationStarted},
    error::Code,
    wrap::ChangeSigner,
};
use std::sync::Arc;

/// `POST /api/v1/account/rotation/start`
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Caller(session): Caller,
    Body(request): Body<RotationStart>,
) -> Answer<RotationStarted> {
    let steady_s = app.steady_s();
    let account = app.storage.lookup_account(session.account)?.ok_or(Code::SessionExpired)?;
    let name = name(&app, request.suite, app.organisation()?, &request.look_up)?;
    if account.realm != request.look_up.realm || account.look_up != name.keyed_look_up {
        return Err(Code::Forbidden.into());
    }
    // It evaluates the password's function as a log-in does, so it counts as one.
    app.throttle.admit(Attempt::LogIn, steady_s, address, &request.look_up.value).await?;
    let response = login::start_registration(&name.set_up, &request.request, &name.keyed_look_up)?;
    let state = app.state_of(&account)?;
    let conversations = app.hub.list_of_seeker(account.id);
    let nonce = draw(&*app.random);
    let wish = Wish::Keys { look_up: request.look_up.value };
    let pending = PendingChange { account: account.id, nonce, wish };
    let ticket = app.account_changes.issue(steady_s, &*app.random, pending);
    Ok(Reply(RotationStarted {
        ticket,
        generation: account.generation,
        state: state.sealed,
        response,
        nonce,
        conversations,
        valid_s: RECOVERY_TTL_S as u32,
    }))
}

/// `POST /api/v1/account/rotation/finish`
pub async fn finish(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Caller(session): Caller,
    Body(request): Body<RotationFinish>,
) -> Answer<()> {
    let pending = app.account_changes.take(app.steady_s(), &request.ticket).ok_or(Code::StatementRefused)?;
    let Wish::Keys { look_up } = pending.wish else { return Err(Code::StatementRefused.into()) };
    if pending.account != session.account {
        return Err(Code::StatementRefused.into());
    }
    let account = app.storage.lookup_account(session.account)?.ok_or(Code::SessionExpired)?;
    let rotation = Rotation { credentials: request.credentials, appends: request.appends, log: request.log };
    rotate(&app, account, ChangeSigner::Account, app.organisation()?, pending.nonce, rotation).await?;
    app.throttle.succeeded(Attempt::LogIn, address, &look_up);
    Ok(Reply(()))
}
