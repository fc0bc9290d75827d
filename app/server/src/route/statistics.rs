//! Figures of the months that are over, for those who lead a team and for administrators: the same for each of them.

use crate::{
    app::App,
    body::{Answer, Reply},
};
use axum::extract::State;
use beistand_domain::statistics::publication::{figures, newest_month, topic_names};
use beistand_protocol::{
    closing::Topics,
    id::TeamId,
    statistics::{Named, Statistics, Unit},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// `GET /api/v1/statistics`
pub async fn show(State(app): State<Arc<App>>) -> Answer<Statistics> {
    let verified = app.verified()?;
    let state = verified.log.state();
    let (tallies, closings, now_s) = (app.storage.list_tallies()?, app.storage.list_closings()?, app.now_s());
    let teams: BTreeSet<TeamId> = closings.iter().map(|(key, _)| key.team).collect();
    let topics: BTreeMap<TeamId, Topics> = teams
        .into_iter()
        .map(|team| Ok((team, app.storage.lookup_topics(team)?)))
        .collect::<Result<_, beistand_domain::storage::StorageError>>()?;
    let teams = state
        .teams()
        .map(|team| Named { unit: Unit { team: team.id(), site: None }, name: team.name().to_owned() });
    let sites = state
        .sites()
        .map(|site| Named { unit: Unit { team: site.team, site: Some(site.site) }, name: site.name.clone() });
    Ok(Reply(Statistics {
        month: newest_month(now_s),
        topics: topic_names(&topics),
        names: teams.chain(sites).collect(),
        figures: figures(&tallies, &closings, &topics, now_s),
    }))
}
