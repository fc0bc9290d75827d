//! What anybody may know: the organisation, its sites, that the box is alive.

use crate::{
    app::App,
    body::{Answer, Reply},
    directory::team_of_site,
    duty,
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_protocol::{
    api::{OrganisationInfo, SiteInfo},
    error::Code,
    id::SiteId,
    suite::Suite,
};
use std::sync::Arc;

/// `GET /api/v1/organisation`
pub async fn show(State(app): State<Arc<App>>) -> Answer<OrganisationInfo> {
    let verified = app.directory.verified();
    Ok(Reply(OrganisationInfo {
        organisation: verified.as_ref().map(|verified| verified.log.organisation()),
        suite: Suite::CURRENT.number(),
        head: verified.as_ref().map(|verified| verified.log.head()),
        sites: verified.map(|verified| verified.sites.clone()).unwrap_or_default(),
    }))
}

/// `GET /api/v1/site/{site}`
pub async fn show_site(State(app): State<Arc<App>>, Path(site): Path<String>) -> Answer<SiteInfo> {
    let verified = app.verified()?;
    let site = SiteId::from_hex(&site).ok_or(Code::NotFound)?;
    verified.log.state().site(site).ok_or(Code::NotFound)?;
    Ok(Reply(SiteInfo {
        organisation: verified.log.organisation(),
        head: verified.log.head(),
        somebody_available: app.hub.somebody_available(site),
        now_s: app.now_s(),
        answer_by_s: team_of_site(Some(&verified.log), site)
            .map_or(Ok(None), |team| duty::promise(&app, team))?,
    }))
}

/// `GET /healthz`: the process answers and storage can be read.
pub async fn health(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    app.storage.lookup_log_head()?;
    Ok("ok\n")
}
