//! Sign-up of seekers, in two steps, behind a proof of work.

use crate::{
    app::{App, PendingRegistration, RegistrationReason},
    body::{Answer, Body, Reply},
    credential::{Name, name, new_account, site_of},
    error::ApiError,
    listen::ClientAddress,
    login,
    random::draw,
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{RegistrationFinish, RegistrationStart, RegistrationStarted, SessionKind, WorkChallenge},
    error::Code,
    id::AccountId,
};
use std::sync::Arc;

/// `POST /api/v1/work`
pub async fn work(State(app): State<Arc<App>>, Body(()): Body<()>) -> Answer<WorkChallenge> {
    Ok(Reply(app.works.challenge(app.steady_s(), &*app.random)))
}

/// `POST /api/v1/registration/start`: says whether the name is taken, and costs work.
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<RegistrationStart>,
) -> Answer<RegistrationStarted> {
    let steady_s = app.steady_s();
    let organisation = app.organisation()?;
    site_of(&app, request.look_up.realm)?;
    let name = name(&app, request.suite, organisation, &request.look_up)?;
    app.works.check(steady_s, &request.work)?;
    app.throttle.admit(Attempt::SignUp, steady_s, address, &request.look_up.value).await?;
    if app.storage.lookup_account_by_name(request.look_up.realm, &name.keyed_look_up)?.is_some() {
        return Err(Code::NameTaken.into());
    }
    begin(&app, name, &request.request, RegistrationReason::SignUp).map(Reply)
}

/// Answers the first step of any registration.
pub(crate) fn begin(
    app: &App,
    name: Name,
    request: &[u8],
    reason: RegistrationReason,
) -> Result<RegistrationStarted, ApiError> {
    let response = login::start_registration(&name.set_up, request, &name.keyed_look_up)?;
    let (account, nonce) = (AccountId(draw(&*app.random)), draw(&*app.random));
    let pending = PendingRegistration {
        identity: name.identity,
        keyed_look_up: name.keyed_look_up,
        account,
        nonce,
        reason,
    };
    let ticket = app.registrations.issue(app.steady_s(), &*app.random, pending);
    Ok(RegistrationStarted { ticket, account, response, nonce })
}

/// `POST /api/v1/registration/finish`
pub async fn finish(
    State(app): State<Arc<App>>,
    Body(RegistrationFinish { ticket, credentials }): Body<RegistrationFinish>,
) -> Answer<()> {
    let now_s = app.stamp_s();
    let pending = app.registrations.take(app.steady_s(), &ticket).ok_or(Code::SessionExpired)?;
    if pending.reason != RegistrationReason::SignUp {
        return Err(Code::Forbidden.into());
    }
    let site = site_of(&app, pending.identity.realm)?;
    let account = new_account(&pending, &credentials, SessionKind::Seeker(site), now_s)?;
    app.commit(vec![Change::AccountAdd { account, state: credentials.state }]).await?;
    Ok(Reply(()))
}
