//! Sightings of the log's head.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
};
use axum::extract::State;
use beistand_domain::storage::Change;
use beistand_protocol::{api::SightingPut, codec::decode, error::Code, membership::SignedSighting};
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
