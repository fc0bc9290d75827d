//! The only answer to plain HTTP: the same address with `https`.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;

use crate::host::Host;

const HTTPS_PORT: u16 = 443;
const BAD_HOST_TEXT: &str = "Bitte die Adresse dieses Dienstes mit https:// aufrufen.\nPlease open the address of this service with https://\n";

/// Answers with a permanent redirect that keeps method and path (308), to the host the request names, on
/// `https_port`; with 400 when the request names no host that can be understood.
pub(super) fn answer<B>(request: &Request<B>, https_port: u16) -> Response<Full<Bytes>> {
    let location = Host::of_request(request).and_then(|host| {
        let port = if https_port == HTTPS_PORT { String::new() } else { format!(":{https_port}") };
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        // `OPTIONS *` has no path.
        let path = if path.starts_with('/') { path } else { "/" };
        HeaderValue::try_from(format!("https://{host}{port}{path}")).ok()
    });
    let mut response = Response::new(Full::default());
    match location {
        Some(location) => {
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(LOCATION, location);
        }
        None => {
            *response.status_mut() = StatusCode::BAD_REQUEST;
            *response.body_mut() = Full::from(BAD_HOST_TEXT);
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        }
    }
    for (name, value) in [
        // Not remembered: the port may change, and nothing may tell that somebody was here.
        (CACHE_CONTROL, "no-store"),
        (CONNECTION, "close"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_requests_are_sent_to_https_or_refused() {
        fn check(hosts: &[&str], target: &str, port: u16, expect: Option<&str>) {
            let mut request = Request::builder().uri(target).body(()).unwrap();
            for host in hosts {
                request.headers_mut().append("host", HeaderValue::from_bytes(host.as_bytes()).unwrap());
            }
            let response = answer(&request, port);
            let location = response.headers().get(LOCATION).map(|value| value.to_str().unwrap());
            assert_eq!(location, expect, "{hosts:?} {target}");
            let status =
                if expect.is_some() { StatusCode::PERMANENT_REDIRECT } else { StatusCode::BAD_REQUEST };
            assert_eq!(response.status(), status);
        }
        check(&["localhost"], "/", 443, Some("https://localhost/"));
        check(&["localhost:8080"], "/a/b?c=d", 8443, Some("https://localhost:8443/a/b?c=d"));
        check(&["Beistand.Local"], "/", 443, Some("https://beistand.local/"));
        check(&["[::1]:80"], "/", 8443, Some("https://[::1]:8443/"));
        check(&["192.168.1.7"], "//evil.org/", 443, Some("https://192.168.1.7//evil.org/"));
        check(&["localhost"], "*", 443, Some("https://localhost/"));
        check(&[], "http://beistand.local/x", 443, Some("https://beistand.local/x"));
        check(&[], "/", 443, None);
        check(&[""], "/", 443, None);
        check(&["a", "b"], "/", 443, None);
        check(&["user@localhost"], "/", 443, None);
        check(&["localhost/path"], "/", 443, None);
        check(&["localhost\t"], "/", 443, None);
        check(&["ä.de"], "/", 443, None);
    }
}
