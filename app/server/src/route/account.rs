//! The account of the session, and its sealed state.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::is_active,
    error::ApiError,
};
use axum::extract::State;
use beistand_domain::storage::{Change, Output};
use beistand_protocol::{
    api::{AccountView, SessionKind, StateWrite, StateWritten},
    error::Code,
    limit::STATE_BYTES_MAX,
};
use std::sync::Arc;

/// `GET /api/v1/account`
pub async fn show(State(app): State<Arc<App>>, Caller(session): Caller) -> Answer<AccountView> {
    let account = app.storage.lookup_account(session.account)?.ok_or(Code::SessionExpired)?;
    let state = app.storage.lookup_state(session.account)?.ok_or(Code::Internal)?;
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

/// Whether the log knows this staff account's person; seekers need nobody's signature.
pub(crate) fn countersigned(app: &App, kind: SessionKind) -> bool {
    match kind {
        SessionKind::Seeker(_) => true,
        SessionKind::Staff(person) => {
            is_active(app.directory.verified().as_ref().map(|verified| &verified.log), person)
        }
    }
}
