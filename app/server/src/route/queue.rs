//! Queue rules of a team: read by its members, set by its leads and by administrators.

use super::team::of_path;
use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::storage::Change;
use beistand_protocol::{
    error::Code,
    id::{PersonId, TeamId},
    queue::QueueRules,
};
use std::sync::Arc;

/// The team of a path, for somebody who is a member of it or administers, and whether they may change its rules.
pub(super) fn open(app: &App, person: PersonId, team: &str) -> Result<(TeamId, bool), ApiError> {
    let verified = app.verified()?;
    let team = of_path(&verified, team)?;
    let administers = verified.log.state().is_administrator(person);
    if !administers && !team.is_member(person) {
        return Err(Code::Forbidden.into());
    }
    Ok((team.id(), administers || team.is_lead(person)))
}

/// `GET /api/v1/team/{team}/queue`
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
) -> Answer<QueueRules> {
    let (team, _) = open(&app, caller.person()?, &team)?;
    Ok(Reply(app.hub.queue_rules(team)))
}

/// `POST /api/v1/team/{team}/queue`
pub async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(rules): Body<QueueRules>,
) -> Answer<()> {
    let (team, may_change) = open(&app, caller.person()?, &team)?;
    if !may_change {
        return Err(Code::Forbidden.into());
    }
    if !rules.is_valid() {
        return Err(Code::Malformed.into());
    }
    app.commit(vec![Change::QueueRulesPut { team, rules }]).await?;
    Ok(Reply(()))
}
