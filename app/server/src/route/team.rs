//! Team generations.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
};
use axum::extract::{Path, State};
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{GenerationAppend, TeamGenerations},
    error::Code,
    id::TeamId,
};
use std::sync::Arc;

/// `GET /api/v1/team/{team}/generation`: seekers seal to the newest, members open old ones.
pub async fn list(State(app): State<Arc<App>>, Path(team): Path<String>) -> Answer<TeamGenerations> {
    let team = TeamId::from_hex(&team).ok_or(Code::NotFound)?;
    app.verified()?.log.state().team(team).ok_or(Code::NotFound)?;
    Ok(Reply(TeamGenerations { generations: app.storage.list_generations(team)? }))
}

/// `POST /api/v1/team/{team}/generation`: the verifier wants a member as author.
pub async fn append(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(GenerationAppend { generation }): Body<GenerationAppend>,
) -> Answer<()> {
    let person = caller.person()?;
    let team = TeamId::from_hex(&team).ok_or(Code::NotFound)?;
    let verified = app.verified()?;
    let known = verified.log.state().team(team).ok_or(Code::NotFound)?;
    if !known.is_member(person) {
        return Err(Code::Forbidden.into());
    }
    if generation.team != team {
        return Err(Code::Malformed.into());
    }
    let newest = verified.generations.newest(team).map_or(0, |newest| newest.header.number);
    if generation.number <= newest {
        // A colleague was faster: fetch theirs.
        return Err(Code::Conflict.into());
    }
    app.directory.check(&[], std::slice::from_ref(&generation)).map_err(|error| {
        log::info!("a team generation was refused: {}", crate::log_sink::Chain(&error));
        Code::StatementRefused
    })?;
    app.commit(vec![Change::GenerationAppend(generation)]).await?;
    Ok(Reply(()))
}
