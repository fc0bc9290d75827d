//! The topics that a team sorts its closed talks by: read by its members, set by its leads and by administrators.

use super::queue::open;
use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
};
use axum::extract::{Path, State};
use beistand_domain::storage::Change;
use beistand_protocol::{
    closing::{Topics, TopicsPut},
    error::Code,
};
use std::sync::Arc;

/// `GET /api/v1/team/{team}/topics`
pub async fn show(State(app): State<Arc<App>>, caller: Caller, Path(team): Path<String>) -> Answer<Topics> {
    let (team, _) = open(&app, caller.person()?, &team)?;
    Ok(Reply(app.storage.lookup_topics(team)?))
}

/// `POST /api/v1/team/{team}/topics`
pub async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(wanted): Body<TopicsPut>,
) -> Answer<Topics> {
    let (team, may_change) = open(&app, caller.person()?, &team)?;
    if !may_change {
        return Err(Code::Forbidden.into());
    }
    // A number is never given twice: what two leads set at the same time is set one after the other.
    let _one = app.topics.lock().await;
    let topics = app.storage.lookup_topics(team)?.renamed(&wanted).ok_or(Code::Malformed)?;
    app.commit(vec![Change::TopicsPut { team, topics: topics.clone() }]).await?;
    Ok(Reply(topics))
}
