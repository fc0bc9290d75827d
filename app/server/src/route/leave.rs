//! Quick exit without JavaScript: everything of this site goes from the browser, and something
//! harmless comes.

use crate::app::App;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::sync::Arc;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Not `executionContexts`: browsers that know it reload the page instead of leaving it. Not `*`
/// for the same reason.
const WHAT: HeaderValue = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");

/// `GET /leave`
pub async fn leave(State(app): State<Arc<App>>) -> Response {
    // The address was checked when it was configured.
    let target = HeaderValue::from_str(&app.options.leave_to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(CLEAR_SITE_DATA, WHAT), (header::LOCATION, target)]).into_response()
}
