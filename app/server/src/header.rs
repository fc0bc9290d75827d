//! Security headers, the same way on every answer.
//!
//! [`secure`] goes around the whole router, so that no route, and no 404 either, can lack them. What differs is
//! the kind of content, which a handler states as [`PageClass`]; an answer without a statement gets the strictest.

use std::convert::Infallible;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponseParts, Response, ResponseParts};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::host::Host;

const CROSS_ORIGIN_EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Static shells that run client code: scripts, styles and connections from this box only, WebAssembly, no
/// inline code, no eval, no forms (the worker sends), no frames in either direction. Text never becomes script or
/// markup: Trusted Types are demanded, and the only policy is the boot script's, which lets the worker's address through.
const SHELL_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; manifest-src 'self'; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types beistand";
/// Pages rendered at request time: no script at all, so that a server that is broken into can't make one run
/// there; forms for what works without JavaScript.
const PAGE_CSP: &str = "default-src 'none'; script-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; \
    manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What isn't a page: nothing may be loaded by it.
const DATA_CSP: &str = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Everything a page could ask a device for, switched off. Writing to the clipboard isn't listed: shells do that when
/// somebody presses the button next to a recovery code or an invitation. Only names that Chromium knows stand here,
/// since it complains about others on every page.
const PERMISSIONS_OFF: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), \
    clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), \
    gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
    publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
    storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// A year, in seconds. Subdomains are left out: a box speaks for its own name only.
const HSTS: &str = "max-age=31536000";

/// The kind of content of an answer. A handler returns `(PageClass::Page, html)` or calls [`PageClass::mark`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PageClass {
    /// A static shell that runs client code and is listed in the client's manifest.
    Shell,
    /// A page rendered at request time; runs no script.
    Page,
    /// A file of the client named by its content; the only kind that a browser may keep.
    Asset,
    /// Everything else: the interface's answers, errors, downloads.
    #[default]
    Data,
}

impl PageClass {
    /// States the class of this answer.
    pub fn mark<B>(self, response: &mut http::Response<B>) {
        response.extensions_mut().insert(self);
    }

    const fn policy(self) -> &'static str {
        match self {
            // An asset may be a worker's script, and a worker takes its policy from that answer.
            Self::Shell | Self::Asset => SHELL_CSP,
            Self::Page => PAGE_CSP,
            Self::Data => DATA_CSP,
        }
    }
}

