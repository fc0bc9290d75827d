//! Team generations.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{GenerationAppend, Sealed, SessionKind, TeamGenerationUpload, TeamGenerations},
    codec::{decode, encode},
    error::Code,
    id::TeamId,
    team::SignedTeamGeneration,
};
use std::sync::Arc;

/// `GET /api/v1/team/{team}/generation`: seekers seal to the newest, members open old ones.
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Path(team): Path<String>,
) -> Answer<TeamGenerations> {
    let team = TeamId::from_hex(&team).ok_or(Code::NotFound)?;
    app.verified()?.log.state().team(team).ok_or(Code::NotFound)?;
    Ok(Reply(TeamGenerations { generations: all(&app, team, session.kind)? }))
}

/// All generations of a team; for seekers without the boxes, which only members open and which are
/// most of the bytes.
///
/// # Errors
/// Storage.
pub(crate) fn all(app: &App, team: TeamId, kind: SessionKind) -> Result<Vec<TeamGenerationUpload>, ApiError> {
    let mut generations = app.storage.list_generations(team)?;
    if let SessionKind::Seeker(_) = kind {
        for generation in &mut generations {
            let mut signed: SignedTeamGeneration =
                decode(&generation.statement.0).map_err(|_| Code::Internal)?;
            signed.boxes.clear();
            generation.statement = Sealed(encode(&signed));
        }
    }
    Ok(generations)
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
