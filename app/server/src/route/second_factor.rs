//! The caller's second factor: on and off by a statement that the account key signs, with a number of the app.

use crate::{
    app::{App, PendingChange, Wish},
    body::{Answer, Body, Reply},
    caller::Caller,
    credential::facts,
    random::draw,
    second_factor::{is_demanded, step_of, use_up},
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::{record::SecondFactor, storage::Change};
use beistand_protocol::{
    error::Code,
    label,
    second_factor::{SecondFactorPut, SecondFactorStarted, SecondFactorView, second_factor_bytes},
};
use std::sync::Arc;

/// `GET /api/v1/account/second-factor`
pub async fn show(State(app): State<Arc<App>>, Caller(session): Caller) -> Answer<SecondFactorView> {
    let factor = app.storage.lookup_second_factor(session.account)?;
    Ok(Reply(SecondFactorView { since_s: factor.map(|factor| factor.since_s) }))
}

/// `POST /api/v1/account/second-factor/start`
pub async fn start(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Body(()): Body<()>,
) -> Answer<SecondFactorStarted> {
    let nonce = draw(&*app.random);
    let pending = PendingChange { account: session.account, nonce, wish: Wish::SecondFactor };
    let ticket = app.account_changes.issue(app.steady_s(), &*app.random, pending);
    Ok(Reply(SecondFactorStarted { ticket, nonce }))
}

/// `POST /api/v1/account/second-factor`. A number is counted as a try, whatever comes of it.
pub async fn put(
    State(app): State<Arc<App>>,
    address: crate::listen::ClientAddress,
    Caller(session): Caller,
    Body(request): Body<SecondFactorPut>,
) -> Answer<()> {
    let SecondFactorPut { ticket, secret, code, signature } = request;
    let (id, now_s) = (session.account, app.now_s());
    let pending = app.account_changes.take(app.steady_s(), &ticket).ok_or(Code::StatementRefused)?;
    if pending.account != id || pending.wish != Wish::SecondFactor {
        return Err(Code::StatementRefused.into());
    }
    app.throttle.admit(Attempt::SecondFactor, app.steady_s(), address, &account_value(id)).await?;
    let organisation = app.organisation()?;
    let account = app.storage.lookup_account(id)?.ok_or(Code::SessionExpired)?;
    let key = facts(&account, organisation, pending.nonce)?.account_key.ok_or(Code::Internal)?;
    let bytes = second_factor_bytes(organisation, id, &pending.nonce, secret);
    key.verify(label::SECOND_FACTOR, &bytes, &signature).map_err(|_| Code::StatementRefused)?;
    let before = app.storage.lookup_second_factor(id)?;
    let next = match (secret, before) {
        (Some(secret), _) => {
            let used_step = step_of(secret, code, now_s).ok_or(Code::SecondFactorWrong)?;
            Some(SecondFactor { secret, used_step, since_s: now_s })
        }
        (None, Some(_)) if is_demanded(&app) => return Err(Code::SecondFactorDemanded.into()),
        (None, Some(before)) => {
            use_up(before, code, now_s)?;
            None
        }
        (None, None) => return Ok(Reply(())),
    };
    app.commit(vec![Change::SecondFactorPut { account: id, expected: before, next }]).await?;
    app.throttle.succeeded(Attempt::SecondFactor, address, &account_value(id));
    Ok(Reply(()))
}

/// What tries are counted by.
fn account_value(account: beistand_protocol::id::AccountId) -> [u8; 32] {
    let mut value = [0; 32];
    value[..account.0.len()].copy_from_slice(&account.0);
    value
}
