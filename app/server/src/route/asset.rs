//! Client code: shells and the files they load; and downloads of the box.

use crate::{app::App, asset as embedded, header::PageClass, page::ErrorPage, route::page};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use std::sync::Arc;

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn shell(app: &App, request: &Request, name: &str) -> Response {
    let headers = request.headers();
    let encoding = text(headers, &header::ACCEPT_ENCODING).unwrap_or_default();
    match embedded::shell(name, encoding, text(headers, &header::IF_NONE_MATCH)) {
        Some(response) => (PageClass::Shell, response.map(Body::from)).into_response(),
        None => page::error(app, request, ErrorPage::Unavailable),
    }
}

/// `GET /write/{site}`: the same bytes for every site; the client looks at the address itself.
pub async fn seeker(State(app): State<Arc<App>>, request: Request) -> Response {
    shell(&app, &request, "seeker.html")
}

/// `GET /staff`, `GET /staff/invitation`, `GET /setup`
pub async fn staff(State(app): State<Arc<App>>, request: Request) -> Response {
    shell(&app, &request, "staff.html")
}

/// `GET /push.js`: loads nothing and asks for nothing, which its policy says as well.
pub async fn push(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers();
    let encoding = text(headers, &header::ACCEPT_ENCODING).unwrap_or_default();
    match embedded::shell("push.js", encoding, text(headers, &header::IF_NONE_MATCH)) {
        Some(response) => (PageClass::Data, response.map(Body::from)).into_response(),
        None => page::error(&app, &request, ErrorPage::NotFound),
    }
}

/// `GET /assets/…`
pub async fn asset(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers();
    let encoding = text(headers, &header::ACCEPT_ENCODING).unwrap_or_default();
    match embedded::asset(request.uri().path(), encoding, text(headers, &header::IF_NONE_MATCH)) {
        Some(response) => (PageClass::Asset, response.map(Body::from)).into_response(),
        None => page::error(&app, &request, ErrorPage::NotFound),
    }
}

/// `GET /client.json`: what this box serves, for whoever compares.
pub async fn manifest() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], embedded::manifest_json()).into_response()
}

/// `GET /certificate/root.pem`
pub async fn root_certificate(State(app): State<Arc<App>>, request: Request) -> Response {
    match &app.options.root_certificate_pem {
        Some(pem) => {
            let headers = [
                (header::CONTENT_TYPE, "application/x-pem-file"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"beistand-root.pem\""),
            ];
            (headers, pem.clone()).into_response()
        }
        None => page::error(&app, &request, ErrorPage::NotFound),
    }
}
