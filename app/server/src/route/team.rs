//! Team generations.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::Verified,
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{GenerationAppend, Sealed, SessionKind, TeamGenerations},
    codec::{decode, encode},
    error::Code,
    id::{PersonId, TeamId},
    limit::GENERATION_PAGE_BYTES_MAX,
    membership::Team,
    team::SignedTeamGeneration,
};
use std::sync::Arc;

/// Read at most for one answer to a seeker: without the boxes, which are most of the bytes, little is left.
const SEEKER_READ_BYTES_MAX: usize = GENERATION_PAGE_BYTES_MAX * 8;

/// The team that a path names.
///
/// # Errors
/// There is none.
pub(super) fn of_path<'a>(verified: &'a Verified, team: &str) -> Result<&'a Team, ApiError> {
    let id = TeamId::from_hex(team).ok_or(Code::NotFound)?;
    Ok(verified.log.state().team(id).ok_or(Code::NotFound)?)
}

/// The team that a path names, for one of its members.
///
/// # Errors
/// There is none, or the person is not in it.
pub(super) fn for_member<'a>(
    verified: &'a Verified,
    person: PersonId,
    team: &str,
) -> Result<&'a Team, ApiError> {
    let team = of_path(verified, team)?;
    if team.is_member(person) { Ok(team) } else { Err(Code::Forbidden.into()) }
}

/// `GET /api/v1/team/{team}/generation/{from}`: seekers seal to the newest, members open old ones.
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Path((team, from)): Path<(String, String)>,
) -> Answer<TeamGenerations> {
    let team = TeamId::from_hex(&team).ok_or(Code::NotFound)?;
    let from = from.parse().map_err(|_| Code::NotFound)?;
    page_of(&app, team, from, session.kind).map(Reply)
}

/// A page of a team's generations, from a number on; for seekers without the boxes, which only members open.
///
/// # Errors
/// No such team; storage.
pub(crate) fn page_of(
    app: &App,
    team: TeamId,
    from: u32,
    kind: SessionKind,
) -> Result<TeamGenerations, ApiError> {
    let verified = app.verified()?;
    verified.log.state().team(team).ok_or(Code::NotFound)?;
    let newest = verified.generations.newest(team).map_or(0, |newest| newest.header.number);
    let bytes_max = match kind {
        SessionKind::Seeker(_) => SEEKER_READ_BYTES_MAX,
        SessionKind::Staff(_) => GENERATION_PAGE_BYTES_MAX,
    };
    let mut generations = app.storage.list_generations(team, from, bytes_max)?;
    if let SessionKind::Seeker(_) = kind {
        for generation in &mut generations {
            let mut signed: SignedTeamGeneration =
                decode(&generation.statement.0).map_err(|_| Code::Internal)?;
            signed.boxes.clear();
            generation.statement = Sealed(encode(&signed));
        }
        let mut bytes = 0;
        let last = generations.iter().position(|generation| {
            bytes += generation.statement.0.len();
            bytes > GENERATION_PAGE_BYTES_MAX
        });
        generations.truncate(last.map_or(usize::MAX, |last| last + 1));
    }
    Ok(TeamGenerations { newest, generations })
}

/// `POST /api/v1/team/{team}/generation`: the verifier wants a member as author.
pub async fn append(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(GenerationAppend { generation }): Body<GenerationAppend>,
) -> Answer<()> {
    let person = caller.person()?;
    let verified = app.verified()?;
    let team = for_member(&verified, person, &team)?.id();
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
