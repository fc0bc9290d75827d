//! Public pages, rendered for one request each. They carry no secret and run no script.

use crate::{
    app::App,
    error::{ApiError, status},
    header::PageClass,
    page::{ErrorPage, Page, PageRequest},
};
use axum::{
    extract::{Path, Request, State},
    response::{Html, IntoResponse, Response},
};
use beistand_protocol::{
    error::Code,
    id::SiteId,
    membership::{ReadsOn, Site, Team},
};
use http::{StatusCode, header};
use std::sync::Arc;

/// Paths of the interface: refusals there are codec bytes, not pages.
const API_PREFIX: &str = "/api/";

/// `GET /`: the first site's start page.
pub async fn start(State(app): State<Arc<App>>, request: Request) -> Response {
    let first = app.directory.verified().and_then(|verified| verified.sites.first().copied());
    match first {
        Some(site) => start_page(&app, &request, site),
        None => error(&app, &request, ErrorPage::NotSetUp),
    }
}

/// `GET /s/{site}`
pub async fn start_of_site(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    request: Request,
) -> Response {
    match SiteId::from_hex(&site) {
        Some(site) => start_page(&app, &request, site),
        None => error(&app, &request, ErrorPage::NotFound),
    }
}

fn start_page(app: &App, request: &Request, site: SiteId) -> Response {
    let Some(verified) = app.directory.verified() else { return error(app, request, ErrorPage::NotSetUp) };
    let state = verified.log.state();
    let Some(site) = state.site(site) else { return error(app, request, ErrorPage::NotFound) };
    let somebody_available = app.hub.somebody_available(site.site);
    // Where somebody is there, nobody needs to know when somebody will be.
    let duty = app.hub.duty_at(site.site).filter(|_| !somebody_available);
    let page = Page::Start {
        site,
        organisation_name: state.name(),
        organisation: verified.log.organisation(),
        somebody_available,
        next: duty.as_ref().and_then(|on_duty| on_duty.next),
        answer_by: duty.as_ref().and_then(|on_duty| on_duty.answer_by),
    };
    render(app, request, StatusCode::OK, Some(site), &page)
}

/// `GET /safety`
pub async fn safety(State(app): State<Arc<App>>, request: Request) -> Response {
    text_page(&app, &request, StatusCode::OK, &Page::Safety)
}

/// `GET /privacy`
pub async fn privacy(State(app): State<Arc<App>>, request: Request) -> Response {
    text_page(&app, &request, StatusCode::OK, &Page::Privacy)
}

/// `GET /help`
pub async fn help(State(app): State<Arc<App>>, request: Request) -> Response {
    text_page(&app, &request, StatusCode::OK, &Page::Help)
}

/// A page in the name of the first site, if there is one.
fn text_page(app: &App, request: &Request, status: StatusCode, page: &Page<'_>) -> Response {
    let verified = app.directory.verified();
    let site = verified.as_ref().and_then(|verified| verified.log.state().site(*verified.sites.first()?));
    render(app, request, status, site, page)
}

fn render(
    app: &App,
    request: &Request,
    status: StatusCode,
    site: Option<&Site>,
    page: &Page<'_>,
) -> Response {
    let accept_language =
        request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let verified = app.directory.verified();
    let team = site.and_then(|site| verified.as_ref()?.log.state().team(site.team));
    let facts = PageRequest {
        path: request.uri().path(),
        language: language_of(request),
        accept_language,
        site,
        reads_on: team.map_or(ReadsOn::Leads, Team::reads_on),
    };
    (status, PageClass::Page, Html(app.pages.render(&facts, page))).into_response()
}

/// The language that an address asks for; anything may stand there.
pub(crate) fn language_of(request: &Request) -> Option<&str> {
    request.uri().query().and_then(language)
}

/// The value of `lang=`. Nothing that needs decoding is a language.
fn language(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang="))
}

/// `GET /site/{site}/theme.css`
pub async fn theme(State(app): State<Arc<App>>, Path(site): Path<String>, request: Request) -> Response {
    let verified = app.directory.verified();
    let site = SiteId::from_hex(&site)
        .and_then(|site| verified.as_ref().and_then(|verified| verified.log.state().site(site)));
    match site {
        Some(site) => ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], app.pages.theme(site.accent))
            .into_response(),
        None => error(&app, &request, ErrorPage::NotFound),
    }
}

/// The page for what could not be shown.
pub(crate) fn error(app: &App, request: &Request, kind: ErrorPage) -> Response {
    let status = match kind {
        ErrorPage::NotFound => StatusCode::NOT_FOUND,
        ErrorPage::Forbidden => StatusCode::METHOD_NOT_ALLOWED,
        ErrorPage::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        // The start page of a box that nobody owns yet is a page like any other.
        ErrorPage::NotSetUp => StatusCode::OK,
    };
    text_page(app, request, status, &Page::Error(kind))
}

/// Whatever is not in the table.
pub async fn missing(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.uri().path().starts_with(API_PREFIX) {
        return ApiError::from(Code::NotFound).into_response();
    }
    error(&app, &request, ErrorPage::NotFound)
}

/// A path of the table with another method.
pub async fn wrong_method(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.uri().path().starts_with(API_PREFIX) {
        let mut response = ApiError::from(Code::Malformed).into_response();
        debug_assert_eq!(response.status(), status(Code::Malformed));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        return response;
    }
    error(&app, &request, ErrorPage::Forbidden)
}
