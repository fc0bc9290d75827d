//! The account of the session, and its sealed state.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::is_active,
    error::ApiError,
    route::resume::end,
    session::Verdict,
};
use axum::extract::State;
use beistand_domain::{
    record::Session,
    storage::{Change, Output},
};
use beistand_protocol::{
    api::{AccountView, SessionEnd, SessionKind, SessionLine, SessionList, StateWrite, StateWritten},
    error::Code,
    limit::STATE_BYTES_MAX,
};
use std::sync::Arc;

/// `GET /api/v1/account`
pub async fn show(State(app): State<Arc<App>>, Caller(session): Caller) -> Answer<AccountView> {
    let account = app.storage.lookup_account(session.account)?.ok_or(Code::SessionExpired)?;
    let state = app.state_of(&account)?;
    Ok(Reply(AccountView {
        account: account.id,
        kind: account.kind,
        generation: account.generation,
        state: state.sealed,
        state_version: state.version,
        countersigned: countersigned(&app, account.kind),
    }))
}

/// `POST /api/v1/account/state`
pub async fn write_state(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Body(request): Body<StateWrite>,
) -> Answer<StateWritten> {
    if request.state.0.len() > STATE_BYTES_MAX {
        return Err(Code::TooLarge.into());
    }
    let change = Change::StateWrite {
        account: session.account,
        expected_version: request.expected_version,
        state: request.state,
    };
    match app.commit(vec![change]).await?.first() {
        Some(Output::StateVersion(version)) => Ok(Reply(StateWritten { version: *version })),
        _ => Err(ApiError::from(Code::Internal)),
    }
}

/// `GET /api/v1/account/sessions`
pub async fn list_sessions(State(app): State<Arc<App>>, Caller(session): Caller) -> Answer<SessionList> {
    let now_s = app.now_s();
    let line = |known: Session| SessionLine {
        own: known.token_hash == session.token_hash,
        device_session: known.device_session,
        created_s: known.created_s,
        used_s: app.sessions.used_s(&known),
    };
    let mut sessions: Vec<SessionLine> = app
        .storage
        .list_sessions()?
        .into_iter()
        .filter(|known| known.account == session.account)
        .filter(|known| app.sessions.judge(known, now_s) != Verdict::Over)
        .map(line)
        .collect();
    sessions.sort_unstable_by_key(|line| (!line.own, core::cmp::Reverse(line.used_s)));
    Ok(Reply(SessionList { sessions }))
}

/// `POST /api/v1/account/sessions/end`
pub async fn end_session(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Body(SessionEnd { device_session }): Body<SessionEnd>,
) -> Answer<()> {
    let mut known = app.storage.list_sessions()?.into_iter();
    let meant = |known: &Session| known.account == session.account && known.device_session == device_session;
    // One that is gone already is where it was to be.
    if let Some(meant) = known.find(meant) {
        end(&app, meant.token_hash).await?;
    }
    Ok(Reply(()))
}

/// Whether the log knows this staff account's person; seekers need nobody's signature.
pub(crate) fn countersigned(app: &App, kind: SessionKind) -> bool {
    match kind {
        SessionKind::Seeker(_) => true,
        SessionKind::Staff(person) => {
            is_active(app.directory.verified().as_ref().map(|verified| &verified.log), person)
        }
    }
}
