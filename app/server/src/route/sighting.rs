//! Sightings of the log's head.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::is_active,
};
use axum::extract::State;
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{SessionKind, SightingPut, Sightings},
    codec::decode,
    error::Code,
    membership::SignedSighting,
};
use std::sync::Arc;

/// `POST /api/v1/sighting`: one's own, of a head that this log has.
pub async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(SightingPut { sighting }): Body<SightingPut>,
) -> Answer<()> {
    let person = caller.person()?;
    let signed: SignedSighting = decode(&sighting)?;
    let seen = signed.verify(&app.verified()?.log).map_err(|error| {
        log::warn!("a sighting was refused: {}", crate::log_sink::Chain(&error));
        Code::StatementRefused
    })?;
    if seen.person != person {
        return Err(Code::Forbidden.into());
    }
    app.commit(vec![Change::SightingPut { person, sighting }]).await?;
    Ok(Reply(()))
}

/// `GET /api/v1/sighting`: whatever confirms the newest head. Seekers get one that is enough for
/// them: who of the staff was there when is not theirs to know.
pub async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer<Sightings> {
    let verified = app.verified()?;
    let stored = app.storage.list_sightings()?.into_iter().map(|(_, sighting)| sighting);
    if let SessionKind::Staff(person) = caller.0.kind
        && is_active(Some(&verified.log), person)
    {
        return Ok(Reply(Sightings { sightings: stored.collect() }));
    }
    let state = verified.log.state();
    let newest = stored
        .filter_map(|sighting| {
            let seen = decode::<SignedSighting>(&sighting).ok()?.verify(&verified.log).ok()?;
            let active = state.person(seen.person).is_some_and(|person| person.key() == seen.key);
            (active && seen.head == state.head()).then_some((seen.claimed_time_ms, sighting))
        })
        .max_by_key(|(claimed_ms, _)| *claimed_ms);
    Ok(Reply(Sightings { sightings: newest.into_iter().map(|(_, sighting)| sighting).collect() }))
}
