//! Keys for a reload, and the ways to end a session.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    error::ApiError,
    listen::ClientAddress,
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{ResumePark, ResumeTake, ResumeTaken, Revoke},
    error::Code,
    signature::plain_digest,
};
use std::sync::Arc;

/// `POST /api/v1/resume/park`
pub async fn park(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Body(request): Body<ResumePark>,
) -> Answer<()> {
    let ResumePark { handle_hash, key, revoke_hash } = request;
    match app.resumes.park(session.token_hash, handle_hash, key, revoke_hash, app.steady_s()) {
        true => Ok(Reply(())),
        false => Err(Code::TooManyTries.into()),
    }
}

/// `POST /api/v1/resume/take`
pub async fn take(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(ResumeTake { handle }): Body<ResumeTake>,
) -> Answer<ResumeTaken> {
    let steady_s = app.steady_s();
    app.throttle.admit(Attempt::Resume, steady_s, address, &[0; 32]).await?;
    let (session, key) =
        app.resumes.take(&plain_digest(&handle).0, steady_s).ok_or(ApiError::from(Code::SessionExpired))?;
    // The session may have ended without the memory of it.
    app.use_session(&session)?;
    app.throttle.succeeded(Attempt::Resume, address, &[0; 32]);
    Ok(Reply(ResumeTaken { key }))
}

/// `POST /api/v1/revoke`: quick exit. The answer is the same whether there was a session.
pub async fn revoke(State(app): State<Arc<App>>, Body(Revoke { handle }): Body<Revoke>) -> Answer<()> {
    if let Some(session) = app.resumes.find_revoke(&plain_digest(&handle).0) {
        end(&app, session).await?;
    }
    Ok(Reply(()))
}

/// `POST /api/v1/log-out`
pub async fn log_out(State(app): State<Arc<App>>, Caller(session): Caller) -> Answer<()> {
    end(&app, session.token_hash).await?;
    Ok(Reply(()))
}

/// Ends a session, and what its device was to show.
///
/// # Errors
/// Storage.
pub(crate) async fn end(app: &App, session: crate::session::TokenHash) -> Result<(), ApiError> {
    // A device that somebody has left shows nothing more.
    let left = app.storage.lookup_session(&session)?;
    let devices = left.map(|left| app.notices.devices_at(left.device_session)).unwrap_or_default();
    // Memory first: even when the disk is full, nobody resumes.
    app.session_ended(&session, beistand_protocol::live::Ending::SessionEnded);
    let changes = devices.into_iter().map(Change::PushRemove).chain([Change::SessionRemove(session)]);
    app.commit(changes.collect()).await?;
    Ok(())
}
