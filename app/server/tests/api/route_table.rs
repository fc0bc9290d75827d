//! Each row of the table, as read from the router's own table, called as everybody.

use super::test_app::{TestApp, Token};
use beistand_protocol::{
    codec::decode,
    error::{Code, Refusal},
};
use beistand_server::route::{Access, Method, ROUTES, Route};
use http::StatusCode;
use std::collections::HashSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Seeker,
    Counselor,
    Administrator,
    /// Accepted an invitation and was not countersigned yet.
    Waiting,
}

/// What the table's words mean, said a second time.
fn may(access: Access, who: Who) -> bool {
    match access {
        Access::Anybody | Access::FirstFrame => true,
        Access::Session => who != Who::Nobody,
        Access::Seeker => who == Who::Seeker,
        Access::Staff => matches!(who, Who::Counselor | Who::Administrator),
        // Nobody here leads a team without administering.
        Access::Lead | Access::Administrator => who == Who::Administrator,
    }
}

/// A path with parameters that have the right form and name nothing.
fn filled(route: &Route, site: &str) -> String {
    let nothing = "00".repeat(16);
    let path = route
        .path
        .replace("{site}", site)
        .replace("{from}", "0")
        .replace("{to}", "0")
        .replace("{known}", "0")
        .replace("{secret}", "none")
        .replace("{*path}", "none");
    path.replace("{team}", &nothing).replace("{conversation}", &nothing)
}

#[tokio::test]
async fn each_route_lets_in_whom_the_table_names() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (_, counselor) = app.counselor(&mut office, &admin, "ben").await;
    let (person, invitation, secret) = app.invite(&mut office, &admin, "cem").await;
    app.accept(&office, &person, invitation, &secret).await.unwrap();
    let waiting = app.log_in(&office, &person).await.unwrap().0;
    let (_, seeker) = app.seeker(&office, "lila").await;
    let site = office.site.to_hex();
    for route in ROUTES {
        // Log-out ends the session that the other rows need; it has a test of its own.
        if route.path.ends_with("/log-out") {
            assert_eq!(route.access, Access::Session);
            continue;
        }
        let everybody: [(Who, Option<&Token>); 5] = [
            (Who::Nobody, None),
            (Who::Seeker, Some(&seeker)),
            (Who::Counselor, Some(&counselor)),
            (Who::Administrator, Some(&admin)),
            (Who::Waiting, Some(&waiting)),
        ];
        for (who, token) in everybody {
            let method = if route.method == Method::Get { "GET" } else { "POST" };
            // An empty body is none of ours: who is let in hears that, and nothing happens.
            let body = if route.method == Method::Get { Vec::new() } else { vec![0xff; 3] };
            let (status, _, body) = app.raw(method, &filled(route, &site), token, body).await;
            let refusal = decode::<Refusal>(&body).ok().map(|refusal| refusal.code);
            let let_in = match refusal {
                Some(Code::SessionExpired) => {
                    assert_eq!((who, status), (Who::Nobody, StatusCode::UNAUTHORIZED), "{}", route.path);
                    false
                }
                Some(Code::Forbidden) => {
                    assert_eq!(status, StatusCode::FORBIDDEN);
                    false
                }
                _ => true,
            };
            assert_eq!(let_in, may(route.access, who), "{method} {} as {who:?}: {status}", route.path);
            if let_in {
                let good = [
                    StatusCode::OK,
                    StatusCode::SEE_OTHER,
                    StatusCode::BAD_REQUEST,
                    StatusCode::NOT_FOUND,
                    StatusCode::SERVICE_UNAVAILABLE,
                ];
                assert!(good.contains(&status), "{method} {} as {who:?}: {status}", route.path);
            }
        }
    }
}

#[tokio::test]
async fn a_made_up_token_opens_nothing() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    for route in ROUTES {
        let method = if route.method == Method::Get { "GET" } else { "POST" };
        let path = filled(route, &office.site.to_hex());
        let (status, _, _) = app.raw(method, &path, Some(&[7; 32]), Vec::new()).await;
        let open = matches!(route.access, Access::Anybody | Access::FirstFrame);
        assert_eq!(status != StatusCode::UNAUTHORIZED, open, "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_have_the_limits_of_the_table() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (_, seeker) = app.seeker(&office, "lila").await;
    let (_, _) = app.counselor(&mut office, &admin, "ben").await;
    for route in ROUTES.iter().filter(|route| route.method == Method::Post) {
        let token = if route.access == Access::Seeker { &seeker } else { &admin };
        let path = filled(route, &office.site.to_hex());
        if route.path.ends_with("/log-out") {
            continue;
        }
        let (status, _, body) = app.raw("POST", &path, Some(token), vec![0xff; route.body_max + 1]).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert_eq!(decode::<Refusal>(&body).unwrap().code, Code::TooLarge);
        let (status, _, _) = app.raw("POST", &path, Some(token), vec![0xff; route.body_max]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn no_row_stands_twice_and_what_is_in_no_row_is_not_found() {
    let rows: HashSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(rows.len(), ROUTES.len());
    let app = TestApp::new().await;
    for path in ["/api/v1/none", "/api/", "/none", "/.env", "/assets/../Cargo.toml"] {
        let (status, _, _) = app.raw("GET", path, None, Vec::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let (status, headers, _) = app.raw(method, "/api/v1/organisation", None, Vec::new()).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        // Nobody else's pages may ask.
        assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control")));
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_names_nothing() {
    let app = TestApp::new().await;
    for path in ["/api/v1/log/%ff", "/api/v1/site/%c3%28"] {
        let (status, _, body) = app.raw("GET", path, None, Vec::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(decode::<Refusal>(&body).unwrap().code, Code::NotFound, "{path}");
    }
    let (status, _, body) = app.raw("GET", "/s/%ff", None, Vec::new()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(String::from_utf8(body).unwrap().contains("NotFound"));
}
