//! Pages rendered on the server: what they say, and leaving without script.

use super::test_app::TestApp;
use http::{StatusCode, header};

#[tokio::test]
async fn pages_say_what_is_true() {
    let mut app = TestApp::new().await;
    let text = async |app: &TestApp, path: &str| {
        let (status, headers, body) = app.raw("GET", path, None, Vec::new()).await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("script-src 'none'"), "{path}");
        (status, String::from_utf8(body).unwrap())
    };
    assert_eq!(text(&app, "/").await, (StatusCode::OK, "Error(NotSetUp) / None".to_owned()));
    let office = app.set_up().await;
    assert_eq!(text(&app, "/?lang=en").await, (StatusCode::OK, "start false / Some(\"en\")".to_owned()));
    let own = format!("/s/{}", office.site);
    assert_eq!(text(&app, &own).await.1, format!("start false {own} None"));
    for missing in ["/s/nothing".to_owned(), format!("/s/{}", "00".repeat(16)), "/none".to_owned()] {
        assert_eq!(text(&app, &missing).await.0, StatusCode::NOT_FOUND, "{missing}");
    }
    let (status, headers, body) =
        app.raw("GET", &format!("/site/{}/theme.css", office.site), None, Vec::new()).await;
    assert_eq!((status, &*body), (StatusCode::OK, b"[1, 2, 3]".as_slice()));
    assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/css"));
}

#[tokio::test]
async fn leaving_works_without_script() {
    let app = TestApp::new().await;
    let (status, headers, body) = app.raw("GET", "/leave", None, Vec::new()).await;
    assert_eq!((status, body.len()), (StatusCode::SEE_OTHER, 0));
    assert_eq!(headers[header::LOCATION], "https://weather.example/");
    assert_eq!(headers["clear-site-data"], "\"cache\", \"cookies\", \"storage\"");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
}