impl IntoResponseParts for PageClass {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

/// Middleware that sets the headers: `router.layer(axum::middleware::from_fn(header::secure))`, outermost.
/// It replaces what a handler may have set, except the caching of an [`PageClass::Asset`].
pub async fn secure(request: Request, next: Next) -> Response {
    let host = Host::of_request(&request);
    let mut response = next.run(request).await;
    let class = response.extensions().get::<PageClass>().copied().unwrap_or_default();
    set(response.headers_mut(), class, host.as_ref());
    response
}

/// Sets all headers of an answer of this class to a request that named `host`.
fn set(headers: &mut HeaderMap, class: PageClass, host: Option<&Host>) {
    let mut set =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(CONTENT_SECURITY_POLICY, class.policy());
    set(CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    set(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    set(CROSS_ORIGIN_EMBEDDER_POLICY, "require-corp");
    set(REFERRER_POLICY, "no-referrer");
    set(PERMISSIONS_POLICY, PERMISSIONS_OFF);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // For browsers that don't know frame-ancestors.
    set(X_FRAME_OPTIONS, "DENY");
    if class != PageClass::Asset {
        // Neither on disk nor in the memory of the way back, where a page that was left in a hurry would wait.
        set(CACHE_CONTROL, "no-store");
    }
    // At a name that many boxes have (localhost, beistand.local) or at an address the promise would bind other
    // boxes too, and this one after it has lost its certificate.
    if host.is_some_and(Host::is_public_name) {
        set(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    async fn answer(path: &str, host: &str) -> Response {
        let immutable = [(CACHE_CONTROL, "public, max-age=31536000, immutable")];
        let router: Router = Router::new()
            .route("/shell", get(async || (PageClass::Shell, [(CACHE_CONTROL, "no-cache")], "shell")))
            .route("/page", get(async || (PageClass::Page, "page")))
            .route("/asset", get(async move || (PageClass::Asset, immutable, "asset")))
            .route("/data", get(async || [(CONTENT_SECURITY_POLICY, "default-src *")]))
            .layer(from_fn(secure));
        let request = Request::builder().uri(path).header("host", host).body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap()
    }

    async fn header(path: &str, host: &str, name: &HeaderName) -> Option<String> {
        let response = answer(path, host).await;
        let values: Vec<_> = response.headers().get_all(name).iter().collect();
        assert!(values.len() < 2, "{name} once");
        values.first().map(|value| value.to_str().unwrap().to_owned())
    }

    /// A policy's directive, without its name.
    fn directive<'a>(policy: &'a str, name: &str) -> Option<&'a str> {
        policy.split("; ").find_map(|directive| directive.strip_prefix(name)?.strip_prefix(' '))
    }

    #[tokio::test]
    async fn each_class_has_its_policy() {
        let policy = async |path| header(path, "localhost", &CONTENT_SECURITY_POLICY).await.unwrap();
        let shell = policy("/shell").await;
        assert_eq!(directive(&shell, "script-src"), Some("'self' 'wasm-unsafe-eval'"));
        assert_eq!(directive(&shell, "form-action"), Some("'none'"));
        assert_eq!(directive(&shell, "require-trusted-types-for"), Some("'script'"));
        assert_eq!(directive(&shell, "trusted-types"), Some("beistand"));
        let page = policy("/page").await;
        assert_eq!(directive(&page, "script-src"), Some("'none'"));
        assert_eq!(directive(&page, "form-action"), Some("'self'"));
        assert_eq!(directive(&page, "connect-src"), None);
        let data = policy("/data").await;
        assert_eq!(directive(&data, "style-src"), None);
        // A worker's script brings its own policy, and has to be allowed to compile WebAssembly and to connect.
        assert_eq!(policy("/asset").await, shell);
        for policy in [&shell, &page, &data] {
            assert_eq!(directive(policy, "default-src"), Some("'none'"));
            assert_eq!(directive(policy, "frame-ancestors"), Some("'none'"));
            assert_eq!(directive(policy, "base-uri"), Some("'none'"));
            for word in ["unsafe-inline", "data:", "blob:", "http", "*", "  "] {
                assert!(!policy.contains(word), "{word} in {policy}");
            }
            assert!(!policy.contains("'unsafe-eval'"), "{policy}");
        }
    }

    #[tokio::test]
    async fn every_answer_has_the_common_headers() {
        for path in ["/shell", "/page", "/asset", "/data", "/missing"] {
            for (name, expect) in [
                (&CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
                (&CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
                (&CROSS_ORIGIN_EMBEDDER_POLICY, "require-corp"),
                (&REFERRER_POLICY, "no-referrer"),
                (&X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (&X_FRAME_OPTIONS, "DENY"),
                (&PERMISSIONS_POLICY, PERMISSIONS_OFF),
            ] {
                assert_eq!(header(path, "localhost", name).await.as_deref(), Some(expect), "{path} {name}");
            }
        }
        assert_eq!(answer("/missing", "localhost").await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn only_assets_are_kept_by_browsers() {
        for path in ["/shell", "/page", "/data", "/missing"] {
            assert_eq!(
                header(path, "localhost", &CACHE_CONTROL).await.as_deref(),
                Some("no-store"),
                "{path}"
            );
        }
        assert!(header("/asset", "localhost", &CACHE_CONTROL).await.unwrap().contains("immutable"));
    }

    #[tokio::test]
    async fn hsts_is_for_public_names() {
        for (host, expect) in [
            ("beratung.verein.de", true),
            ("beratung.verein.de:8443", true),
            ("localhost", false),
            ("localhost:8443", false),
            ("beistand.local", false),
            ("beistand", false),
            ("box.internal", false),
            ("box.home.arpa", false),
            ("beistand.fritz.box", false),
            ("192.168.1.7", false),
            ("203.0.113.5:443", false),
            ("[2001:db8::1]:443", false),
            ("rub bish", false),
            ("", false),
        ] {
            assert_eq!(header("/page", host, &STRICT_TRANSPORT_SECURITY).await.is_some(), expect, "{host:?}");
        }
    }

    #[test]
    fn permissions_are_all_off() {
        for permission in PERMISSIONS_OFF.split(", ") {
            assert!(
                permission.strip_suffix("=()").is_some_and(|name| !name.contains([' ', '='])),
                "{permission}"
            );
        }
    }
}
